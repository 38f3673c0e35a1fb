# SPDX-License-Identifier: GPL-2.0
"""Which kernel ABI a name stands for, and where that kernel comes from."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache, kbuild
from .util import Failure, locked

SERIES = ("6.1", "6.12")
# Kernels for arm64 alone: other flavours of Debian's, and those that are built
# here, with the fragments of their configuration.
FLAVOURS = {"6.12-16k": "arm64-16k"}
BUILT = {"6.1-64k": ["base", "plain", "64k"],
         "6.1-debug": ["base", "4k", "debug"]}
NAMES = (*SERIES, *FLAVOURS, *BUILT)


@dataclass(frozen=True)
class Kernel:
    """One kernel ABI and the packages that carry it."""
    series: str         # one of NAMES
    arch: str
    abi: str
    common: list[str]
    tools: list[str]

    @property
    def image_package(self) -> str:
        return f"linux-image-{self.abi}"

    @property
    def make_args(self) -> list[str]:
        """What modules for it are built with: as sanitized as it is, and
        with KUnit tests if it has KUnit, as none of Debian's has."""
        parts = BUILT.get(self.series)
        return [*(["XB_KUNIT=1"] if parts else []),
                *(["UBSAN_SANITIZE=y"] if "debug" in (parts or []) else [])]

    def built(self) -> Path | None:
        """Where the kernel lies that was built here; None: a package has it."""
        if self.series not in BUILT:
            return None
        return kbuild.built(*self.series.split("-", 1), BUILT[self.series])


def _resolve(series: str, arch: str) -> dict[str, object]:
    state = apt.Apt(arch)
    state.refresh()
    infix = "" if series == "6.1" else series.split("-")[0] + "-"
    flavour = FLAVOURS.get(series, arch)
    try:
        image = state.depends(f"linux-image-{infix}{flavour}")[0]
    except Failure as error:
        raise Failure(f"no kernel {series} for {arch} in this host's apt "
                      "(6.12 comes from bookworm-security)") from error
    abi = image.removeprefix("linux-image-")
    deps = [d for d in state.depends(f"linux-headers-{abi}")
            if d.startswith("linux-")]
    return {"abi": abi,
            "common": [d for d in deps if d.endswith("-common")],
            "tools": [d for d in deps if d.startswith("linux-kbuild")]}


def get(series: str, arch: str) -> Kernel:
    """The kernel of a name, as pinned in the cache."""
    if series not in NAMES:
        raise Failure(f"no kernel '{series}', only {', '.join(NAMES)}")
    if arch != "arm64" and series not in SERIES:
        raise Failure(f"kernel {series} is for arm64 alone")
    if series in BUILT:
        abi = kbuild.release(*series.split("-", 1))
        return Kernel(series, arch, abi, [], [])
    pin = cache.root() / "pins" / f"{arch}-abi-{series}.json"
    with locked(cache.root() / "locks" / f"abi-{arch}", "the kernel pin"):
        if not pin.exists():
            pin.parent.mkdir(exist_ok=True)
            pin.write_text(json.dumps(_resolve(series, arch)) + "\n")
        fields = json.loads(pin.read_text())
    return Kernel(series, arch, **fields)
