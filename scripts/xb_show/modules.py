# SPDX-License-Identifier: GPL-2.0
"""Which modules serve, of which version, and how they are set."""
from __future__ import annotations

from typing import Any

from .host import Host

NAMES = ("xen_gnttab_helpers", "xen_blkback", "xen_netback")
# Written to, never read.
NOT_READ = ("bind", "unbind")


def _parameters(host: Host, module: str) -> dict[str, str]:
    folder = f"/sys/module/{module}/parameters"
    read = {name: host.read(f"{folder}/{name}") for name in host.names(folder)
            if name not in NOT_READ}
    return {name: text for name, text in read.items() if text is not None}


def collect(host: Host) -> dict[str, Any]:
    """The modules. The kernel's own say no version."""
    found = {}
    for module in NAMES:
        version = host.read(f"/sys/module/{module}/version")
        found[module] = {"loaded": bool(host.names(f"/sys/module/{module}")),
                         "version": version, "ours": version is not None,
                         "parameters": _parameters(host, module)}
    return found


def host_facts(host: Host) -> dict[str, Any]:
    """What they run on."""
    numbers = [host.read(f"/sys/hypervisor/version/{name}")
               for name in ("major", "minor", "extra")]
    xen = (f"{numbers[0]}.{numbers[1]}{numbers[2] or ''}"
           if numbers[0] and numbers[1] else None)
    return {"kernel": host.read("/proc/sys/kernel/osrelease"), "xen": xen}
