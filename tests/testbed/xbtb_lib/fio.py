# SPDX-License-Identifier: GPL-2.0
"""A static fio, from Debian's source package, the same for all suites: their
figures can be compared."""
from __future__ import annotations

import os
from pathlib import Path

from . import apt, cache, toolchain
from .util import Failure, run

RELEASE = "bookworm"
CPU = {"amd64": "x86_64", "arm64": "aarch64"}
LEAVE_OUT = ("rbd", "gfapi", "http", "numa", "rdma", "pmem", "native")
# In a guest that is emulated on a busy host a job takes longer to start than
# fio waits: it then gives up, having done nothing, and exits with 0.
PATIENCE = {
    "#define JOB_START_TIMEOUT\t(5 * 1000)":
        "#define JOB_START_TIMEOUT\t(120 * 1000)",
    "fio_sem_down_timeout(startup_sem, 10000)":
        "fio_sem_down_timeout(startup_sem, 120 * 1000)",
    'log_err("fio: %d job%s failed to start':
        'exit_value++;\n\t\t\tlog_err("fio: %d job%s failed to start',
    'log_err("fio: job startup hung':
        'exit_value++;\n\t\t\t\tlog_err("fio: job startup hung',
}


def _libaio(state: apt.Apt, tools: toolchain.Toolchain,
            dest: Path) -> list[str]:
    """Headers and archive of libaio; the flags to find them."""
    for deb in state.packages("libaio", ["libaio-dev"], deps=False):
        apt.unpack(deb, dest)
    return [f"CFLAGS=-I{dest}/usr/include",
            f"LDFLAGS=-L{dest}/usr/lib/{tools.triplet}"]


def _be_patient(source: Path) -> None:
    text = source.read_text()
    for old, new in PATIENCE.items():
        if text.count(old) != 1:
            raise Failure(f"{source.name} does not have: {old}")
        text = text.replace(old, new)
    source.write_text(text)


def _build(state: apt.Apt, tools: toolchain.Toolchain, tmp: Path) -> None:
    work = tmp / "work"
    work.mkdir()
    flags = _libaio(state, tools, work / "libaio")
    state.source("fio", work)
    tree = next(p for p in work.iterdir() if p.name.startswith("fio-")
                and p.is_dir())
    _be_patient(tree / "backend.c")
    run(["env", *flags, "./configure", f"--cc={tools.cc}",
         f"--cpu={CPU[state.arch]}", "--build-static",
         *[f"--disable-{name}" for name in LEAVE_OUT]], cwd=tree)
    run(["nice", "make", f"-j{os.cpu_count()}", "fio"], cwd=tree)
    run([tools.strip, "-o", tmp / "fio", tree / "fio"])
    run(["rm", "-rf", work])


def binary(arch: str) -> Path:
    """The path of a static fio with libaio and io_uring engines."""
    tools = toolchain.get(RELEASE, arch)
    inputs = [tools.root.name, cache.recipe("fio.py")]
    made = cache.made(f"fio-{arch}", inputs, lambda tmp: _build(
        apt.Apt(arch, RELEASE), tools, tmp))
    return made / "fio"
