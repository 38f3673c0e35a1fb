# SPDX-License-Identifier: GPL-2.0
"""What dom0 gets besides, for tests that need more than most do."""
from __future__ import annotations

import shutil
from pathlib import Path

from . import cache, contents, cpio, matrix, rootfs, xen
from .util import Failure

ME = ("extras.py", "rootfs.py", "cpio.py")


def _of(on: matrix.Platform, names: list[str]) -> list[str]:
    """Names of packages or files, with the version of the suite's Xen."""
    return [name.replace("{xen}", on.suite.xen) for name in names]


def _make(source: Path, on: matrix.Platform, extra: contents.Extra,
          tmp: Path) -> None:
    root = rootfs.Root(source, tmp / "root", on.arch)
    root.pick(_of(on, extra.files))
    root.programs(extra.programs)
    root.libraries()
    cpio.write(tmp / "root", tmp / "extra.cpio")
    shutil.rmtree(tmp / "root")


def _built(on: matrix.Platform, name: str) -> Path:
    """One program of our own build of Xen."""
    source = xen.made(on)

    def maker(tmp: Path) -> None:
        root = rootfs.Root(source, tmp / "root", on.arch)
        shutil.copy2(source / name, root.dest / "usr/bin")
        cpio.write(tmp / "root", tmp / "extra.cpio")
        shutil.rmtree(tmp / "root")

    return cache.made(f"{name}-{on}", [source.name, cache.recipe(*ME)],
                      maker) / "extra.cpio"


def layer(on: matrix.Platform, name: str) -> Path:
    """A cpio to be unpacked over that of dom0."""
    extra = contents.EXTRAS[name]
    if on.arch not in extra.arches:
        raise Failure(f"Debian has no {name} for {on.arch}")
    if not extra.packages:
        return _built(on, name)
    source = rootfs.unpacked(on, name, _of(on, extra.packages))
    inputs = [source.name, extra.programs, extra.files, cache.recipe(*ME)]
    made = cache.made(f"{name}-{on}", inputs,
                      lambda tmp: _make(source, on, extra, tmp))
    return made / "extra.cpio"
