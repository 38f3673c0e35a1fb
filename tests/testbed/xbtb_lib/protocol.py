# SPDX-License-Identifier: GPL-2.0
"""What dom0 sends through the results port, line by line.

    XB <nonce> START <test>
    XB <nonce> LOG <kind> <line of a log>
    XB <nonce> SECONDS <emulated seconds>
    XB <nonce> PASS | FAIL <reason> | SKIP <reason>
    XB <nonce> END

Only PASS makes a test pass; a line without the nonce of the run is nothing.
"""
from __future__ import annotations

from dataclasses import dataclass, field

PASS, FAIL, SKIP = "PASS", "FAIL", "SKIP"
VERDICTS = (PASS, FAIL, SKIP)


@dataclass
class Result:
    """One test: its verdict, and the logs that belong to it."""
    name: str
    verdict: str = ""
    reason: str = ""
    seconds: float = 0.0
    host_seconds: float = 0.0
    logs: dict[str, list[str]] = field(default_factory=dict)

    def fail(self, reason: str) -> None:
        """Make it a failure; an earlier reason of failure stays."""
        if self.verdict != FAIL:
            self.verdict, self.reason = FAIL, reason

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "result": self.verdict,
                "reason": self.reason, "seconds": self.seconds,
                "host_seconds": round(self.host_seconds, 1)}


class Parser:
    """Turns the bytes of the port into results."""

    def __init__(self, nonce: str) -> None:
        self.prefix = f"XB {nonce} "
        self.rest = b""
        self.results: list[Result] = []
        self.ended = False

    @property
    def current(self) -> Result | None:
        """The test that has started and has no verdict yet."""
        if self.results and not self.results[-1].verdict:
            return self.results[-1]
        return None

    def feed(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        for raw in lines:
            line = raw.decode("utf-8", "replace")
            if line.startswith(self.prefix):
                self._line(line[len(self.prefix):])

    def _line(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        now = self.current
        if word == "START":
            if now:
                now.fail("no verdict before the next test began")
            self.results.append(Result(rest))
        elif word == "END":
            self.ended = True
        elif now and word == "LOG":
            kind, _, text = rest.partition(" ")
            now.logs.setdefault(kind, []).append(text)
        elif now and word == "SECONDS":
            now.seconds = float(rest)
        elif now and word in VERDICTS:
            now.verdict, now.reason = word, rest
