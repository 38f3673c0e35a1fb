# SPDX-License-Identifier: GPL-2.0
"""The command line of xbtb."""
from __future__ import annotations

import argparse
import os
import signal
import sys

from . import (apt, cache, commands, contents, demo, headers, matrix,
               scripts, selftest)
from .util import Failure, Moved, host_setup

# What a check calls skipped.
SKIPPED = 77


def _headers(args: argparse.Namespace) -> int:
    host_setup("build")
    print(headers.tree(args.kernel, args.arch))
    return 0


def _unpack(args: argparse.Namespace) -> int:
    print(scripts.tree(args.package, args.suite))
    return 0


def _clean_cache(_: argparse.Namespace) -> int:
    cache.clean()
    return 0


def _update(_: argparse.Namespace) -> int:
    apt.forget_pins()
    return 0


def _machine_options(cmd: argparse.ArgumentParser) -> None:
    cmd.add_argument("--suite", choices=matrix.SUITES,
                     default=matrix.DEFAULT_SUITE,
                     help="the Debian that Xen and dom0's tools are of")
    cmd.add_argument("--arch", choices=matrix.ARCHES, default="amd64")
    for who in ("dom0", "guest"):
        cmd.add_argument(f"--{who}-kernel", choices=matrix.KERNELS,
                         help="(default: the suite's)")
    cmd.add_argument("--mode", choices=("fast", "deterministic"),
                     default="fast")
    cmd.add_argument("--vcpus", type=int, default=0, help=(
        "CPUs of the machine, the last is the guest's "
        "(default: fast 2, deterministic 1)"))
    cmd.add_argument("--mem", type=int, default=3072, help="MB")
    for who, types in (("dom0", ("pv", "pvh")), ("guest", ("pv", "pvh", "hvm"))):
        cmd.add_argument(f"--{who}-type", choices=types, default="pv")
    cmd.add_argument("--modules", choices=("ours", "intree"), default="ours")
    cmd.add_argument("--add", action="append", default=[],
                     choices=sorted(contents.EXTRAS),
                     help="more programs for dom0")
    cmd.add_argument("--faults", action="store_true",
                     help="build modules that fail on request")
    cmd.add_argument("--xen", metavar="KIND", help=(
        "a hypervisor of our own: eagain[=SHARE[,CHANCE]] answers that share "
        "of grants (per cent) with GNTST_eagain, with that chance each time, "
        "or with CHANCE 0 the first three times"))
    cmd.add_argument("--trace", action="store_true",
                     help="keep each test's shell trace, with times")
    for who in ("xen", "dom0"):
        cmd.add_argument(f"--append-{who}", action="append", default=[],
                         metavar="ARGS", help="more of its command line")
    cmd.add_argument("--append-qemu", action="append", default=[],
                     metavar="ARG", help="one more argument of QEMU")
    cmd.add_argument("--set", action="append", default=[],
                     metavar="XB_NAME=VALUE", help="a variable for the tests")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xbtb", description=(
        "The testbed: a real Xen in QEMU, made of Debian packages."))
    sub = parser.add_subparsers(dest="command", required=True)

    cmd = sub.add_parser("headers", help="print the path of kernel headers")
    cmd.add_argument("--kernel", choices=matrix.KERNELS,
                     default=matrix.SUITES[matrix.DEFAULT_SUITE].kernel)
    cmd.add_argument("--arch", choices=matrix.ARCHES, default="amd64")
    cmd.set_defaults(func=_headers)

    cmd = sub.add_parser("unpack", help=(
        "print where a Debian package of scripts is unpacked"))
    cmd.add_argument("--suite", choices=matrix.SUITES,
                     default=matrix.DEFAULT_SUITE)
    cmd.add_argument("package")
    cmd.set_defaults(func=_unpack)

    cmd = sub.add_parser("run", help="run system tests")
    _machine_options(cmd)
    cmd.add_argument("--results", metavar="DIR")
    cmd.add_argument("tests", nargs="+", metavar="TEST",
                     help="name or glob below tests/system, e.g. 'blk/*'")
    cmd.set_defaults(func=commands.run_tests)

    cmd = sub.add_parser("demo", help="show a guest doing I/O")
    _machine_options(cmd)
    cmd.add_argument("--results", metavar="DIR")
    cmd.set_defaults(func=demo.demo)

    cmd = sub.add_parser("selftest", help="test the testbed itself")
    _machine_options(cmd)
    cmd.set_defaults(func=selftest.selftest)

    cmd = sub.add_parser("shell", help="a console of dom0 on this terminal")
    _machine_options(cmd)
    cmd.set_defaults(func=commands.shell)

    cmd = sub.add_parser("update", help="forget the pinned package versions")
    cmd.set_defaults(func=_update)
    cmd = sub.add_parser("clean-cache", help="remove the cache")
    cmd.set_defaults(func=_clean_cache)
    return parser


def main(argv: list[str]) -> int:
    os.umask(0o022)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    args = _parser().parse_args(argv)
    try:
        return args.func(args)
    except Moved as error:
        print(f"xbtb: {error}", file=sys.stderr)
        return SKIPPED
    except Failure as error:
        print(f"xbtb: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("xbtb: interrupted", file=sys.stderr)
        return 130
