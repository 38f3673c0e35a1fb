# SPDX-License-Identifier: GPL-2.0
"""The part of dom0's initramfs that is made for one run: tests, their
library, the backends under test, and the configuration."""
from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from . import (contents, cost, cpio, headers, hvm, images, kernel, matrix,
               modules, netlink)
from .extras import layer
from .machine import Options
from .util import CHECKOUT, TESTBED, Failure, locked, run, say

BACKENDS = ("xen-blkback", "xen-netback")
SCRIPTS = ("lib.sh", "backing.sh", "net.sh", "rogue.sh", "cost.sh",
           "bench.sh", "leaks.sh", "replace.sh", "storage.sh", "faults.sh",
           "frontends.sh", "cells.sh", "lives.sh", "lives-vbd.sh",
           "lives-vif.sh", "run-tests", "run-one", "shell")
PATIENCE = float(os.environ.get("XB_PATIENCE") or 1)
GUEST_EXTRA = "console=hvc0 loglevel=5 net.ifnames=0 random.trust_cpu=on"


@dataclass(frozen=True)
class Test:
    """A test file, with what its first lines declare."""
    name: str
    path: Path

    def _declared(self, variable: str) -> str:
        match = re.search(rf"^{variable}=(.*)$", self.path.read_text(), re.M)
        return shlex.split(match[1])[0] if match else ""

    @property
    def timeout(self) -> int:
        """Emulated seconds until the test is taken for hung."""
        return int((int(self._declared("TIMEOUT") or 120)) * PATIENCE)

    @property
    def host_limit(self) -> int:
        """Host seconds until its machine is; 0 for the usual."""
        return int(self._declared("HOST_LIMIT") or 0)

    @property
    def needs(self) -> list[str]:
        """Which of contents.EXTRAS it wants in dom0."""
        return self._declared("NEEDS").split()

    @property
    def allowed(self) -> str:
        return self._declared("ALLOW_LOG")


def build_id(module: Path) -> str:
    """The build id of a module, as hexadecimal digits. Older binutils show all
    notes of newer ones' modules, and fail."""
    notes = subprocess.run(["readelf", "-nW", module], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    match = re.search(r"Build ID: (\w+)", notes.stdout)
    if not match:
        raise Failure(f"{module} has no build id")
    return match[1]


def build_ours(kern: kernel.Kernel, keep: Path) -> list[Path]:
    """Build the checkout's modules for dom0's kernel; copies below keep, so
    that a build by somebody else does not change a run."""
    out = CHECKOUT / _build_dir(kern)
    with locked(out.with_name(f".lock-{out.name}"), "our modules"):
        _build(kern)
        built = sorted(out.rglob("*.ko"))
        keep.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copy2(path, keep)) for path in built]


def _build_dir(kern: kernel.Kernel) -> str:
    faults = "-faults" if os.environ.get("XGH_FAULTS") == "1" else ""
    return f"build/{kern.arch}-{kern.name}{faults}"


def _build(kern: kernel.Kernel) -> None:
    kdir = headers.tree(kern.name, kern.arch)
    out = _build_dir(kern)
    say(f"building our modules for {kern.abi}")
    done = subprocess.run(
        [str(CHECKOUT / "scripts/build-modules"), str(kdir), out, kern.arch,
         f"-j{os.cpu_count()}", *kern.make_args],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout)
        raise Failure("our modules do not build")


def _module_name(path: Path) -> str:
    return path.stem.replace("_", "-")


def _add_modules(root: Path, kern: kernel.Kernel, ours: list[Path],
                 storage: bool) -> None:
    """Put our modules over the in-tree ones: updates/, and new indexes;
    and those for storage beside them. Nobody debugs in there: without what is
    for that they are loaded as fast as the in-tree ones."""
    tree = modules.tree(kern)
    merged = root / "merged"
    shutil.copytree(tree / "dom0", merged)
    base = merged / "lib/modules" / kern.abi
    dest = root / "top/usr/lib/modules" / kern.abi
    dest.mkdir(parents=True)
    if storage:
        extra = tree / "storage/lib/modules" / kern.abi
        shutil.copytree(extra, base, dirs_exist_ok=True)
        shutil.copytree(extra / "kernel", dest / "kernel")
    (base / "updates").mkdir()
    for path in ours:
        run([kern.toolchain().strip, "--strip-debug", "-o",
             base / "updates" / path.name, path])
    modules.depmod(merged, kern.abi)
    shutil.move(base / "updates", dest)
    for path in base.glob("modules.*"):
        shutil.move(path, dest)
    shutil.rmtree(merged)


def _expected(kern: kernel.Kernel, ours: list[Path]) -> str:
    """module:build-id of each backend that is to be loaded."""
    tree = modules.tree(kern) / "dom0/lib/modules" / kern.abi
    stock = {_module_name(p): p for p in tree.rglob("*.ko")}
    chosen = {**stock, **{_module_name(p): p for p in ours}}
    own = [_module_name(p) for p in ours if not p.stem.endswith("-kunit")]
    names = [*[n for n in own if n not in BACKENDS], *BACKENDS]
    return " ".join(f"{n.replace('-', '_')}:{build_id(chosen[n])}"
                    for n in names)


def _config(opts: Options, which: str, expected: str, nonce: str,
            action: str) -> str:
    values = {"XB_NONCE": nonce, "XB_ACTION": action, "XB_MODULES": which,
              "XB_EXPECT": expected, "XB_ARCH": opts.arch,
              "XB_MODE": opts.mode, "XB_GUEST_TYPE": opts.guest_type,
              "XB_GUEST_CPUS": opts.guest_cpus(),
              "XB_GUEST_LINES": opts.guest_lines(),
              "XB_GUEST_EXTRA": f"{GUEST_EXTRA} {opts.kernel_args()}".strip(),
              "XB_TRACE": "1" if opts.trace else "",
              "XB_LONG": os.environ.get("XB_LONG", ""),
              "XB_BRIEF": "", "XB_INTREE": "", **opts.settings}
    lines = [f"{k}={shlex.quote(v)}" for k, v in values.items()]
    return "# shellcheck shell=bash disable=SC2034\n" + "\n".join(lines) + "\n"


def _add_scripts(top: Path, tests: Sequence[Test],
                 on: matrix.Platform) -> None:
    (top / "xb/tests").mkdir(parents=True)
    (top / "usr/bin").mkdir(parents=True)
    for program in (cost.binary(on), netlink.binary(on)):
        shutil.copy2(program, top / "usr/bin")
    shutil.copy2(TESTBED / "dom0/init", top / "init")
    for name in SCRIPTS:
        shutil.copy2(TESTBED / "dom0" / name, top / "xb")
    for name in ("switch-modules", "switch-guests.sh", "switch-options.sh"):
        shutil.copy2(CHECKOUT / "scripts" / name, top / "xb")
    (top / "etc/xen/scripts").mkdir(parents=True)
    shutil.copy2(CHECKOUT / "packaging/block-limits", top / "etc/xen/scripts")
    for test in tests:
        dest = top / "xb/tests" / f"{test.name}.sh"
        dest.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(test.path, dest)
    listed = "".join(f"{t.name} {t.timeout}\n" for t in tests)
    (top / "xb/tests.list").write_text(listed)


def _add_sources(top: Path, extras: Sequence[str]) -> None:
    """Files of the checkout that an extra wants in dom0."""
    for name in (s for e in extras for s in contents.EXTRAS[e].sources):
        source, dest = CHECKOUT / name, top / "xb/checkout" / name
        dest.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, dest,
                            ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, dest)


class Initrd:
    """Makes the initramfs of each boot of a run."""

    def __init__(self, opts: Options, dom0: kernel.Kernel,
                 guest: kernel.Kernel, which: str, keep: Path) -> None:
        self.opts, self.dom0, self.which = opts, dom0, which
        self.bases = [images.dom0(opts.platform), images.dom0_modules(dom0),
                      images.guest(opts.platform.suite, guest)]
        if opts.guest_type == "hvm":
            self.bases.append(hvm.packed_kernel(guest))
        self.ours = build_ours(dom0, keep) if which == "ours" else []

    def write(self, target: Path, tests: Sequence[Test], nonce: str,
              action: str = "tests") -> None:
        with tempfile.TemporaryDirectory() as tmp:
            top = Path(tmp) / "top"
            _add_scripts(top, tests, self.opts.platform)
            extras = sorted({*self.opts.add,
                             *(name for t in tests for name in t.needs)})
            _add_sources(top, extras)
            storage = "storage" in extras
            bases = [*self.bases,
                     *(layer(self.opts.platform, name) for name in extras)]
            if self.ours or storage:
                _add_modules(Path(tmp), self.dom0, self.ours, storage)
            (top / "xb/config").write_text(
                _config(self.opts, self.which,
                        _expected(self.dom0, self.ours), nonce, action))
            cpio.write(top, Path(tmp) / "overlay.cpio")
            with target.open("wb") as out:
                for part in [*bases, Path(tmp) / "overlay.cpio"]:
                    with part.open("rb") as handle:
                        shutil.copyfileobj(handle, out)
