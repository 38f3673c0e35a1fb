# SPDX-License-Identifier: GPL-2.0
"""Kernel headers that work from the cache, with the compiler of their kernel:
`make -C TREE M=... modules` needs nothing else on any host."""
from __future__ import annotations

from pathlib import Path

from . import apt, cache, foreign, kernel, toolchain

KBUILD_ARCH = {"amd64": "x86", "arm64": "arm64"}


def _settle(top: Path, kern: kernel.Kernel, tools: toolchain.Toolchain) -> None:
    """Make Debian's tree work where it lies, and with that compiler."""
    here = "$(dir $(realpath $(lastword $(MAKEFILE_LIST))))"
    common = kern.common[0]
    (top / "Makefile").write_text(
        f"KBUILD_OUTPUT := {here}\n"
        f"include {here}../{common}/Makefile\n")
    (top / ".kernelvariables").write_text(
        f"override ARCH = {KBUILD_ARCH[kern.arch]}\n"
        f"override KERNELRELEASE = {kern.abi}\n"
        f"override CROSS_COMPILE = {tools.prefix}\n"
        f"CC = {tools.kernel_cc}\n"
        f"PAHOLE = {tools.pahole}\n")


def tree(name: str, arch: str) -> Path:
    """A directory for `make -C`, made from the headers of the kernel."""
    kern = kernel.get(name, arch)
    built = kern.built()
    if built:
        return built / "tree"
    tools = kern.toolchain()
    debs = apt.Apt(arch, kern.release).packages(
        f"headers-{name}", [f"linux-headers-{kern.abi}", *kern.common],
        deps=False)
    debs += apt.Apt(foreign.HOST_ARCH, kern.release).packages(
        f"kbuild-{name}", kern.tools, deps=False)

    def maker(tmp: Path) -> None:
        for deb in debs:
            apt.unpack(deb, tmp)
        foreign.adopt(tmp, tools.root)
        _settle(tmp / "usr/src" / f"linux-headers-{kern.abi}", kern, tools)

    inputs = [[d.name for d in debs], tools.root.name,
              cache.recipe("headers.py", "foreign.py")]
    made = cache.made(f"headers-{arch}-{name}", inputs, maker)
    return made / "usr/src" / f"linux-headers-{kern.abi}"
