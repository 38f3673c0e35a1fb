# SPDX-License-Identifier: GPL-2.0
"""The cache: directories named by a hash of what they were made from."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Callable

from .util import locked, say


def root() -> Path:
    path = Path(os.environ.get("XB_CACHE") or "~/.cache/xen-backends")
    path = path.expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def digest(inputs: Any) -> str:
    text = json.dumps(inputs, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def recipe(*files: str | Path) -> str:
    """Hash of the files that say how a thing is made."""
    here = Path(__file__).parent
    sums = [hashlib.sha256((here / f).read_bytes()).hexdigest() for f in files]
    return digest(sums)


def path(kind: str, inputs: Any) -> Path:
    """The directory KIND-HASH, whether it is there or not."""
    return root() / f"{kind}-{digest(inputs)}"


def made(kind: str, inputs: Any, maker: Callable[[Path], None]) -> Path:
    """The same, made by maker(tmp) unless it is there."""
    final = path(kind, inputs)
    if final.is_dir():
        return final
    with locked(root() / "locks" / final.name, kind):
        if final.is_dir():
            return final
        say(f"making {kind}")
        tmp = Path(tempfile.mkdtemp(prefix=".tmp-", dir=root()))
        try:
            maker(tmp)
            tmp.chmod(0o755)
            tmp.rename(final)
        finally:
            shutil.rmtree(tmp, ignore_errors=True)
    return final


def clean() -> None:
    """Remove the whole cache."""
    say(f"removing {root()}")
    shutil.rmtree(root())
