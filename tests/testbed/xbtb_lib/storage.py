# SPDX-License-Identifier: GPL-2.0
"""What dom0 gets besides, for tests that need disks on a network."""
from __future__ import annotations

import shutil
from pathlib import Path

from . import cache, contents, cpio, rootfs

ME = ("storage.py", "rootfs.py", "cpio.py")


def _make(source: Path, arch: str, tmp: Path) -> None:
    root = rootfs.Root(source, tmp / "root", arch)
    root.pick(contents.STORAGE_FILES)
    root.programs(contents.STORAGE_PROGRAMS)
    root.libraries()
    cpio.write(tmp / "root", tmp / "storage.cpio")
    shutil.rmtree(tmp / "root")


def layer(arch: str) -> Path:
    """A cpio to be unpacked over that of dom0."""
    source = rootfs.unpacked(arch, "storage", contents.STORAGE_PACKAGES)
    inputs = [source.name, contents.STORAGE_PROGRAMS, contents.STORAGE_FILES,
              cache.recipe(*ME)]
    made = cache.made(f"storage-{arch}", inputs,
                      lambda tmp: _make(source, arch, tmp))
    return made / "storage.cpio"
