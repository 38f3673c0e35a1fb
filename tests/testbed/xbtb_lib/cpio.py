# SPDX-License-Identifier: GPL-2.0
"""Writing initramfs archives (cpio, format newc), the same bytes each time."""
from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, Iterator

ALIGN = 512


class Writer:
    """Entries of a newc archive; all belong to root, no times."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.inode = 0

    def _pad(self, align: int = 4) -> None:
        self.out.write(b"\0" * (-self.out.tell() % align))

    def add(self, name: str, mode: int, data: bytes = b"") -> None:
        self.inode += 1
        encoded = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data),
                  0, 0, 0, 0, len(encoded), 0)
        head = "070701" + "".join(f"{f:08X}" for f in fields)
        self.out.write(head.encode() + encoded)
        self._pad()
        self.out.write(data)
        self._pad()

    def close(self) -> None:
        self.add("TRAILER!!!", 0)
        self._pad(ALIGN)


def _walk(top: Path) -> Iterator[Path]:
    for base, dirs, files in os.walk(top):
        dirs.sort()
        for name in sorted(dirs + files):
            yield Path(base) / name


def _add_path(writer: Writer, top: Path, path: Path) -> None:
    name = str(path.relative_to(top))
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        writer.add(name, 0o120777, os.readlink(path).encode())
    elif stat.S_ISDIR(mode):
        writer.add(name, 0o040755)
    elif stat.S_ISREG(mode):
        perm = 0o755 if mode & 0o111 else 0o644
        writer.add(name, 0o100000 | perm, path.read_bytes())


def write(top: Path, target: Path) -> None:
    """Archive the tree below top as target."""
    with target.open("wb") as out:
        writer = Writer(out)
        for path in _walk(top):
            _add_path(writer, top, path)
        writer.close()
