# SPDX-License-Identifier: GPL-2.0
"""An HVM guest starts as a PC does: its kernel is a bzImage, which unpacks
itself, where other guests are given what is in it."""
from __future__ import annotations

import shutil
from pathlib import Path

from . import apt, cache, cpio, kernel, rootfs

ME = ("hvm.py", "cpio.py")


def packed_kernel(kern: kernel.Kernel) -> Path:
    """A cpio that puts it into dom0, in the place of the other one."""
    debs = apt.Apt(kern.arch, kern.release).packages(
        f"image-{kern.name}", kern.image, deps=False)

    def maker(tmp: Path) -> None:
        work, dest = tmp / "work", tmp / "root/xb/guest"
        rootfs.merge_usr(work)
        for deb in debs:
            apt.unpack(deb, work)
        dest.mkdir(parents=True)
        shutil.copy2(next(work.rglob("vmlinuz*")), dest / "kernel")
        cpio.write(tmp / "root", tmp / "kernel.cpio")
        shutil.rmtree(work)
        shutil.rmtree(tmp / "root")

    made = cache.made(f"packed-{kern.arch}-{kern.name}",
                      [[deb.name for deb in debs], cache.recipe(*ME)], maker)
    return made / "kernel.cpio"
