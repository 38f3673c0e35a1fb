# SPDX-License-Identifier: GPL-2.0
"""Single nodes of xenstore, asked for without a program: of hundreds of guests a
program for each would take longer than Prometheus waits.

The protocol is that of Xen's public/io/xs_wire.h.
"""
from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import time
from typing import Optional

SOCKETS = ("/run/xenstored/socket", "/var/run/xenstored/socket")
DEVICE = "/dev/xen/xenbus"
HEAD = struct.Struct("=IIII")   # type, request, transaction, length
READ, ERROR = 2, 16
LONGEST = 4096                  # of what is said at once
SECONDS = 5                     # that an answer may take


def _opened() -> int:
    """The daemon's socket, or the kernel's device where another domain has it."""
    for path in SOCKETS:
        with contextlib.suppress(OSError), \
                socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(SECONDS)
            link.connect(path)
            return link.detach()
    return os.open(DEVICE, os.O_RDWR)


class Wire:
    """A connection; OSError when there is none, or no answer on it."""

    def __init__(self) -> None:
        self._handle = _opened()

    def close(self) -> None:
        os.close(self._handle)

    def _get(self, size: int, until: float) -> bytes:
        found = b""
        while len(found) < size:
            left = max(until - time.monotonic(), 0)
            if not select.select([self._handle], [], [], left)[0]:
                raise TimeoutError(f"no answer in {SECONDS} s")
            part = os.read(self._handle, size - len(found))
            if not part:
                raise ConnectionError("no answer")
            found += part
        return found

    def read(self, path: str, until: Optional[float] = None) -> Optional[str]:
        """What is in a node; None if there is none."""
        last = time.monotonic() + SECONDS
        last = last if until is None else min(last, until)
        if last <= time.monotonic():
            raise TimeoutError("there was no time left")
        body = path.encode() + b"\0"
        os.write(self._handle, HEAD.pack(READ, 0, 0, len(body)) + body)
        kind, _, _, length = HEAD.unpack(self._get(HEAD.size, last))
        if kind not in (READ, ERROR) or length > LONGEST:
            raise ConnectionError("no answer that can be understood")
        said = self._get(length, last)
        return None if kind == ERROR else said.decode(errors="replace")
