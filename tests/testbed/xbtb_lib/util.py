# SPDX-License-Identifier: GPL-2.0
"""Running commands, progress on stderr, locks."""
from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, Mapping, Sequence

CHECKOUT = Path(__file__).resolve().parents[3]
TESTBED = CHECKOUT / "tests" / "testbed"
START = time.monotonic()


class Failure(Exception):
    """An error whose text is all that the user needs."""


class Moved(Failure):
    """The archive of a release that goes on has something else by now."""


def say(text: str) -> None:
    """Progress: one line on stderr with the seconds since the start."""
    sys.stderr.write(f"xbtb: [{time.monotonic() - START:6.1f}s] {text}\n")
    sys.stderr.flush()


def tail(text: str, lines: int = 15) -> str:
    return "\n".join(text.rstrip().splitlines()[-lines:])


def run(cmd: Sequence[str | Path], cwd: Path | None = None,
        env: Mapping[str, str] | None = None) -> str:
    """Run a command to its end; stdout, or Failure with what it said."""
    full_env = dict(os.environ, LC_ALL="C.UTF-8", **(env or {}))
    done = subprocess.run([str(c) for c in cmd], cwd=cwd, env=full_env,
                          stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        shown = " ".join(str(c) for c in cmd)
        raise Failure(f"failed ({done.returncode}): {shown[:300]}\n"
                      f"{tail(done.stdout + done.stderr)}")
    return done.stdout


@contextlib.contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold an exclusive lock file, also against other clones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another xbtb that makes {what}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_whole(path: Path, text: str) -> None:
    """Whoever is killed meanwhile leaves what was there, never a part."""
    path.parent.mkdir(exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    os.replace(new, path)


def host_setup(*groups: str) -> None:
    """Install the host packages of these groups, if any are missing. Whoever
    ends us does not end that: dpkg would have to be mended by hand."""
    done = subprocess.run([str(CHECKOUT / "scripts" / "setup"), *groups],
                          stdin=subprocess.DEVNULL, stdout=sys.stderr,
                          start_new_session=True)
    if done.returncode:
        raise Failure(f"scripts/setup {' '.join(groups)} failed")
