# SPDX-License-Identifier: GPL-2.0
"""All devices that this domain serves, and what serves them, as one structure.

Its form is documented in Documentation/status.md; `SCHEMA` counts changes that
a reader must know.
"""
from __future__ import annotations

import re
import time
from typing import Any, Optional

from . import modules, vbd, vif, waits
from .host import Host
from .xenstore import Store, state_name

SCHEMA = 1
BUS = "/sys/bus/xen-backend/devices"
NAME = re.compile(r"(vbd|vif)-(\d+)-(\d+)")
DEBUG = "/sys/kernel/debug"


def _life(host: Host, store: Store, path: str) -> dict[str, Any]:
    """What the two ends and the toolstack say of a device."""
    nodename = host.read(f"{path}/nodename") or ""
    backend = store.backend(nodename)
    frontend = store.frontend(backend.get("frontend") or "")
    error = store.error(nodename)
    state = host.read(f"{path}/state")
    if not store.why():
        state = state_name(backend.get("state"))
    return {
        "nodename": nodename, "backend": backend, "frontend": frontend,
        "state": state,
        "frontend_state": state_name(frontend.get("state")),
        "online": backend.flag("online") if backend.get("online") else None,
        "error": error,
    }


def _device(host: Host, store: Store, name: str,
            served: dict[str, Any]) -> dict[str, Any]:
    kind, domid, devid = name.split("-")
    path = f"{BUS}/{name}"
    life = _life(host, store, path)
    domain = store.domain(int(domid))
    can_ask = not store.why()
    driver = host.link(f"{path}/driver")
    own = vbd if kind == "vbd" else vif
    module = own.MODULE if driver else None
    device = {
        "device": name, "type": kind, "domid": int(domid), "devid": int(devid),
        "domain": domain,
        "module": module,
        "ours": bool(module and served.get(module, {}).get("ours")),
        **{key: life[key] for key in ("state", "frontend_state", "online",
                                      "error")},
        "waits": None,
    }
    device.update(own.collect(host, path, life, device["ours"], can_ask))
    device["waits"] = waits.reason(device, life, can_ask)
    return device


def _missing(host: Host, store: Store, served: dict[str, Any]) -> list[str]:
    """What cannot be known, and why."""
    found = []
    if store.why():
        found.append(f"xenstore: {store.why()}: no guests' names, features, "
                     "rates and errors")
    if any(how["ours"] for how in served.values()) and not host.names(DEBUG):
        why = host.denied.get(DEBUG, "not mounted")
        found.append(f"debugfs: {why}: no latencies, queues and budgets")
    why = host.denied.get("ethtool")
    if why:
        found.append(f"ethtool: {why}: no statistics of an interface's queues")
    for module, how in served.items():
        if module in (vbd.MODULE, vif.MODULE) and how["loaded"] and not how["ours"]:
            what = vbd.LACKS if module == vbd.MODULE else vif.LACKS
            found.append(f"{module} is the kernel's own, and has no {what}")
    return found


def collect(host: Host, only: Optional[str] = None,
            brief: bool = False) -> dict[str, Any]:
    """Everything, or what is of one guest or device.

    only is a domain's name or number, vbd-1-51712, or vif1.0; with brief, what
    frontends say is not known.
    """
    host.silent.clear()
    store = Store(host, brief)
    served = modules.collect(host)
    devices = [_device(host, store, name, served)
               for name in host.names(BUS) if NAME.fullmatch(name)]
    store.close()
    devices.sort(key=lambda d: (d["domid"], d["type"], d["devid"]))
    return {"schema": SCHEMA, "time": int(time.time()),
            "host": modules.host_facts(host), "modules": served,
            "missing": _missing(host, store, served),
            "devices": [d for d in devices if only is None or is_meant(d, only)]}


def is_meant(device: dict[str, Any], only: str) -> bool:
    """Is the device, or its guest, called that?"""
    names = {device["device"], device["domain"], str(device["domid"]),
             f"{device['type']}-{device['domid']}"}
    if device["type"] == "vif":
        names |= {f"vif{device['domid']}.{device['devid']}",
                  device["interface"]["name"]}
    else:
        names.add(f"{device['domain']}/{device['disk']['vdev']}")
    return only in names - {None}
