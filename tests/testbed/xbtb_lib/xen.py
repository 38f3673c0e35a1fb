# SPDX-License-Identifier: GPL-2.0
"""A hypervisor of our own, and the pager that Debian's Xen has no use for:
Xen's source and the patches in xen/."""
from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from . import apt, cache, matrix, rootfs, toolchain
from .util import TESTBED, Failure, run, say

PATCHES = TESTBED / "xen"
# A tar file of Xen's source, for where the archive lacks that of a suite.
SOURCE = os.environ.get("XB_XEN_SOURCE")
PAGER = ("xenpaging", "file_ops", "policy_default", "pagein")
PAGER_LIBRARIES = ("xenstore", "xenctrl", "xenevtchn", "xentoollog")
CONFIG = "CONFIG_EXPERT=y\nCONFIG_UNSUPPORTED=y\nCONFIG_MEM_PAGING=y\n"
# Xen's name of an architecture.
TARGET = {"amd64": "x86_64", "arm64": "arm64"}


def _version(tree: Path) -> str:
    """The series that a source tree is of."""
    text = (tree / "xen/Makefile").read_text()
    match = re.findall(r"^export XEN_(?:SUB)?VERSION\s*=\s*(\d+)$", text, re.M)
    return ".".join(match)


def _unpacked(on: matrix.Platform, work: Path) -> Path:
    """The newest source package that the archive still has, unpacked."""
    state = apt.Apt(on.arch, on.suite.name)
    for version in state.source_versions("xen"):
        try:
            state.source(f"xen={version}", work)
        except Failure:
            say(f"the archive has no source of xen {version}")
            continue
        return next(p for p in work.iterdir() if p.is_dir())
    raise Failure(f"the archive has no source of Xen {on.suite.xen}; name a "
                  "tar file of it in XB_XEN_SOURCE")


def _given(on: matrix.Platform, work: Path) -> Path | None:
    """The source that the user names, if it is of the suite's version."""
    if not SOURCE:
        return None
    run(["tar", "-xf", SOURCE, "-C", work])
    tree = next(p for p in work.iterdir() if p.is_dir())
    if _version(tree) == on.suite.xen:
        return tree
    say(f"{SOURCE} is of Xen {_version(tree)}, not {on.suite.xen}")
    shutil.rmtree(tree)
    return None


def _build_pager(on: matrix.Platform, tools: toolchain.Toolchain, tree: Path,
                 tmp: Path) -> None:
    """xenpaging, for the libraries of Debian's tools."""
    dev = rootfs.unpacked(on, "libxen", ["libxen-dev"]) / "usr"
    source = tree / "tools/xenpaging"
    run([*tools.cc.split(), "-w", "-O2", "-s", "-D_GNU_SOURCE",
         "-D__XEN_TOOLS__", f"-I{dev}/include", f"-I{tree}/tools/include",
         "-o", tmp / "xenpaging",
         *[source / f"{name}.c" for name in PAGER],
         f"-L{dev}/lib/{tools.triplet}",
         "-Wl,--allow-shlib-undefined",
         *[f"-l{name}" for name in PAGER_LIBRARIES]])


def _configure(tree: Path) -> None:
    """Debian's configuration where its package brings one, and ours."""
    debian = tree / "debian/xen-kconfig"
    text = debian.read_text() if debian.exists() else ""
    (tree / "xen/.config").write_text(text + "\n" + CONFIG)


def _build(on: matrix.Platform, tmp: Path) -> None:
    work = tmp / "work"
    work.mkdir()
    tools = toolchain.of(on)
    tree = _given(on, work) or _unpacked(on, work)
    for patch in sorted(PATCHES.glob("*.patch")):
        run(["patch", "-p1", "-s", "-i", patch], cwd=tree)
    _configure(tree)
    make = ["nice", "make", "-C", "xen", f"XEN_TARGET_ARCH={TARGET[on.arch]}",
            f"CROSS_COMPILE={tools.prefix}", f"CC={tools.kernel_cc}",
            # Its own programs run here, where CC's libraries may be too new.
            "HOSTCC=gcc", "PYTHON=python3"]
    run([*make, "olddefconfig"], cwd=tree)
    say(f"building Xen {on.suite.xen} for {on.arch}: some minutes")
    run([*make, f"-j{os.cpu_count()}"], cwd=tree)
    shutil.copy2(tree / "xen/xen", tmp / "xen")
    if on.arch == "amd64":
        _build_pager(on, tools, tree, tmp)
    shutil.rmtree(work)


def made(on: matrix.Platform) -> Path:
    """A directory with xen, in the form that QEMU's -kernel takes, and on
    amd64 xenpaging."""
    patches = [p.read_text() for p in sorted(PATCHES.glob("*.patch"))]
    return cache.made(f"xen-patched-{on}",
                      [patches, cache.recipe("xen.py")],
                      lambda tmp: _build(on, tmp))


def arguments(choice: str | None) -> list[str]:
    """Arguments for Xen's command line of --xen eagain[=SHARE[,CHANCE]]."""
    if not choice:
        return []
    kind, _, rate = choice.partition("=")
    if kind != "eagain":
        raise Failure(f"--xen {choice}: only eagain[=SHARE[,CHANCE]] is known")
    return [f"gnttab_eagain={rate or '20,80'}"]
