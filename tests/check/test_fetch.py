# SPDX-License-Identifier: GPL-2.0
"""Where packages are fetched: an archive that fails, or that is not there."""
from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
# Writes down how it was called, and fails the first times.
APT_GET = """#!/bin/sh
echo "$*" | sed 's/-[^ ]* [^ ]*::[^ ]* //g; s/-qq //; s/-y //' >>"$FAKE/calls"
[ "$(wc -l <"$FAKE/calls")" -gt "${FAILS:-0}" ] || exit 100
case "$*" in
*" download "*) cp "$FAKE/source.deb" . ;;
*" update"*) touch "$FAKE/updated" ;;
esac
"""


class Faked(unittest.TestCase):
    """With an apt that does as it is told, and no time to wait."""

    def setUp(self) -> None:
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.tmp = Path(tmp.name)
        (self.tmp / "bin").mkdir()
        self.fake("apt-get", APT_GET)
        self.fake("sleep", '#!/bin/sh\necho "sleep $1" >>"$FAKE/sleeps"\n')

    def fake(self, name: str, text: str) -> None:
        path = self.tmp / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def env(self, **more: str) -> dict[str, str]:
        return dict(os.environ, FAKE=str(self.tmp), XB_CACHE=str(self.tmp),
                    PATH=f"{self.tmp}/bin:{os.environ['PATH']}", **more)

    def ran(self, script: str, *args: str, **env: str
            ) -> subprocess.CompletedProcess[str]:
        return subprocess.run([SCRIPTS / script, *args], check=False, text=True,
                              capture_output=True, env=self.env(**env))

    def calls(self, name: str = "calls") -> list[str]:
        path = self.tmp / name
        return path.read_text().splitlines() if path.exists() else []


class Setup(Faked):
    STEPS = ["update", "--no-install-recommends install debootstrap"]

    def setUp(self) -> None:
        super().setUp()
        self.fake("dpkg-query", "#!/bin/sh\nexit 1\n")
        self.fake("id", "#!/bin/sh\necho 0\n")

    def test_once(self) -> None:
        self.assertEqual(self.ran("setup", "chroot").returncode, 0)
        self.assertEqual(self.calls(), self.STEPS)
        self.assertEqual(self.calls("sleeps"), [])

    def test_again(self) -> None:
        self.assertEqual(self.ran("setup", "chroot", FAILS="2").returncode, 0)
        self.assertEqual(self.calls(), ["update", "update", *self.STEPS])
        self.assertEqual(len(self.calls("sleeps")), 2)

    def test_not_for_ever(self) -> None:
        self.assertEqual(self.ran("setup", "chroot", FAILS="99").returncode, 1)
        self.assertEqual(self.calls(), ["update"] * 3)


if __name__ == "__main__":
    unittest.main()
