# SPDX-License-Identifier: GPL-2.0
"""xb-cost for dom0: what each domain has cost (scripts/bench/tools)."""
from __future__ import annotations

from pathlib import Path

from . import apt, cache, matrix, toolchain
from .util import CHECKOUT, run

TOOLS = CHECKOUT / "scripts/bench/tools"
SOURCES = [TOOLS / "xb-cost.c", TOOLS / "markers.h"]
LIBRARIES = ("xenctrl", "xencall", "xenforeignmemory", "xendevicemodel",
             "xentoollog", "xentoolcore")


def _build(tools: toolchain.Toolchain, deb: Path, tmp: Path) -> None:
    """Compile it with Xen's libraries inside."""
    dev = tmp / "dev"
    apt.unpack(deb, dev)
    run([*tools.cc.split(), "-O2", "-Wall", "-Wextra", "-s",
         f"-I{dev}/usr/include", "-o", tmp / "xb-cost", SOURCES[0],
         f"-L{dev}/usr/lib/{tools.triplet}",
         *[f"-l:lib{name}.a" for name in LIBRARIES]])
    run(["rm", "-rf", dev])


def binary(on: matrix.Platform) -> Path:
    """The path of xb-cost, which needs nothing but libc."""
    debs = apt.Apt(on.arch, on.suite.name).packages(
        "xen-dev", ["libxen-dev"], deps=False)
    tools = toolchain.of(on)
    inputs = [debs[0].name, tools.root.name, [p.read_text() for p in SOURCES],
              cache.recipe("cost.py")]
    made = cache.made(f"cost-{on}", inputs,
                      lambda tmp: _build(tools, debs[0], tmp))
    return made / "xb-cost"
