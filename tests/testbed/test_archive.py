# SPDX-License-Identifier: GPL-2.0
"""What the testbed makes of an archive that fails, or that has changed."""
from __future__ import annotations

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

from xbtb_lib import apt  # noqa: E402
from xbtb_lib.util import Failure, run  # noqa: E402


class InCache(unittest.TestCase):
    """With an empty cache; nobody waits."""

    def setUp(self) -> None:
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        for patch in (mock.patch.dict(os.environ, XB_CACHE=tmp.name),
                      mock.patch.object(apt.time, "sleep"),
                      mock.patch.object(apt, "say")):
            patch.start()
            self.addCleanup(patch.stop)
        self.state = apt.Apt("amd64", "trixie")


class Archive(InCache):
    def test_tried_again(self) -> None:
        with mock.patch.object(apt, "run", side_effect=(
                Failure("a lock"), Failure("no route"), "done")) as ran:
            self.assertEqual(apt._apt_get("update"), "done")
        self.assertEqual(ran.call_count, 3)
        self.assertEqual(apt.time.sleep.call_args_list[0], mock.call(0))
        self.assertGreater(apt.time.sleep.call_args_list[1].args[0], 0)

    def test_not_for_ever(self) -> None:
        with mock.patch.object(apt, "run", side_effect=Failure("gone")) as ran, \
                self.assertRaisesRegex(Failure, "gone"):
            apt._apt_get("update")
        self.assertEqual(ran.call_count, len(apt.PAUSES))

    @unittest.skipUnless(shutil.which("apt-get"), "no apt-get here")
    def test_no_stamp_of_a_part(self) -> None:
        """An archive that cannot be reached is a warning of apt's."""
        def ran(cmd: list[str], cwd: Path | None = None) -> str:
            return run([*cmd, "-o", "Acquire::Retries=0",
                        "-o", "Acquire::http::Proxy=DIRECT"], cwd)
        nobody = "deb [trusted=yes] http://127.0.0.1:1/ trixie main\n"
        with mock.patch.object(apt, "_sources", return_value=nobody), \
                mock.patch.object(apt, "run", ran), \
                self.assertRaises(Failure):
            self.state.refresh()
        self.assertTrue((self.state.dir / "etc/apt/sources.list").exists())
        self.assertFalse((self.state.dir / "stamp").exists())

    def test_resolved_by_a_newer_index(self) -> None:
        with mock.patch.multiple(
                self.state, refresh=mock.Mock(), _fetch=mock.Mock(),
                _resolve=mock.Mock(side_effect=(Failure("no such"), ["a_1_b.deb"]))):
            self.assertEqual([p.name for p in self.state.packages("x", ["a"])],
                             ["a_1_b.deb"])
            self.state.refresh.assert_called_once_with(0)


if __name__ == "__main__":
    unittest.main()
