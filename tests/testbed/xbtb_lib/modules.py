# SPDX-License-Identifier: GPL-2.0
"""Kernel images and the chosen modules of a kernel."""
from __future__ import annotations

import lzma
import re
import shutil
from pathlib import Path
from typing import Iterable

from . import apt, cache, contents, kernel, rootfs, vmlinux
from .util import run, say

META = ("modules.order", "modules.builtin", "modules.builtin.modinfo")


def _canonical(path: str) -> str:
    """xen-blkback for kernel/drivers/…/xen-blkback.ko.xz."""
    return re.sub(r"\.ko(\.xz)?$", "", path.rsplit("/", 1)[-1]) \
        .replace("_", "-")


class Index:
    """modules.dep and modules.builtin of one unpacked kernel."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.deps: dict[str, list[str]] = {}
        self.paths: dict[str, str] = {}
        for line in (base / "modules.dep").read_text().splitlines():
            path, _, deps = line.partition(":")
            self.paths[_canonical(path)] = path
            self.deps[path] = deps.split()
        built_in = (base / "modules.builtin").read_text().split()
        self.builtin = {_canonical(p) for p in built_in}

    def closure(self, names: Iterable[str]) -> list[str]:
        """Paths of the modules and of all that they depend on."""
        found: list[str] = []
        for name in names:
            name = name.replace("_", "-")
            if name in self.paths:
                path = self.paths[name]
                found += [*self.deps[path], path]
            elif name not in self.builtin:
                say(f"note: the kernel has no module {name}")
        return list(dict.fromkeys(found))


def _copy_module(src: Path, dst: Path) -> None:
    dst.parent.mkdir(parents=True, exist_ok=True)
    data = src.read_bytes()
    if src.suffix == ".xz":
        data, dst = lzma.decompress(data), dst.with_suffix("")
    dst.write_bytes(data)


def depmod(root: Path, abi: str) -> None:
    run(["depmod", "-b", root, abi])


def _select(full: Path, index: Index, names: list[str], root: Path,
            abi: str) -> None:
    """A tree of these modules alone below root/lib/modules."""
    dest = root / "lib/modules" / abi
    dest.mkdir(parents=True)
    for rel in index.closure(names):
        _copy_module(full / rel, dest / rel)
    for name in META:
        if (full / name).exists():
            shutil.copy2(full / name, dest)
    depmod(root, abi)


def _unpack(kern: kernel.Kernel, debs: list[Path], work: Path) -> bytes:
    """All modules of the packages below work/lib; the kernel itself."""
    rootfs.merge_usr(work)
    for deb in debs:
        apt.unpack(deb, work)
    depmod(work, kern.abi)
    # Debian's packages of 7.3 have it beside the modules.
    places = [work / "boot" / f"vmlinuz-{kern.abi}",
              work / "lib/modules" / kern.abi / "vmlinuz"]
    image = next(p for p in places if p.exists()).read_bytes()
    return vmlinux.extract(image) if kern.arch == "amd64" else image


def _wanted(kern: kernel.Kernel) -> list[str]:
    """The modules that dom0 has."""
    kunit = contents.KUNIT_MODULES if kern.built() else []
    return [*contents.DOM0_MODULES, *kunit]


def _make(kern: kernel.Kernel, source: list[Path], tmp: Path) -> None:
    work = tmp / "work"
    if kern.built():
        shutil.copytree(source[0] / "lib", work / "lib")
        image = (source[0] / "Image").read_bytes()
    else:
        image = _unpack(kern, source, work)
    full = work / "lib/modules" / kern.abi
    index = Index(full)
    _select(full, index, _wanted(kern), tmp / "dom0", kern.abi)
    _select(full, index, contents.GUEST_MODULES, tmp / "guest", kern.abi)
    _select(full, index, contents.STORAGE_MODULES, tmp / "storage", kern.abi)
    (tmp / "kernel").write_bytes(image)
    shutil.rmtree(work)


def _source(kern: kernel.Kernel) -> list[Path]:
    """The packages of a kernel, or where it was built."""
    built = kern.built()
    if built:
        return [built]
    return apt.Apt(kern.arch, kern.release).packages(
        f"image-{kern.name}", kern.image, deps=False)


def tree(kern: kernel.Kernel) -> Path:
    """A directory with kernel, and dom0/, guest/ and storage/ with
    lib/modules."""
    source = _source(kern)
    inputs = [[s.name for s in source], _wanted(kern), contents.GUEST_MODULES,
              contents.STORAGE_MODULES, cache.recipe("modules.py", "vmlinux.py")]
    return cache.made(f"kernel-{kern.arch}-{kern.name}", inputs,
                      lambda tmp: _make(kern, source, tmp))
