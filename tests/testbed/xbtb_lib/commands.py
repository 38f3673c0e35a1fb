# SPDX-License-Identifier: GPL-2.0
"""The commands run and shell: from options to machines and results."""
from __future__ import annotations

import argparse
import fnmatch
import os
import re
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Sequence

from . import images, kernel, machine, modules, progress, qemu, xen
from .overlay import Initrd, Test
from .protocol import FAIL, Result
from .runner import Run
from .util import CHECKOUT, Failure, host_setup, say

SYSTEM_TESTS = CHECKOUT / "tests" / "system"


def groups(arch: str) -> list[str]:
    return ["build", "testbed", *(["arm64"] if arch == "arm64" else [])]


def find_tests(patterns: Sequence[str], base: Path) -> list[Test]:
    """Tests by name or glob, each once, in the order asked for."""
    names = sorted(str(p.relative_to(base).with_suffix(""))
                   for p in base.rglob("*.sh"))
    chosen: list[str] = []
    for pattern in patterns:
        found = [n for n in names if fnmatch.fnmatch(n, pattern)]
        if not found:
            raise Failure(f"no test '{pattern}' (known: {', '.join(names)})")
        chosen += found
    return [Test(n, base / f"{n}.sh") for n in dict.fromkeys(chosen)]


def _setting(text: str) -> tuple[str, str]:
    """NAME=VALUE, for the tests of a run."""
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"XB_[A-Z_]+", name):
        raise Failure(f"--set {text}: not XB_NAME=VALUE")
    return name, value


def options(args: argparse.Namespace) -> machine.Options:
    if args.faults:
        os.environ["XGH_FAULTS"] = "1"
    opts = machine.Options(args.suite, args.arch, args.mode, args.vcpus, args.mem,
                           args.guest_type, args.trace,
                           [*args.append_xen, *xen.arguments(args.xen)],
                           args.append_dom0, args.append_qemu,
                           dict(_setting(s) for s in args.set), args.add,
                           args.dom0_type)
    opts.check()
    return opts


def _kernel(name: str | None, opts: machine.Options) -> kernel.Kernel:
    """The kernel of that name, or the one that the suite comes with."""
    return kernel.get(name or opts.platform.suite.kernel, opts.arch)


def prepare(args: argparse.Namespace, opts: machine.Options,
            where: Path) -> tuple[Initrd, machine.Images]:
    """Everything that is cached, made where it is missing."""
    patched = args.xen or opts.nested
    host_setup(*groups(opts.arch), *(["xen"] if patched else []))
    dom0 = _kernel(args.dom0_kernel, opts)
    guest = _kernel(args.guest_kernel, opts)
    initrd = Initrd(opts, dom0, guest, args.modules,
                    where / "modules")
    hypervisor = (xen.made(opts.platform) / "xen" if patched
                  else images.xen(opts.platform))
    base = machine.Images(hypervisor, modules.tree(dom0) / "kernel", Path(),
                          qemu.program(opts))
    return initrd, base


def results_dir(args: argparse.Namespace) -> Path:
    if args.results:
        path = Path(args.results).resolve()
    else:
        path = CHECKOUT / "build/results" / time.strftime("%Y%m%d-%H%M%S")
    path.mkdir(parents=True, exist_ok=True)
    if (path / "boot-1").exists():
        raise Failure(f"{path} has the results of another run")
    return path


def execute(args: argparse.Namespace, tests: Sequence[Test],
            where: Path) -> list[Result]:
    """Run tests, save their results below where."""
    opts = options(args)
    initrd, base = prepare(args, opts, where)
    run = Run(opts, initrd, base, where, progress.Progress())
    results = run.run(tests)
    facts = {"suite": opts.suite, "arch": opts.arch, "mode": opts.mode, "vcpus": opts.vcpus,
             "dom0_kernel": initrd.dom0.abi, "modules": args.modules,
             "guest_kernel": _kernel(args.guest_kernel, opts).abi,
             "dom0_type": opts.dom0_type, "guest_type": opts.guest_type,
             "faults": args.faults,
             "xen": args.xen, "boots": run.boots}
    progress.save(results, facts, where / "results.json")
    return results


def run_tests(args: argparse.Namespace) -> int:
    tests = find_tests(args.tests, SYSTEM_TESTS)
    where = results_dir(args)
    results = execute(args, tests, where)
    print(progress.table(results))
    print(progress.totals(results))
    print(f"logs: {where}")
    return int(any(r.verdict == FAIL for r in results))


def shell(args: argparse.Namespace) -> int:
    """A console of dom0 on this terminal, until it powers off."""
    opts = options(args)
    with tempfile.TemporaryDirectory() as tmp:
        initrd, base = prepare(args, opts, Path(tmp))
        target = Path(tmp) / "initrd"
        initrd.write(target, [], "0" * 16, action="shell")
        full = replace(base, initrd=target)
        cmd = machine.command(opts, full, None, None)
        say("booting; leave with `poweroff`, or at once with Ctrl-a x")
        sys.stderr.flush()
        return os.spawnvp(os.P_WAIT, cmd[0], cmd)
