# SPDX-License-Identifier: GPL-2.0
"""Make a copy of the tree execute more instructions for each block request.

usage: slow_down.py CHECKOUT INSTRUCTIONS
"""
import re
import sys
from pathlib import Path

WHERE = "blkback/ring/sweep.c"
ANCHOR = re.compile(r"^\txbb_req_begin\(.*\);\n", re.M)
LOOP = "\tfor (int spin = {}; spin; spin--)\n\t\tasm volatile(\"nop\");\n"


def slowed(text: str, instructions: int) -> str:
    """The source with a loop of three instructions where requests are taken."""
    found = ANCHOR.findall(text)
    if len(found) != 1:
        raise SystemExit(f"slow_down: {WHERE} has changed: adapt ANCHOR")
    return ANCHOR.sub(lambda m: m[0] + LOOP.format(instructions // 3), text)


def main() -> None:
    path = Path(sys.argv[1]) / WHERE
    path.write_text(slowed(path.read_text(), int(sys.argv[2])))


if __name__ == "__main__":
    main()
