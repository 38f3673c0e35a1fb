# SPDX-License-Identifier: GPL-2.0
"""xbfront, the frontend in user space, static, for guests."""
from __future__ import annotations

import hashlib
from pathlib import Path

from . import apt, cache, matrix, toolchain
from .util import CHECKOUT, run

SOURCE = CHECKOUT / "tests" / "frontend"


def _sources() -> list[str]:
    files = [*SOURCE.glob("*.[ch]"), SOURCE / "Makefile"]
    return [f.name + hashlib.sha256(f.read_bytes()).hexdigest()
            for f in sorted(files)]


def _build(tools: toolchain.Toolchain, debs: list[Path], tmp: Path) -> None:
    work = tmp / "work"
    for deb in debs:
        apt.unpack(deb, work)
    run(["make", "-s", "-C", SOURCE, f"CC={tools.cc}", f"XEN={work}",
         f"TRIPLET={tools.triplet}", f"OUT={tmp}"])
    run([tools.strip, tmp / "xbfront"])
    run(["rm", "-rf", work])


def binary(on: matrix.Platform) -> Path:
    """The path of the program."""
    debs = apt.Apt(on.arch, on.suite.name).packages(
        "libxen", ["libxen-dev"], deps=False)
    tools = toolchain.of(on)
    inputs = [[d.name for d in debs], tools.root.name, _sources(),
              cache.recipe("frontend.py")]
    made = cache.made(f"xbfront-{on}", inputs,
                      lambda tmp: _build(tools, debs, tmp))
    return made / "xbfront"
