# SPDX-License-Identifier: GPL-2.0
"""What there is to know of a virtual network interface. TX is what the guest
sends, as everywhere here; dom0 counts that as received."""
from __future__ import annotations

import re
from typing import Any, Optional

from .host import Host
from .xenstore import CONNECTED, Directory

MODULE = "xen_netback"
LACKS = "rates for what the guest receives and statistics of each queue"
DEBUG = "/sys/kernel/debug/xen-netback"
NET = "/sys/class/net"
HEADROOM = 0x7fff       # most that the protocol has
# Ours from the guest's view, dom0's name.
COUNTERS = (("tx_packets", "rx_packets"), ("tx_bytes", "rx_bytes"),
            ("tx_errors", "rx_errors"), ("tx_drops", "rx_dropped"),
            ("rx_packets", "tx_packets"), ("rx_bytes", "tx_bytes"),
            ("rx_errors", "tx_errors"), ("rx_drops", "tx_dropped"))
WANTS = (("sg", "feature-sg"), ("gso_tcpv4", "feature-gso-tcpv4"),
         ("gso_tcpv6", "feature-gso-tcpv6"),
         ("ipv6_csum", "feature-ipv6-csum-offload"),
         ("rx_notify", "feature-rx-notify"),
         ("multicast_control", "request-multicast-control"))
QUEUE = re.compile(r"queue_(\d{1,4})_(\w+): (\d+)")


def netdev(host: Host, path: str) -> Optional[str]:
    """The name of the interface of a device."""
    names = host.names(f"{path}/net")
    return names[0] if names else None


def _interface(host: Host, path: str) -> dict[str, Any]:
    name = netdev(host, path)
    folder = f"{NET}/{name}"
    flags = host.read(f"{folder}/flags") if name else None
    return {
        "name": name,
        "up": bool(int(flags, 16) & 1) if flags else None,
        # An interface that is down has none to be read.
        "carrier": host.number(f"{folder}/carrier") == 1 if name else None,
        "mtu": host.number(f"{folder}/mtu") if name else None,
        "bridge": host.link(f"{folder}/master") if name else None,
    }


def _is_split(frontend: Directory) -> bool:
    return any(frontend.get(f"{queue}event-channel-tx") is not None
               for queue in ("", "queue-0/"))


def _features(host: Host, name: Optional[str], backend: Directory,
              frontend: Directory) -> dict[str, Any]:
    """What the frontend has taken of what every backend offers."""
    used = [queue for queue in host.names(f"{NET}/{name}/queues")
            if queue.startswith("tx-")] if name else []
    return {
        "queues": len(used) or frontend.queues(backend),
        "split_channels": _is_split(frontend),
        **{name: frontend.flag(node) for name, node in WANTS},
        "csum": not frontend.flag("feature-no-csum-offload"),
        "control_ring": frontend.get("ctrl-ring-ref") is not None,
        "xdp_headroom": min(frontend.number("xdp-headroom") or 0, HEADROOM),
    }


def rate(text: Optional[str]) -> Optional[int]:
    """BYTES,MICROSECONDS as bytes a second."""
    match = re.fullmatch(r"(\d{1,20}),(\d{1,20})", text or "")
    if not match or not int(match[1]) or not int(match[2]):
        return None
    return int(match[1]) * 1000000 // int(match[2])


def queue_counters(host: Host, name: str) -> Optional[list[dict[str, int]]]:
    """Statistics of each queue. The kernel's own module has none of them."""
    text = host.run("ethtool", "-S", name)
    if text is None:
        why = host.denied.get(f"ethtool -S {name}")
        if why:
            host.denied["ethtool"] = why
        return None
    found: dict[int, dict[str, int]] = {}
    for match in QUEUE.finditer(text):
        found.setdefault(int(match[1]), {})[match[2]] = int(match[3])
    return [found[index] for index in sorted(found)] or None


def counters(host: Host, name: str) -> dict[str, int]:
    read = {ours: host.number(f"{NET}/{name}/statistics/{theirs}")
            for ours, theirs in COUNTERS}
    return {key: value for key, value in read.items() if value is not None}


def rings(host: Host, name: str) -> Optional[list[dict[str, Any]]]:
    """What debugfs says of each queue's rings, as text and number pairs."""
    found = []
    for index in range(64):
        text = host.read(f"{DEBUG}/{name}/io_ring_q{index}")
        if text is None or not text.startswith("Queue"):
            break
        found.append(_ring(text))
    return found or None


def _ring(text: str) -> dict[str, Any]:
    head, *lines = text.splitlines()
    state: dict[str, Any] = {"running": "not running" not in head,
                             "broken": "broken" in head}
    side = ""
    for line in lines:
        if line in ("TX:", "RX:"):
            side = line[:2].lower() + "_"
        match = re.fullmatch(r"(\w+) (-?\d+)", line)
        if match:
            # What comes behind both rings says itself whose it is.
            start = side if match[1] in ("unconsumed", "unanswered",
                                         "nr_ents") else ""
            state[start + match[1]] = int(match[2])
    return state


def collect(host: Host, path: str, life: dict[str, Any], ours: bool,
            can_ask: bool) -> dict[str, Any]:
    backend, frontend = life["backend"], life["frontend"]
    interface = _interface(host, path)
    name = interface["name"]
    return {
        "interface": interface,
        "features": _features(host, name, backend, frontend) if can_ask and life["state"] in CONNECTED else None,
        "limits": {
            "tx_bytes_per_second": rate(backend.get("rate")),
            "rx_bytes_per_second": rate(backend.get("rx-rate"))
            if ours else None,
            # What a key of xenstore asks for, and cannot have.
            "refused": backend.get("limits-error"),
        } if can_ask else None,
        "counters": counters(host, name) if name else {},
        "queues": queue_counters(host, name) if name else None,
        "rings": rings(host, name) if name and ours else None,
    }
