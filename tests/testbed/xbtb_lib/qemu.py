# SPDX-License-Identifier: GPL-2.0
"""A QEMU newer than the host's: for what older ones do not emulate, or slowly."""
from __future__ import annotations

from . import foreign, machine

RELEASE = "trixie-backports"
# Package and program of each architecture, and the firmware that it needs.
PACKAGES = {"amd64": ["qemu-system-x86", "qemu-system-data", "seabios"],
            "arm64": ["qemu-system-arm"]}
PROGRAMS = {"amd64": "qemu-system-x86_64", "arm64": "qemu-system-aarch64"}


def program(opts: machine.Options) -> str:
    """A newer one with its firmware beside it, or "" for the host's. QEMU 7.2
    is slower by a sixth for arm64."""
    if not opts.nested and (opts.measured or opts.arch == "amd64"):
        return ""
    root = foreign.tree("qemu", RELEASE, PACKAGES[opts.arch])
    return str(root / "usr/bin" / PROGRAMS[opts.arch])
