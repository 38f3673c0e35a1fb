# SPDX-License-Identifier: GPL-2.0
"""Packages of any Debian release that hold scripts only."""
from __future__ import annotations

from pathlib import Path

from . import apt, cache, foreign


def tree(package: str, release: str) -> Path:
    """One package of a release, unpacked; nothing of it is installed."""
    debs = apt.Apt(foreign.HOST_ARCH, release).packages(
        f"scripts-{package}", [package], deps=False)

    def maker(tmp: Path) -> None:
        for deb in debs:
            apt.unpack(deb, tmp)

    return cache.made(f"{package}-{release}", [d.name for d in debs], maker)
