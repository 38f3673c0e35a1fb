# SPDX-License-Identifier: GPL-2.0
"""What toolstack, backends and guests say of each other in xenstore."""
from __future__ import annotations

import contextlib
import re
from typing import Optional

from .host import SILENT, Host, printable
from .wire import Wire

CONNECTED = ("Connected", "Reconfiguring", "Reconfigured")
STATES = ("Unknown", "Initialising", "InitWait", "Initialised", "Connected",
          "Closing", "Closed", "Reconfiguring", "Reconfigured")
# As xenstore-ls -f writes a node; what cannot be printed is escaped there.
NODE = re.compile(r'^(\S+) += "(.*)"')
LONGEST = 1024          # of a value


def state_name(text: Optional[str]) -> Optional[str]:
    """A XenbusState by its name; None if there is none, or nonsense."""
    if text is None or not re.fullmatch(r"\d", text):
        return None
    return STATES[int(text)] if int(text) < len(STATES) else None


class Directory:
    """The nodes below a directory."""

    def __init__(self, nodes: dict[str, str], top: str) -> None:
        self._nodes, self.top = nodes, top

    def get(self, name: str) -> Optional[str]:
        return self._nodes.get(f"{self.top}/{name}")

    def number(self, name: str) -> Optional[int]:
        text = self.get(name)
        value = int(text) if text and re.fullmatch(r"\d{1,20}", text) else None
        return None if value is None or value >= 1 << 63 else value

    def flag(self, name: str) -> bool:
        return bool(self.number(name))

    def queues(self, backend: Directory) -> int:
        """How many queues a frontend says it has, of those it was offered."""
        return min(self.number("multi-queue-num-queues") or 1,
                   backend.number("multi-queue-max-queues") or 1)


class Store:
    """xenstore, each part of it read at most once, and nothing of guests kept.
    With brief, frontends are not asked for: each takes a program."""

    def __init__(self, host: Host, brief: bool = False) -> None:
        self.host, self.brief = host, brief
        self._wire: Optional[Wire] = None
        self._seen: dict[str, dict[str, str]] = {}
        self._names: dict[int, Optional[str]] = {}
        # Only root may ask. Each domain has a number there.
        key = "xenstore-read domid"
        self._why = ""
        if host.run(*key.split()) is None:
            self._why = host.denied.pop(key, "no answer")
        elif host.direct:
            # Where there is none, programs are asked.
            with contextlib.suppress(OSError):
                self._wire = Wire()

    def close(self) -> None:
        if self._wire:
            self._wire.close()
        self._wire = None

    def _node(self, path: str) -> Optional[str]:
        """One, by the connection. One that does not answer is not asked again."""
        assert self._wire
        if self.why():
            return None
        try:
            text = self._wire.read(path, self.host.until)
        except OSError as err:
            self.host.silent["xenstore"] = f"{SILENT}: {err}"
            return None
        # One line, as xenstore-read prints it: more would be rows of a table.
        return None if text is None else printable(text).replace(
            "\n", "\\n").replace("\t", "\\t")[:LONGEST]

    def why(self) -> str:
        """Why it cannot be asked, or not any more; empty if it can."""
        return self._why or self.host.silent.get("xenstore", "")

    def _read(self, top: str) -> dict[str, str]:
        text = None if self.why() else self.host.run("xenstore-ls", "-f", top)
        return {match[1]: match[2][:LONGEST] for match in map(
            NODE.match, (text or "").splitlines()) if match}

    def _below(self, top: str) -> dict[str, str]:
        if top not in self._seen:
            self._seen[top] = self._read(top)
        return self._seen[top]

    def backend(self, nodename: str) -> Directory:
        """Of a device of ours: backend/vbd/1/51712. There is more below backend,
        passwords for VNC among it, that is not asked for."""
        kind = re.match(r"backend/(vbd|vif)/", nodename)
        nodes = self._below(kind[0].rstrip("/")) if kind else {}
        return Directory(nodes, nodename)

    def error(self, nodename: str) -> Optional[str]:
        """What a backend last said of a device; the node stays."""
        return Directory(self._below("error"), f"error/{nodename}").get("error")

    def frontend(self, path: str) -> Directory:
        """The guest's directory, whose name the toolstack has chosen."""
        if self.brief or not re.fullmatch(r"/local/domain/\d+/[\w/.-]+", path):
            return Directory({}, path)
        return Directory(self._read(path), path)

    def domain(self, domid: int) -> Optional[str]:
        if domid not in self._names and not self.why():
            path = f"/local/domain/{domid}/name"
            text = self._node(path) if self._wire else \
                self.host.run("xenstore-read", path)
            self._names[domid] = text.strip()[:LONGEST] if text else None
        return self._names.get(domid)
