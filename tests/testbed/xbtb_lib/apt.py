# SPDX-License-Identifier: GPL-2.0
"""A private apt state per release and architecture: package files without
installing.

The archives are those that the host's own apt uses, whatever Debian release it
takes from them. What a list of packages resolved to is pinned in the cache, so
that a later run needs no network; `xbtb update` forgets the pins.
"""
from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Sequence

from . import cache, matrix
from .util import Failure, locked, run, say, write_whole

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
FORMAT = "$(ORIGIN)|$(CODENAME)|$(REPO_URI)|$(COMPONENT)"
DAY = 24 * 3600
SECURITY = "-security"
# Seconds before each attempt.
PAUSES = (0, 5, 20)


def _apt_get(*args: str, cwd: Path | None = None) -> str:
    """apt-get, tried again where an archive fails for a moment, or where
    somebody else has a lock of apt's."""
    for attempt, pause in enumerate(PAUSES, 1):
        time.sleep(pause)
        try:
            return run(["apt-get", "-qq", "-o", "Acquire::Retries=5", *args], cwd)
        except Failure as error:
            last = error
            say(f"apt-get {args[0]} failed, attempt {attempt} of {len(PAUSES)}")
    raise last


def _host_uris() -> dict[bool, str]:
    """Addresses of the archive of security updates (True) and of the other
    (False), in the host's own configuration."""
    out = run(["apt-get", "indextargets", "--format", FORMAT,
               "Created-By: Packages"])
    found = {}
    for line in out.splitlines():
        origin, codename, uri, component = line.split("|")
        if origin == "Debian" and component == "main":
            found.setdefault(codename.endswith(SECURITY), uri)
    return found


def host_release() -> str:
    """The code name of the host's own Debian."""
    match = re.search(r"^VERSION_CODENAME=(\w+)$",
                      Path("/etc/os-release").read_text(), re.M)
    if not match:
        raise Failure("/etc/os-release names no release of Debian")
    return match[1]


def _sources(release: str) -> str:
    """deb and deb-src lines for a release, from the host's own archives."""
    uris = _host_uris()
    if False not in uris and os.geteuid() == 0:
        _apt_get("update")
        uris = _host_uris()
    if False not in uris:
        raise Failure("this host's apt has no Debian archive; "
                      "the testbed is made of Debian's packages")
    lines = []
    for codename in matrix.archives(release):
        uri = uris.get(codename.endswith(SECURITY))
        if not uri:
            say(f"this host's apt has no archive for {codename}")
            continue
        for kind in ("deb", "deb-src"):
            lines.append(f"{kind} [signed-by={KEYRING}] {uri} {codename} main")
    return "\n".join(lines) + "\n"


class Apt:
    """apt-get and apt-cache on a state of our own."""

    def __init__(self, arch: str, release: str) -> None:
        self.arch, self.release = arch, release
        self.name = f"{release}-{arch}"
        self.dir = cache.root() / f"apt-{self.name}"
        self.pool = cache.root() / "pool"

    def _options(self) -> list[str]:
        status = self.dir / "var/lib/dpkg/status"
        pairs = {"Dir": self.dir, "Dir::State::status": status,
                 "Dir::Etc::sourcelist": self.dir / "etc/apt/sources.list",
                 "Dir::Etc::sourceparts": "/dev/null",
                 "APT::Architecture": self.arch,
                 "APT::Architectures": self.arch,
                 "APT::Install-Recommends": "0", "APT::Sandbox::User": "root",
                 "Acquire::Languages": "none",
                 # An index that came in part is no index: see stamp.
                 "APT::Update::Error-Mode": "any"}
        if self.release.endswith("-backports"):
            pairs["APT::Default-Release"] = self.release
        return [part for k, v in pairs.items() for part in ("-o", f"{k}={v}")]

    def _get(self, verb: str, *args: str, cwd: Path | None = None) -> str:
        return _apt_get(verb, *self._options(), *args, cwd=cwd)

    def _locked(self) -> contextlib.AbstractContextManager[None]:
        return locked(cache.root() / "locks" / f"apt-{self.name}", "packages")

    def refresh(self) -> None:
        """Fetch the package index, unless it is of today."""
        with self._locked():
            self._refresh()

    def _refresh(self, max_age: float = DAY) -> None:
        """For who has the lock."""
        stamp = self.dir / "stamp"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < max_age:
            return
        say(f"fetching the package index ({self.name})")
        for sub in ("etc/apt/preferences.d", "etc/apt/apt.conf.d",
                    "var/lib/apt/lists/partial", "var/lib/dpkg",
                    "var/cache/apt/archives/partial", "var/log/apt"):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        (self.dir / "var/lib/dpkg/status").touch()
        (self.dir / "etc/apt/sources.list").write_text(_sources(self.release))
        self._get("update")
        stamp.touch()

    def depends(self, package: str) -> list[str]:
        """Direct dependencies (first alternatives), without versions."""
        out = run(["apt-cache", *self._options(), "show",
                   "--no-all-versions", package])
        match = re.search(r"^Depends: (.*)$", out, re.M)
        return [d.split()[0] for d in match[1].split(",")] if match else []

    def _resolve(self, wanted: Sequence[str], deps: bool) -> list[str]:
        """File names (name_version_arch.deb) of wanted, with dependencies."""
        self._refresh()
        verb = ["install", "-y"] if deps else ["download"]
        out = self._get(*verb, "--print-uris", *wanted)
        files = [line.split()[1] for line in out.splitlines()
                 if line.startswith("'")]
        if not files:
            raise Failure(f"apt resolved nothing for {' '.join(wanted)}")
        return sorted(files)

    def _fetch(self, files: Sequence[str]) -> None:
        """Bring the files into the pool, atomically one by one."""
        missing = [f for f in files if not (self.pool / f).exists()]
        if not missing:
            return
        say(f"downloading {len(missing)} packages ({self.name})")
        self.pool.mkdir(exist_ok=True)
        tmp = Path(tempfile.mkdtemp(prefix=".tmp-", dir=cache.root()))
        try:
            specs = [_spec(f) for f in missing]
            self._get("download", *specs, cwd=tmp)
            for name in missing:
                (tmp / name).rename(self.pool / name)
        finally:
            shutil.rmtree(tmp, ignore_errors=True)

    def packages(self, name: str, wanted: Sequence[str],
                 deps: bool = True) -> list[Path]:
        """The .deb files of a list of packages, as pinned by NAME."""
        key = cache.digest([list(wanted), deps])
        pin = cache.root() / "pins" / f"{self.name}-{name}-{key}.json"
        with self._locked():
            try:
                files = (json.loads(pin.read_text()) if pin.exists()
                         else self._resolve(wanted, deps))
                self._fetch(files)
            except Failure:
                say(f"the archive has other versions than known here ({name})")
                self._refresh(0)
                files = self._resolve(wanted, deps)
                self._fetch(files)
            write_whole(pin, json.dumps(files, indent=1) + "\n")
        return [self.pool / f for f in files]

    def source_versions(self, package: str) -> list[str]:
        """Versions of a source package in the index, newest first."""
        self.refresh()
        out = run(["apt-cache", *self._options(), "showsrc", package])
        return re.findall(r"^Version: (\S+)$", out, re.M)

    def source(self, package: str, dest: Path) -> None:
        """Download and unpack a source package below dest."""
        with self._locked():
            self._refresh()
            self._get("source", "--only-source", package, cwd=dest)


def _spec(filename: str) -> str:
    name, version, _ = filename.split("_")
    return f"{name}={version.replace('%3a', ':')}"


def unpack(deb: Path, dest: Path) -> None:
    """Unpack a .deb; no maintainer script runs."""
    dest.mkdir(parents=True, exist_ok=True)
    run(["sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar -x '
         '--keep-directory-symlink -C "$2"', "sh", deb, dest])


def forget_pins() -> None:
    """Make the next run take the newest versions of the archive."""
    shutil.rmtree(cache.root() / "pins", ignore_errors=True)
    for stamp in cache.root().glob("apt-*/stamp"):
        stamp.unlink()
