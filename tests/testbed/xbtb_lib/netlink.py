# SPDX-License-Identifier: GPL-2.0
"""xb-net for dom0: queues and XDP programs of a netdev, static."""
from __future__ import annotations

from pathlib import Path

from . import cache, matrix, toolchain
from .util import TESTBED, run

SOURCE = TESTBED / "tools/xb-net.c"


def binary(on: matrix.Platform) -> Path:
    """The path of the program."""
    tools = toolchain.of(on)

    def maker(tmp: Path) -> None:
        run([*tools.cc.split(), "-O2", "-Wall", "-Wextra", "-s", "-static",
             "-o", tmp / "xb-net", SOURCE])

    inputs = [tools.root.name, SOURCE.read_text(), cache.recipe("netlink.py")]
    return cache.made(f"net-{on}", inputs, maker) / "xb-net"
