# SPDX-License-Identifier: GPL-2.0
"""The structure of devices.py as a page for Prometheus (text format 0.0.4).

Counters begin anew with each driver that a device is bound to.
"""
from __future__ import annotations

import os
import tempfile
from typing import Any, Iterator

from .latency import KINDS, upper_us
from .xenstore import STATES

# Counter of ours, family, its labels besides the device's, factor.
VBD = (
    ("rd_req", "vbd_requests_total", {"op": "read"}, 1),
    ("wr_req", "vbd_requests_total", {"op": "write"}, 1),
    ("f_req", "vbd_requests_total", {"op": "flush"}, 1),
    ("ds_req", "vbd_requests_total", {"op": "discard"}, 1),
    ("bad_req", "vbd_refused_requests_total", {}, 1),
    ("rd_sect", "vbd_bytes_total", {"op": "read"}, 512),
    ("wr_sect", "vbd_bytes_total", {"op": "write"}, 512),
    ("copy_req", "vbd_data_requests_total", {"how": "copied"}, 1),
    ("map_req", "vbd_data_requests_total", {"how": "mapped"}, 1),
    ("persist_req", "vbd_persistent_requests_total", {}, 1),
    ("copy_calls", "vbd_hypercalls_total", {"kind": "copy"}, 1),
    ("map_calls", "vbd_hypercalls_total", {"kind": "map"}, 1),
    ("unmap_calls", "vbd_hypercalls_total", {"kind": "unmap"}, 1),
    ("notifies", "vbd_events_total", {}, 1),
    ("throttled", "vbd_throttled_total", {}, 1),
    ("pressure", "vbd_pressure_total", {}, 1),
    ("oo_req", "vbd_memory_waits_total", {}, 1),
    ("away_req", "vbd_paged_out_requests_total", {}, 1),
)
VIF = tuple(
    (f"{side}_{name}", f"vif_{family}_total", {"direction": side}, 1)
    for name, family in (("packets", "packets"), ("bytes", "bytes"),
                         ("errors", "errors"), ("drops", "drops"))
    for side in ("tx", "rx"))
# The same of its queues, added up.
QUEUES = tuple(
    (f"{side}_{name}", f"vif_{family}_total", {"direction": side}, 1)
    for name, family in (("hypercalls", "hypercalls"), ("throttled", "throttled"),
                         ("events", "events"), ("copy_errors", "copy_errors"))
    for side in ("tx", "rx")) + (
    ("rx_stops", "vif_stops_total", {}, 1),
    ("rx_stalls", "vif_stalls_total", {}, 1))
LIMITS = (("requests_per_second", "vbd_limit_requests_per_second", {}),
          ("bytes_per_second", "vbd_limit_bytes_per_second", {}),
          ("tx_bytes_per_second", "vif_limit_bytes_per_second",
           {"direction": "tx"}),
          ("rx_bytes_per_second", "vif_limit_bytes_per_second",
           {"direction": "rx"}))
HELP = {
    "module_info": ("gauge", "A loaded module, and whether it is of xen-backends."),
    "missing": ("gauge", "1 for what cannot be read: xenstore, debugfs, ethtool."),
    "device_info": ("gauge", "A device, its guest, and what it is of."),
    "device_state": ("gauge", "1 for the state that the device is in."),
    "device_waiting": ("gauge", "1 if something must happen before it works."),
    "device_error": ("gauge", "1 if its last error stands in xenstore."),
    "vbd_requests_total": ("counter", "Requests of the guest."),
    "vbd_refused_requests_total": ("counter", "Requests that were refused."),
    "vbd_bytes_total": ("counter", "Bytes read and written."),
    "vbd_data_requests_total": ("counter", "Requests by what was done with their data."),
    "vbd_persistent_requests_total": ("counter", "Mapped requests that found all grants mapped."),
    "vbd_hypercalls_total": ("counter", "Hypercalls for grants."),
    "vbd_events_total": ("counter", "Events sent to the guest."),
    "vbd_throttled_total": ("counter", "Times that a limit held a queue."),
    "vbd_pressure_total": ("counter", "Times that the budget had no pages."),
    "vbd_memory_waits_total": ("counter", "Times that a request waited for memory."),
    "vbd_paged_out_requests_total": ("counter", "Requests that found frames paged out."),
    "vbd_limit_requests_per_second": ("gauge", "Most requests a second, if limited."),
    "vbd_limit_bytes_per_second": ("gauge", "Most bytes a second, if limited."),
    "vbd_budget_bytes": ("gauge", "Memory that requests of the disk hold."),
    "vbd_latency_seconds": ("histogram", "Time from the ring to the answer, if measured (latency_stats). There is no sum."),
    "vif_packets_total": ("counter", "Packets; tx is what the guest sends."),
    "vif_bytes_total": ("counter", "Bytes of packets."),
    "vif_errors_total": ("counter", "Packets that were refused."),
    "vif_drops_total": ("counter", "Packets that were dropped."),
    "vif_hypercalls_total": ("counter", "Hypercalls for grants."),
    "vif_throttled_total": ("counter", "Times that a rate held a queue."),
    "vif_events_total": ("counter", "Events sent to the guest."),
    "vif_copy_errors_total": ("counter", "Packets that could not be copied."),
    "vif_stops_total": ("counter", "Times that the guest had no room."),
    "vif_stalls_total": ("counter", "Times that it had none for long."),
    "vif_limit_bytes_per_second": ("gauge", "Most bytes a second, if limited."),
    "vif_carrier": ("gauge", "1 if the interface has a carrier."),
}
GRANT_PAGE = 4096
# Seconds that programs have for a page in all: less than Prometheus waits.
PATIENCE = 8


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _labels(labels: dict[str, Any]) -> str:
    return ",".join(f'{key}="{_escape(str(value))}"'
                    for key, value in labels.items() if value is not None)


class Page:
    """Samples by family, as the format wants them together."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {name: [] for name in HELP}

    def add(self, family: str, labels: dict[str, Any], value: Any,
            suffix: str = "") -> None:
        self._lines[family].append(
            f"xen_{family}{suffix}{{{_labels(labels)}}} {value}")

    def lines(self) -> Iterator[str]:
        for family, (kind, text) in HELP.items():
            if self._lines[family]:
                yield f"# HELP xen_{family} {text}"
                yield f"# TYPE xen_{family} {kind}"
                yield from self._lines[family]


def _who(device: dict[str, Any]) -> dict[str, Any]:
    return {"device": device["device"],
            "domain": device["domain"] or str(device["domid"])}


def _told(page: Page, device: dict[str, Any], who: dict[str, Any]) -> None:
    """What nobody can say while xenstore is silent: none of it is not false."""
    of = device.get("disk") or {}
    interface = device.get("interface") or {}
    page.add("device_info", {
        **who, "type": device["type"], "domid": device["domid"],
        "ours": str(device["ours"]).lower(), "vdev": of.get("vdev"),
        "disk": of.get("name"), "interface": interface.get("name"),
        "bridge": interface.get("bridge")}, 1)
    page.add("device_waiting", who, int(device["waits"] is not None))
    page.add("device_error", who, int(device["error"] is not None))


def _life(page: Page, device: dict[str, Any], who: dict[str, Any]) -> None:
    interface = device.get("interface") or {}
    for state in STATES if device["state"] else ():
        page.add("device_state", {**who, "state": state},
                 int(state == device["state"]))
    if interface.get("carrier") is not None:
        page.add("vif_carrier", who, int(interface["carrier"]))
    for key, family, labels in LIMITS:
        value = (device["limits"] or {}).get(key)
        if value is not None:
            page.add(family, {**who, **labels}, value)


def _latency(page: Page, device: dict[str, Any], who: dict[str, Any]) -> None:
    found = device.get("latency_us") or {}
    for kind in KINDS:
        slots = found[kind]["slots"] if kind in found else []
        if not sum(slots):
            continue
        labels, seen = {**who, "op": kind}, 0
        for slot, count in enumerate(slots[:-1]):
            seen += count
            page.add("vbd_latency_seconds",
                     {**labels, "le": f"{upper_us(slot) / 1e6:.9g}"}, seen,
                     "_bucket")
        page.add("vbd_latency_seconds", {**labels, "le": "+Inf"}, sum(slots),
                 "_bucket")
        page.add("vbd_latency_seconds", labels, sum(slots), "_count")


def _counters(page: Page, device: dict[str, Any], who: dict[str, Any]) -> None:
    for key, family, labels, factor in (VBD if device["type"] == "vbd" else VIF):
        if key in device["counters"]:
            page.add(family, {**who, **labels}, device["counters"][key] * factor)
    if device["type"] == "vif" and device["queues"]:
        for key, family, labels, factor in QUEUES:
            page.add(family, {**who, **labels},
                     sum(queue.get(key, 0) for queue in device["queues"]))
    for kind in ("mapped", "copied"):
        disk = (device.get("budget") or {}).get("disk")
        if disk:
            page.add("vbd_budget_bytes", {**who, "kind": kind},
                     disk[kind] * GRANT_PAGE)


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The page, line by line."""
    page = Page()
    for name, module in found["modules"].items():
        if module["loaded"]:
            page.add("module_info", {"module": name, "version": module["version"],
                                     "ours": str(module["ours"]).lower()}, 1)
    missing = {line.split(":")[0] for line in found["missing"]}
    for what in ("xenstore", "debugfs", "ethtool"):
        page.add("missing", {"what": what}, int(what in missing))
    for device in found["devices"]:
        who = _who(device)
        if "xenstore" not in missing:
            _told(page, device, who)
        _life(page, device, who)
        _counters(page, device, who)
        _latency(page, device, who)
    yield from page.lines()


def write(text: str, path: str) -> None:
    """Whoever reads the file sees the old page or the new one, and whole. What is
    no file, as /dev/stdout, is written to and stays what it is."""
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return
    handle, new = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)),
                                   prefix=f".{os.path.basename(path)}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            os.fchmod(out.fileno(), 0o644)
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise
