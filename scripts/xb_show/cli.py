# SPDX-License-Identifier: GPL-2.0
"""The command line of what xen-backends shows."""
from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any, Iterable, Optional, Sequence

from . import VERSION, devices, exporter, prometheus, report, show, top
from .host import Host, Recorded


def _host(path: Optional[str]) -> Host:
    if path is None:
        return Host()
    with open(path, encoding="utf-8", errors="replace") as handle:
        return Recorded(handle.read().split("\n"))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _is_none(found: dict[str, Any], what: Optional[str]) -> bool:
    """Is there nothing of what was asked for? That is said."""
    if what is None or found["devices"]:
        return False
    print(f"xen-backends: no device of '{what}'", file=sys.stderr)
    return True


def _status(host: Host, args: argparse.Namespace) -> int:
    found = devices.collect(host, args.what)
    if _is_none(found, args.what):
        return 1
    if args.what is not None and len(found["devices"]) == 1:
        _say(show.page(found["devices"][0]))
        _say(f"# {line}" for line in found["missing"])
    else:
        _say(show.status(found))
    return 0


def _json(host: Host, args: argparse.Namespace) -> int:
    found = devices.collect(host, args.what)
    json.dump(found, sys.stdout, indent=1)
    print()
    return int(_is_none(found, args.what))


def _prometheus(host: Host, args: argparse.Namespace) -> int:
    def page() -> str:
        host.until = time.monotonic() + prometheus.PATIENCE
        found = devices.collect(host, brief=True)
        return "".join(f"{line}\n" for line in prometheus.lines(found))

    if args.http:
        exporter.serve(page, sys.stdin.buffer, sys.stdout.buffer)
    elif args.output:
        prometheus.write(page(), args.output)
    else:
        # Whatever the locale: the format wants that.
        sys.stdout.buffer.write(page().encode())
    return 0


def _top(host: Host, args: argparse.Namespace) -> int:
    table = top.Table(host)
    if args.sort:
        table.sort_by(args.sort)
    try:
        if args.batch or args.once or not sys.stdout.isatty():
            top.batch(table, args.delay, 1 if args.once else args.times, _say)
        else:
            from . import screen
            screen.run(table, args.delay)
    except KeyboardInterrupt:
        pass
    return 0


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not 0.1 to 3600 seconds")
    return value


def _report(host: Host, args: argparse.Namespace) -> int:
    _say(report.lines(host, VERSION))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xen-backends", allow_abbrev=False)
    parser.add_argument("--from", dest="report", metavar="REPORT",
                        help="show what a report has, not this host")
    commands = parser.add_subparsers(dest="command", required=True)
    status = commands.add_parser("status", help="a line for each device, or a page of one")
    status.add_argument("what", nargs="?", metavar="GUEST|DEVICE")
    status.set_defaults(do=_status)
    as_json = commands.add_parser("json", help="the same as JSON")
    as_json.add_argument("what", nargs="?", metavar="GUEST|DEVICE")
    as_json.set_defaults(do=_json)
    live = commands.add_parser("top", help="what devices do now")
    live.add_argument("-d", "--delay", type=_seconds, default=2.0,
                      metavar="SECONDS", help="between two looks (2)")
    live.add_argument("-s", "--sort", type=str, choices=top.TITLES,
                      metavar="COLUMN",
                      help="one of " + " ".join(top.TITLES).replace("%", "%%"))
    live.add_argument("-b", "--batch", action="store_true",
                      help="print, for scripts")
    live.add_argument("-n", "--times", type=int, metavar="N",
                      help="with --batch: so many times")
    live.add_argument("--once", action="store_true", help="print once")
    live.set_defaults(do=_top)
    page = commands.add_parser("prometheus", help="a page for Prometheus")
    where = page.add_mutually_exclusive_group()
    where.add_argument("--output", metavar="FILE",
                       help="replace a file by it, for node_exporter")
    where.add_argument("--http", action="store_true",
                       help="answer a request on standard input")
    page.set_defaults(do=_prometheus)
    whole = commands.add_parser("report", help="what a report of a bug needs")
    whole.set_defaults(do=_report)
    return parser


def main(args: Sequence[str]) -> int:
    parsed = _parser().parse_args(args)
    try:
        return parsed.do(_host(parsed.report), parsed)
    except BrokenPipeError:
        # Whoever read it has seen enough.
        sys.stderr.close()
        return 0
    except OSError as err:
        print(f"xen-backends: {err}", file=sys.stderr)
        return 1
    except (ArithmeticError, LookupError, TypeError, ValueError) as err:
        if parsed.report is None:
            raise
        print(f"xen-backends: {parsed.report} is damaged: {err}", file=sys.stderr)
        return 1
