# SPDX-License-Identifier: GPL-2.0
"""Measured points, out of the logs of the tests below tests/system/bench."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

PERCENTILES = {"50.000000": "p50", "99.000000": "p99", "99.900000": "p999"}


@dataclass
class Point:
    """What one point has given, before anything is related to anything."""
    name: str
    dom0: int = 0
    guest: int = 0
    time: int = 0
    window: int = 0
    raw: list[str] = field(default_factory=list)
    stats: dict[str, int] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


def _count(stats: dict[str, int], when: str, name: str, value: str) -> None:
    """What a counter has grown by between begin and end."""
    stats[name] = stats.get(name, 0) + int(value) * (-1 if when == "begin"
                                                     else 1)


def split(lines: list[str]) -> Iterator[Point]:
    """The points of a log (dom0/bench.sh has the format)."""
    point = None
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "POINT":
            point = Point(rest)
        elif point and word == "COST":
            point.dom0, point.guest, point.time, point.window = \
                (int(n) for n in rest.split())
        elif point and word == "RAW":
            point.raw.append(rest)
        elif point and word == "TEXT":
            point.text.append(rest)
        elif point and word == "STAT":
            _count(point.stats, *rest.split())
        elif point and word == "END":
            yield point
            point = None


def values(lines: list[str]) -> dict[str, dict[str, Any]]:
    """Single figures: VALUE <name> <number> <unit>."""
    found = {}
    for line in lines:
        match = re.match(r"VALUE (\S+) (-?\d+) (.*)$", line)
        if match:
            found[match[1]] = {"value": int(match[2]), "unit": match[3]}
    return found


def _documents(text: str) -> list[dict[str, Any]]:
    """All JSON documents in a text, whatever lies between them."""
    decoder, found, at = json.JSONDecoder(), [], text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            end = at + 1
        else:
            found.append(value)
        at = text.find("{", end)
    return found


def _latency(side: dict[str, Any]) -> dict[str, float]:
    """Percentiles in microseconds."""
    stats = side.get("clat_ns", {})
    if not stats.get("N"):
        stats = side.get("lat_ns", {})
    found = {short: stats["percentile"][long] / 1000
             for long, short in PERCENTILES.items()
             if long in stats.get("percentile", {})}
    if "mean" in stats:
        found["mean"] = stats["mean"] / 1000
    return found


def _rate(job: dict[str, Any]) -> float:
    """Requests per second, from the mean latency and the requests in flight:
    fio knows its run time in ms only, too coarse for a short point."""
    options = job.get("job options", {})
    in_flight = int(options.get("iodepth", 1)) * \
        int(options.get("numjobs", 1))
    sides = [job[s] for s in ("read", "write") if job[s]["total_ios"]]
    total = sum(s["total_ios"] * s["lat_ns"]["mean"] for s in sides)
    requests = sum(s["total_ios"] for s in sides)
    return in_flight * requests / total * 1e9 if total else 0.0


def _evenness(documents: list[dict[str, Any]]) -> float | None:
    """The slowest guest's rate related to the fastest one's."""
    rates = [sum(_rate(job) for job in d["jobs"]) for d in documents]
    return min(rates) / max(rates) if len(rates) > 1 and max(rates) else None


def _fio(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Requests and rates of all jobs; latency of the first one."""
    result: dict[str, Any] = {"unit": "request", "units": 0, "iops": 0.0,
                              "fio_iops": 0.0, "bytes": 0}
    for job in (job for d in documents for job in d["jobs"]):
        for side in ("read", "write"):
            part = job[side]
            if not part["total_ios"]:
                continue
            result["units"] += part["total_ios"]
            result["fio_iops"] += part["iops"]
            result["bytes"] += part["io_bytes"]
            result.setdefault("latency_us", {})
            if side not in result["latency_us"]:
                result["latency_us"][side] = _latency(part)
        result["iops"] += _rate(job)
        if job.get("error"):
            result["error"] = job["error"]
    evenness = _evenness(documents)
    if evenness is not None:
        result["evenness"] = evenness
    return result


def _iperf(document: dict[str, Any]) -> dict[str, Any]:
    end = document["end"]
    if "sum_received" in end and "sum" not in end:
        part = end["sum_received"]
        return {"unit": "MiB", "units": part["bytes"] / (1 << 20),
                "bits_per_second": part["bits_per_second"]}
    part = end["sum"]
    return {"unit": "packet", "units": part["packets"],
            "lost": part.get("lost_packets"),
            "bits_per_second": part["bits_per_second"],
            "pps": part["packets"] / part["seconds"]}


def _pktgen(text: str) -> dict[str, Any]:
    match = re.search(r"pkts-sofar: (\d+)", text)
    rate = re.search(r"(\d+)pps", text)
    return {"unit": "packet", "units": int(match[1]) if match else 0,
            "pps": int(rate[1]) if rate else None}


def _ping(text: str) -> dict[str, Any]:
    """Echo requests, answered one by one."""
    times = sorted(1000 * float(t) for t in re.findall(r"time=([\d.]+) ms",
                                                       text))
    at = {short: times[min(len(times) - 1, int(len(times) * share))]
          for short, share in (("p50", 0.5), ("p99", 0.99), ("p999", 0.999))}
    mean = sum(times) / len(times)
    return {"unit": "round trip", "units": len(times), "pps": 1e6 / mean,
            "latency_us": {"echo": {**at, "mean": mean}}}


def _switches(raw: list[str]) -> int | None:
    """dom0's context switches between the two readings of /proc/stat."""
    found = [int(line.split()[1]) for line in raw if line.startswith(" ctxt")]
    return found[1] - found[0] if len(found) == 2 else None


def digest(point: Point) -> dict[str, Any]:
    """A point as it is kept in the results."""
    text = "\n".join(point.text)
    documents = [d for d in _documents(text) if isinstance(d, dict)]
    jobs = [d for d in documents if "jobs" in d]
    if jobs:
        result = _fio(jobs)
    elif documents and "end" in documents[0]:
        result = _iperf(documents[0])
    elif re.search(r"icmp_seq=.* time=", text):
        result = _ping(text)
    elif "pkts-sofar" in text:
        result = _pktgen(text)
    else:
        result = {"unit": "run", "units": 1}
    if point.stats:
        result["stats"] = {n: v for n, v in point.stats.items() if v}
    if point.name.startswith("pingpong"):
        result["unit"] = "round trip"
    result.update(dom0_ns=point.dom0, guest_ns=point.guest,
                  time_ns=point.time, window=point.window,
                  dom0_switches=_switches(point.raw))
    if result["units"]:
        for who in ("dom0", "guest"):
            result[f"{who}_per_unit"] = result[f"{who}_ns"] / result["units"]
    return result


def read(log: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Points and single values of one test's output."""
    lines = log.read_text(errors="replace").splitlines()
    return ({p.name: digest(p) for p in split(lines)}, values(lines))
