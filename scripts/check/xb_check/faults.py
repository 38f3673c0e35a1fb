# SPDX-License-Identifier: GPL-2.0
"""What the kernel's own drivers do wrong, in words; what was seen is in
Documentation/intree.json. A row is a test that is played with them."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A test, and, where it fails, what that means."""
    test: str
    title: str
    seen: str = ""      # by the guest or the admin, and why
    hand: str = ""      # how to see it without the testbed
    line: str = ""      # of the logs: shows what has happened


ROWS = (
    Row("lifecycle/late-write", "no write of a dead guest lands under the next owner"),
    Row("lifecycle/owner", "a disk whose backend has closed has no I/O left"),
    Row("lifecycle/closed", "detach after the frontend has closed, or never came"),
    Row("lifecycle/last-close", "a disk that hangs while it is closed keeps no other open"),
    Row("lifecycle/abandoned", "nothing more is sent for a guest that is gone"),
    Row("blk/readonly", "a disk that is read-only in dom0 is not written"),
    Row("blk/absent", "a disk that does not exist"),
    Row("blk/unopenable", "a disk that cannot be opened, or that somebody has claimed"),
    Row("blk/resize", "a new size reaches a guest, an idle one, too"),
    Row("blk/cached", "what dom0 has cached of a disk"),
    Row("blk/starved", "requests are answered when the disk has done them"),
    Row("lifecycle/hung", "a disk that hangs holds up nobody else"),
    Row("lifecycle/detach-load", "detach under load"),
    Row("lifecycle/destroy", "destroy under load"),
    Row("lifecycle/replaced", "a disk detached by force, and attached again at once"),
    Row("lifecycle/reconnect", "a frontend that begins anew with I/O in flight"),
    Row("net/stall", "a guest that takes no packets"),
    Row("net/closed", "the same of an interface"),
    Row("net/replaced", "an interface detached under traffic, and attached again at once"),
    Row("net/features", "headroom, MTU, packets that are shared"),
    Row("net/lifecycle", "down and up, a new frontend, the driver rebound"),
    Row("net/kept", "packets that somebody keeps"),
    Row("net/ctrl", "hash, key and table"),
    Row("hostile/blk-conform", "blkif in every detail"),
    Row("hostile/blk-ring", "attacks through a block ring"),
    Row("hostile/blk-lie", "attacks with grants that change"),
    Row("hostile/blk-state", "attacks from beside the ring"),
    Row("hostile/net-conform", "netif in every detail"),
    Row("hostile/net-attack", "attacks through a network ring, and from beside it"),
    Row("hostile/net-packet", "attacks with packets and the control ring"),
    Row("frontends/net-buffers", "any number of receive buffers"),
    Row("frontends/blk-profiles", "block frontends that exist"),
    Row("frontends/net-profiles", "network frontends that exist"),
)
