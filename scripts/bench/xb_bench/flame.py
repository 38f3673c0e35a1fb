# SPDX-License-Identifier: GPL-2.0
"""A flame graph: weighted paths as nested boxes, in SVG."""
from __future__ import annotations

import zlib
from html import escape
from typing import Sequence

WIDTH, ROW, CHAR = 1200, 18, 6.6
LEAST = 0.5             # narrower boxes are left out
Path = tuple[str, ...]


def _merge(paths: Sequence[tuple[Path, float]]) -> dict[Path, float]:
    """The weight of each path and of all that it begins with."""
    sums: dict[Path, float] = {}
    for path, weight in paths:
        for depth in range(len(path) + 1):
            key = path[:depth]
            sums[key] = sums.get(key, 0.0) + weight
    return sums


def _box(path: Path, x: float, weight: float, total: float,
         rows: int) -> str:
    width = weight / total * WIDTH
    y = (rows - len(path)) * ROW + ROW
    name = path[-1] if path else "all"
    hue = zlib.crc32("/".join(path[:2]).encode()) % 360
    light = 65 + zlib.crc32(name.encode()) % 15
    text = name if len(name) * CHAR < width else \
        name[:max(0, int(width / CHAR) - 1)]
    tip = f"{':'.join(path) or 'all'}: {weight:.1f} ({weight / total:.2%})"
    return (f'<g><title>{escape(tip)}</title>'
            f'<rect x="{x:.1f}" y="{y}" width="{max(width - 0.5, 0.3):.1f}" '
            f'height="{ROW - 1}" fill="hsl({hue},60%,{light}%)"/>'
            f'<text x="{x + 3:.1f}" y="{y + 13}">{escape(text)}</text></g>')


def _draw(sums: dict[Path, float], path: Path, x: float, rows: int,
          out: list[str]) -> None:
    total = sums[()]
    out.append(_box(path, x, sums[path], total, rows))
    below = sorted((p for p in sums if p[:-1] == path and p != path),
                   key=lambda p: -sums[p])
    for child in below:
        width = sums[child] / total * WIDTH
        if width >= LEAST:
            _draw(sums, child, x, rows, out)
        x += width


def svg(paths: Sequence[tuple[Path, float]], title: str) -> str:
    """The graph, widest boxes first, with the figures as tool tips."""
    sums = _merge(paths)
    rows = max((len(p) for p in sums), default=0)
    out: list[str] = []
    if sums.get((), 0) > 0:
        _draw(sums, (), 0.0, rows, out)
    height = (rows + 2) * ROW + 4
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
            f'height="{height}" font-family="monospace" font-size="11">'
            f'<text x="3" y="13">{escape(title)}</text>')
    return "\n".join([head, *out, "</svg>"]) + "\n"
