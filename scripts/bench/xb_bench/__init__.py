# SPDX-License-Identifier: GPL-2.0
"""Benchmarks of the backends, and what makes and compares their results."""
import sys
from pathlib import Path

# The testbed's library boots the machines.
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests/testbed"))
