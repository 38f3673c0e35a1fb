# SPDX-License-Identifier: GPL-2.0
"""A report of a bug: what is read for the status of all devices, as it was read,
and more about the host. The same program shows the status from it.

Nothing of a guest's data is in it: of xenstore, only its names, its directories
of disks and interfaces, and ours.
"""
from __future__ import annotations

import re
from typing import Iterator

from . import devices, show
from .host import Host, Recorder

# Lines of the kernel's log that are ours, or about us.
OURS = re.compile(r"xen[-_ ]?(gnttab|blkback|netback|backend)|\bvbd[ -]|\bvif\S*\d"
                  r"|xenbus|hung_task|Call Trace|\b(BUG|WARNING|Oops)\b", re.I)
COMMANDS = ("uname -a", "xl info", "xl list", "modinfo xen-gnttab-helpers",
            "modinfo xen-blkback", "modinfo xen-netback",
            "ip -s -s -d link show", "dkms status xen-backends",
            "dpkg-query -W xen-utils-* xenstore-utils xen-backends*")
FILES = ("/etc/os-release", "/proc/cmdline", "/proc/loadavg", "/proc/meminfo",
         "/proc/modules", "/proc/sys/kernel/tainted",
         "/sys/kernel/debug/xen-gnttab-helpers/domains")
LAST = 2000


def _log(host: Host) -> Iterator[str]:
    text = host.run("dmesg", "--time-format", "iso") or host.run("dmesg") or ""
    for line in [line for line in text.splitlines() if OURS.search(line)][-LAST:]:
        yield f" {line}"


def lines(host: Host, version: str) -> Iterator[str]:
    """The report."""
    recorder = Recorder(host)
    found = devices.collect(recorder)
    yield f"xen-backends report, made by {version}. `xen-backends --from FILE status`"
    yield "shows it. Nothing of guests' data is in it, but names, addresses of"
    yield "interfaces and paths of disks are: look through it before it is sent."
    yield "=== text status"
    for device in found["devices"]:
        for line in show.page(device):
            yield f" {line}"
        yield " "
    yield "=== text log"
    yield from _log(host)
    for path in FILES:
        recorder.read(path)
    for command in COMMANDS:
        recorder.run(*command.split())
    yield from recorder.lines()
