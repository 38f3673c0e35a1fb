# SPDX-License-Identifier: GPL-2.0
"""Small root trees: chosen files of Debian packages and the libraries
that they need."""
from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Iterable, Sequence

from . import apt, cache, matrix
from .util import Failure

MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
LIB_DIRS = ("usr/lib/{triplet}", "usr/lib", "usr/lib64")
TRIPLET = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
PATHS = ("usr/bin", "usr/sbin")


def merge_usr(top: Path) -> None:
    """The links of a merged /usr, before anything is unpacked."""
    for name in MERGED:
        (top / "usr" / name).mkdir(parents=True, exist_ok=True)
        (top / name).symlink_to(f"usr/{name}")


def unpacked(on: matrix.Platform, name: str, wanted: Sequence[str]) -> Path:
    """All files of these packages and of their dependencies."""
    debs = apt.Apt(on.arch, on.suite.name).packages(name, wanted)

    def maker(tmp: Path) -> None:
        merge_usr(tmp)
        for deb in debs:
            apt.unpack(deb, tmp)

    inputs = [[d.name for d in debs], cache.recipe("rootfs.py")]
    return cache.made(f"unpacked-{name}-{on}", inputs, maker)


class Root:
    """A tree under construction, filled from an unpacked one."""

    def __init__(self, source: Path, dest: Path, arch: str) -> None:
        self.source = source
        self.dest = dest
        self.libs = [d.format(triplet=TRIPLET[arch]) for d in LIB_DIRS]
        merge_usr(dest)

    def _copy(self, rel: str) -> None:
        src, dst = self.source / rel, self.dest / rel
        if dst.exists() or dst.is_symlink():
            return
        dst.parent.mkdir(parents=True, exist_ok=True)
        if src.is_symlink():
            self._copy_link(src, rel)
        shutil.copy2(src, dst, follow_symlinks=False)

    def _copy_link(self, src: Path, rel: str) -> None:
        """Bring along what a link inside the tree points at."""
        target = src.readlink()
        if target.is_absolute():
            inside = self.source / str(target).lstrip("/")
        else:
            inside = src.parent / target
        if inside.is_file():
            self._copy(str(inside.resolve().relative_to(self.source)))

    def pick(self, patterns: Iterable[str]) -> None:
        """Copy files by glob; each pattern must match something."""
        for pattern in patterns:
            found = [p for p in self.source.glob(pattern)
                     if p.is_symlink() or p.is_file()]
            if not found:
                raise Failure(f"nothing matches {pattern} in the packages")
            for path in found:
                self._copy(str(path.relative_to(self.source)))

    def programs(self, names: Iterable[str]) -> None:
        """Copy programs by name from /usr/bin or /usr/sbin."""
        for name in names:
            for base in PATHS:
                if (self.source / base / name).is_symlink() or \
                        (self.source / base / name).exists():
                    self._copy(f"{base}/{name}")
                    break
            else:
                raise Failure(f"no program '{name}' in the packages")

    def _library(self, soname: str) -> str:
        """Where a library is; a loader comes with its whole path."""
        if soname.startswith("/"):
            return f"usr{soname}"
        for base in self.libs:
            if (self.source / base / soname).exists():
                return f"{base}/{soname}"
        raise Failure(f"no library {soname} in the packages")

    def libraries(self, extra: Iterable[str] = ()) -> None:
        """Copy the libraries that anything here needs, to the end."""
        for soname in extra:
            self._copy(self._library(soname))
        seen: set[str] = set(extra)
        while True:
            new = needed(p for p in self.dest.rglob("*") if p.is_file()
                         and not p.is_symlink()) - seen
            if not new:
                return
            for soname in sorted(new):
                self._copy(self._library(soname))
            seen |= new

    def link(self, path: str, target: str) -> None:
        dst = self.dest / path
        if not dst.is_symlink() and not dst.exists():
            dst.parent.mkdir(parents=True, exist_ok=True)
            dst.symlink_to(target)

    def write(self, path: str, text: str) -> None:
        dst = self.dest / path
        dst.parent.mkdir(parents=True, exist_ok=True)
        dst.write_text(text)


def is_elf(path: Path) -> bool:
    """Is it a program, a library or an object file?"""
    with path.open("rb") as handle:
        return handle.read(4) == b"\x7fELF"


def needed(paths: Iterable[Path]) -> set[str]:
    """Names of the shared libraries and paths of the loaders of ELF files."""
    files = [p for p in paths if p.suffix != ".ko" and is_elf(p)]
    out = subprocess.run(["readelf", "-W", "-d", "-l", *map(str, files)],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         text=True, check=False).stdout
    names = set(re.findall(r"\(NEEDED\).*\[(.*)\]", out))
    loaders = re.findall(r"program interpreter: (/[^\]]+)\]", out)
    return names | set(loaders)
