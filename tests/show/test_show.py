#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What xen-backends shows, of recorded hosts and of made-up ones.

ours.out and intree.out are reports that tests/system/admin/status.sh has printed.
"""
from __future__ import annotations

import gc
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
import unittest
import unittest.mock
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "scripts"))
sys.dont_write_bytecode = True

from xb_show import (  # noqa: E402
    devices, exporter, host, latency, prometheus, rates, report, show, top, vbd,
    vif, waits, xenstore)
from terminal import Terminal  # noqa: E402

COMMAND = str(TOP / "scripts/xen-backends")
RECORDED = ("ours", "intree")


def recorded(name: str) -> host.Recorded:
    """A host with our modules, or with the kernel's own."""
    return host.Recorded((HERE / f"{name}.out").read_text().split("\n"))


def of(found: dict[str, Any], kind: str) -> dict[str, Any]:
    """The connected device of that kind."""
    return next(d for d in found["devices"] if d["type"] == kind
                and d["state"] == "Connected" and d["waits"] is None
                or d["type"] == kind == "vif")


def made(nodes: dict[str, str], **files: str) -> host.Recorded:
    """A host with one disk, by nodes of both its ends: "b/state" is ours."""
    back, front = "backend/vbd/3/51712", "/local/domain/3/device/vbd/51712"
    where = {"b": back, "f": front, "e": f"error/{back}"}
    nodes = {"b/frontend": front, **nodes}
    listed: dict[str, list[str]] = {"b": [], "f": [], "e": []}
    for key, value in nodes.items():
        side, name = key.split("/", 1)
        listed[side].append(f' {where[side]}/{name} = "{value}"')
    path = "/sys/bus/xen-backend/devices"
    lines = ["=== names " + path, " vbd-3-51712",
             f"=== file {path}/vbd-3-51712/nodename", " " + back,
             "=== run xenstore-read domid", " 0",
             "=== run xenstore-ls -f backend/vbd", *listed["b"],
             "=== run xenstore-ls -f error", *listed["e"],
             f"=== run xenstore-ls -f {front}", *listed["f"],
             "=== run xenstore-read /local/domain/3/name", " guest"]
    if "driver" in files:
        lines += [f"=== link {path}/vbd-3-51712/driver", " ../drivers/vbd"]
    return host.Recorded(lines)


class Facts(unittest.TestCase):
    def test_nothing_moves_the_cursor(self) -> None:
        self.assertEqual(host.printable("a\x1b[2J\rb\u202ec\nd"),
                         "a\\x1b[2J\\x0db\\x202ec\nd")

    def test_report_of_a_report_is_the_same(self) -> None:
        again = host.Recorded(report.lines(recorded("ours"), "x"))
        for key, fact in recorded("ours").facts.items():
            if key[0] != "text" and not isinstance(fact, host.Missing):
                self.assertEqual(again.facts.get(key), fact, key)

    def test_lines_of_a_file_are_no_facts(self) -> None:
        seen = host.Recorder(host.Recorded(
            ["=== file /a", " === file /b", " !no"]))
        self.assertEqual(seen.read("/a"), "=== file /b\n!no")
        again = host.Recorded(seen.lines())
        self.assertEqual(again.read("/a"), "=== file /b\n!no")
        self.assertIsNone(again.read("/b"))

    def test_what_is_denied_is_remembered(self) -> None:
        this = host.Recorded(["=== file /a", "!Permission denied"])
        self.assertIsNone(this.read("/a"))
        self.assertEqual(this.denied, {"/a": "Permission denied"})
        self.assertIsNone(this.read("/b"))
        self.assertNotIn("/b", this.denied)

    def test_real_host(self) -> None:
        this = host.Host()
        self.assertEqual(this.run("echo", "x"), "x\n")
        self.assertIsNone(this.run("no-such-program"))
        self.assertEqual(this.denied["no-such-program"], "is not installed")
        self.assertIsNone(this.read("/no/such/file"))
        self.assertEqual(this.names("/no/such/folder"), [])
        self.assertGreater(len(this.names("/proc/self/fd")), 2)
        self.assertIsNone(this.run("cat", "/no/such/file"))
        self.assertIn("No such file", this.denied["cat /no/such/file"])

    def test_a_program_that_hangs(self) -> None:
        """It is waited for once, and not at all when the time is over."""
        this, begin = host.Host(), time.monotonic()
        with unittest.mock.patch.object(host, "PATIENCE", 0.5):
            for _ in range(20):
                self.assertIsNone(this.run("sleep", "30"))
        self.assertLess(time.monotonic() - begin, 5)
        self.assertIn("no answer", this.denied["sleep 30"])
        this.until = time.monotonic()
        self.assertIsNone(this.run("echo", "x"))
        self.assertIn("no time left", this.denied["echo x"])

    def test_a_guest_that_fills_its_quota(self) -> None:
        said = host.Host().run("yes", host.GUESTS)
        self.assertEqual(len(said or ""), host.MOST_OF_GUEST)


class Numbers(unittest.TestCase):
    def test_percentile(self) -> None:
        self.assertIsNone(latency.percentile([0, 0], 0.5))
        self.assertEqual(latency.percentile([0, 99, 0, 1], 0.5), 2.0)
        self.assertEqual(latency.percentile([0, 98, 0, 2, 0], 0.99), 8.2)

    def test_percentile_without_an_end(self) -> None:
        self.assertEqual(latency.percentile([0, 98, 0, 2], 0.99), math.inf)
        found = vbd._latency("1 0 0 0 0\n2 9 0 0 0\n")
        self.assertIn(': null', json.dumps(found["read"]))
        lines = "\n".join(show._latency(found))
        self.assertRegex(lines, r"p99, us at most +more +- ")

    def test_rate(self) -> None:
        self.assertEqual(vif.rate("125000,50000"), 2500000)
        for text in (None, "", "0,0", "5,0", "x", "5", "-1,5"):
            self.assertIsNone(vif.rate(text))

    def test_size(self) -> None:
        self.assertEqual([show.size(n) for n in (None, 0, 999, 1500, 2.5e8)],
                         ["-", "0", "999", "1.5k", "250M"])

    def test_states(self) -> None:
        self.assertEqual(xenstore.state_name("4"), "Connected")
        for text in (None, "", "9", "44", "x", "-1"):
            self.assertIsNone(xenstore.state_name(text))


class Rates(unittest.TestCase):
    def between(self, before: dict[str, int], now: dict[str, int],
                name: str = "vbd-1-1") -> dict[str, Any]:
        return rates.between(rates.Look(10, {name: before}, {}),
                             rates.Look(12, {name: now}, {}))[name]

    def test_disk(self) -> None:
        before = dict.fromkeys(("rd_req", "wr_req", "rd_sect", "copy_req",
                                "map_req", "persist_req", "copy_calls",
                                "map_calls", "unmap_calls", "pressure",
                                "oo_req", "throttled", "bad_req"), 7)
        now = dict(before, rd_req=107, rd_sect=2007, copy_req=57, map_req=57,
                   persist_req=32, copy_calls=32, pressure=17, throttled=11,
                   bad_req=8)
        row = self.between(before, now)
        self.assertEqual((row["iops"], row["bytes"]), (50, 512000))
        self.assertEqual((row["copied"], row["mapped"], row["persistent"]),
                         (50, 50, 25))
        self.assertEqual((row["calls"], row["pressure"], row["throttled"],
                          row["drops"]), (0.25, 5, 2, 1))

    def test_kernels_own(self) -> None:
        row = self.between({"rd_req": 0}, {"rd_req": 10})
        self.assertEqual(row["iops"], 5)
        for key in ("copied", "calls", "pressure", "throttled", "p99"):
            self.assertIsNone(row[key], key)

    def test_counters_begin_anew(self) -> None:
        self.assertEqual(self.between({"rd_req": 1000}, {"rd_req": 10})["iops"], 5)

    def test_interface(self) -> None:
        row = self.between(
            {"tx_packets": 0, "rx_packets": 0, "tx_bytes": 0, "rx_bytes": 0},
            {"tx_packets": 10, "rx_packets": 20, "tx_bytes": 100,
             "rx_bytes": 500, "rx_drops": 3}, "vif-1-0")
        self.assertEqual((row["packets"], row["bytes"], row["drops"]),
                         (15, 300, 3))
        self.assertIsNone(row["calls"])


class Waits(unittest.TestCase):
    def reason(self, nodes: dict[str, str], driver: bool = True) -> Any:
        this = made(nodes, **({"driver": "vbd"} if driver else {}))
        device, = devices.collect(this)["devices"]
        return device["waits"]

    def test_reasons(self) -> None:
        disk = {"b/physical-device": "fd:1", "b/online": "1"}
        for nodes, said in (
                ({"b/state": "2"}, "hotplug script to name the disk"),
                ({"b/state": "2", "b/hotplug-status": "error"}, "'error'"),
                ({"b/state": "2", "f/state": "1", **disk}, waits.NO_FRONTEND),
                ({"b/state": "2", "f/state": "3", **disk}, "us to connect"),
                ({"b/state": "2", "f/state": "6", **disk}, "begin anew"),
                ({"b/state": "2", "f/state": "2", **disk}, waits.GUEST),
                ({"b/state": "5", "f/state": "4", **disk}, "guest to close"),
                ({"b/state": "5", "f/state": "6", **disk}, "requests"),
                ({"b/state": "6", "f/state": "6", **disk}, "begin anew"),
                ({"b/state": "6", "b/online": "0"}, "toolstack to remove"),
                ({"b/state": "4", "f/state": "4", "b/online": "0"}, "let go")):
            self.assertIn(said, self.reason(nodes), nodes)

    def test_works(self) -> None:
        self.assertIsNone(self.reason({"b/state": "4", "f/state": "4",
                                       "b/online": "1"}))

    def test_no_driver(self) -> None:
        self.assertIn("no driver", self.reason({"b/state": "1"}, False))

    def test_nonsense_of_a_guest(self) -> None:
        nodes = {"b/state": "4", "b/online": "1"}
        for node in ("state", "multi-queue-num-queues", "ring-page-order",
                     "feature-persistent", "protocol"):
            for value in ("", "x", "-1", "9" * 30, "\\x1b[31m", '"'):
                this = made({**nodes, f"f/{node}": value}, driver="vbd")
                found = devices.collect(this)
                text = "\n".join([*show.status(found),
                                  *show.page(found["devices"][0]),
                                  *prometheus.lines(found)])
                self.assertNotIn("\x1b", text)

    def test_only_ours_is_asked_for(self) -> None:
        """Passwords for VNC are below backend/vfb."""
        for key in recorded("ours").facts:
            self.assertNotIn(key[1], ("xenstore-ls -f backend", "xenstore-ls"))
            self.assertNotRegex(key[1], r"/(vfb|console|vkbd|data|control)\b")

    def test_frontend_elsewhere(self) -> None:
        """A path that no toolstack writes is not asked for."""
        asked = host.Recorder(made({"b/state": "4", "b/frontend": "-h /x"},
                                   driver="vbd"))
        self.assertIsNone(devices.collect(asked)["devices"][0]["frontend_state"])
        self.assertFalse([key for key in asked.facts if "-h" in key[1]])


class Silent(host.Recorded):
    """A host of which xenstore answers so many times, and then no more."""

    def __init__(self, answers: int) -> None:
        super().__init__((HERE / "ours.out").read_text().split("\n"))
        self.answers, self.asked = answers, 0

    def fetch(self, kind: str, what: str) -> str:
        if what.startswith("xenstore-"):
            self.asked += 1
            if self.asked > self.answers:
                raise host.Missing("no answer in 5 s")
        return super().fetch(kind, what)


class Hung(unittest.TestCase):
    def test_counters_are_shown_none_the_less(self) -> None:
        for answers in range(6):
            this = Silent(answers)
            page = list(prometheus.lines(devices.collect(this)))
            self.assertEqual(this.asked, answers + 1)
            self.assertIn('xen_missing{what="xenstore"} 1', page)
            for device in ("vbd-1-51728", "vbd-2-51712"):
                self.assertTrue([line for line in page if line.startswith(
                    f'xen_vbd_requests_total{{device="{device}"')], answers)
            self.assertTrue([line for line in page if "xen_device_state" in line
                             and "vbd-1-51728" in line])
            self.assertFalse([line for line in page if re.search(
                "xen_device_(info|waiting|error)", line)])

    def test_it_is_asked_again_later(self) -> None:
        this = Silent(0)
        devices.collect(this)
        this.answers = 1000
        self.assertEqual(devices.collect(this)["missing"], [])


class Quota(unittest.TestCase):
    """Guests write numbers, and as much as they may."""

    def test_nothing_of_it_is_kept(self) -> None:
        this = recorded("ours")
        back, disk = "backend/vbd", "/local/domain/1/device/vbd/51728"
        bus = "/sys/bus/xen-backend/devices"
        junk = "".join(f'{disk}/{n} = "{"x" * 2000}"\n' for n in range(120))
        for n in range(50):
            this.facts["file", f"{bus}/vbd-{n + 5}-1/nodename"] = f"{back}/{n + 5}/1"
            this.facts["run", f"xenstore-ls -f {back}"] += \
                f'{back}/{n + 5}/1/frontend = "{disk}{n}"\n'
            this.facts["run", f"xenstore-ls -f {disk}{n}"] = junk
        this.facts["names", bus] = "".join(f"vbd-{n + 5}-1\n" for n in range(50))
        # Whatever goes round in circles stays, however seldom garbage is looked for.
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        tracemalloc.start()
        devices.collect(this)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertLess(peak, 1 << 20)

    def test_queues(self) -> None:
        front = {"f/multi-queue-num-queues": "9" * 20, "f/ring-page-order": "9",
                 "f/xdp-headroom": "9" * 19}
        offer = {"b/multi-queue-max-queues": "4", "b/max-ring-page-order": "1"}
        back, other = xenstore.Directory(offer, "b"), xenstore.Directory(front, "f")
        found = vbd._features(back, other)
        self.assertEqual((found["queues"], found["ring_pages"]), (1, 2))
        front["f/multi-queue-num-queues"] = "64"
        self.assertEqual(vbd._features(back, other)["queues"], 4)
        for names, queues in (("", 4), ("rx-0\ntx-0\ntx-1\nrx-1\n", 2)):
            this = host.Recorded([])
            this.facts["names", "/sys/class/net/vif1.0/queues"] = names
            found = vif._features(this, "vif1.0", back, other)
            self.assertEqual(found["queues"], queues)
        self.assertLess(found["xdp_headroom"], 1 << 16)


class Owner(unittest.TestCase):
    """Whom a disk's I/O is for, and a key that asks for what there is not."""

    def test_cgroup_and_priority(self) -> None:
        asked = host.Recorded(["=== file /d/cgroup", " /guests/one",
                               "=== file /d/ioprio", " none"])
        nodes = xenstore.Directory(
            {"b/limits-error": "22 limits/iops is not taken"}, "b")
        limits = vbd._limits(asked, "/d", nodes)
        self.assertEqual((limits["cgroup"], limits["ioprio"]),
                         ("/guests/one", None))
        device = {"limits": limits, "waits": None, "error": None,
                  "module": None}
        self.assertIn("limits/iops is not taken", show.note(device))
        self.assertIn("/guests/one", show.limits(device))


class Guests(unittest.TestCase):
    """Words of a guest neither fill the table nor look like its rows."""

    def test_protocol(self) -> None:
        word = "native" + " " * 500 + "vbd-2-51712 Connected"
        nodes = {"b/feature-persistent": "1", "f/protocol": word}
        found = vbd._features(xenstore.Directory(nodes, "b"),
                              xenstore.Directory(nodes, "f"))
        self.assertEqual(found["protocol"], "?")

    def test_long_words(self) -> None:
        rows = list(show.table([("a", "b", "c"), ("x" * 900, "y", "z"),
                                ("k", "l", "m")]))
        self.assertLess(len(rows[2]), 100)


class Recordings(unittest.TestCase):
    def test_ours(self) -> None:
        found = devices.collect(recorded("ours"))
        disk, net = of(found, "vbd"), of(found, "vif")
        self.assertEqual(found["missing"], [])
        self.assertTrue(disk["ours"] and net["ours"])
        self.assertEqual(disk["limits"]["requests_per_second"], 5000)
        self.assertGreater(disk["latency_us"]["read"]["p99"], 0)
        self.assertEqual(sum(q["rd_req"] for q in disk["queues"]),
                         disk["counters"]["rd_req"])
        self.assertEqual((disk["budget"]["disk"]["max"],
                          disk["budget"]["domain"]["max"]), (None, 32768))
        self.assertEqual(net["limits"]["tx_bytes_per_second"], 2500000)
        self.assertEqual(net["interface"]["bridge"], "br0")
        self.assertTrue(any(d["error"] and "opening the disk" in d["error"]
                            for d in found["devices"]))
        self.assertTrue(any(d["waits"] == waits.NO_FRONTEND
                            for d in found["devices"]))

    def test_kernels_own(self) -> None:
        found = devices.collect(recorded("intree"))
        disk = of(found, "vbd")
        self.assertFalse(disk["ours"])
        self.assertIsNone(disk["limits"])
        self.assertGreater(disk["counters"]["rd_req"], 0)
        self.assertEqual(len(found["missing"]), 2)

    def test_names(self) -> None:
        found = devices.collect(recorded("ours"))
        for what, count in (("g1", 3), ("g1/xvdb", 1), ("vif1.0", 1), ("1", 3),
                            ("vbd-1-51728", 1), ("vif-1", 1), ("g9", 0)):
            self.assertEqual(sum(devices.is_meant(d, what)
                                 for d in found["devices"]), count, what)

    def test_lines(self) -> None:
        for name in RECORDED:
            found = devices.collect(recorded(name))
            lines = list(show.status(found))
            self.assertEqual(len(lines), 1 + len(found["devices"]) +
                             len(found["missing"]))
            for device in found["devices"]:
                self.assertIn(device["device"], "\n".join(show.page(device)))

    def test_json_is_documented(self) -> None:
        words = set(re.findall(r"`(\w+)`",
                               (TOP / "Documentation/status.md").read_text()))
        words |= {"tx_packets", "rx_packets", "tx_bytes", "rx_bytes"}
        for name in RECORDED:
            found = json.loads(json.dumps(devices.collect(recorded(name))))
            keys = {*found, *found["host"]}
            for module in found["modules"].values():
                keys |= set(module)
            for device in found["devices"]:
                keys |= set(device)
                for part in ("features", "limits", "disk", "interface"):
                    keys |= set(device.get(part) or {})
            self.assertEqual(keys - words, set())


class Prometheus(unittest.TestCase):
    def page(self, name: str) -> str:
        found = devices.collect(recorded(name))
        return "".join(f"{line}\n" for line in prometheus.lines(found))

    def test_format(self) -> None:
        """By Prometheus's own tool, or by its library for Python."""
        for name in RECORDED:
            page = self.page(name)
            self.assertIn("xen_vbd_bytes_total", page)
            if shutil.which("promtool"):
                done = subprocess.run(["promtool", "check", "metrics"], text=True,
                                      input=page, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, check=False)
                self.assertEqual((done.returncode, done.stdout), (0, ""))
                continue
            # Debian's, whoever else's Python this is.
            sys.path.append("/usr/lib/python3/dist-packages")
            from prometheus_client import parser
            families = list(parser.text_string_to_metric_families(page))
            self.assertEqual(sum(len(family.samples) for family in families),
                             sum(not line.startswith("#")
                                 for line in page.splitlines()))

    def test_values(self) -> None:
        disk = of(devices.collect(recorded("ours")), "vbd")
        samples = dict(line.rsplit(" ", 1) for line in
                       self.page("ours").splitlines())
        who = 'device="vbd-1-51728",domain="g1"'
        count = disk["latency_us"]["write"]["count"]
        for name, value in (
                (f'vbd_bytes_total{{{who},op="read"}}',
                 disk["counters"]["rd_sect"] * 512),
                (f'vbd_requests_total{{{who},op="write"}}',
                 disk["counters"]["wr_req"]),
                (f'vbd_latency_seconds_bucket{{{who},op="write",le="+Inf"}}',
                 count),
                (f'vbd_latency_seconds_count{{{who},op="write"}}', count),
                (f'vbd_limit_requests_per_second{{{who}}}', 5000),
                (f'device_state{{{who},state="Connected"}}', 1),
                (f'device_state{{{who},state="Closed"}}', 0)):
            self.assertEqual(samples["xen_" + name], str(value), name)
        buckets = [int(value) for name, value in samples.items()
                   if name.startswith("xen_vbd_latency_seconds_bucket") and
                   'op="read"' in name]
        self.assertEqual(buckets, sorted(buckets))

    def test_each_sample_once(self) -> None:
        for name in RECORDED:
            names = [line.rsplit(" ", 1)[0] for line in
                     self.page(name).splitlines() if not line.startswith("#")]
            self.assertEqual(len(names), len(set(names)))

    def test_dashboard_shows_what_there_is(self) -> None:
        text = (TOP / "packaging/grafana-dashboard.json").read_text()
        json.loads(text)
        families = set(re.findall(r"\bxen_(\w+)\{", text))
        self.assertGreater(len(families), 10)
        for family in families:
            self.assertIn(family.removesuffix("_bucket"), prometheus.HELP)

    def test_output(self) -> None:
        with tempfile.TemporaryDirectory() as tmp:
            path = f"{tmp}/xen.prom"
            for text in ("one\n", "two\n"):
                prometheus.write(text, path)
                self.assertEqual(Path(path).read_text(), text)
            self.assertEqual(os.listdir(tmp), ["xen.prom"])
            os.mkdir(f"{tmp}/folder")
            with self.assertRaises(OSError):
                prometheus.write("x", f"{tmp}/folder")
            self.assertEqual(sorted(os.listdir(tmp)), ["folder", "xen.prom"])
            # Neither a device nor a link is replaced.
            os.mkfifo(f"{tmp}/pipe")
            os.symlink("xen.prom", f"{tmp}/link")
            reader = os.open(f"{tmp}/pipe", os.O_RDONLY | os.O_NONBLOCK)
            prometheus.write("piped", f"{tmp}/pipe")
            self.assertEqual(os.read(reader, 10), b"piped")
            os.close(reader)
            prometheus.write("linked", f"{tmp}/link")
            self.assertTrue(os.path.islink(f"{tmp}/link"))
            self.assertEqual(Path(path).read_text(), "linked")

    def test_http(self) -> None:
        for request, status, body in (
                ("GET /metrics HTTP/1.1", 200, b"page"),
                ("HEAD /metrics HTTP/1.1", 200, b""),
                ("GET /metrics?x=1 HTTP/1.0", 200, b"page"),
                ("GET /etc/passwd HTTP/1.0", 404, b"/metrics\n"),
                ("POST /metrics HTTP/1.1", 405, b"GET /metrics\n"),
                ("x", 405, b"GET /metrics\n")):
            said = exporter.answer(request.split(), lambda: "page")
            self.assertTrue(said.startswith(b"HTTP/1.0 %d " % status), request)
            self.assertEqual(said.split(b"\r\n\r\n", 1)[1], body)


class Commands(unittest.TestCase):
    def ran(self, text: str, *args: str) -> subprocess.CompletedProcess[bytes]:
        """With that report, and a locale that knows ASCII only."""
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            return subprocess.run(
                [sys.executable, "-I", "-B", "-X", "utf8=0",
                 TOP / "scripts/xb_show", "--from", out.name, *args],
                env={"LC_ALL": "C"}, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, check=False)

    def test_names_that_are_not_ascii(self) -> None:
        text = (HERE / "ours.out").read_text().replace(" g1\n", " g\u00e9\n")
        for command, name in (("status", rb"g\xe9"), ("json", rb"g\u00e9"),
                              ("prometheus", b"g\xc3\xa9"), ("report", rb"g\xe9"),
                              ("top --once -d 0.1", rb"g\xe9")):
            done = self.ran(text, *command.split())
            self.assertEqual((done.returncode, done.stderr), (0, b""), command)
            self.assertIn(name, done.stdout, command)

    def test_unknown_guest(self) -> None:
        text = (HERE / "ours.out").read_text()
        done = self.ran(text, "json", "g9")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"no device of 'g9'", done.stderr)
        self.assertEqual(json.loads(done.stdout)["devices"], [])

    def test_damaged_reports(self) -> None:
        text = (HERE / "ours.out").read_text()
        for old, new in (("=== text log", "=== text"), ("         2299 ", " \u00b2 "),
                         (" rd_req               2301", " rd_req  x"),
                         ("disk          544", "disk  0x544"),
                         ("nodename\n backend/vbd/1/51728", "nodename\n "),
                         ("vbd-1-51728", "vbd-1-" + "9" * 5000)):
            self.assertTrue(old in text, old)
            for command in ("status", "json", "prometheus", "top --once -d 0.1"):
                done = self.ran(text.replace(old, new), *command.split())
                self.assertNotIn(b"Traceback", done.stderr, (old, command))
                if done.returncode:
                    self.assertRegex(done.stderr, rb"^xen-backends: .* is damaged: .*\n$")


class Top(unittest.TestCase):
    def test_order(self) -> None:
        table = top.Table(recorded("ours"))
        for title in top.TITLES:
            table.sort_by(title)
            self.assertEqual(len(table.rows()), len(table.known))
        rows = [{"device": str(i), "iops": n} for i, n in
                enumerate((3, None, 9, 0))]
        table.sort_by("IOPS")
        self.assertEqual([row["iops"] for row in table._sorted(rows)],
                         [9, 3, 0, None])
        table.down = False
        self.assertEqual([row["iops"] for row in table._sorted(rows)],
                         [0, 3, 9, None])

    def test_filter(self) -> None:
        table = top.Table(recorded("ours"))
        table.wanted = "vif"
        self.assertEqual({row["device"][:3] for row in table.rows()}, {"vif"})

    def run_command(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([COMMAND, "--from", HERE / "ours.out", *args],
                              text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)

    def test_batch(self) -> None:
        done = self.run_command("top", "-b", "-n", "2", "-d", "0.1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("DEVICE"), 2)
        self.assertEqual(self.run_command("top", "-s", "X").returncode, 2)

    def test_screen(self) -> None:
        keys = (("F10 Quit", "h"), ("leave", " "), ("F10 Quit", ">"),
                ("Sort by", "\n"), ("F10 Quit", "\\"), ("ilter: _", "v"),
                ("ilter: v_", "i"), ("ilter: vi_", "f"), ("ilter: vif_", "\n"),
                ("F10 Quit", "\n"), ("bridge", "x"), ("F10 Quit", "I"))
        screen = Terminal(COMMAND, "--from", str(HERE / "ours.out"), "top")
        for text, key in keys:
            self.assertTrue(screen.shows(text), f"no '{text}' in {screen.seen!r}")
            screen.hit(key)
        screen.hit("q")
        self.assertEqual(screen.end(), 0, screen.seen)
        self.assertIn("vbd-1-51728", screen.seen)


if __name__ == "__main__":
    unittest.main()
