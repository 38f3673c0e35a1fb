# SPDX-License-Identifier: GPL-2.0
"""Which kernel ABI a name stands for, and where that kernel comes from."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache, kbuild, matrix, toolchain
from .util import Failure, Moved, locked, write_whole

# What an image of recent kernels is made of besides its own package.
PARTS = ("linux-binary-", "linux-modules-", "linux-base-")


@dataclass(frozen=True)
class Kernel:
    """One kernel ABI and the packages that carry it."""
    row: matrix.Row
    arch: str
    abi: str
    gcc: str            # the package of its compiler
    image: list[str]
    common: list[str]
    tools: list[str]

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def release(self) -> str:
        return self.row.release

    @property
    def make_args(self) -> list[str]:
        """What modules for it are built with: as sanitized as it is, and
        with KUnit tests if it has KUnit, as none of Debian's has."""
        return [*(["XB_KUNIT=1"] if self.row.parts else []),
                *(["UBSAN_SANITIZE=y"] if "debug" in self.row.parts else [])]

    def toolchain(self) -> toolchain.Toolchain:
        return toolchain.get(self.release, self.arch, self.gcc)

    def built(self) -> Path | None:
        """Where the kernel lies that was built here; None: a package has it."""
        return kbuild.built(self.row) if self.row.parts else None


def _compiler(state: apt.Apt, headers: list[str]) -> str:
    """The package of the compiler that headers want: `gcc` where that is the
    release's own, so that one toolchain serves all that the release has."""
    match = re.search(r"gcc-\d+", " ".join(headers))
    if not match:
        raise Failure(f"headers name no compiler: {' '.join(headers)}")
    usual = any(d.startswith(match[0]) for d in state.depends("gcc"))
    return "gcc" if usual else match[0]


def _resolve(row: matrix.Row, arch: str) -> dict[str, object]:
    state = apt.Apt(arch, row.release)
    state.refresh()
    meta = f"linux-image-{row.flavour or arch}"
    found = [d for d in state.depends(meta) if d.startswith("linux-image-")]
    abi = found[0].removeprefix("linux-image-") if found else "none"
    if not abi.startswith(f"{row.series}."):
        kind = Moved if found and row.goes_on else Failure
        raise kind(f"{row.release} has kernel {abi} for {arch}, not "
                   f"{row.series}: see KERNELS in xbtb_lib/matrix.py")
    headers = state.depends(f"linux-headers-{abi}")
    return {"abi": abi, "gcc": _compiler(state, headers),
            "image": [found[0], *(d for d in state.depends(found[0])
                                  if d.startswith(PARTS))],
            "common": [d for d in headers if d.endswith("-common")],
            "tools": [d for d in headers if d.startswith("linux-kbuild")]}


def get(name: str, arch: str) -> Kernel:
    """The kernel of a name, as pinned in the cache."""
    row = matrix.KERNELS.get(name)
    if not row:
        raise Failure(f"no kernel '{name}', only {', '.join(matrix.KERNELS)}")
    if arch not in row.arches:
        raise Failure(f"kernel {name} is for {', '.join(row.arches)} alone")
    if row.parts:
        return Kernel(row, arch, kbuild.release(row), "gcc", [], [], [])
    pin = cache.root() / "pins" / f"{row.release}-{arch}-abi-{name}.json"
    with locked(cache.root() / "locks" / f"abi-{arch}", "the kernel pin"):
        if not pin.exists():
            write_whole(pin, json.dumps(_resolve(row, arch)) + "\n")
        fields = json.loads(pin.read_text())
    return Kernel(row, arch, **fields)
