# SPDX-License-Identifier: GPL-2.0
"""Kernel images and the chosen modules of a kernel."""
from __future__ import annotations

import lzma
import re
import shutil
from pathlib import Path
from typing import Iterable

from . import apt, cache, contents, kernel, vmlinux
from .util import Failure, run, say

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


def _unpack(kern: kernel.Kernel, deb: Path, work: Path) -> bytes:
    """All modules of a package below work/lib; the kernel itself."""
    apt.unpack(deb, work)
    depmod(work, kern.abi)
    image = (work / "boot" / f"vmlinuz-{kern.abi}").read_bytes()
    return vmlinux.extract(image) if kern.arch == "amd64" else image


def _wanted(kern: kernel.Kernel) -> list[str]:
    """The modules that dom0 has."""
    kunit = contents.KUNIT_MODULES if kern.built() else []
    return [*contents.DOM0_MODULES, *kunit]


def _make(kern: kernel.Kernel, source: Path, tmp: Path) -> None:
    work = tmp / "work"
    if kern.built():
        shutil.copytree(source / "lib", work / "lib")
        image = (source / "Image").read_bytes()
    else:
        image = _unpack(kern, source, work)
    full = work / "lib/modules" / kern.abi
    index = Index(full)
    _select(full, index, _wanted(kern), tmp / "dom0", kern.abi)
    _select(full, index, contents.GUEST_MODULES, tmp / "guest", kern.abi)
    _select(full, index, contents.STORAGE_MODULES, tmp / "storage", kern.abi)
    (tmp / "kernel").write_bytes(image)
    shutil.rmtree(work)


def _package(kern: kernel.Kernel) -> Path:
    debs = apt.Apt(kern.arch).packages(
        f"image-{kern.series}", [kern.image_package], deps=False)
    if len(debs) != 1:
        raise Failure(f"{kern.image_package} is not one package")
    return debs[0]


def tree(kern: kernel.Kernel) -> Path:
    """A directory with kernel, and dom0/, guest/ and storage/ with
    lib/modules."""
    source = kern.built() or _package(kern)
    inputs = [source.name, _wanted(kern), contents.GUEST_MODULES,
              contents.STORAGE_MODULES, cache.recipe("modules.py", "vmlinux.py")]
    return cache.made(f"kernel-{kern.arch}-{kern.series}", inputs,
                      lambda tmp: _make(kern, source, tmp))
