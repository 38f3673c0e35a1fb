# SPDX-License-Identifier: GPL-2.0
"""From addresses to functions of dom0, guest and hypervisor."""
from __future__ import annotations

import base64
import bisect
import gzip
import re
from pathlib import Path
from typing import Iterable, NamedTuple

KERNEL_FROM = 0xffff000000000000


class Symbol(NamedTuple):
    """A function and the part of the system that it belongs to."""
    address: int
    name: str
    part: str


class Table:
    """Symbols of one address space, looked up by address."""

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        unique = {s.address: s for s in symbols}
        self.symbols = sorted(unique.values())
        self.addresses = [s.address for s in self.symbols]

    def find(self, address: int) -> Symbol | None:
        at = bisect.bisect_right(self.addresses, address) - 1
        return self.symbols[at] if at >= 0 else None

    def address_of(self, name: str) -> int | None:
        return next((s.address for s in self.symbols if s.name == name), None)


def kallsyms(lines: Iterable[str]) -> list[Symbol]:
    """Functions of /proc/kallsyms; a part is "kernel" or a module."""
    found = []
    for line in lines:
        match = re.match(r"(\w+) ([tTwW]) (\S+)(?:\s+\[(\w+)\])?$", line)
        if match and not match[3].startswith("$"):
            # The last function of a module; what the linker adds follows it.
            name = ("(exit, veneers)" if match[3] == "cleanup_module"
                    else match[3])
            found.append(Symbol(int(match[1], 16), name,
                                match[4] or "kernel"))
    return found


def _shifted(symbols: list[Symbol], lines: list[str]) -> list[Symbol]:
    """The kernel's own symbols where another one has put them: the same
    kernel, at another address, of which lines say where."""
    theirs = {s.name: s.address for s in kallsyms(lines)}
    ours = {s.name: s.address for s in symbols if s.part == "kernel"}
    name = "_stext" if "_stext" in theirs else "_text"
    delta = theirs[name] - ours[name]
    return [Symbol(s.address + delta, s.name, s.part)
            for s in symbols if s.part == "kernel"]


def from_log(path: Path) -> tuple[Table, Table]:
    """Tables of dom0 and guest, from the output of bench/profile."""
    lines = path.read_text().splitlines()
    marks = [lines.index(f"symbols {what}")
             for what in ("dom0", "guest", "end")]
    packed = base64.b64decode("".join(lines[marks[0] + 1:marks[1]]))
    dom0 = kallsyms(gzip.decompress(packed).decode().splitlines())
    guest_lines = lines[marks[1] + 1:marks[2]]
    guest = [s for s in kallsyms(guest_lines) if s.part != "kernel"]
    return Table(dom0), Table(guest + _shifted(dom0, guest_lines))
