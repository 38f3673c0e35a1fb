# SPDX-License-Identifier: GPL-2.0
"""What the testbed makes of an archive that fails, or that has changed."""
from __future__ import annotations

import contextlib
import fcntl
import io
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Sequence
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

from xbtb_lib import apt, cache, cli, matrix  # noqa: E402
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
                self.state, _refresh=mock.Mock(), _fetch=mock.Mock(),
                _resolve=mock.Mock(side_effect=(Failure("no such"), ["a_1_b.deb"]))):
            self.assertEqual([p.name for p in self.state.packages("x", ["a"])],
                             ["a_1_b.deb"])
            self.state._refresh.assert_called_once_with(0)


class Index(InCache):
    def is_locked(self) -> bool:
        path = cache.root() / "locks" / f"apt-{self.state.name}"
        with path.open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def test_nobody_else_fetches_it(self) -> None:
        seen: list[bool] = []
        with mock.patch.object(self.state, "_refresh",
                               lambda *_: seen.append(self.is_locked())), \
                mock.patch.object(apt, "run", return_value=""), \
                mock.patch.object(self.state, "_resolve", return_value=[]):
            self.state.refresh()
            self.state.source_versions("xen")
            self.state.source("xen", cache.root())
        self.assertEqual(seen, [True] * 3)
        self.assertFalse(self.is_locked())


class Kernels(InCache):
    def headers(self, name: str, found: Sequence[str] = (
            "linux-image-9.9.1-amd64",)) -> tuple[int, str]:
        """What xbtb says where the archive has that as the newest kernel."""
        said = io.StringIO()
        with mock.patch.object(apt.Apt, "_refresh"), \
                mock.patch.object(cli, "host_setup"), \
                mock.patch.object(apt.Apt, "depends", return_value=found), \
                contextlib.redirect_stderr(said):
            return cli.main(["headers", "--kernel", name]), said.getvalue()

    def test_moved_on(self) -> None:
        for row in matrix.KERNELS.values():
            self.assertEqual(row.goes_on, row.release not in matrix.SUITES)
            if not row.goes_on:
                continue
            status, said = self.headers(row.name)
            self.assertEqual(status, 77)
            self.assertRegex(said.splitlines()[-1], r"has kernel 9\.9\.1-amd64")

    def test_a_suite_keeps_its_own(self) -> None:
        for suite in matrix.SUITES.values():
            self.assertFalse(matrix.KERNELS[suite.kernel].goes_on)
            self.assertEqual(self.headers(suite.kernel)[0], 1)

    def test_an_index_without_any(self) -> None:
        self.assertEqual(self.headers("7.3", [])[0], 1)


if __name__ == "__main__":
    unittest.main()
