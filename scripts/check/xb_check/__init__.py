# SPDX-License-Identifier: GPL-2.0
"""Parts of scripts/check/run, on top of those of the testbed."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                "../../../tests/testbed"))
