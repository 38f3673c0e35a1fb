# SPDX-License-Identifier: GPL-2.0
"""Functions of tests, of what programs have printed."""
from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "system"
sys.dont_write_bytecode = True

ONE = """\
[ ID] Interval           Transfer     Bitrate         Retr
[  5]   0.00-1.00   sec  {0:>4} MBytes  {1:>4} Mbits/sec    0             sender
[  5]   0.00-1.04   sec  {0:>4} MBytes  {1:>4} Mbits/sec                  receiver
"""
EIGHT = """\
[  5]   0.00-1.03   sec  1.25 MBytes  10.2 Mbits/sec                  receiver
[  7]   0.00-1.03   sec  1.25 MBytes  10.2 Mbits/sec                  receiver
[SUM]   0.00-1.00   sec  11.2 MBytes  94.4 Mbits/sec    9             sender
[SUM]   0.00-1.03   sec  {0:>4} MBytes  {1:>4} Mbits/sec                  receiver
"""
UDP = """\
[  5]   0.00-1.00   sec  2.39 MBytes  20.0 Mbits/sec  0.000 ms  0/309 (0%)  sender
[  5]   0.00-1.00   sec  2.39 MBytes  20.0 Mbits/sec  0.024 ms  0/309 (0%)  receiver
"""
GUESTS = """
. "$1/net/guests.sh"
guest_run() { printf %s "$said"; }
fail() { echo "FAIL $*"; exit 1; }
said=$2
_iperf g1 10.0.0.3 -P 8
"""


class Rates(unittest.TestCase):
    def said(self, text: str) -> str:
        return subprocess.run(["bash", "-euc", GUESTS, "bash", TESTS, text],
                              text=True, check=False,
                              stdout=subprocess.PIPE).stdout

    def test_what_is_printed(self) -> None:
        for text, rate in ((ONE.format("11.2", "90.1"), "90.1"),
                           (ONE.format("112", "943"), "943"), (UDP, "20.0"),
                           (EIGHT.format("10.0", "80.9"), "80.9")):
            said = self.said(text)
            self.assertRegex(said, rf"^iperf3 .*: {rate} Mbit/s\n$")

    def test_nothing_came_through(self) -> None:
        for text in (ONE.format("0.00", "0.00"), EIGHT.format("0.00", "0.00"),
                     "iperf3: interrupt\n", ""):
            self.assertIn("FAIL", self.said(text))


if __name__ == "__main__":
    unittest.main()
