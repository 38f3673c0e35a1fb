# SPDX-License-Identifier: GPL-2.0
"""What compares, reads and draws results: does it notice what it must?"""
import argparse
import contextlib
import copy
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xb_bench import (agree, cli, compare, counts, flame, goals, grid, plugin, points,
                      report, rows, symbols)
from xbtb_lib.util import Failure
import slow_down


def point(dom0, iops=1000.0, p50=10.0):
    return {"unit": "request", "units": 100, "dom0_per_unit": dom0,
            "guest_per_unit": 1.0, "iops": iops,
            "latency_us": {"read": {"p50": p50, "p99": 20, "p999": 30}}}


def results(arm="ours", **found):
    run = {"arch": "arm64", "arm": arm, "mode": "deterministic",
           "dom0_kernel": "6.1.0", "guest_kernel": "6.1.0",
           "guest_type": "pvh", "xen": {"xen_version": "4.17"},
           "srcversion": {}, "tests": [], "values": {}, "points": found}
    return {"facts": {"date": "", "commit": "0" * 40, "changed": False,
                      "qemu": {"qemu": "7.2"}}, "grid": "quick",
            "runs": [run]}


class Compare(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.addCleanup(self.tmp.cleanup)

    def run_it(self, a, b, *more):
        paths = []
        for name, data in (("a.json", a), ("b.json", b)):
            path = Path(self.tmp.name) / name
            path.write_text(json.dumps(data))
            paths.append(str(path))
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = compare.main([*paths, *more])
        return status, out.getvalue() + err.getvalue()

    def test_the_same_is_no_regression(self):
        a = results(x=point(100), y=point(5))
        status, text = self.run_it(a, a)
        self.assertEqual(status, 0)
        self.assertIn("4 figures compared, 0 moved", text)

    def test_dearer_by_3_percent_is_a_regression(self):
        status, text = self.run_it(results(x=point(1000)),
                                   results(x=point(1030)))
        self.assertEqual(status, 1)
        self.assertRegex(text, r"arm64 x .*\+3\.00 %  REGRESSION")

    def test_dearer_within_the_limit_is_told_but_passes(self):
        status, text = self.run_it(results(x=point(1000)),
                                   results(x=point(1015)))
        self.assertEqual(status, 0)
        self.assertRegex(text, r"\+1\.50 %  worse")

    def test_noise_is_not_told(self):
        status, text = self.run_it(results(x=point(1000)),
                                   results(x=point(1009)))
        self.assertEqual(status, 0)
        self.assertNotIn("worse", text)

    def test_a_lower_rate_is_a_regression_a_higher_one_is_not(self):
        a, b = results(x=point(9, 1000)), results(x=point(9, 960))
        self.assertEqual(self.run_it(a, b)[0], 1)
        status, text = self.run_it(b, a)
        self.assertEqual(status, 0)
        self.assertIn("better", text)

    def test_one_bad_point_among_better_ones(self):
        a = results(x=point(1000), y=point(1000))
        b = results(x=point(500), y=point(1100))
        self.assertEqual(self.run_it(a, b)[0], 1)

    def test_a_lost_point_fails(self):
        status, text = self.run_it(results(x=point(1), y=point(1)),
                                   results(x=point(1)))
        self.assertEqual(status, 1)
        self.assertIn("LOST arm64 y", text)

    def test_limit_and_metrics_are_the_callers(self):
        a, b = results(x=point(1000)), results(x=point(1030))
        self.assertEqual(self.run_it(a, b, "--limit", "5")[0], 0)
        self.assertEqual(self.run_it(a, b, "--metrics", "rate")[0], 0)
        b = results(x=point(1000, p50=11.0))
        self.assertEqual(self.run_it(a, b)[0], 0)
        self.assertEqual(self.run_it(a, b, "--metrics", "p50")[0], 1)

    def test_nothing_in_common_cannot_be_compared(self):
        status, _ = self.run_it(results(x=point(1)), results(y=point(1)))
        self.assertEqual(status, 2)
        broken = Path(self.tmp.name) / "broken"
        broken.write_text("{")
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(compare.main([str(broken), str(broken)]), 2)

    def test_arms_of_one_file(self):
        both = results(arm="intree", x=point(1000))
        both["runs"] += results(arm="ours", x=point(600))["runs"]
        self.assertEqual(self.run_it(both, both)[0], 2)
        status, text = self.run_it(both, both, "--arm-a", "intree",
                                   "--arm-b", "ours")
        self.assertEqual(status, 0)
        self.assertIn("-40.00 %  better", text)

    def test_other_versions_are_told(self):
        b = results(x=point(1))
        b["runs"][0]["dom0_kernel"] = "6.12.0"
        self.assertIn("dom0_kernel was 6.1.0, is 6.12.0",
                      self.run_it(results(x=point(1)), b)[1])

    def test_unknown_metric(self):
        a = results(x=point(1))
        self.assertEqual(self.run_it(a, a, "--metrics", "speed")[0], 2)


FIO = {"jobs": [{"error": 0, "job options": {"iodepth": "4"}, "read": {
    "total_ios": 200, "iops": 5000.0, "io_bytes": 819200,
    "lat_ns": {"mean": 1600.0}, "clat_ns": {
        "N": 200, "mean": 1500.0, "percentile": {
            "50.000000": 1000, "99.000000": 2000, "99.900000": 3000}}},
    "write": {"total_ios": 0, "iops": 0.0, "io_bytes": 0}}]}


class Points(unittest.TestCase):
    LOG = ["noise", "POINT a/b", "COST 4000 8000 500 7",
           "RAW  ctxt 100", "RAW  cpu 1", "RAW  ctxt 160",
           *[f"TEXT {line}" for line in
             ("fio: {a note}", *json.dumps(FIO, indent=1).splitlines())],
           "END", "VALUE x/memory -5 bytes", "POINT cut", "COST 1 1 1 1"]

    def test_a_point_of_fio(self):
        found = {p.name: points.digest(p) for p in points.split(self.LOG)}
        self.assertEqual(list(found), ["a/b"])
        p = found["a/b"]
        self.assertEqual((p["units"], p["iops"], p["window"]), (200, 2.5e6, 7))
        self.assertEqual(p["fio_iops"], 5000)
        self.assertEqual(p["dom0_per_unit"], 20)
        self.assertEqual(p["latency_us"]["read"]["p99"], 2.0)
        self.assertEqual(p["dom0_switches"], 60)

    def test_own_statistics_are_what_they_have_grown_by(self):
        log = ["POINT p", "COST 1 1 1 1", "STAT begin vbd.copy_calls 10",
               "STAT begin vbd.sweeps 3", "STAT end vbd.copy_calls 17",
               "STAT end vbd.sweeps 3", "END"]
        p = points.digest(next(points.split(log)))
        self.assertEqual(p["stats"], {"vbd.copy_calls": 7})

    def test_values(self):
        self.assertEqual(points.values(self.LOG)["x/memory"]["value"], -5)

    def test_several_guests_add_up(self):
        one = [f"TEXT {ln}" for ln in json.dumps(FIO).splitlines()]
        log = ["POINT g", "COST 1 1 1 1", *one, *one, "END"]
        p = points.digest(next(points.split(log)))
        self.assertEqual((p["units"], p["iops"]), (400, 5e6))
        self.assertEqual(p["evenness"], 1)

    def test_a_guest_that_gets_less(self):
        slow = copy.deepcopy(FIO)
        slow["jobs"][0]["read"]["lat_ns"]["mean"] *= 2
        log = ["POINT g", "COST 1 1 1 1",
               *[f"TEXT {json.dumps(f)}" for f in (FIO, slow, FIO)], "END"]
        p = points.digest(next(points.split(log)))
        self.assertEqual(p["evenness"], 0.5)
        text = report.markdown(results(g=p))
        self.assertIn("| g |  | 0.5 |", text)

    def test_pktgen(self):
        log = ["POINT p", "COST 600 1 1 1",
               "TEXT      pkts-sofar: 300  errors: 0",
               "TEXT   50000pps 24Mb/sec", "END"]
        p = points.digest(next(points.split(log)))
        self.assertEqual((p["units"], p["pps"], p["dom0_per_unit"]),
                         (300, 50000, 2))

    def test_ping(self):
        log = ["POINT p", "COST 600 1 1 1",
               *[f"TEXT 64 bytes from x: icmp_seq={n} ttl=64 time={n}.0 ms"
                 for n in (1, 2, 3)], "END"]
        p = points.digest(next(points.split(log)))
        self.assertEqual((p["units"], p["pps"], p["dom0_per_unit"]),
                         (3, 500, 200))
        self.assertEqual(p["latency_us"]["echo"]["p999"], 3000)


class Agree(unittest.TestCase):
    """Events counted in the emulator and by the drivers."""

    def check(self, events=None, stats=None):
        p = point(1)
        p["events"] = {"grant_hypercalls": 1000, "continuations": 100,
                       "grant_maps": 64, "grant_unmaps": 64,
                       "events_sent": 502, **(events or {})}
        p["stats"] = {"vbd.copy_calls": 500, "vbd.map_calls": 200,
                      "vif.rx_hypercalls": 200, "vbd.map_ops": 64,
                      "vbd.unmap_ops": 64, "vbd.notifies": 500,
                      **(stats or {})}
        return agree.check(results(x=p)["runs"][0])

    def test_the_same(self):
        self.assertEqual(self.check(), (4, []))

    def test_a_hypercall_that_nobody_counted(self):
        count, (text,) = self.check(stats={"vbd.copy_calls": 480})
        self.assertIn("executed 900, own statistics 880", text)

    def test_operations_that_never_were(self):
        self.assertEqual(len(self.check(events={"grant_maps": 0})[1]), 1)

    def test_it_is_told(self):
        p = point(1)
        p["events"] = dict.fromkeys(counts.EVENTS, 0)
        p["stats"] = {"vbd.notifies": 99}
        text = report.markdown(results(x=p))
        self.assertIn("4 counts", text)
        self.assertIn("1 do not agree", text)


class Grid(unittest.TestCase):
    """Several machines at once, one of which fails."""

    def run_it(self, broken):
        def play(stage):
            if stage.arm == broken:
                raise Failure("dead")
            return results(arm=stage.arm, x=point(1))["runs"][0]

        args = argparse.Namespace(
            arch=["arm64"], arms=["intree", "ours"], grid="quick", pairs=0,
            jobs=2, only=None, scale=100, count=False, dom0_kernel="6.1",
            guest_kernel="6.1")
        with tempfile.TemporaryDirectory() as tmp, \
                mock.patch.object(grid.Stage, "run", play), \
                mock.patch.object(plugin, "host_packages"), \
                mock.patch.object(plugin, "arguments", return_value=[]), \
                mock.patch.object(grid, "facts", return_value={}), \
                contextlib.redirect_stderr(io.StringIO()):
            try:
                grid.run_grid(args, Path(tmp))
                failed = False
            except Failure:
                failed = True
            data = json.loads((Path(tmp) / "results.json").read_text())
        return failed, [r["arm"] for r in data["runs"]]

    def test_both(self):
        self.assertEqual(self.run_it(None), (False, ["intree", "ours"]))

    def test_one_fails(self):
        self.assertEqual(self.run_it("intree"), (True, ["ours"]))


class Collect(unittest.TestCase):
    """A machine that died and was started anew."""

    def collect(self, boots):
        with tempfile.TemporaryDirectory() as tmp, \
                mock.patch.object(grid, "_components") as components, \
                contextlib.redirect_stderr(io.StringIO()):
            where = Path(tmp)
            (where / "boot-1").mkdir()
            (where / "boot-1/qemu.cmd").write_text("qemu")
            log = where / "logs/bench/x"
            log.mkdir(parents=True)
            (log / "output.log").write_text("\n".join(Points.LOG))
            (where / "logs/boot").mkdir()
            (where / "logs/boot/output.log").write_text("xen_version : 4\n")
            tests = [{"name": "bench/x", "result": "PASS"}]
            (where / "results.json").write_text(json.dumps({
                "tests": tests, "mode": "deterministic", "boots": boots,
                "dom0_kernel": "", "guest_kernel": "", "guest_type": ""}))
            run = grid.collect(where, "arm64", "ours", True, ["cmd"])
        return list(run["points"]), components.called

    def test_events_belong_to_one_machine(self):
        self.assertEqual(self.collect(1), (["a/b"], True))
        self.assertEqual(self.collect(2), (["a/b"], False))


class Arms(unittest.TestCase):
    """Which machines a run has, and what they run."""

    def args(self, *argv):
        args = cli._parser().parse_args(argv)
        args.arms = args.arms or grid.default_arms(args)
        return args

    def test_qemu_serves_disks_on_amd64(self):
        args = self.args("--grid", "full")
        self.assertEqual(grid.machines(args), [
            ("arm64", "intree"), ("arm64", "ours"), ("amd64", "intree"),
            ("amd64", "ours"), ("amd64", "qdisk")])
        self.assertEqual(grid.chosen(args, "qdisk"),
                         ["blk-grants", "blk-guests"])
        self.assertEqual(grid.chosen(args, "ours"), grid.FULL)

    def test_not_where_it_has_nothing_to_do(self):
        args = self.args("--grid", "full", "--only", "net-.*")
        self.assertNotIn(("amd64", "qdisk"), grid.machines(args))
        args = self.args("--grid", "quick")
        self.assertNotIn(("amd64", "qdisk"), grid.machines(args))

    def test_qdisk_is_told(self):
        with mock.patch.object(plugin, "arguments", return_value=[]):
            cmd = grid.command(self.args(), "amd64", "qdisk",
                               Path("/nowhere"))
        self.assertIn("XB_DISKS=qdisk", cmd)
        self.assertIn("intree", cmd)
        self.assertIn("bench/blk-grants", cmd)
        self.assertNotIn("bench/net-tcp", cmd)


class SlowDown(unittest.TestCase):
    def test_the_data_path_can_be_slowed_down(self):
        text = (plugin.CHECKOUT / slow_down.WHERE).read_text()
        self.assertIn("spin = 50;", slow_down.slowed(text, 150))


class Pairs(unittest.TestCase):
    def test_median_and_spread(self):
        runs = [results(x=point(1, iops))["runs"][0]
                for iops in (1000.0, 1300.0, 1100.0)]
        p = grid._median(runs)["points"]["x"]
        self.assertEqual((p["iops"], p["repeats"]), (1100, 3))
        self.assertAlmostEqual(p["spread_percent"], 30)


class Report(unittest.TestCase):
    def both(self):
        found = results(arm="intree", **{"persistent/4k/randread/1":
                                         point(1000)})
        ours = results(arm="ours", **{"persistent/4k/randread/1":
                                      point(1200)})
        found["runs"] += copy.deepcopy(ours["runs"])
        return found

    def test_a_loss_is_named(self):
        text = report.markdown(self.both())
        self.assertIn("**1.20**", text)
        self.assertIn("We lose at: persistent/4k/randread/1 (1.20)", text)
        self.assertIn("0 of 1 goals", text)

    def test_an_arm_by_itself(self):
        name = "grants/4k/randread/1"
        text = report.markdown(results(arm="qdisk", **{name: point(1000)}))
        self.assertIn(name, text)
        self.assertNotIn("goals", text)

    def test_goals_that_are_reached_are_marked(self):
        name = "pktgen/out/60"
        found = results(arm="intree", **{name: point(1000)})
        for cost, mark in ((824, "reached"), (831, "      -")):
            ours = results(arm="ours", **{name: point(cost)})
            arms = {"intree": found["runs"][0], "ours": ours["runs"][0]}
            text = goals.table(list(goals.of("arm64", arms)))
            self.assertRegex(text, rf"(?m)^{mark}  arm64  {name}")
            self.assertTrue(text.endswith(
                f"\n{int(mark == 'reached')} of 1 goals reached"))

    def test_a_single_figure_has_a_ceiling(self):
        arms = {arm: results(arm=arm)["runs"][0] for arm in ("intree", "ours")}
        arms["ours"]["values"] = {"vbd-order0/memory": {"value": 65537,
                                                        "unit": "bytes"}}
        self.assertIn("0 of 1 goals", goals.table(list(goals.of("amd64", arms))))

    def test_a_longer_tail_is_named(self):
        both = self.both()
        both["runs"][1]["points"]["persistent/4k/randread/1"][
            "latency_us"] = {"read": {"p50": 10.0, "p99": 30, "p999": 30}}
        text = report.markdown(both)
        self.assertIn("A higher p99 at: persistent/4k/randread/1 (1.50).",
                      text)
        self.assertNotIn("A higher median", text)

    def test_csv_has_a_row_for_each_arm(self):
        rows = report.table(self.both()).splitlines()
        self.assertEqual(len(rows), 3)
        self.assertIn("1.2000", rows[2])

    def test_order_is_by_number(self):
        names = ["a/128k/read/16", "a/4k/read/16", "a/4k/read/4"]
        self.assertEqual(sorted(names, key=report._order),
                         [names[2], names[1], names[0]])


class Symbols(unittest.TestCase):
    LINES = ["ffff800000000000 T _stext", "ffff800000000100 t f",
             "ffff800000000180 d data", "ffff800000000200 t g\t[mod]"]

    def test_find(self):
        table = symbols.Table(symbols.kallsyms(self.LINES))
        self.assertEqual(table.find(0xffff800000000190).name, "f")
        self.assertEqual(table.find(0xffff800000000200).part, "mod")
        self.assertIsNone(table.find(1))

    def test_shifted(self):
        ours = symbols.kallsyms(self.LINES)
        moved = symbols._shifted(ours, ["ffff900000000000 T _stext"])
        self.assertEqual([s.address for s in moved if s.name == "f"],
                         [0xffff900000000100])

    def test_flame_graph_adds_up(self):
        text = flame.svg([(("a", "b"), 3.0), (("a", "c"), 1.0)], "t")
        self.assertIn("a:b: 3.0 (75.00%)", text)
        self.assertIn("a: 4.0 (100.00%)", text)

    def test_windows(self):
        class Names:
            def find(self, domain, address):
                return symbols.Symbol(0x100, "evtchn_send", "xen")
        with tempfile.TemporaryDirectory() as tmp:
            path = Path(tmp) / "count"
            path.write_text("window 1\n# slices\nc 0 100 3 5\nc 0 110 2 5\n"
                            "window 2\nc 1 100 3 1\n")
            first, second = rows.windows(path, Names())
            self.assertEqual(rows.last(path, Names()), second)
        self.assertEqual(counts.events(first)["events_sent"], 5)
        self.assertEqual(counts.parts(first), {"dom0:xen": 25})
        self.assertEqual(counts.events(second)["events_received"], 1)


XL = """#!/bin/sh
case $1 in
list)
	n=$(($(cat "$XB_FAKE/time" 2>/dev/null || echo 0) + 1))
	echo $n >"$XB_FAKE/time"
	echo 'Name ID Mem VCPUs State Time(s)'
	echo "Domain-0 0 1024 1 r----- $n.0"
	echo "g 3 256 1 -b---- $n.5" ;;
vcpu-list) echo 'g 3 0 1 -b- 2.0 all / all' ;;
console) exec sh -i 2>&1 ;;
esac
"""


class Host(unittest.TestCase):
    """run --host with an xl, an ssh and a fio that are ours."""

    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.addCleanup(self.tmp.cleanup)
        self.top = Path(self.tmp.name)
        json_file = self.top / "fio.json"
        json_file.write_text(json.dumps(FIO))
        self.program("xl", XL)
        # Like ssh: options, target, then one script.
        self.program("ssh", '#!/bin/sh\nshift 3\nexec sh -c "$1"\n')
        self.program("fio", f"#!/bin/sh\n[ -n \"$DEV\" ] || exit 1\n"
                     f"cat {json_file}\n")
        self.env = {"PATH": f"{self.top}:{os.environ['PATH']}",
                    "XB_FAKE": str(self.top)}

    def program(self, name, text):
        path = self.top / name
        path.write_text(text)
        path.chmod(0o755)

    def run_it(self, *args):
        out = self.top / "out"
        done = subprocess.run(
            [Path(__file__).resolve().parents[1] / "run", "--host",
             "--results", out, *args], text=True, capture_output=True,
            env={**os.environ, **self.env})
        found = out / "results.json"
        data = json.loads(found.read_text()) if found.exists() else {}
        return done, data

    def test_ssh(self):
        done, data = self.run_it("--guest", "g", "--ssh", "root@g",
                                 "--disk", "/dev/xvdb")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(data["points"]),
                         ["iops-4k", "latency-4k", "read-128k"])
        p = data["points"]["latency-4k"]
        self.assertEqual((p["units"], p["dom0_ns"]), (200, 10**9))
        self.assertIn("not pinned", done.stderr)
        self.assertIn("xen_blkback", data["facts"]["modules"])

    def test_console(self):
        done, data = self.run_it("--guest", "g", "--disk", "/dev/xvdb",
                                 "--overwrite")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(data["points"]), 5)
        self.assertEqual(data["points"]["mixed-4k"]["units"], 200)
        # Neither what was typed nor a prompt.
        self.assertRegex(data["facts"]["guest_kernel"], r"^[\w.+-]+$")

    def test_a_job_that_fails_is_an_error(self):
        self.program("fio", "#!/bin/sh\nexit 1\n")
        for how in ((), ("--ssh", "root@g")):
            done, _ = self.run_it("--guest", "g", "--disk", "/dev/x", *how)
            self.assertEqual(done.returncode, 1)

    def test_no_such_guest(self):
        done, _ = self.run_it("--guest", "h", "--ssh", "h", "--disk", "/d")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no guest h", done.stderr)


class Plugin(unittest.TestCase):
    """The plugin's own rules, with a QEMU that plays a given sequence."""

    def play(self, api):
        """What it writes, where QEMU's interface has this version."""
        here = Path(__file__).parent
        with tempfile.TemporaryDirectory() as tmp:
            binary = Path(tmp) / "play"
            subprocess.run(["gcc", *plugin.WARNINGS, "-Werror",
                            f"-DPLAY_API={api}", f"-I{here}",
                            f"-I{plugin.TOOLS}", "-o", binary,
                            here / "play.c"], check=True)
            out = subprocess.run([binary], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        return [ln for ln in out.splitlines() if not ln.startswith("#")]

    def check(self, lines):
        self.assertEqual(lines[0], "window 1")
        self.assertEqual(sorted(lines[1:]), sorted([
            "c 0 25b660 1 1", "c 1 25b660 1 1", "c 2 25b660 1 1",
            "c 0 210000 1 1", "c 1 210000 1 2", "c 2 210000 1 1",
            "c 0 ffff800001000000 1 1", "c 1 ffff800001000000 1 1",
            "c 0 aaac 1 1"]))

    def test_domains(self):
        self.check(self.play(1))

    def test_instructions_are_copied(self):
        self.check(self.play(3))

    @unittest.skipUnless(shutil.which(plugin.QEMU), f"no {plugin.QEMU} here")
    def test_it_loads(self):
        """With the header and the QEMU of this host."""
        done = subprocess.run([plugin.QEMU, "-M", "none", "-display", "none",
                               "-plugin", plugin.binary()], text=True,
                              stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=60)
        self.assertIn("xb-count: needs out", done.stderr)


if __name__ == "__main__":
    try:
        unittest.main()
    except Failure as error:
        sys.exit(f"test_bench: {error}")
