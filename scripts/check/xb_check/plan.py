# SPDX-License-Identifier: GPL-2.0
"""Which checks there are: those of `make check`, and those of its own targets."""
from __future__ import annotations

import glob
import os
from typing import Iterator

from xbtb_lib import matrix

from .tally import TOP, XBTB, Check, ktap, plain, system

GATE = "scripts/check/"
TESTS = os.path.join(TOP, "tests/system")
# Modules are built for each of Debian's kernels, so all differences that
# common/compat knows are met; the newest is built for arm64, too.
BUILDS = [row.name for row in matrix.KERNELS.values()
          if row.arches == matrix.ARCHES]
USUAL = matrix.SUITES[matrix.DEFAULT_SUITE].kernel
NEWEST = max(BUILDS, key=lambda name: [int(n) for n in name.split(".")])
OLDEST = min(BUILDS, key=lambda name: [int(n) for n in name.split(".")])
# Each architecture once, and both ends; the other kernels bring few warnings of
# their own, and what sparse says of one it says of all but for common/compat: in
# check-builds.
BUILT = ((OLDEST, "amd64"), (NEWEST, "arm64"))
# Debian's headers of later ones come without the kernel-doc script.
SCRIPTED = ("6.1", "6.12")
# They emulate minutes of waiting or write much: in check-long and check-matrix.
LATER = ("blk/budget", "blk/limits", "blk/poll", "blk/powercut", "blk/thin",
         "blk/weights", "lifecycle/abandoned", "lifecycle/cycles",
         "lifecycle/driver-domain", "lifecycle/many", "lifecycle/stress",
         "net/limit-keys", "net/xdp")
# Each event with each frontend on each disk: on arm64 in the deterministic mode,
# where waiting takes no time.
LIVES = ("lifecycle/table-blk", "lifecycle/table-net")
# Xen on ARM has no such guests, and saves none.
AMD64 = ("lifecycle/pvgrub", "lifecycle/save")
# With two CPUs for dom0: in check-system and check-long.
CPUS = ("blk/freeze",)
# Of those, what goes another way on amd64: PV guests, the p2m.
OTHERWISE = ("blk/verify", "blk/persistent", "lifecycle/destroy", "net/traffic")
# One way of all data through each driver, and the life of a device.
CORE = ("blk/verify", "blk/rings", "blk/persistent", "lifecycle/rebind",
        "lifecycle/destroy", "net/ping", "net/attach", "net/traffic")
# A PV dom0 takes several times as long for each process of a hotplug script.
SLOW_ON_PV = ("blk/rings", "net/attach")
DATA = ("blk/verify", "blk/rings", "net/ping", "net/traffic")
# What goes through most of our code on a kernel that is several times slower.
# debug/health looks at what the others have done to the kernel. It comes before
# those without memory: xenbus frees the otherend's path that it has read when a
# device loses its driver or is probed again, and so never does for one whose
# probe failed and that is gone then (seen in 6.1 and in xenbus's source).
DEBUGGED = ("blk/verify", "blk/rings", "lifecycle/destroy", "lifecycle/rebind",
            "net/ping", "net/traffic", "hostile/blk-*", "hostile/net-*",
            "debug/kunit",
            "debug/health", "debug/blk-nomem", "debug/net-nomem",
            "debug/probe")


def all_of(*folders: str, arch: str = "amd64") -> list[str]:
    """Every test of these folders that is not left for later."""
    found = sorted(os.path.relpath(path, TESTS)[:-len(".sh")]
                   for folder in folders
                   for path in glob.glob(f"{TESTS}/{folder}/*.sh"))
    return [t for t in found if t not in (*CPUS, *LIVES)
            and (arch == "amd64" or t not in AMD64)
            and (t not in LATER or os.environ.get("XB_LONG"))]


def core(arch: str) -> list[str]:
    """The tests that a cell of the matrix has at least."""
    return [t for t in CORE if arch == "arm64" or t not in SLOW_ON_PV]


def machine(group: str, name: str, *args: str, tests: tuple[str, ...] | list[str],
            weight: int = 600) -> Check:
    """A run of the testbed whose clock is its own: neither the host's speed nor
    what else it does changes the result."""
    return Check(group, name, [XBTB, "run", "--mode", "deterministic",
                               "--modules", "ours", *args, *tests],
                 system, weight, limit=14400)


def timed(group: str, name: str, *args: str,
          tests: tuple[str, ...] | list[str]) -> Check:
    """One with several CPUs, on the host's clock: for what happens at once."""
    return Check(group, name, [XBTB, "run", "--mode", "fast", "--modules",
                               "ours", *args, *tests], system, 900, limit=7200)


def dkms(group: str, suite: matrix.Suite, layout: str, *how: str) -> Check:
    """The life of the DKMS package, with the dkms of that suite."""
    name = "-".join(("dkms", suite.name, layout.replace(".", "-"), *how))
    return Check(group, name, [GATE + "dkms", suite.name, suite.kernel, NEWEST,
                               layout, *how], plain, 60)


def _dkms() -> Iterator[Check]:
    """The other suite, the other way of storing modules, and our real sources."""
    for suite in matrix.SUITES.values():
        other = "ko" if suite.modules != "ko" else "ko.xz"
        yield dkms("dkms", suite, other)
        if suite.name != matrix.DEFAULT_SUITE:
            yield dkms("dkms", suite, suite.modules)
        yield dkms("dkms", suite, suite.modules, "real")


def _deb() -> Iterator[Check]:
    """The life of the Debian packages on each release."""
    for suite in matrix.SUITES.values():
        yield Check("deb", f"deb-{suite.name}", [GATE + "deb", suite.name],
                    plain, 600)


def kbuild(group: str, name: str, arch: str, *how: str) -> Check:
    """All warnings of the compiler, and of sparse if it is not left out."""
    return Check(group, "-".join(("kbuild", arch, name, *how)),
                 [GATE + "kbuild", name, arch, *how], plain)


def probes(group: str, name: str) -> Check:
    """Does common/compat find out what that kernel has, or say that it cannot?"""
    return Check(group, f"probes-{name}", [GATE + "probes", name], plain)


def _builds() -> Iterator[Check]:
    """What make check leaves out."""
    for name in (OLDEST, NEWEST):
        yield probes("builds", name)
    for name in BUILDS:
        for arch in matrix.ARCHES:
            if (name, arch) != BUILT[-1]:
                yield kbuild("builds", name, arch)


def static() -> Iterator[Check]:
    for name in ("spdx", "hosts", "shell", "python", "layering", "lengths",
                 "lifecycles", "profiles", "pages", "versions", "version", "man",
                 "command", "switch", "messages", "dist", "deb-build",
                 "checkpatch"):
        yield Check("static", name, [GATE + name], plain,
                    120 if name == "checkpatch" else 10)
    for name in SCRIPTED:
        yield Check("static", f"kernel-doc-{name}",
                    [GATE + "kernel-doc", f"@{name}"], plain, 10)
    yield kbuild("static", *BUILT[0], "nosparse")
    yield kbuild("static", *BUILT[-1])
    yield Check("static", f"install-{USUAL}", [GATE + "install", USUAL], plain,
                60)
    usual = matrix.SUITES[matrix.DEFAULT_SUITE]
    yield dkms("static", usual, usual.modules)
    yield Check("static", "gates-selftest", [GATE + "selftest"], plain, 90)


def unittests(name: str, folder: str) -> Check:
    """All that Python's unittest finds there, where nothing found is no error
    everywhere."""
    if not glob.glob(os.path.join(TOP, folder, "test_*.py")):
        raise ValueError(f"{folder}: no tests")
    return Check("unit", name, ["python3", "-B", "-m", "unittest", "discover",
                                "-s", folder], plain, 20)


def unit() -> Iterator[Check]:
    yield Check("unit", "unit", ["make", "-C", "tests/unit", "-s", "check"],
                ktap, 150)
    yield Check("unit", "fuzz-corpus", ["make", "-C", "tests/fuzz", "-s",
                                        "replay"], ktap)
    yield Check("unit", "prove-quick", ["make", "-C", "tests/prove", "-s",
                                        "check"], ktap, 90)
    yield Check("unit", "model", ["tests/model/check"], ktap, 60)
    yield Check("unit", "bench", ["python3",
                                  "scripts/bench/selftest/test_bench.py"],
                plain, 20)
    yield Check("unit", "show", ["python3", "tests/show/test_show.py"], plain, 20)
    yield Check("unit", "show-hundreds", ["python3", "tests/show/test_hundreds.py"],
                plain, 2)
    yield unittests("testbed", "tests/testbed")
    yield unittests("lanes", "tests/check")


def quick() -> Iterator[Check]:
    """Real guests: everything on arm64, which takes least, and on amd64 what
    goes another way there. Fewer rounds than check-long, check-system and
    check-matrix have of it."""
    brief = ("--set", "XB_BRIEF=1")
    arm64 = ("--arch", "arm64", *(() if os.environ.get("XB_LONG") else brief))
    yield machine("quick", "blk", *arm64, tests=all_of("blk"), weight=700)
    yield machine("quick", "lifecycle", *arm64, weight=600,
                  tests=[*all_of("lifecycle", arch="arm64"), *LIVES])
    yield machine("quick", "net", *arm64, tests=all_of("net"), weight=700)
    yield machine("quick", "amd64", "--arch", "amd64", *brief, tests=OTHERWISE,
                  weight=500)


def checks() -> list[Check]:
    """What `make check` does."""
    return [*static(), *unit(), *quick()]


def _eagain() -> Iterator[Check]:
    yield timed("eagain", "eagain", "--xen", "eagain=20,90",
                tests=("grant/eagain-*",))
    yield timed("eagain", "probe", "--xen", "eagain=20,0",
                tests=("grant/probe-*",))
    yield timed("eagain", "faults", "--faults",
                tests=("grant/busy", "grant/faults"))
    yield machine("eagain", "eagain-changed", "--arch", "arm64", "--faults",
                  tests=("grant/paged-net", "grant/unload", "grant/unread"))
    yield timed("eagain", "grants", tests=("grant/versions",))
    yield timed("eagain", "grants-v1", "--append-xen", "gnttab=max-ver:1",
                tests=("grant/versions",))


def _hostile() -> Iterator[Check]:
    yield machine("hostile", "hostile-arm64", "--arch", "arm64",
                  tests=("hostile/blk-*", "hostile/net-*"))
    # It takes some grants for unused, which hold only in a guest of its own.
    yield machine("hostile", "pv-conform", "--arch", "arm64",
                  tests=("hostile/pv-conform",))
    yield timed("hostile", "hostile-amd64",
                tests=("hostile/blk-conform", "hostile/blk-ring"))


def _frontends() -> Iterator[Check]:
    """Frontends of others, played; and one of them as it is, PV GRUB."""
    yield machine("frontends", "frontends-arm64", "--arch", "arm64",
                  tests=("frontends/*",))
    yield timed("frontends", "pvgrub", tests=("lifecycle/pvgrub",))


def _lives() -> Iterator[Check]:
    """All cells of Documentation/lifecycles.md; make check has a few. And 500
    lives in a row, and what only guests on amd64 go through."""
    yield machine("lives", "lives", "--arch", "arm64", tests=LIVES)
    yield machine("lives", "cycles", "--arch", "arm64", "--set", "XB_LONG=1",
                  tests=("lifecycle/cycles",))
    yield machine("lives", "save", "--arch", "amd64", tests=("lifecycle/save",))


def _arm64() -> Iterator[Check]:
    """Pages of 4, 16 and 64 KiB in dom0 and in the guest."""
    for dom0, guest in (("6.12", "6.12"), ("6.12-16k", "6.12"),
                        ("6.12-16k", "6.12-16k"), ("6.1-64k", "6.12"),
                        ("6.1-64k", "6.1-64k")):
        kunit = ("debug/kunit",) if dom0 == "6.1-64k" else ()
        yield machine("arm64", f"arm64-{dom0}-{guest}", "--arch", "arm64",
                      "--dom0-kernel", dom0, "--guest-kernel", guest,
                      tests=(*DATA, *kunit))
    yield machine("arm64", "arm64-later", "--arch", "arm64", tests=LATER)


def _storage() -> Iterator[Check]:
    yield machine("storage", "storage-arm64", "--arch", "arm64",
                  tests=("storage/*",))
    # The same modules without the mistake are all right.
    yield machine("storage", "storage-planted", "--arch", "arm64", "--faults",
                  tests=("storage/nvme", "storage/guest",
                         "planted/nvme-idle"))
    for name in (OLDEST, "6.12"):
        yield timed("storage", f"storage-{name}", "--dom0-kernel", name,
                    tests=("storage/*",))


def _system() -> Iterator[Check]:
    """With several CPUs, on the kernels that dom0 has most."""
    for suite in matrix.SUITES.values():
        yield timed("system", f"system-{suite.name}", "--suite", suite.name,
                    tests=[*all_of("blk", "lifecycle"), *CORE[-3:]])
    yield timed("system", "cpus", "--vcpus", "3", tests=(*CPUS, "blk/poll"))
    # What the admin's command says of our modules, and of the kernel's own.
    for modules in ("ours", "intree"):
        yield machine("system", f"admin-{modules}", "--arch", "arm64",
                      "--modules", modules, tests=all_of("admin"))
    # A guest that serves another one, which Xen for arm64 has to be told of.
    yield machine("system", "driver-domain", "--arch", "arm64", "--append-xen",
                  "xsm=dummy", tests=("lifecycle/driver-domain",))
    yield machine("system", "driver-domain-amd64", "--arch", "amd64",
                  tests=("lifecycle/driver-domain",))


def extras() -> Iterator[Check]:
    """What is only done when its group or name is given."""
    yield Check("prove", "prove-all", ["make", "-C", "tests/prove", "-s",
                                       "prove"], ktap, 180)
    yield Check("mutants", "unit-mutants", ["tests/unit/mutants"], plain, 900)
    yield from _builds()
    yield from _dkms()
    yield from _deb()
    yield from _system()
    yield from _arm64()
    yield machine("debug", "debug", "--arch", "arm64", "--dom0-kernel",
                  "6.1-debug", tests=DEBUGGED)
    yield from _storage()
    yield from _hostile()
    yield from _frontends()
    yield from _lives()
    for suite in matrix.SUITES.values():
        yield timed("net", f"net-{suite.name}", "--suite", suite.name,
                    tests=all_of("net"))
    yield timed("host", "bench-host", tests=("bench/host",))
    yield timed("pvh", "pvh", "--guest-type", "pvh",
                tests=(*DATA, "grant/paging"))
    yield timed("pvh", "hvm", "--guest-type", "hvm",
                tests=("blk/verify", "blk/persistent", "net/ping", "net/traffic",
                       "hvm/start"))
    yield timed("pvh", "pvh-dom0", "--guest-type", "pvh", "--dom0-type", "pvh",
                "--vcpus", "1", tests=("blk/verify", "net/ping"))
    yield from _eagain()
