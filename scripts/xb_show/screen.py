# SPDX-License-Identifier: GPL-2.0
"""xen-backends top on a terminal. Keys are htop's where htop has them."""
from __future__ import annotations

import curses
import time
from typing import Any, Sequence

from . import show, top

KEYS = (
    "Up Down PgUp PgDn Home End   move        Enter        all there is of a device",
    "F6 > .   choose what to sort by          I            the other way round",
    "M        sort by MB/s                    N            by the guest",
    "L        by P99us                        R            by IOPS",
    "F4 \\     only devices with this text     F5 Space     look at once",
    "+ -      look less often, more often     F1 h ?       this text",
    "F10 q    leave",
)
FOOT = "F1 Help  F4 Filter  F6 Sort  I Invert  Enter Details  F10 Quit"
DIRECT = {"M": "MB/s", "N": "GUEST", "L": "P99us", "R": "IOPS"}
HELP = (curses.KEY_F1, ord("h"), ord("?"))
SORT = (curses.KEY_F6, ord(">"), ord("."))
FILTER = (curses.KEY_F4, ord("\\"))
NOW = (curses.KEY_F5, ord(" "))
QUIT = (curses.KEY_F10, ord("q"))
ENTER = (curses.KEY_ENTER, 10, 13)
ESCAPE = 27


class Screen:
    """The terminal, and where the user is on it."""

    def __init__(self, window: "curses.window", table: top.Table,
                 seconds: float) -> None:
        self.window, self.table, self.seconds = window, table, seconds
        self.chosen = self.first = 0
        self.due = time.monotonic()
        window.keypad(True)
        try:
            curses.curs_set(0)
        except curses.error:
            pass

    def _put(self, y: int, text: str, how: int = 0) -> None:
        """A line, as far as there is room for it."""
        height, width = self.window.getmaxyx()
        code = self.window.encoding
        text = text.encode(code, "backslashreplace").decode(code)
        if 0 <= y < height and width > 1:
            self.window.addnstr(y, 0, f"{text:<{width}}", width - 1, how)

    def _room(self) -> int:
        return max(self.window.getmaxyx()[0] - 3, 1)

    def _move(self, to: int, count: int) -> None:
        self.chosen = max(0, min(to, count - 1))
        self.first = max(min(self.first, self.chosen),
                         self.chosen - self._room() + 1)

    def draw(self) -> list[dict[str, Any]]:
        rows = self.table.rows()
        self._move(self.chosen, len(rows))
        self.window.erase()
        order = f"by {self.table.order} {'down' if self.table.down else 'up'}"
        wanted = f", with '{self.table.wanted}'" if self.table.wanted else ""
        missing = f"; not known: {self.table.missing[0]}" if self.table.missing else ""
        self._put(0, f"xen-backends: {len(rows)} devices{wanted}, {order}, "
                     f"every {self.seconds:g} s{missing}")
        self._put(1, top.head(), curses.A_REVERSE)
        for y, row in enumerate(rows[self.first:self.first + self._room()]):
            self._put(2 + y, top.line(row), curses.A_STANDOUT
                      if self.first + y == self.chosen else 0)
        self._put(self.window.getmaxyx()[0] - 1, FOOT, curses.A_REVERSE)
        self.window.refresh()
        return rows

    def _pages(self, lines: Sequence[str]) -> None:
        """Text that is read until a key is hit."""
        first = 0
        self.window.timeout(-1)
        while True:
            self.window.erase()
            room = max(self.window.getmaxyx()[0] - 1, 1)
            for y, text in enumerate(lines[first:first + room]):
                self._put(y, text)
            self._put(room, "Up Down PgUp PgDn  any other key: back",
                      curses.A_REVERSE)
            self.window.refresh()
            step = {curses.KEY_RESIZE: 0, curses.KEY_UP: -1, curses.KEY_DOWN: 1,
                    curses.KEY_PPAGE: -room, curses.KEY_NPAGE: room}.get(
                        self.window.getch())
            if step is None:
                return
            first = max(0, min(first + step, len(lines) - room))

    def _details(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.table.learn()
            device = self.table.known.get(rows[self.chosen]["device"])
            self._pages(list(show.page(device)) if device else ["it has gone"])

    def _sort(self) -> None:
        """A list of the columns, as htop has it."""
        at = top.TITLES.index(self.table.order)
        self.window.timeout(-1)
        while True:
            self.window.erase()
            self._put(0, "Sort by", curses.A_REVERSE)
            for y, column in enumerate(top.COLUMNS):
                self._put(1 + y, f"{column.title:<8} {column.says}",
                          curses.A_STANDOUT if y == at else 0)
            self.window.refresh()
            key = self.window.getch()
            if key in ENTER:
                self.table.sort_by(top.TITLES[at])
                return
            if key == curses.KEY_UP:
                at = max(at - 1, 0)
            elif key == curses.KEY_DOWN:
                at = min(at + 1, len(top.TITLES) - 1)
            elif key in (ESCAPE, *QUIT):
                return

    def _filter(self) -> None:
        self.window.timeout(-1)
        while True:
            self.draw()
            self._put(self.window.getmaxyx()[0] - 1,
                      f"Filter: {self.table.wanted}_", curses.A_REVERSE)
            key = self.window.getch()
            if key in ENTER:
                return
            if key == ESCAPE:
                self.table.wanted = ""
                return
            if key in (curses.KEY_BACKSPACE, 8, 127):
                self.table.wanted = self.table.wanted[:-1]
            elif 32 <= key < 127:
                self.table.wanted += chr(key)

    def _turn(self, key: int, rows: list[dict[str, Any]]) -> None:
        """Keys that move."""
        room = self._room()
        steps = {curses.KEY_UP: -1, curses.KEY_DOWN: 1, curses.KEY_PPAGE: -room,
                 curses.KEY_NPAGE: room, curses.KEY_HOME: -len(rows),
                 curses.KEY_END: len(rows)}
        if key in steps:
            self._move(self.chosen + steps[key], len(rows))

    def _do(self, key: int, rows: list[dict[str, Any]]) -> None:
        """Keys that do something else."""
        name = chr(key) if 32 <= key < 127 else ""
        if key in HELP:
            self._pages([*KEYS, "", *(f"{c.title:<8} {c.says}"
                                      for c in top.COLUMNS)])
        elif key in SORT:
            self._sort()
        elif key in FILTER:
            self._filter()
        elif key in ENTER:
            self._details(rows)
        elif key in NOW:
            self.due = 0
        elif name == "I":
            self.table.down = not self.table.down
        elif name in DIRECT:
            self.table.sort_by(DIRECT[name])
        elif name in ("+", "-"):
            self.seconds = max(0.5, min(60, self.seconds *
                                        (2 if name == "+" else 0.5)))
        else:
            self._turn(key, rows)

    def run(self) -> None:
        while True:
            if time.monotonic() >= self.due:
                self.table.look()
                self.due = time.monotonic() + self.seconds
            rows = self.draw()
            self.window.timeout(max(int((self.due - time.monotonic()) * 1000), 1))
            key = self.window.getch()
            if key in QUIT:
                return
            self._do(key, rows)


def run(table: top.Table, seconds: float) -> None:
    curses.set_escdelay(50)
    curses.wrapper(lambda window: Screen(window, table, seconds).run())
