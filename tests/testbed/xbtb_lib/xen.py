# SPDX-License-Identifier: GPL-2.0
"""A hypervisor of our own, and the pager that Debian's Xen has no use for:
Debian's source and the patches in xen/."""
from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import apt, cache, fio, rootfs
from .util import TESTBED, Failure, run, say

PATCHES = TESTBED / "xen"
PAGER = ("xenpaging", "file_ops", "policy_default", "pagein")
PAGER_LIBRARIES = ("xenstore", "xenctrl", "xenevtchn", "xentoollog")
CONFIG = "CONFIG_EXPERT=y\nCONFIG_UNSUPPORTED=y\nCONFIG_MEM_PAGING=y\n"
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


def _build_pager(arch: str, tree: Path, tmp: Path) -> None:
    """xenpaging, for the libraries of Debian's tools."""
    dev = rootfs.unpacked(arch, "libxen", ["libxen-dev"]) / "usr"
    source = tree / "tools/xenpaging"
    run([f"{fio.CROSS[arch]}gcc", "-w", "-O2", "-s", "-D_GNU_SOURCE",
         "-D__XEN_TOOLS__", f"-I{dev}/include", f"-I{tree}/tools/include",
         "-o", tmp / "xenpaging",
         *[source / f"{name}.c" for name in PAGER],
         f"-L{dev}/lib/{fio.TRIPLET[arch]}",
         "-Wl,--allow-shlib-undefined",
         *[f"-l{name}" for name in PAGER_LIBRARIES]])


def _build(arch: str, tmp: Path) -> None:
    work = tmp / "work"
    work.mkdir()
    tree = _source(arch, work)
    for patch in sorted(PATCHES.glob("*.patch")):
        run(["patch", "-p1", "-s", "-i", patch], cwd=tree)
    config = (tree / "debian/xen-kconfig").read_text()
    (tree / "xen/.config").write_text(config + "\n" + CONFIG)
    target, cross = TARGET[arch]
    make = ["nice", "make", "-C", "xen", f"XEN_TARGET_ARCH={target}",
            f"CROSS_COMPILE={cross}", "PYTHON=python3"]
    run([*make, "olddefconfig"], cwd=tree)
    say(f"building Xen for {arch}: some minutes")
    run([*make, f"-j{os.cpu_count()}"], cwd=tree)
    shutil.copy2(tree / "xen/xen", tmp / "xen")
    if arch == "amd64":
        _build_pager(arch, tree, tmp)
    shutil.rmtree(work)


def made(arch: str) -> Path:
    """A directory with xen, in the form that QEMU's -kernel takes, and on
    amd64 xenpaging."""
    patches = [p.read_text() for p in sorted(PATCHES.glob("*.patch"))]
    return cache.made(f"xen-patched-{arch}",
                      [patches, cache.recipe("xen.py")],
                      lambda tmp: _build(arch, tmp))


def arguments(choice: str | None) -> list[str]:
    """Arguments for Xen's command line of --xen eagain[=SHARE[,CHANCE]]."""
    if not choice:
        return []
    kind, _, rate = choice.partition("=")
    if kind != "eagain":
        raise Failure(f"--xen {choice}: only eagain[=SHARE[,CHANCE]] is known")
    return [f"gnttab_eagain={rate or '20,80'}"]
