# SPDX-License-Identifier: GPL-2.0
"""Results for people: tables in Markdown and CSV, and the plots."""
from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, Callable

from . import agree, goals, plots
from .compare import METRICS
from .counts import EVENTS

GROUPS = (("persistent/", "Block, frontend with persistent grants"),
          ("grants/", "Block, frontend without persistent grants"),
          ("mapped/", "Block, without persistent grants, mapped instead of "
           "copied (ours alone can choose)"),
          ("slow", "Block, a disk that answers after 80 µs"),
          ("queues", "Block, 1 and 4 queues of a guest with 4 CPUs"),
          ("guests", "Block, several guests at once"),
          ("tcp/", "TCP"), ("udp/", "UDP"), ("pktgen/", "pktgen"),
          ("pingpong/", "Request and response"),
          ("idle/", "Idle devices, 10 s"),
          ("floor/", "Without Xen: the floor"))


def _get(metric: str) -> Callable[[dict[str, Any]], float | None]:
    return METRICS[metric][0]


def by_arch(results: dict[str, Any]) -> dict[str, dict[str, dict]]:
    """arch -> arm -> run."""
    found: dict[str, dict[str, dict]] = {}
    for run in results["runs"]:
        found.setdefault(run["arch"], {})[run["arm"]] = run
    return found


def number(value: float | None) -> str:
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def ratio(a: float | None, b: float | None, more: bool = False) -> str:
    """b related to a; bold where it is worse by more than 1 %."""
    if not a or not b:
        return ""
    quotient = b / a
    bad = quotient < 0.99 if more else quotient > 1.01
    return f"**{quotient:.2f}**" if bad else f"{quotient:.2f}"


def _row(name: str, a: dict[str, Any] | None, b: dict[str, Any] | None,
         want: float | None) -> str:
    cells = [name]
    for metric in ("dom0", "rate", "p50", "p99", "p999"):
        x = _get(metric)(a) if a else None
        y = _get(metric)(b) if b else None
        cells += [number(x), number(y)]
        if metric in ("dom0", "rate", "p99"):
            cells.append(ratio(x, y, METRICS[metric][1]))
        if metric == "dom0":
            cells.append(f"{want:g}" if want else "")
    return "| " + " | ".join(cells) + " |"


HEAD = ("| point | dom0 instr in-tree | ours | ratio | goal | rate in-tree "
        "| ours | ratio | p50 µs in-tree | ours | p99 in-tree | ours "
        "| ratio | p99.9 in-tree | ours |\n|---" + "|---:" * 14 + "|")


def _group(title: str, names: list[str], arch: str,
           arms: dict[str, dict]) -> list[str]:
    a = arms.get("intree", {"points": {}})["points"]
    b = arms.get("ours", {"points": {}})["points"]
    unit = next((p[n]["unit"] for n in names for p in (b, a) if n in p), "")
    lines = ["", f"### {title}", "", f"dom0 instructions a {unit}; rates in "
             "requests, round trips, bits or packets per second.", "", HEAD]
    return lines + [_row(n, a.get(n), b.get(n), goals.ratio(arch, n))
                    for n in names]


def _qdisk(names: list[str], arms: dict[str, dict]) -> list[str]:
    """QEMU's backend, related to the in-tree driver."""
    a, b, c = (arms.get(arm, {"points": {}})["points"]
               for arm in ("intree", "ours", "qdisk"))
    rows = []
    for name in (n for n in names if n in c):
        cells = [name]
        for metric in ("dom0", "rate", "p50", "p99"):
            x, y, z = (_get(metric)(p[name]) if name in p else None
                       for p in (a, b, c))
            cells += [number(z), ratio(x, z, METRICS[metric][1]),
                      ratio(x, y, METRICS[metric][1])]
        rows.append("| " + " | ".join(cells) + " |")
    return rows and ["", "### QEMU as the backend (qdisk)", "",
                     "Its figure, that to the in-tree driver's, and ours to "
                     "the in-tree driver's.", "",
                     "| point | dom0 instr | qdisk | ours | rate | qdisk "
                     "| ours | p50 µs | qdisk | ours | p99 µs | qdisk "
                     "| ours |\n|---" + "|---:" * 12 + "|", *rows]


def _events(names: list[str], arms: dict[str, dict]) -> list[str]:
    """Counts a unit, in-tree → ours."""
    have = [n for n in names if all(
        "events" in arms.get(arm, {"points": {}})["points"].get(n, {})
        for arm in ("intree", "ours"))]
    if not have:
        return []
    keys = list(EVENTS)
    lines = ["", "### What happens for each unit, in-tree → ours", "",
             "| point | " + " | ".join(k.replace("_", " ") for k in keys) +
             " |", "|---" + "|---:" * len(keys) + "|"]
    for name in have:
        cells = [name]
        for key in keys:
            x, y = (arms[arm]["points"][name]["events"][key] /
                    max(arms[arm]["points"][name]["units"], 1)
                    for arm in ("intree", "ours"))
            cells.append(f"{x:.2f} → {y:.2f}")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _fairness(names: list[str], arms: dict[str, dict]) -> list[str]:
    """Points with several guests: do they get the same?"""
    rows = []
    for name in names:
        cells = [number(arms.get(arm, {"points": {}})["points"]
                        .get(name, {}).get("evenness"))
                 for arm in ("intree", "ours")]
        if any(cells):
            rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return rows and ["", "### The slowest guest's rate to the fastest one's",
                     "", "| point | in-tree | ours |", "|---|---:|---:|",
                     *rows]


def _values(arms: dict[str, dict]) -> list[str]:
    runs = {arm: run["values"] for arm, run in arms.items()}
    names = sorted({n for v in runs.values() for n in v})
    if not names:
        return []
    lines = ["", "### Single figures", "", "| | in-tree | ours | unit |",
             "|---|---:|---:|---|"]
    for name in names:
        cells = [runs.get(arm, {}).get(name) for arm in ("intree", "ours")]
        unit = next(c["unit"] for c in cells if c)
        lines.append(f"| {name} | " + " | ".join(
            f"{c['value']:,}" if c else "" for c in cells) + f" | {unit} |")
    return lines


def _counted_twice(arms: dict[str, dict]) -> list[str]:
    """Do our statistics say what the emulator has seen?"""
    count, bad = agree.check(arms.get("ours", {"points": {}}))
    if not count:
        return []
    lines = ["", f"{count} counts of our drivers were taken twice, from code "
             "executed in the emulator and from their own statistics; "
             + (f"{len(bad)} do not agree:" if bad else "all agree.")]
    return lines + [f"* {text}" for text in bad]


def _verdicts(arch: str, arms: dict[str, dict]) -> list[str]:
    """Wins, losses and goals, counted."""
    if not {"intree", "ours"} <= set(arms):
        return []
    a, b = arms["intree"]["points"], arms["ours"]["points"]
    pairs = {n: (_get("dom0")(a[n]), _get("dom0")(b[n])) for n in a
             if n in b and not n.startswith(("floor", "idle"))}
    ratios = {n: y / x for n, (x, y) in pairs.items() if x and y}
    lost = sorted(n for n, r in ratios.items() if r > 1.01)
    wanted = list(goals.of(arch, arms))
    lines = ["", f"dom0's cost is lower with ours at "
             f"{sum(r < 0.99 for r in ratios.values())} of {len(ratios)} "
             f"points, higher at {len(lost)}; "
             f"{sum(g.reached for g in wanted)} of {len(wanted)} goals are "
             "reached."]
    if lost:
        lines += ["", "We lose at: " + ", ".join(
            f"{n} ({ratios[n]:.2f})" for n in lost) + "."]
    for metric, text in (("rate", "lower rate"), ("p50", "higher median"),
                         ("p99", "higher p99"), ("p999", "higher p99.9")):
        worse = _worse(a, b, metric)
        if worse:
            lines += ["", f"A {text} at: " + ", ".join(worse) + "."]
    return lines


def _worse(a: dict[str, Any], b: dict[str, Any], metric: str) -> list[str]:
    """Points at which ours is worse by more than 1 %, and their ratios."""
    found = []
    for name in sorted(set(a) & set(b), key=_order):
        x, y = _get(metric)(a[name]), _get(metric)(b[name])
        if not x or not y or name.startswith(("floor", "idle")):
            continue
        bad = y / x < 0.99 if METRICS[metric][1] else y / x > 1.01
        if bad:
            found.append(f"{name} ({y / x:.2f})")
    return found


def _mode(results: dict[str, Any]) -> str:
    if all(r["mode"] == "deterministic" for r in results["runs"]):
        return "deterministic mode: one instruction is one nanosecond"
    return ("wall-clock mode, medians of runs in turn: only the ratios of "
            "rates mean something, and only beyond their spread")


def _head(results: dict[str, Any]) -> list[str]:
    facts = results["facts"]
    changed = " with local changes" if facts["changed"] else ""
    lines = ["# Benchmark results", "",
             f"{facts['date']}, commit `{facts['commit'][:12]}`{changed}, "
             f"grid {results['grid']}, {_mode(results)}.", "",
             f"QEMU {', '.join(sorted(set(facts['qemu'].values())))}."]
    for run in results["runs"]:
        failed = [t["name"] for t in run["tests"] if t["result"] != "PASS"]
        source = ", ".join(f"{k} {v}" for k, v in run["srcversion"].items())
        lines += ["", f"* {run['arch']} {run['arm']}: dom0 "
                  f"{run['dom0_kernel']}, guest {run['guest_kernel']} "
                  f"({run['guest_type']}), Xen {run['xen']['xen_version']}"
                  + (f"; {source}" if source else "")
                  + (f"; **failed: {', '.join(failed)}**" if failed else "")]
    return lines


def markdown(results: dict[str, Any]) -> str:
    """The summary: one table for each group of points."""
    lines = ["<!-- SPDX-License-Identifier: GPL-2.0 -->", *_head(results)]
    for arch, arms in by_arch(results).items():
        names = sorted({n for r in arms.values() for n in r["points"]},
                       key=_order)
        lines += ["", f"## {arch}", *_verdicts(arch, arms)]
        for prefix, title in GROUPS:
            group = [n for n in names if n.startswith(prefix)]
            if group:
                lines += _group(title, group, arch, arms)
        lines += (_qdisk(names, arms) + _fairness(names, arms) +
                  _events(names, arms) + _counted_twice(arms) +
                  _values(arms))
    return "\n".join(lines) + "\n"


def _order(name: str) -> tuple:
    """Sizes and depths as numbers, so that 4k comes before 128k."""
    def key(part: str) -> tuple[int, int, str]:
        digits = part.rstrip("kKmM")
        if not digits.isdigit():
            return (1, 0, part)
        return (0, int(digits) << (20 if part[-1] in "mM" else 0), "")
    return tuple(key(part) for part in name.split("/"))


def table(results: dict[str, Any]) -> str:
    """A row for each point of each arm."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["arch", "arm", "point", "unit", "units", *METRICS,
                     "dom0_to_intree", *EVENTS])
    for arch, arms in by_arch(results).items():
        base = arms.get("intree", {"points": {}})["points"]
        for arm, run in arms.items():
            for name, point in sorted(run["points"].items()):
                own = _get("dom0")(point)
                ref = _get("dom0")(base.get(name, {}))
                events = point.get("events", {})
                writer.writerow(
                    [arch, arm, name, point["unit"], point["units"],
                     *[_get(m)(point) for m in METRICS],
                     f"{own / ref:.4f}" if own and ref else "",
                     *[events.get(e, "") for e in EVENTS]])
    return out.getvalue()


def write(results: dict[str, Any], top: Path) -> str:
    """All files; what the terminal shows."""
    text = markdown(results)
    (top / "summary.md").write_text(text)
    (top / "summary.csv").write_text(table(results))
    plots.write(by_arch(results), top)
    return text
