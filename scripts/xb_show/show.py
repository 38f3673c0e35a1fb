# SPDX-License-Identifier: GPL-2.0
"""Devices as text: a line each, or a page of one."""
from __future__ import annotations

from typing import Any, Iterator, Optional, Sequence

from .latency import KINDS, upper_us

HEAD = ("DEVICE", "GUEST", "STATE", "DISK/VIF", "FEATURES", "LIMITS", "NOTE")
SHORT = (("persistent_grants", "persistent"), ("flush", "flush"),
         ("discard", "discard"), ("split_channels", "split"), ("sg", "sg"),
         ("gso_tcpv4", "gso4"), ("gso_tcpv6", "gso6"),
         ("multicast_control", "mcast"), ("control_ring", "ctrl"))
UNITS = "kMGTPE"


def size(value: Optional[float], unit: str = "") -> str:
    """1.5M"""
    if value is None:
        return "-"
    power = -1
    while abs(value) >= 1000 and power < len(UNITS) - 1:
        value, power = value / 1000, power + 1
    if power < 0:
        return f"{value:.0f}{unit}"
    return f"{value:.1f}{UNITS[power]}{unit}" if value < 100 else \
        f"{value:.0f}{UNITS[power]}{unit}"


WIDEST = 48


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns, the last of them as long as it likes. One long word of another
    does not push all others out of sight."""
    widths = [min(max(map(len, column)), WIDEST) for column in zip(*rows)]
    for row in rows:
        yield "  ".join(f"{text:<{width}}"
                        for text, width in zip(row, widths)).rstrip()


def state(device: dict[str, Any]) -> str:
    """Ours, and the guest's if it is another."""
    own, other = device["state"] or "?", device["frontend_state"]
    return own if other in (None, own) else f"{own}/{other}"


def what(device: dict[str, Any]) -> str:
    """The disk or the interface."""
    if device["type"] == "vif":
        interface = device["interface"]
        bridge = f" on {interface['bridge']}" if interface["bridge"] else ""
        return f"{interface['name'] or '-'}{bridge}"
    disk = device["disk"]
    behind = disk["name"] or disk["params"] or "-"
    return f"{disk['vdev'] or '-'} = {behind} ({disk['mode'] or '?'})"


def features(device: dict[str, Any]) -> str:
    found = device["features"]
    if not found:
        return "-"
    words = [f"{found['queues']}q"]
    if "ring_pages" in found:
        words += [f"{found['ring_pages']}p", found["protocol"]]
    return " ".join([*words, *(short for key, short in SHORT if found.get(key))])


def limits(device: dict[str, Any]) -> str:
    found = device["limits"] or {}
    words = [f"{name} {size(found[key], unit)}" for key, name, unit in (
        ("requests_per_second", "iops", ""),
        ("bytes_per_second", "rate", "B/s"), ("pages", "pages", ""),
        ("tx_bytes_per_second", "tx", "B/s"),
        ("rx_bytes_per_second", "rx", "B/s")) if found.get(key)]
    words += [found[key] for key in ("cgroup", "ioprio") if found.get(key)]
    return " ".join(words) or "-"


def note(device: dict[str, Any]) -> str:
    words = []
    if device["waits"]:
        words.append(f"waits {device['waits']}"
                     if device["waits"].startswith("for ") else device["waits"])
    if device["error"]:
        words.append(f"error: {device['error']}")
    if (device["limits"] or {}).get("refused"):
        words.append(f"limits: {device['limits']['refused']}")
    if device["module"] and not device["ours"]:
        words.append("(the kernel's own module)")
    return "; ".join(words)


def status(found: dict[str, Any]) -> Iterator[str]:
    """A line for each device, then what cannot be known."""
    rows = [HEAD]
    for device in found["devices"]:
        rows.append((device["device"], device["domain"] or str(device["domid"]),
                     state(device), what(device), features(device),
                     limits(device), note(device)))
    if len(rows) > 1:
        yield from table(rows)
    else:
        yield "no guest has a disk or an interface here"
    for line in found["missing"]:
        yield f"# {line}"


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _group(title: str, values: Optional[dict[str, Any]]) -> Iterator[str]:
    if not values:
        return
    yield ""
    yield f"{title}:"
    for key, value in values.items():
        yield f"  {key:<22} {_plain(value)}"


def _queues(queues: Optional[list[dict[str, Any]]], title: str) -> Iterator[str]:
    """A line for each counter, a column for each queue."""
    if not queues:
        return
    yield ""
    rows = [(f"{title}:", *(f"queue {i}" for i in range(len(queues))))]
    rows += [(f"  {key}", *(_plain(queue.get(key)) for queue in queues))
             for key in queues[0]]
    yield from table(rows)


def _latency(found: Optional[dict[str, Any]]) -> Iterator[str]:
    """The slots that count something."""
    if not found:
        return
    yield ""
    if not any(kind["count"] for kind in found.values()):
        yield "latencies: none measured (latency_stats)"
        return
    rows = [("latencies:", *KINDS)]
    slots = zip(*(found[kind]["slots"] for kind in KINDS))
    for slot, counts in enumerate(slots):
        if any(counts):
            rows.append((f"  up to {upper_us(slot):.0f} us", *map(str, counts)))
    for part in ("p50", "p99"):
        rows.append((f"  {part}, us at most",
                     *(_plain(found[kind][part]) if found[kind][part] or
                       not found[kind]["count"] else "more" for kind in KINDS)))
    yield from table(rows)


def page(device: dict[str, Any]) -> Iterator[str]:
    """All there is of one device."""
    yield f"{device['device']}: {what(device)}"
    yield f"  {'guest':<22} {device['domain'] or '-'} (domain {device['domid']})"
    yield f"  {'state':<22} {device['state'] or '?'}"
    yield f"  {'state of the guest':<22} {device['frontend_state'] or '?'}"
    yield f"  {'online':<22} {_plain(device['online'])}"
    yield f"  {'module':<22} {device['module'] or '-'}" + (
        "" if device["ours"] or not device["module"] else " (the kernel's own)")
    yield f"  {'waits':<22} {device['waits'] or 'no'}"
    yield f"  {'last error':<22} {device['error'] or 'none'}"
    yield from _group("disk", device.get("disk"))
    yield from _group("interface", device.get("interface"))
    yield from _group("features", device["features"])
    yield from _group("limits and settings", device["limits"])
    for name, pages in (device.get("budget") or {}).items():
        yield from _group(f"pages of the {name}", pages)
    yield from _group("counters", device["counters"])
    yield from _latency(device.get("latency_us"))
    yield from _queues(device.get("rings"), "rings")
    yield from _queues(device["queues"], "counters")
