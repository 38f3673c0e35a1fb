#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the exporter asks of xenstore on a host with hundreds of guests."""
from __future__ import annotations

import socket
import sys
import tempfile
import threading
import unittest
import unittest.mock
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))
sys.dont_write_bytecode = True

from xb_show import devices, host, prometheus, wire  # noqa: E402
from test_show import RECORDED, recorded  # noqa: E402


class Daemon(threading.Thread):
    """An xenstored that knows these nodes, and answers so many questions."""

    def __init__(self, path: str, nodes: dict[str, str], answers: int) -> None:
        super().__init__(daemon=True)
        self.nodes, self.answers, self.asked = nodes, answers, 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.start()

    def run(self) -> None:
        with self.listener, self.listener.accept()[0] as link, \
                link.makefile("rwb") as stream:
            while head := stream.read(wire.HEAD.size):
                kind, request, transaction, length = wire.HEAD.unpack(head)
                path = stream.read(length).rstrip(b"\0").decode()
                self.asked += 1
                text = self.nodes.get(path) if kind == wire.READ else None
                body = b"ENOENT\0" if text is None else text.encode()
                if self.asked > self.answers:
                    break
                stream.write(wire.HEAD.pack(
                    wire.ERROR if text is None else kind, request, transaction,
                    len(body)) + body)
                stream.flush()


class Hundreds(unittest.TestCase):
    """300 guests with a disk each: no program is run for a single one of them."""

    GUESTS = 300

    def host(self) -> host.Recorded:
        bus, listed, names = "/sys/bus/xen-backend/devices", [], []
        lines = ["=== run xenstore-read domid", " 0"]
        for n in range(1, self.GUESTS + 1):
            names.append(f" vbd-{n}-51712")
            back = f"backend/vbd/{n}/51712"
            lines += [f"=== file {bus}/vbd-{n}-51712/nodename", f" {back}",
                      f"=== link {bus}/vbd-{n}-51712/driver", " ../drivers/vbd"]
            listed += [f' {back}/frontend = "/local/domain/{n}/device/vbd/51712"',
                       f' {back}/state = "{2 + n % 2 * 2}"']
        this = host.Recorded(lines + ["=== run xenstore-ls -f backend/vbd",
                                      *listed, f"=== names {bus}", *names])
        this.direct = True
        return this

    def page(self, answers: int) -> tuple[list[str], list[str], Daemon]:
        """What is shown, the programs run, and who was asked."""
        nodes = {f"/local/domain/{n}/name": f"guest{n}\n\x1b"
                 for n in range(1, self.GUESTS)}
        this, ran = self.host(), []
        fetch = this.fetch

        def counted(kind: str, what: str) -> str:
            if kind == "run":
                ran.append(what)
            return fetch(kind, what)

        with tempfile.TemporaryDirectory() as tmp, \
                unittest.mock.patch.object(wire, "SOCKETS", (f"{tmp}/s",)), \
                unittest.mock.patch.object(this, "fetch", counted):
            daemon = Daemon(f"{tmp}/s", nodes, answers)
            found = devices.collect(this, brief=True)
            daemon.join(10)
        return list(prometheus.lines(found)), ran, daemon

    def test_no_program_for_each(self) -> None:
        page, ran, daemon = self.page(1 << 20)
        self.assertLessEqual(len(ran), 4, ran)
        self.assertEqual(daemon.asked, self.GUESTS)
        samples = dict(line.rsplit(" ", 1) for line in page)
        for n, waits in ((299, "0"), (298, "1")):
            who = f'device="vbd-{n}-51712",domain="guest{n}\\\\n\\\\x1b"'
            self.assertEqual(samples[f"xen_device_waiting{{{who}}}"], waits)
        self.assertTrue([line for line in page if 'domain="300"' in line])
        self.assertIn('xen_missing{what="xenstore"} 0', page)

    def test_page_is_that_of_everything(self) -> None:
        for name in RECORDED:
            brief, whole = (list(prometheus.lines(devices.collect(
                recorded(name), brief=brief))) for brief in (True, False))
            self.assertEqual(brief, whole)

    def test_it_is_silent(self) -> None:
        page, _, daemon = self.page(100)
        self.assertEqual(daemon.asked, 101)
        self.assertIn('xen_missing{what="xenstore"} 1', page)
        self.assertFalse([line for line in page if "xen_device_waiting" in line])


if __name__ == "__main__":
    unittest.main()
