# SPDX-License-Identifier: GPL-2.0
"""Executed code by function, out of what the plugin has written."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from . import plugin, symbols

DOMAINS = ("dom0", "guest", "idle")


@dataclass
class Row:
    """One function of one domain."""
    domain: str
    part: str
    name: str
    insns: int = 0
    calls: int = 0


class Names:
    """Finds the function of a translation block."""

    def __init__(self, arch: str, log: Path) -> None:
        dom0, guest = symbols.from_log(log)
        self.kernels = {"dom0": dom0, "guest": guest, "idle": dom0}
        self.xen = symbols.Table(symbols.Symbol(a, n, "xen") for a, n
                                 in plugin.xen_symbols(arch))

    def find(self, domain: str, address: int) -> symbols.Symbol:
        low, high = self.xen.addresses[0], self.xen.addresses[-1]
        if low <= address <= high:
            table = self.xen
        elif address >= symbols.KERNEL_FROM:
            table = self.kernels[domain]
        else:
            return symbols.Symbol(-1, "(user space)", "user")
        found = table.find(address)
        return found or symbols.Symbol(-1, f"{address:#x}", "unknown")


def windows(path: Path, names: Names) -> Iterator[list[Row]]:
    """Rows by function of each window that the plugin has written."""
    rows: dict[tuple[str, str, str], Row] = {}
    known: dict[tuple[str, str], tuple[str, str, bool]] = {}
    first = True
    with path.open() as lines:
        for line in lines:
            if line.startswith("window"):
                if not first:
                    yield list(rows.values())
                first, rows = False, {}
                continue
            if line.startswith("#"):
                continue
            _, domain, address, insns, times = line.split()
            where = DOMAINS[int(domain)]
            if (where, address) not in known:
                found = names.find(where, int(address, 16))
                known[where, address] = (found.part, found.name,
                                         found.address == int(address, 16))
            part, name, start = known[where, address]
            key = (where, part, name)
            row = rows.setdefault(key, Row(*key))
            row.insns += int(insns) * int(times)
            row.calls += int(times) if start else 0
    if not first:
        yield list(rows.values())


def last(path: Path, names: Names) -> list[Row]:
    """Those of the last window, the most executed first."""
    rows: list[Row] = []
    for rows in windows(path, names):
        pass
    return sorted(rows, key=lambda r: (-r.insns, r.name))
