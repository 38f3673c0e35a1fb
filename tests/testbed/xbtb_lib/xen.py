# SPDX-License-Identifier: GPL-2.0
"""A hypervisor of our own: Debian's source and the patches in xen/."""
from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import apt, cache
from .util import TESTBED, Failure, run, say

PATCHES = TESTBED / "xen"
# Debian's name of an architecture: Xen's, and the cross compiler's prefix.
TARGET = {"amd64": ("x86_64", ""), "arm64": ("arm64", "aarch64-linux-gnu-")}


def _source(arch: str, work: Path) -> Path:
    """The newest source package that the archive still has, unpacked."""
    state = apt.Apt(arch)
    for version in state.source_versions("xen"):
        try:
            state.source(f"xen={version}", work)
        except Failure:
            say(f"the archive has no source of xen {version}")
            continue
        return next(p for p in work.iterdir() if p.is_dir())
    raise Failure("the archive has no source package of xen")


def _build(arch: str, tmp: Path) -> None:
    work = tmp / "work"
    work.mkdir()
    tree = _source(arch, work)
    for patch in sorted(PATCHES.glob("*.patch")):
        run(["patch", "-p1", "-s", "-i", patch], cwd=tree)
    shutil.copy2(tree / "debian/xen-kconfig", tree / "xen/.config")
    target, cross = TARGET[arch]
    make = ["nice", "make", "-C", "xen", f"XEN_TARGET_ARCH={target}",
            f"CROSS_COMPILE={cross}", "PYTHON=python3"]
    run([*make, "olddefconfig"], cwd=tree)
    say(f"building Xen for {arch}: some minutes")
    run([*make, f"-j{os.cpu_count()}"], cwd=tree)
    shutil.copy2(tree / "xen/xen", tmp / "xen")
    shutil.rmtree(work)


def patched(arch: str) -> Path:
    """The patched hypervisor in the form that QEMU's -kernel takes."""
    patches = [p.read_text() for p in sorted(PATCHES.glob("*.patch"))]
    made = cache.made(f"xen-patched-{arch}",
                      [patches, cache.recipe("xen.py")],
                      lambda tmp: _build(arch, tmp))
    return made / "xen"


def arguments(choice: str | None) -> list[str]:
    """Arguments for Xen's command line of --xen eagain[=SHARE[,CHANCE]]."""
    if not choice:
        return []
    kind, _, rate = choice.partition("=")
    if kind != "eagain":
        raise Failure(f"--xen {choice}: only eagain[=SHARE[,CHANCE]] is known")
    return [f"gnttab_eagain={rate or '20,80'}"]
