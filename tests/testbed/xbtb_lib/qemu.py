# SPDX-License-Identifier: GPL-2.0
"""A QEMU newer than Debian 12's, which emulates what PVH guests need."""
from __future__ import annotations

from pathlib import Path

from . import apt, cache

SUITE = "bookworm-backports"
PACKAGES = ["qemu-system-x86", "qemu-system-data", "seabios"]


def newer() -> str:
    """qemu-system-x86_64 of bookworm's backports, with its firmware beside it;
    the libraries are those of the host's own QEMU."""
    debs = apt.Apt("amd64", SUITE).packages("qemu", PACKAGES, deps=False)

    def maker(tmp: Path) -> None:
        for deb in debs:
            apt.unpack(deb, tmp)

    made = cache.made("qemu-amd64", [[d.name for d in debs],
                                     cache.recipe("qemu.py")], maker)
    return str(made / "usr/bin/qemu-system-x86_64")
