# SPDX-License-Identifier: GPL-2.0
"""Programs of any Debian release for this host: unpacked into the cache, with
the loader and the libraries of their own release."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Iterator, Sequence

from . import apt, cache, rootfs
from .util import run

HOST_ARCH = "amd64"
# The file, not a link to it: in some releases that leads to the host's own.
LOADER = "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
LIBRARIES = ("usr/lib/x86_64-linux-gnu", "usr/lib")


def _patchelf() -> Path:
    """Debian 12's on any host: what 0.18, Debian 13's, has written into the
    compiler proper of gcc 14 ends with a segmentation fault."""
    [deb] = apt.Apt(HOST_ARCH, "bookworm").packages("patchelf", ["patchelf"],
                                                    deps=False)
    made = cache.made("patchelf", [deb.name, cache.recipe("foreign.py")],
                      lambda tmp: apt.unpack(deb, tmp))
    return made / "usr/bin/patchelf"


def _programs(top: Path, patchelf: Path) -> Iterator[Path]:
    """ELF files that name a loader."""
    for path in sorted((top / "usr").rglob("*")):
        if path.is_symlink() or not path.is_file() \
                or not path.stat().st_mode & 0o100 \
                or not rootfs.is_elf(path):
            continue
        if not subprocess.run([patchelf, "--print-interpreter", path],
                              capture_output=True).returncode:
            yield path


def _keep_links_inside(top: Path) -> None:
    """Links to / would lead to the host's files: its loader does not fit to
    another release's C library."""
    for path in (top / "usr").rglob("*"):
        if not path.is_symlink() or not os.readlink(path).startswith("/"):
            continue
        target = top / os.readlink(path).lstrip("/")
        if target.exists():
            path.unlink()
            path.symlink_to(os.path.relpath(target, path.parent))


def adopt(top: Path, libraries: Path, final: Path | None = None) -> None:
    """Make the programs below top use the loader below libraries. A tree that
    is still to be moved has its libraries at final in the end."""
    home, patchelf = final or libraries, _patchelf()
    rpath = ":".join(str(home / name) for name in LIBRARIES)
    for path in _programs(top, patchelf):
        run([patchelf, "--set-interpreter", home / LOADER,
             "--force-rpath", "--set-rpath", rpath, path])


def tree(name: str, release: str, packages: Sequence[str]) -> Path:
    """A root with these packages of a release, and all that they need."""
    debs = apt.Apt(HOST_ARCH, release).packages(name, packages)
    kind = f"{name}-{release}"
    inputs = [[d.name for d in debs], cache.recipe("foreign.py", "rootfs.py")]

    def maker(tmp: Path) -> None:
        rootfs.merge_usr(tmp)
        for deb in debs:
            apt.unpack(deb, tmp)
        _keep_links_inside(tmp)
        adopt(tmp, tmp, cache.path(kind, inputs))

    return cache.made(kind, inputs, maker)
