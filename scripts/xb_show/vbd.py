# SPDX-License-Identifier: GPL-2.0
"""What there is to know of a virtual disk."""
from __future__ import annotations

import math
import re
from typing import Any, Optional

from .host import Host
from .latency import KINDS, percentile
from .xenstore import CONNECTED, Directory

MODULE = "xen_blkback"
LACKS = "limits, latencies, budgets and counters of grants"
DEBUG = "/sys/kernel/debug/xen-blkback"
# File, key, and what the value means if nothing is limited.
LIMITS = (("iops_limit", "requests_per_second"),
          ("bandwidth_limit", "bytes_per_second"), ("max_pages", "pages"))
SETTINGS = ("limit_burst_ms", "copy_segs", "poll_us", "latency_stats")
OWNER = ("cgroup", "ioprio")
OFFERS = (("flush", "feature-flush-cache"), ("barrier", "feature-barrier"),
          ("discard", "feature-discard"), ("secure_erase", "discard-secure"))
# The guest writes what it likes: this is all that we understand.
PROTOCOLS = ("native", "x86_64-abi", "x86_32-abi", "arm-abi")
NUMBER = re.compile(r"([0-9a-f]{1,8}):([0-9a-f]{1,8})")


def _number(text: Optional[str]) -> Optional[str]:
    """MAJOR:MINOR in decimal, as everybody else has it."""
    match = NUMBER.match(text or "")
    if not match or not int(match[1], 16):
        return None
    return f"{int(match[1], 16)}:{int(match[2], 16)}"


def _disk(host: Host, path: str, backend: Directory) -> dict[str, Any]:
    active = backend.get("active-physical-device") or ""
    number = _number(host.read(f"{path}/physical_device"))
    return {
        "vdev": backend.get("dev"), "params": backend.get("params"),
        "number": number,
        "wanted": _number(backend.get("physical-device")),
        "name": host.link(f"/sys/dev/block/{number}") if number else None,
        "diskseq": int(active.split("@")[1], 16)
        if re.fullmatch(r"\S+@[0-9a-f]{1,16}", active) else None,
        "mode": host.read(f"{path}/mode"),
        "sectors": backend.number("sectors"),
        "sector_size": backend.number("sector-size"),
    }


def _features(backend: Directory, frontend: Directory) -> dict[str, Any]:
    """What both ends have agreed on. A guest may write something else later, but
    never has more than it was offered."""
    order = min(frontend.number("ring-page-order") or 0,
                backend.number("max-ring-page-order") or 0, 16)
    protocol = frontend.get("protocol") or "native"
    return {
        "queues": frontend.queues(backend),
        "ring_pages": 1 << order,
        "protocol": protocol if protocol in PROTOCOLS else "?",
        "persistent_grants": backend.flag("feature-persistent") and
        frontend.flag("feature-persistent"),
        "indirect_segments": backend.number("feature-max-indirect-segments") or 0,
        **{name: backend.flag(node) for name, node in OFFERS},
    }


def _limits(host: Host, path: str, backend: Directory) -> dict[str, Any]:
    """0 is no limit, which is None here."""
    limits: dict[str, Any] = {key: host.number(f"{path}/{name}") or None
                              for name, key in LIMITS}
    limits.update({name: host.number(f"{path}/{name}") for name in SETTINGS})
    for name in OWNER:
        word = host.read(f"{path}/{name}")
        limits[name] = None if word == "none" else word
    # What a key of xenstore asks for, and cannot have.
    limits["refused"] = backend.get("limits-error")
    return limits


def _columns(text: Optional[str]) -> list[list[int]]:
    """Lines of numbers, without those that have others."""
    rows = [line.split() for line in (text or "").splitlines()]
    return [[int(word) for word in row] for row in rows
            if row and all(word.isdigit() for word in row)]


def _queues(text: Optional[str], nr: int) -> Optional[list[dict[str, int]]]:
    """Counters of the queues that the guest uses."""
    rows = [line.split() for line in (text or "").splitlines()]
    rows = [row for row in rows if len(row) > 1]
    if not rows:
        return None
    return [{row[0]: int(row[i + 1]) for row in rows}
            for i in range(min(nr, len(rows[0]) - 1))]


def _finite(value: Optional[float]) -> Optional[float]:
    """JSON knows no infinity."""
    return None if value is None or math.isinf(value) else value


def _latency(text: Optional[str]) -> Optional[dict[str, Any]]:
    """By kind of request: how many took which time, in µs, and the parts of
    them that p50 and p99 stand for."""
    rows = _columns(text)
    if not rows:
        return None
    found = {}
    for i, kind in enumerate(KINDS):
        slots = [row[i + 1] for row in rows if len(row) > i + 1]
        found[kind] = {"slots": slots, "count": sum(slots),
                       **{name: _finite(percentile(slots, part))
                          for name, part in (("p50", 0.5), ("p99", 0.99))}}
    return found


def _budget(text: Optional[str]) -> Optional[dict[str, Any]]:
    """Pages that the disk and its domain hold, and may hold."""
    found = {}
    for line in (text or "").splitlines():
        row = line.split()
        if len(row) == 4 and row[0] in ("disk", "domain"):
            mapped, copied, most = (int(n) for n in row[1:])
            found[row[0]] = {"mapped": mapped, "copied": copied,
                             "max": most if most < 0xffffffff else None}
    return found or None


def counters(host: Host, path: str) -> dict[str, int]:
    folder = f"{path}/statistics"
    read = {name: host.number(f"{folder}/{name}")
            for name in host.names(folder)}
    return {name: value for name, value in read.items() if value is not None}


def latencies(host: Host, name: str) -> Optional[dict[str, Any]]:
    return _latency(host.read(f"{DEBUG}/{name}/latency"))


def collect(host: Host, path: str, life: dict[str, Any], ours: bool,
            can_ask: bool) -> dict[str, Any]:
    backend, frontend = life["backend"], life["frontend"]
    name = path.rsplit("/", 1)[1]
    features = _features(backend, frontend) if can_ask and life["state"] in CONNECTED else None
    debug = f"{DEBUG}/{name}"
    nr = features["queues"] if features else 1 << 10
    return {
        "disk": _disk(host, path, backend),
        "features": features,
        "limits": _limits(host, path, backend) if ours else None,
        "counters": counters(host, path),
        "queues": _queues(host.read(f"{debug}/queues"), nr) if ours else None,
        "latency_us": latencies(host, name) if ours else None,
        "budget": _budget(host.read(f"{debug}/budget")) if ours else None,
    }
