# SPDX-License-Identifier: GPL-2.0
"""What devices do between two looks at their counters."""
from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Optional

from . import vbd, vif
from .devices import BUS, NAME
from .host import Host
from .latency import KINDS, percentile

# Requests to disks, with or without data.
REQUESTS = ("rd_req", "wr_req", "f_req", "ds_req")
CALLS = ("copy_calls", "map_calls", "unmap_calls")


@dataclass
class Look:
    """Counters of all devices at one moment."""
    at: float = 0.0
    counters: dict[str, dict[str, int]] = field(default_factory=dict)
    # Of disks, whose latencies are measured: slots of all kinds, added up.
    slots: dict[str, list[int]] = field(default_factory=dict)


def _vif(host: Host, name: str) -> dict[str, int]:
    """The interface's counters, and those of its queues added up."""
    netdev = vif.netdev(host, f"{BUS}/{name}")
    if not netdev:
        return {}
    found = vif.counters(host, netdev)
    for queue in vif.queue_counters(host, netdev) or []:
        for key, value in queue.items():
            # The interface has these itself.
            if key not in ("tx_packets", "rx_packets", "tx_bytes", "rx_bytes",
                           "tx_errors", "tx_drops", "rx_drops"):
                found[key] = found.get(key, 0) + value
    return found


def look(host: Host) -> Look:
    seen = Look()
    host.silent.clear()
    for name in host.names(BUS):
        match = NAME.fullmatch(name)
        if not match:
            continue
        if match[1] == "vif":
            seen.counters[name] = _vif(host, name)
            continue
        seen.counters[name] = vbd.counters(host, f"{BUS}/{name}")
        found = vbd.latencies(host, name)
        if found:
            seen.slots[name] = [sum(slot) for slot in zip(
                *(found[kind]["slots"] for kind in KINDS))]
    seen.at = time.monotonic()
    return seen


def _grown(now: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    """By how much; a counter that is smaller has begun anew."""
    return {key: value - before.get(key, 0) if value >= before.get(key, 0)
            else value for key, value in now.items()}


def _share(part: Optional[int], whole: int) -> Optional[float]:
    return None if part is None or not whole else 100 * part / whole


def _of_vbd(grown: dict[str, int], slots: Optional[list[int]],
            seconds: float) -> dict[str, Any]:
    requests = sum(grown.get(key, 0) for key in REQUESTS)
    data = grown.get("copy_req", 0) + grown.get("map_req", 0)
    calls = sum(grown[key] for key in CALLS) if CALLS[0] in grown else None
    sectors = grown.get("rd_sect", 0) + grown.get("wr_sect", 0)
    return {
        "iops": requests / seconds, "bytes": sectors * 512 / seconds,
        "p50": percentile(slots or [], 0.5), "p99": percentile(slots or [], 0.99),
        "copied": _share(grown.get("copy_req"), data),
        "mapped": _share(grown.get("map_req"), data),
        "persistent": _share(grown.get("persist_req"), data),
        "calls": calls / requests if calls is not None and requests else None,
        "packets": None, "drops": grown.get("bad_req"),
        "pressure": None if "pressure" not in grown else
        (grown["pressure"] + grown.get("oo_req", 0)) / seconds,
        "throttled": None if "throttled" not in grown else
        grown["throttled"] / seconds,
    }


def _of_vif(grown: dict[str, int], seconds: float) -> dict[str, Any]:
    packets = grown.get("tx_packets", 0) + grown.get("rx_packets", 0)
    calls = (grown["tx_hypercalls"] + grown.get("rx_hypercalls", 0)
             if "tx_hypercalls" in grown else None)
    return {
        "iops": None,
        "bytes": (grown.get("tx_bytes", 0) + grown.get("rx_bytes", 0)) / seconds,
        "p50": None, "p99": None, "copied": None, "mapped": None,
        "persistent": None,
        "calls": calls / packets if calls is not None and packets else None,
        "packets": packets / seconds,
        "drops": grown.get("tx_drops", 0) + grown.get("rx_drops", 0) +
        grown.get("tx_errors", 0) + grown.get("rx_errors", 0),
        "pressure": None if "rx_stops" not in grown else
        grown["rx_stops"] / seconds,
        "throttled": None if "tx_throttled" not in grown else
        (grown["tx_throttled"] + grown.get("rx_throttled", 0)) / seconds,
    }


def between(before: Look, now: Look) -> dict[str, dict[str, Any]]:
    """By device: rates a second, percentages, and µs. None is not known."""
    seconds = max(now.at - before.at, 1e-3)
    found = {}
    for name, counters in now.counters.items():
        grown = _grown(counters, before.counters.get(name, counters))
        if name.startswith("vif"):
            found[name] = _of_vif(grown, seconds)
            continue
        slots = now.slots.get(name)
        old = before.slots.get(name)
        if slots and old:
            slots = [max(a - b, 0) for a, b in zip(slots, old)]
        found[name] = _of_vbd(grown, slots if old else None, seconds)
    return found
