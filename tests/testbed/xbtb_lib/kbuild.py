# SPDX-License-Identifier: GPL-2.0
"""Kernels that no package has: built once from Debian's kernel source."""
from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from . import apt, cache, matrix, toolchain
from .util import TESTBED, Failure, host_setup, run, say

FRAGMENTS = TESTBED / "kernel"
ARCH = "arm64"
# Not an option of Linux 6.12 any more: it does so unless it is told not to.
GONE = ("CONFIG_RANDOM_TRUST_CPU=y", "CONFIG_RANDOM_TRUST_BOOTLOADER=y")
# What may stand between mutex_init() and the next statement of gntdev_open():
# it copies to user space under a lock that its mmap takes under mmap_lock.
# lockdep switches itself off at the first such report, and would then see
# nothing of the modules under test.
EDITS = {"debug": [("drivers/xen/gntdev.c",
                    "mutex_init(&priv->lock);",
                    "lockdep_set_novalidate_class(&priv->lock);")]}
# Source that no fragment of ours can make the kernel need. Files without these
# suffixes are wanted all the same: Kconfig reads them.
UNUSED = ("drivers/gpu", "drivers/media", "drivers/staging", "drivers/usb",
          "drivers/infiniband", "drivers/net/ethernet", "drivers/net/wireless",
          "drivers/iio", "sound", "tools/testing", "tools/perf",
          "Documentation")
SUFFIXES = ("c", "h", "dts", "dtsi", "rst", "yaml", "json", "sh", "py")
# Out-of-tree modules are built against these alone.
KEEP = ("Makefile", "GNUmakefile", "Kbuild", "include", "scripts", "arch/Kconfig",
        "arch/arm64", ".config", "Module.symvers")


def _package(row: matrix.Row) -> Path:
    name = f"linux-source-{row.series}"
    return apt.Apt(ARCH, row.release).packages(name, [name], deps=False)[0]


def _variant(row: matrix.Row) -> str:
    return row.name.removeprefix(f"{row.series}-")


def release(row: matrix.Row) -> str:
    """What uname -r says in such a kernel."""
    version = _package(row).name.split("_")[1].split("-")[0]
    return f"{version}-xb-{_variant(row)}"


def _unpack(deb: Path, tmp: Path) -> Path:
    apt.unpack(deb, tmp / "deb")
    packed = next((tmp / "deb/usr/src").glob("linux-source-*.tar.xz"))
    run(["tar", "-xf", packed, "-C", tmp,
         *[f"--exclude=linux-source-*/{where}/*.{suffix}"
           for where in UNUSED for suffix in SUFFIXES]])
    shutil.rmtree(tmp / "deb")
    return next(tmp.glob("linux-source-*"))


def _edit(tree: Path, parts: tuple[str, ...]) -> None:
    for name, after, line in (e for p in parts for e in EDITS.get(p, [])):
        text = (tree / name).read_text()
        if text.count(after) != 1:
            raise Failure(f"{name}: '{after}' is not there once")
        (tree / name).write_text(text.replace(after, f"{after}\n\t{line}"))


class _Make:
    """make in a source tree, with the compiler of its release; GNUmakefile
    says the same to those who build modules against the tree."""

    def __init__(self, tree: Path, tools: toolchain.Toolchain) -> None:
        self.tree = tree
        (tree / "GNUmakefile").write_text(
            f"override ARCH := {ARCH}\n"
            f"override CROSS_COMPILE := {tools.prefix}\n"
            "export ARCH CROSS_COMPILE\n"
            "include Makefile\n")

    def __call__(self, *args: str, nice: bool = False) -> str:
        return run([*(["nice"] if nice else []), "make", "-s", *args],
                   cwd=self.tree)


def _configure(make: _Make, parts: tuple[str, ...], variant: str) -> None:
    """allnoconfig and our fragments; the last line on an option must hold."""
    want = {"CONFIG_LOCALVERSION": f'CONFIG_LOCALVERSION="-xb-{variant}"'}
    for part in parts:
        text = (FRAGMENTS / f"{part}.config").read_text()
        want |= {name: line for line, name in re.findall(
            r"^((?:# )?(CONFIG_\w+)(?:=.*| is not set))$", text, re.M)}
    lines = list(want.values())
    (make.tree / "fragment").write_text("\n".join(lines) + "\n")
    make(f"KCONFIG_ALLCONFIG={make.tree / 'fragment'}", "allnoconfig")
    text = (make.tree / ".config").read_text()
    got = set(text.splitlines())
    lost = [line for line in lines if line.startswith("CONFIG_")
            and line not in got
            and (line not in GONE or line[:-2] in text)]
    if lost:
        raise Failure(f"not taken by the kernel: {' '.join(lost)}")


def _keep(tree: Path, dest: Path) -> None:
    """Move what building a module needs to dest."""
    for name in KEEP:
        (dest / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).rename(dest / name)
    for path in (dest / "arch").rglob("*.[oa]"):
        path.unlink()


def _install(make: _Make, abi: str, dest: Path) -> None:
    """Image, modules and what remains of the tree; all else is lost."""
    make(f"INSTALL_MOD_PATH={dest}", "INSTALL_MOD_STRIP=1", "modules_install")
    for name in ("build", "source"):
        (dest / "lib/modules" / abi / name).unlink(missing_ok=True)
    shutil.copy2(make.tree / "arch/arm64/boot/Image", dest / "Image")
    _keep(make.tree, dest / "tree")


def _prepare(row: matrix.Row, deb: Path, tools: toolchain.Toolchain,
             work: Path) -> _Make:
    """A configured source tree below work."""
    tree = _unpack(deb, work)
    _edit(tree, row.parts)
    make = _Make(tree, tools)
    _configure(make, row.parts, _variant(row))
    made = make("kernelrelease").strip()
    if made != release(row):
        raise Failure(f"the source makes a kernel {made}, not {release(row)}")
    return make


def built(row: matrix.Row) -> Path:
    """A directory with Image, lib/modules/ABI, and tree for `make -C`."""
    deb = _package(row)
    tools = toolchain.get(row.release, ARCH)
    texts = [(FRAGMENTS / f"{part}.config").read_text() for part in row.parts]
    edits = [EDITS.get(part) for part in row.parts]

    def maker(tmp: Path) -> None:
        host_setup("kernel")
        say("this takes some ten minutes of CPU time, once")
        make = _prepare(row, deb, tools, tmp / "work")
        make(f"-j{os.cpu_count()}", "Image", "modules", nice=True)
        _install(make, release(row), tmp)
        shutil.rmtree(tmp / "work")

    return cache.made(f"built-{row.name}",
                      [deb.name, texts, edits, tools.root.name,
                       cache.recipe("kbuild.py")], maker)
