# SPDX-License-Identifier: GPL-2.0
"""Searching logs for lines that no healthy run prints."""
from __future__ import annotations

import re
from typing import Iterable

UGLY = re.compile("|".join((
    r"\bBUG\b", r"\bWARNING:", r"\bOops\b", r"\bCall [Tt]race\b",
    r"\blockdep\b", r"possible recursive locking",
    r"possible circular locking", r"suspicious RCU usage",
    r"inconsistent lock state", r"trying to register non-static key",
    r"turning off the locking correctness", r"blocked for more than",
    r"general protection fault", r"\(XEN\).*\b(?:Assertion|BUG|[Pp]anic)\b",
    r"Guest crashed", r"\bdomain_crash\b", r"\bDomain \S+ .*crashed",
    r"Kernel panic", r"[Uu]nable to handle", r"\brefcount_t\b", r"\bKASAN\b",
    r"\bUBSAN\b", r"unreferenced object",
    r"kmemleak: \d+ new suspected memory leaks", r"\bsoft lockup\b",
    r"rcu_\w+ (?:self-)?detected (?:expedited )?stalls?",
)))

# Lines of a healthy run that look ugly, and why they may stay.
HARMLESS = re.compile("|".join((
    # Boot messages that name a feature, not an event.
    r"Spectre V\d : WARNING: Unprivileged eBPF",
    r"rcu: .*lockdep",
    r"^Command line:|Kernel command line:",
    # Asked for with xsm=dummy, so that guests can be driver domains.
    r"\(XEN\) WARNING: SILO mode is not enabled",
    # Xen's speculative hardening list names its own options.
    r"\(XEN\)\s+(?:Xen settings|Compiled-in support):",
)))

# Complaints of a guest's own kernel that no backend can prevent: all up to the
# end of the trace belongs to them.
FOREIGN = re.compile("|".join((
    # Linux 7.3: xen-netfront takes a reference to slab memory for each packet
    # that has no answer when it disconnects. Some are sent after our last look
    # at the ring; the in-tree netback leaves more of them.
    r"WARNING: include/linux/mm\.h:\d+ at xennet_disconnect_backend\+",
)))
TRACE_END = re.compile(r"---\[ end trace")


def _own(lines: Iterable[str]) -> Iterable[str]:
    """All lines but those of a foreign complaint."""
    foreign = False
    for line in lines:
        foreign = foreign or bool(FOREIGN.search(line))
        if not foreign:
            yield line
        if TRACE_END.search(line):
            foreign = False


def hits(lines: Iterable[str], allowed: str = "") -> list[str]:
    """The ugly lines, except harmless ones and those allowed by regex."""
    extra = re.compile(allowed) if allowed else None
    found = []
    for line in _own(lines):
        if not UGLY.search(line) or HARMLESS.search(line):
            continue
        if extra and extra.search(line):
            continue
        found.append(line.strip())
    return found
