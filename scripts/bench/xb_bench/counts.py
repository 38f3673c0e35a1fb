# SPDX-License-Identifier: GPL-2.0
"""Events per point from executed code: hypercalls, grant operations, context
switches. A function's calls are the executions of its first instruction."""
from __future__ import annotations

import re
from collections import defaultdict

from .rows import Row

# What is counted: on whose behalf, and which functions (of either
# architecture's hypervisor, or of dom0's kernel) are entered for it.
EVENTS = {
    "hypercalls": ("dom0", "pv_hypercall|do_trap_hypercall"),
    "grant_hypercalls": ("dom0", "do_grant_table_op"),
    # Xen leaves a long hypercall for an interrupt and has it issued again,
    # which counts among both of the above.
    "continuations": ("dom0", "hypercall_create_continuation"),
    "grant_maps": ("dom0", "create_grant_pv_mapping|map_grant_ref"),
    "grant_unmaps": ("dom0", r"unmap_common(\.constprop\.0)?"),
    "grant_copy_frames": ("dom0", "acquire_grant_for_copy"),
    # x86 only: on arm64 a flush is part of each change of a mapping.
    "flush_rounds": ("dom0", "flush_area_mask"),
    "events_sent": ("dom0", "evtchn_send"),
    "events_received": ("guest", "evtchn_send"),
    "dom0_switches": ("dom0", "cpu_switch_to|__switch_to_asm"),
    "dom0_wakeups": ("dom0", "try_to_wake_up"),
    "xen_switches": ("dom0", "context_switch"),
}


def events(rows: list[Row]) -> dict[str, int]:
    """How often each of EVENTS has happened."""
    found = {}
    for event, (domain, pattern) in EVENTS.items():
        found[event] = sum(r.calls for r in rows if r.domain == domain
                           and re.fullmatch(pattern, r.name))
    return found


def parts(rows: list[Row]) -> dict[str, int]:
    """Instructions by domain and part of the system."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[f"{row.domain}:{row.part}"] += row.insns
    return dict(sums)
