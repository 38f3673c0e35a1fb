# SPDX-License-Identifier: GPL-2.0
"""The table of xen-backends top: its columns, its order, and printing it."""
from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Iterator, Optional

from . import devices, rates, show
from .host import Host


@dataclass(frozen=True)
class Column:
    """One column: its title, its width, where it is from and how it looks."""
    title: str
    width: int
    key: str
    text: Callable[[Any], str]
    says: str

    def cell(self, row: dict[str, Any]) -> str:
        value = row.get(self.key)
        text = "-" if value is None else self.text(value)
        # Names are on the left, numbers on the right.
        if self.text is str:
            return f"{text[:self.width]:<{self.width}}"
        return f"{text:>{self.width}}"


def _per_cent(value: float) -> str:
    return f"{value:.0f}"


COLUMNS = (
    Column("DEVICE", 14, "device", str, "the device"),
    Column("GUEST", 12, "domain", str, "the guest"),
    Column("WHAT", 16, "what", str, "the disk or the interface"),
    Column("IOPS", 6, "iops", show.size, "requests a second"),
    Column("MB/s", 7, "bytes", lambda value: f"{value / 1e6:.1f}",
           "10^6 bytes a second, both ways"),
    Column("P50us", 7, "p50", _per_cent,
           "half of the requests took less, if measured (latency_stats)"),
    Column("P99us", 7, "p99", _per_cent, "99 of 100 took less"),
    Column("COPY%", 5, "copied", _per_cent, "requests whose data was copied"),
    Column("MAP%", 5, "mapped", _per_cent, "requests whose data was mapped"),
    Column("PERS%", 5, "persistent", _per_cent,
           "those of them that found all grants mapped"),
    Column("CALL/R", 6, "calls", lambda value: f"{value:.2f}",
           "hypercalls for a request or a packet"),
    Column("PKT/s", 6, "packets", show.size, "packets a second, both ways"),
    Column("DROPS", 5, "drops", show.size,
           "packets dropped, requests refused, since the last look"),
    Column("PRESS", 5, "pressure", show.size,
           "a second: requests that found no pages, or a guest without room"),
    Column("THROT", 5, "throttled", show.size,
           "a second: times that a limit held a queue"),
)
TITLES = [column.title for column in COLUMNS]


class Table:
    """Devices and what they do, in the order that is wanted."""

    def __init__(self, host: Host, order: str = "IOPS", down: bool = True) -> None:
        self.host = host
        self.order, self.down, self.wanted = order, down, ""
        self.before = self.now = rates.look(host)
        self.known: dict[str, dict[str, Any]] = {}
        self.missing: list[str] = []
        self.learn()

    def learn(self) -> None:
        """Names and features, which seldom change: not with every look."""
        found = devices.collect(self.host)
        self.known = {device["device"]: device for device in found["devices"]}
        self.missing = found["missing"]

    def look(self) -> None:
        self.before, self.now = self.now, rates.look(self.host)
        if set(self.now.counters) != set(self.known):
            self.learn()

    def rows(self) -> list[dict[str, Any]]:
        found = []
        for name, row in rates.between(self.before, self.now).items():
            device = self.known.get(name)
            if not device:
                continue
            row.update(device=name, what=show.what(device),
                       domain=device["domain"] or str(device["domid"]))
            if self.wanted in f"{name} {row['domain']} {row['what']}":
                found.append(row)
        return self._sorted(found)

    def _sorted(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What is not known comes last, whatever the order."""
        key = next(c.key for c in COLUMNS if c.title == self.order)
        rows.sort(key=lambda row: row["device"])
        known = [row for row in rows if row[key] is not None]
        known.sort(key=lambda row: row[key], reverse=self.down)
        return known + [row for row in rows if row[key] is None]

    def sort_by(self, title: str) -> None:
        """Numbers begin with the largest, names with the first."""
        self.order = title
        column = next(c for c in COLUMNS if c.title == title)
        self.down = column.text is not str


def head() -> str:
    return " ".join(f"{c.title:<{c.width}}" if c.text is str
                    else f"{c.title:>{c.width}}" for c in COLUMNS)


def line(row: dict[str, Any]) -> str:
    return " ".join(column.cell(row) for column in COLUMNS)


def _text(table: Table) -> Iterator[str]:
    yield head()
    for row in table.rows():
        yield line(row).rstrip()
    for missing in table.missing:
        yield f"# {missing}"


def batch(table: Table, seconds: float, times: Optional[int],
          say: Callable[[Iterable[str]], None]) -> None:
    """Print the table so many times, or until nobody reads it any more."""
    done = 0
    while times is None or done < times:
        time.sleep(seconds)
        table.look()
        if done:
            say([""])
        say(_text(table))
        sys.stdout.flush()
        done += 1
