# SPDX-License-Identifier: GPL-2.0
"""xbfront, the frontend in user space, static, for guests."""
from __future__ import annotations

import hashlib
from pathlib import Path

from . import apt, cache, fio
from .util import CHECKOUT, run

SOURCE = CHECKOUT / "tests" / "frontend"


def _sources() -> list[str]:
    files = [*SOURCE.glob("*.[ch]"), SOURCE / "Makefile"]
    return [f.name + hashlib.sha256(f.read_bytes()).hexdigest()
            for f in sorted(files)]


def _build(arch: str, tmp: Path) -> None:
    work = tmp / "work"
    for deb in apt.Apt(arch).packages("libxen", ["libxen-dev"], deps=False):
        apt.unpack(deb, work)
    run(["make", "-s", "-C", SOURCE, f"CC={fio.CROSS[arch]}gcc",
         f"XEN={work}", f"TRIPLET={fio.TRIPLET[arch]}", f"OUT={tmp}"])
    run([f"{fio.CROSS[arch]}strip", tmp / "xbfront"])
    run(["rm", "-rf", work])


def binary(arch: str) -> Path:
    """The path of the program."""
    made = cache.made(f"xbfront-{arch}",
                      [arch, _sources(), cache.recipe("frontend.py")],
                      lambda tmp: _build(arch, tmp))
    return made / "xbfront"
