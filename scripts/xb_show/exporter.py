# SPDX-License-Identifier: GPL-2.0
"""One connection of the exporter: systemd has accepted it, and it is our standard
input and output. See packaging/xen-backends-exporter@.service."""
from __future__ import annotations

from typing import BinaryIO, Callable, Optional

LINE = 4096
LINES = 100


def _request(source: BinaryIO) -> Optional[list[str]]:
    """The words of a request's first line; its headers are read and forgotten."""
    first = source.readline(LINE)
    for _ in range(LINES):
        if source.readline(LINE) in (b"", b"\n", b"\r\n"):
            break
    return first.decode("latin-1").split() if first.strip() else None


def answer(words: list[str], page: Callable[[], str]) -> bytes:
    """What a browser or Prometheus is told, in HTTP/1.0."""
    if len(words) < 2 or words[0] not in ("GET", "HEAD"):
        status, body = "405 Method Not Allowed", b"GET /metrics\n"
    elif words[1].split("?")[0] != "/metrics":
        status, body = "404 Not Found", b"/metrics\n"
    else:
        status, body = "200 OK", page().encode()
    head = (f"HTTP/1.0 {status}\r\n"
            "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode()
    return head if words[0] == "HEAD" else head + body


def serve(page: Callable[[], str], source: BinaryIO, sink: BinaryIO) -> None:
    """Answer the one request that comes; without one, say nothing."""
    words = _request(source)
    if words is not None:
        sink.write(answer(words, page))
        sink.flush()
