# SPDX-License-Identifier: GPL-2.0
"""Started by scripts/xen-backends: python3 -I xb_show COMMAND..."""
import os
import sys

# Our folder itself comes first otherwise, and hides modules of the library.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

from xb_show import cli  # noqa: E402

# A name that the locale has no letters for is no reason to end.
sys.stdout.reconfigure(errors="backslashreplace")
sys.exit(cli.main(sys.argv[1:]))
