# SPDX-License-Identifier: GPL-2.0
"""Why a device does not work yet, or not any more, and who has to do something."""
from __future__ import annotations

from typing import Any, Optional

from .xenstore import CONNECTED, Directory

NO_FRONTEND = ("for the guest: no driver there, or paused, or still in its "
               "boot loader")
GUEST = "for the guest to connect"


def _hotplug(device: dict[str, Any], backend: Directory) -> Optional[str]:
    """What the toolstack's script has not done."""
    status = backend.get("hotplug-status")
    if status not in (None, "connected"):
        return f"for the hotplug script, which says '{status}'"
    if device["type"] == "vbd" and not backend.get("physical-device"):
        return "for the hotplug script to name the disk (physical-device)"
    if device["type"] == "vif" and status is None and backend.get("script"):
        return "for the hotplug script (hotplug-status)"
    return None


def _before(device: dict[str, Any], backend: Directory) -> Optional[str]:
    """It has not connected."""
    frontend = device["frontend_state"]
    hotplug = _hotplug(device, backend)
    if hotplug:
        return hotplug
    if frontend in (None, "Unknown", "Initialising"):
        return NO_FRONTEND
    if frontend in ("Closing", "Closed"):
        return "for the guest to begin anew: it has closed"
    if frontend in ("Initialised", "Connected"):
        return "for us to connect: see its error, and the log"
    return GUEST


def _after(device: dict[str, Any]) -> str:
    """It is closing or has closed."""
    frontend = device["frontend_state"]
    if device["state"] == "Closing":
        if frontend in (None, "Unknown"):
            return "for the toolstack: the guest's directory has gone"
        if frontend == "Closed":
            return "for requests that are on their way to end"
        return f"for the guest to close: it is {frontend}"
    if device["online"]:
        return "for the guest to begin anew: it has closed"
    return "for the toolstack to remove it"


def _working(device: dict[str, Any]) -> Optional[str]:
    """Connected, and yet."""
    if device["online"] is False:
        return "for the guest to let go: the toolstack wants it detached"
    if device["type"] == "vif":
        interface = device["interface"]
        if interface["up"] is False:
            return f"for ip link set {interface['name']} up"
        if interface["carrier"] is False:
            return "no carrier: the guest takes no packets, or has closed"
    return None


def reason(device: dict[str, Any], life: dict[str, Any],
           can_ask: bool) -> Optional[str]:
    """Why it waits, None if it does not or nobody may know."""
    state = device["state"]
    if device["module"] is None:
        return "no driver is bound to it: is the module loaded?"
    if state in CONNECTED:
        return _working(device)
    if not can_ask or state is None:
        return None
    if state in ("Closing", "Closed"):
        return _after(device)
    return _before(device, life["backend"])
