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
APT_CACHE = """#!/bin/sh
[ -e "$FAKE/updated" ] || exit 0
echo "  Candidate: ${VERSION:-(none)}"
"""
FILES = ("checkpatch.pl", "spelling.txt", "const_structs.checkpatch")


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


class Checkpatch(Faked):
    def setUp(self) -> None:
        super().setUp()
        self.fake("apt-cache", APT_CACHE)
        (self.tmp / "updated").touch()

    def copy(self, version: str, *names: str) -> str:
        """One that is in the cache."""
        path = self.tmp / "checkpatch" / f"6.12-{version}"
        path.mkdir(parents=True)
        for name in names:
            (path / name).write_text("text\n")
        return f"{path}\n"

    def package(self) -> None:
        top = self.tmp / "linux-source-6.12/scripts"
        deb = self.tmp / "deb"
        (deb / "DEBIAN").mkdir(parents=True)
        (deb / "usr/src").mkdir(parents=True)
        (deb / "DEBIAN/control").write_text(
            "Package: linux-source-6.12\nVersion: 2\nArchitecture: all\n"
            "Maintainer: nobody\nDescription: planted\n")
        top.mkdir(parents=True)
        for name in FILES:
            (top / name).write_text("new\n")
        subprocess.run(["tar", "-C", self.tmp, "-cJf",
                        deb / "usr/src/linux-source-6.12.tar.xz",
                        "linux-source-6.12"], check=True)
        subprocess.run(["dpkg-deb", "--build", deb, self.tmp / "source.deb"],
                       check=True, stdout=subprocess.DEVNULL)

    def test_it_is_there(self) -> None:
        want = self.copy("2", *FILES)
        self.copy("1", *FILES)
        self.assertEqual(self.ran("fetch-checkpatch", VERSION="2").stdout, want)
        self.assertEqual(self.calls(), [])

    def test_no_list(self) -> None:
        (self.tmp / "updated").unlink()
        self.copy("1", *FILES[:2])
        want = self.copy("2", *FILES)
        self.assertEqual(self.ran("fetch-checkpatch").stdout, want)
        self.assertEqual(self.calls(), [])

    def taken(self, **env: str) -> None:
        self.package()
        done = self.ran("fetch-checkpatch", VERSION="2", **env)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, f"{self.tmp}/checkpatch/6.12-2\n")
        for name in FILES:
            self.assertEqual(Path(done.stdout.strip(), name).read_text(), "new\n")

    def test_taken(self) -> None:
        self.taken()

    def test_taken_at_last(self) -> None:
        self.taken(FAILS="3")

    def test_taken_without_a_list(self) -> None:
        (self.tmp / "updated").unlink()
        self.taken()

    def test_an_earlier_one_does(self) -> None:
        want = self.copy("1", *FILES)
        done = self.ran("fetch-checkpatch", VERSION="2", FAILS="99")
        self.assertEqual((done.returncode, done.stdout), (0, want))
        self.assertIn("6.12-1 of an earlier day does", done.stderr)
        self.assertGreaterEqual(
            self.calls().count("download linux-source-6.12=2"), 2)

    def test_none_at_all(self) -> None:
        self.copy("1", *FILES[:2])
        done = self.ran("fetch-checkpatch", VERSION="2", FAILS="99")
        self.assertEqual((done.returncode, done.stdout), (1, ""))

    def test_two_at_once(self) -> None:
        self.package()
        self.fake("apt-get", APT_GET + "exec /bin/sleep 1\n")
        with subprocess.Popen(
                [SCRIPTS / "fetch-checkpatch"], stdout=subprocess.PIPE, text=True,
                stderr=subprocess.DEVNULL, env=self.env(VERSION="2")) as first:
            second = self.ran("fetch-checkpatch", VERSION="2")
            self.assertEqual(first.stdout.read(), second.stdout)
        self.assertEqual(self.calls(), ["download linux-source-6.12=2"])


if __name__ == "__main__":
    unittest.main()
