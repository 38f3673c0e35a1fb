# SPDX-License-Identifier: GPL-2.0
"""The plugin that counts instructions, and Xen's symbols for it."""
from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from xbtb_lib import apt, cache, matrix
from xbtb_lib.util import CHECKOUT, Failure, run

TOOLS = CHECKOUT / "scripts/bench/tools"
SOURCES = [TOOLS / "xb-count.c", TOOLS / "markers.h"]
HEADER = "include/qemu/qemu-plugin.h"
# The Debian that is measured: the one that all figures so far are of.
SUITE = "bookworm"
# Of GLib, newer ones of that header name two types, and the plugin none.
GLIB = "typedef struct GArray GArray;\ntypedef struct GByteArray GByteArray;\n"
QEMU = "qemu-system-x86_64"
WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-parameter"]


def _take_header(tmp: Path) -> None:
    """No package has it: out of the source of Debian's QEMU."""
    work = tmp / "work"
    work.mkdir()
    apt.Apt("amd64", apt.host_release()).source("qemu", work)
    tree = next(p for p in work.iterdir() if p.is_dir())
    shutil.copy2(tree / HEADER, tmp / "qemu-plugin.h")
    (tmp / "glib.h").write_text(GLIB)
    shutil.rmtree(work)


def _qemu_version() -> str:
    out = run([QEMU, "--version"])
    match = re.search(r"version ([\d.]+)", out)
    return match[1] if match else "unknown"


def header() -> Path:
    """The directory of qemu-plugin.h."""
    return cache.made("qemu-plugin", [_qemu_version(), GLIB], _take_header)


def _build(tmp: Path) -> None:
    run(["gcc", "-O2", *WARNINGS, "-shared", "-fPIC", f"-I{header()}",
         "-o", tmp / "xb-count.so", SOURCES[0]])


def binary() -> Path:
    """The plugin, built."""
    inputs = [[p.read_text() for p in SOURCES], header().name,
              cache.recipe(__file__)]
    return cache.made("xb-count", inputs, _build) / "xb-count.so"


def xen_symbols(arch: str) -> list[tuple[int, str]]:
    """Address and name of the hypervisor's functions, by address."""
    on = matrix.platform(SUITE, arch)
    name = f"xen-hypervisor-{on.suite.xen}-{on.arch}"
    state = apt.Apt(on.arch, on.suite.name)
    xen = state.packages("xen", [name], deps=False)[0]
    dbg = state.packages("xen-dbg", [f"{name}-dbg"], deps=False)[0]
    if xen.name.split("_")[1] != dbg.name.split("_")[1]:
        raise Failure(f"{dbg.name} does not belong to {xen.name}: "
                      "`xbtb update` takes newer ones of both")
    made = cache.made(f"xen-dbg-{on}", [dbg.name],
                      lambda tmp: apt.unpack(dbg, tmp))
    path = (made / "usr/lib/debug/boot" /
            f"xen-syms-{on.suite.xen}-{on.arch}.map")
    found = []
    for line in path.read_text().splitlines():
        address, kind, symbol = line.split()[:3]
        if kind in "tTwW" and not symbol.startswith("$"):
            found.append((int(address, 16), symbol.split("#")[-1]))
    return sorted(found)


def arguments(arch: str, out: Path) -> list[str]:
    """Arguments of QEMU that load the plugin."""
    by_name = {name: address for address, name in xen_symbols(arch)}
    try:
        low, high = by_name["_start"], by_name["_einittext"]
        switch = by_name["context_switch"]
    except KeyError as error:
        raise Failure(f"Xen has no symbol {error}") from error
    return ["-plugin", f"{binary()},out={out},switch={switch:#x},"
            f"lo={low:#x},hi={high:#x}"]


def host_packages() -> None:
    """What building it needs."""
    subprocess.run([str(CHECKOUT / "scripts/setup"), "build", "testbed"],
                   check=True)
