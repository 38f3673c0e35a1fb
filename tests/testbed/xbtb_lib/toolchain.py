# SPDX-License-Identifier: GPL-2.0
"""The compilers of a Debian release, for its kernels and its libraries."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import foreign, matrix

TRIPLET = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
LIBC = {"amd64": "libc6-dev", "arm64": "libc6-dev-arm64-cross"}
# What kbuild and its programs need besides.
KBUILD = ("pahole", "libssl-dev")


@dataclass(frozen=True)
class Toolchain:
    """A compiler, with its assembler, its linker and a C library."""
    root: Path
    triplet: str
    gcc: str            # gcc, or gcc-NN

    @property
    def bin(self) -> Path:
        return self.root / "usr/bin"

    @property
    def prefix(self) -> str:
        """What CROSS_COMPILE is set to."""
        return f"{self.bin / self.triplet}-"

    @property
    def kernel_cc(self) -> str:
        """The compiler, for kernels: with its own assembler, not the first
        in PATH, which a $(shell) of make has not been told."""
        return f"{self.prefix}{self.gcc} -B{self.bin}/"

    @property
    def cc(self) -> str:
        """The same for programs of the target."""
        return f"{self.kernel_cc} --sysroot={self.root}"

    @property
    def strip(self) -> str:
        return f"{self.prefix}strip"

    @property
    def pahole(self) -> str:
        return str(self.bin / "pahole")


def get(release: str, arch: str, gcc: str = "gcc") -> Toolchain:
    """The compiler that a release has under this name, for arch."""
    cross = "" if arch == foreign.HOST_ARCH else f"-{TRIPLET[arch]}"
    root = foreign.tree(f"{gcc}-{arch}", release,
                        [f"{gcc}{cross}", f"binutils{cross}", LIBC[arch],
                         *KBUILD])
    return Toolchain(root, TRIPLET[arch], gcc)


def of(on: matrix.Platform) -> Toolchain:
    """The one for user space of a platform."""
    return get(on.suite.name, on.arch)
