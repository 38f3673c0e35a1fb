# SPDX-License-Identifier: GPL-2.0
"""Plays the user of a command that draws on a terminal."""
from __future__ import annotations

import os
import pty
import select
import time


class Terminal:
    """A command on a terminal, and what it has shown. However long a host that
    does much else takes to draw it, nobody hits a key before."""
    LIMIT = 120

    def __init__(self, *command: str) -> None:
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ.update(TERM="xterm", LINES="30", COLUMNS="160")
            os.execvp(command[0], command)
        self.seen, self.since = "", 0

    def _read(self, end: float) -> bool:
        left = max(end - time.monotonic(), 0)
        try:
            data = select.select([self.fd], [], [], left)[0] and os.read(
                self.fd, 65536)
        except OSError:
            return False
        self.seen += (data or b"").decode(errors="replace")
        return bool(data)

    def shows(self, text: str) -> bool:
        """Does it, since a key was hit?"""
        end = time.monotonic() + self.LIMIT
        while text not in self.seen[self.since:]:
            if not self._read(end):
                return False
        return True

    def hit(self, key: str) -> None:
        self.since = len(self.seen)
        os.write(self.fd, key.encode())

    def end(self) -> int:
        """Its exit status."""
        end = time.monotonic() + self.LIMIT
        while self._read(end):
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
