# SPDX-License-Identifier: GPL-2.0
"""The matrix: every hypervisor and kernel that the testbed knows.

A new Debian is a row of SUITES, a new kernel a row of KERNELS. Packages,
compilers, paths and headers follow from these rows.
"""
from __future__ import annotations

from dataclasses import dataclass

ARCHES = ("amd64", "arm64")


@dataclass(frozen=True)
class Suite:
    """A Debian release, as dom0's user space and hypervisor."""
    name: str
    xen: str            # as in the names of its packages
    kernel: str         # the row of KERNELS that it comes with
    modules: str        # how that kernel's package stores them


@dataclass(frozen=True)
class Row:
    """A kernel for dom0 or a guest."""
    name: str
    release: str        # where its packages come from: see archives()
    arches: tuple[str, ...] = ARCHES
    flavour: str = ""   # of Debian's packages; the architecture unless given
    parts: tuple[str, ...] = ()     # built here, from these fragments

    @property
    def series(self) -> str:
        """The version that its release must have."""
        return self.name.split("-")[0]

    @property
    def goes_on(self) -> bool:
        """Does its release take newer kernels, and drop the older one?"""
        return self.release == "sid" or self.release.endswith("-backports")


@dataclass(frozen=True)
class Platform:
    """User space and hypervisor of one suite on one architecture."""
    suite: Suite
    arch: str

    def __str__(self) -> str:
        return f"{self.suite.name}-{self.arch}"


ARM64 = ("arm64",)

SUITES = {suite.name: suite for suite in (
    Suite("bookworm", xen="4.17", kernel="6.1", modules="ko"),
    Suite("trixie", xen="4.20", kernel="6.12", modules="ko.xz"),
)}
DEFAULT_SUITE = "trixie"

KERNELS = {row.name: row for row in (
    Row("6.1", "bookworm"),
    Row("6.12", "trixie"),
    Row("7.2", "sid"),
    Row("7.3", "trixie-backports"),
    Row("6.12-16k", "trixie", ARM64, flavour="arm64-16k"),
    Row("6.1-64k", "bookworm", ARM64, parts=("base", "plain", "64k")),
    Row("6.1-debug", "bookworm", ARM64, parts=("base", "4k", "debug")),
    Row("6.12-64k", "trixie", ARM64, parts=("base", "plain", "64k")),
    Row("6.12-debug", "trixie", ARM64, parts=("base", "4k", "debug")),
)}


@dataclass(frozen=True)
class Cell:
    """One machine of the matrix."""
    suite: str
    arch: str
    dom0: str
    guest: str
    guest_type: str = "pv"      # on arm64 there is one type only

    @property
    def name(self) -> str:
        kind = f"-{self.guest_type}" if self.guest_type != "pv" else ""
        return f"{self.suite}-{self.arch}-{self.dom0}-{self.guest}{kind}"


def cells() -> list[Cell]:
    """Each kernel as dom0 and as guest beside each suite's own, on each
    architecture; the last one as both; PVH guests; pages of other sizes."""
    found: list[Cell] = []
    usual = [row.name for row in KERNELS.values() if row.arches == ARCHES]
    large = [row.name for row in KERNELS.values()
             if row.arches != ARCHES and not row.name.endswith("-debug")]
    for suite in SUITES.values():
        for arch in ARCHES:
            found += [Cell(suite.name, arch, name, suite.kernel)
                      for name in usual]
            found += [Cell(suite.name, arch, suite.kernel, name)
                      for name in usual]
        found.append(Cell(suite.name, "amd64", suite.kernel, suite.kernel,
                          "pvh"))
    found += [Cell(DEFAULT_SUITE, arch, usual[-1], usual[-1])
              for arch in ARCHES]
    for name in large:
        found += [Cell(DEFAULT_SUITE, "arm64", name,
                       SUITES[DEFAULT_SUITE].kernel),
                  Cell(DEFAULT_SUITE, "arm64", name, name)]
    return list(dict.fromkeys(found))


def archives(release: str) -> list[str]:
    """Names of the archives that a release's packages come from."""
    if release == "sid":
        return ["sid"]
    base = release.removesuffix("-backports")
    return list(dict.fromkeys(
        [base, f"{base}-updates", f"{base}-security", release]))


def platform(suite: str, arch: str) -> Platform:
    return Platform(SUITES[suite], arch)
