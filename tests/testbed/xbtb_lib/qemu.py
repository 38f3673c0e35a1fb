# SPDX-License-Identifier: GPL-2.0
"""A QEMU newer than the host's, which emulates what PVH guests need."""
from __future__ import annotations

from . import foreign

RELEASE = "trixie-backports"
PACKAGES = ["qemu-system-x86", "qemu-system-data", "seabios"]


def newer() -> str:
    """qemu-system-x86_64 with its firmware beside it."""
    root = foreign.tree("qemu", RELEASE, PACKAGES)
    return str(root / "usr/bin/qemu-system-x86_64")
