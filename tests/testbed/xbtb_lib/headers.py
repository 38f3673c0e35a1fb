# SPDX-License-Identifier: GPL-2.0
"""Kernel headers that work from the cache instead of /usr/src."""
from __future__ import annotations

from pathlib import Path

from . import apt, cache, kernel

HOST_ARCH = "amd64"


def _fix_makefile(path: Path) -> None:
    """Include the common Makefile relative to this one, not in /usr/src."""
    here = "$(dir $(realpath $(lastword $(MAKEFILE_LIST))))"
    text = path.read_text().replace("include /usr/src/",
                                    f"include {here}../")
    path.write_text(text)


def tree(series: str, arch: str) -> Path:
    """A directory for `make -C`, made from the headers of the kernel."""
    kern = kernel.get(series, arch)
    built = kern.built()
    if built:
        return built / "tree"
    debs = apt.Apt(arch).packages(
        f"headers-{series}", [f"linux-headers-{kern.abi}", *kern.common],
        deps=False)
    debs += apt.Apt(HOST_ARCH).packages(
        f"kbuild-{series}", kern.tools, deps=False)

    def maker(tmp: Path) -> None:
        for deb in debs:
            apt.unpack(deb, tmp)
        _fix_makefile(tmp / "usr/src" / f"linux-headers-{kern.abi}/Makefile")

    inputs = [[d.name for d in debs], cache.recipe("headers.py")]
    made = cache.made(f"headers-{arch}-{series}", inputs, maker)
    return made / "usr/src" / f"linux-headers-{kern.abi}"
