# SPDX-License-Identifier: GPL-2.0
"""What the gates look at: the files of the tree, and how findings are told."""

import os
import re
import subprocess
import sys

TOP = os.path.realpath(os.environ.get("XB_TOP") or
                       os.path.join(os.path.dirname(__file__), "..", ".."))
MODULE_DIRS = ("common/", "blkback/", "netback/")
SKIP_DIRS = {".git", "build", "__pycache__"}


def _git_files():
    cmd = ["git", "-C", TOP, "ls-files", "-z", "-co", "--exclude-standard"]
    out = subprocess.run(cmd, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=True).stdout
    return out.decode().split("\0")


def _walked_files():
    for root, dirs, names in os.walk(TOP):
        dirs[:] = [d for d in dirs if d not in SKIP_DIRS]
        for name in names:
            yield os.path.relpath(os.path.join(root, name), TOP)


def files(pattern=r".", under=()):
    """Paths below TOP that match pattern and lie under one of the prefixes.

    In a checkout: tracked files and new ones that are not ignored, so that a
    file is judged before it is committed. In an exported tree: all files.
    """
    try:
        if not os.path.exists(os.path.join(TOP, ".git")):
            raise FileNotFoundError
        names = _git_files()
    except (OSError, subprocess.CalledProcessError):
        names = _walked_files()
    return sorted({n for n in names
                   if n and os.path.isfile(os.path.join(TOP, n)) and
                   re.search(pattern, n) and
                   (not under or n.startswith(tuple(under)))})


def module_sources(pattern=r"\.[ch]$"):
    return files(pattern, MODULE_DIRS)


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8",
              errors="replace") as f:
        return f.read()


def is_binary(name):
    with open(os.path.join(TOP, name), "rb") as f:
        return b"\0" in f.read(8192)


def shebang(name):
    with open(os.path.join(TOP, name), "rb") as f:
        line = f.readline(200)
    return line.decode(errors="replace") if line.startswith(b"#!") else ""


def python_files():
    return [n for n in files()
            if n.endswith(".py") or "python" in shebang(n)]


def shell_files():
    return [n for n in files()
            if n.endswith(".sh") or re.search(r"[/ ](ba|da)?sh\b", shebang(n))]


def blank(text, comments=True, strings=True):
    """text with comments and string contents blanked, newlines kept."""
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                       r"|'(?:\\.|[^'\\\n])*'", re.S)

    def repl(m):
        s = m.group(0)
        if s[0] == "/":
            return re.sub(r"[^\n]", " ", s) if comments else s
        return s[0] + " " * (len(s) - 2) + s[-1] if strings else s
    return token.sub(repl, text)


def functions(names):
    """C functions of the files: dicts of file, name, line, end, static, type.

    Taken from universal-ctags, which copes with kernel C without its headers.
    """
    names = list(names)
    if not names:
        return []
    cmd = ["ctags", "-f", "-", "--languages=C", "--langmap=C:.c.h",
           "--kinds-C=f", "--fields=+neft", "--excmd=number",
           "-I", "__must_hold+,__acquires+,__releases+,__must_check,"
           "__init,__exit,__user,__printf+,noinline", *names]
    out = subprocess.run(cmd, cwd=TOP, check=True, stdout=subprocess.PIPE,
                         universal_newlines=True).stdout
    found = []
    for line in out.splitlines():
        cols = line.split("\t")
        ext = dict(c.split(":", 1) for c in cols[4:] if ":" in c)
        found.append({"name": cols[0], "file": cols[1],
                      "line": int(ext["line"]), "end": int(ext["end"]),
                      "static": "file" in ext,
                      "type": ext.get("typeref", "typename:")
                      .split(":", 1)[1]})
    return found


class Findings:
    """Counts and prints `file:line: message`; exit status of a gate."""

    def __init__(self):
        self.count = 0

    def add(self, name, line, message):
        self.count += 1
        print(f"{name}:{line}: {message}")

    def exit(self):
        sys.exit(1 if self.count else 0)
