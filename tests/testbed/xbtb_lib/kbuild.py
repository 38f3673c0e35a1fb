# SPDX-License-Identifier: GPL-2.0
"""Kernels that no package has: built once from Debian's kernel source."""
from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from . import apt, cache
from .util import TESTBED, Failure, host_setup, run, say

FRAGMENTS = TESTBED / "kernel"
CROSS = "aarch64-linux-gnu-"
MAKE = ["make", "-s", "ARCH=arm64", f"CROSS_COMPILE={CROSS}",
        f"CC={CROSS}gcc-12"]
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
KEEP = ("Makefile", "Kbuild", "include", "scripts", "arch/Kconfig",
        "arch/arm64", ".config", "Module.symvers")


def _package(series: str) -> Path:
    name = f"linux-source-{series}"
    return apt.Apt("arm64").packages(name, [name], deps=False)[0]


def release(series: str, variant: str) -> str:
    """What uname -r says in such a kernel."""
    version = _package(series).name.split("_")[1].split("-")[0]
    return f"{version}-xb-{variant}"


def _unpack(deb: Path, tmp: Path) -> Path:
    apt.unpack(deb, tmp / "deb")
    packed = next((tmp / "deb/usr/src").glob("linux-source-*.tar.xz"))
    run(["tar", "-xf", packed, "-C", tmp,
         *[f"--exclude=linux-source-*/{where}/*.{suffix}"
           for where in UNUSED for suffix in SUFFIXES]])
    shutil.rmtree(tmp / "deb")
    return next(tmp.glob("linux-source-*"))


def _edit(tree: Path, parts: list[str]) -> None:
    for name, after, line in (e for p in parts for e in EDITS.get(p, [])):
        text = (tree / name).read_text()
        if text.count(after) != 1:
            raise Failure(f"{name}: '{after}' is not there once")
        (tree / name).write_text(text.replace(after, f"{after}\n\t{line}"))


def _configure(tree: Path, parts: list[str], variant: str) -> None:
    """allnoconfig and our fragments; the last line on an option must hold."""
    want = {"CONFIG_LOCALVERSION": f'CONFIG_LOCALVERSION="-xb-{variant}"'}
    for part in parts:
        text = (FRAGMENTS / f"{part}.config").read_text()
        want |= {name: line for line, name in re.findall(
            r"^((?:# )?(CONFIG_\w+)(?:=.*| is not set))$", text, re.M)}
    lines = list(want.values())
    (tree / "fragment").write_text("\n".join(lines) + "\n")
    run([*MAKE, f"KCONFIG_ALLCONFIG={tree / 'fragment'}", "allnoconfig"],
        cwd=tree)
    got = set((tree / ".config").read_text().splitlines())
    lost = [line for line in lines if line.startswith("CONFIG_")
            and line not in got]
    if lost:
        raise Failure(f"not taken by the kernel: {' '.join(lost)}")


def _keep(tree: Path, dest: Path) -> None:
    """Move what building a module needs to dest."""
    for name in KEEP:
        (dest / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).rename(dest / name)
    for path in (dest / "arch").rglob("*.[oa]"):
        path.unlink()


def _compile(tree: Path) -> None:
    run(["nice", *MAKE, f"-j{os.cpu_count()}", "Image", "modules"], cwd=tree)


def _install(tree: Path, abi: str, dest: Path) -> None:
    """Image, modules and what remains of the tree; all else is lost."""
    run([*MAKE, f"INSTALL_MOD_PATH={dest}", "INSTALL_MOD_STRIP=1",
         "modules_install"], cwd=tree)
    for name in ("build", "source"):
        (dest / "lib/modules" / abi / name).unlink(missing_ok=True)
    shutil.copy2(tree / "arch/arm64/boot/Image", dest / "Image")
    _keep(tree, dest / "tree")


def _prepare(deb: Path, parts: list[str], variant: str, abi: str,
             work: Path) -> Path:
    """A configured source tree below work."""
    tree = _unpack(deb, work)
    _edit(tree, parts)
    _configure(tree, parts, variant)
    made = run([*MAKE, "kernelrelease"], cwd=tree).strip()
    if made != abi:
        raise Failure(f"the source makes a kernel {made}, not {abi}")
    return tree


def built(series: str, variant: str, parts: list[str]) -> Path:
    """A directory with Image, lib/modules/ABI, and tree for `make -C`."""
    deb = _package(series)
    texts = [(FRAGMENTS / f"{part}.config").read_text() for part in parts]
    edits = [EDITS.get(part) for part in parts]

    def maker(tmp: Path) -> None:
        host_setup("kernel", "arm64")
        say("this takes some ten minutes of CPU time, once")
        abi = release(series, variant)
        tree = _prepare(deb, parts, variant, abi, tmp / "work")
        _compile(tree)
        _install(tree, abi, tmp)
        shutil.rmtree(tmp / "work")

    return cache.made(f"built-{series}-{variant}",
                      [deb.name, texts, edits, MAKE], maker)
