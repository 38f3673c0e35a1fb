# SPDX-License-Identifier: GPL-2.0
"""What the kernel's own drivers do wrong, in words; what was seen is in
Documentation/intree.json. A row is a test that is played with them.

L4 and the like are rows of the list of faults that was made when both drivers
were compared; what has no number was found later.
"""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A test, and, where it fails, what that means."""
    test: str
    title: str          # what is right
    fault: str = ""
    seen: str = ""      # by the guest or the admin, and why
    hand: str = ""      # how to see it without the testbed
    line: str = ""      # of the logs: shows what has happened


DISKS = (
    Row("lifecycle/late-write",
        "no write of a guest that is gone lands under the next owner of its disk",
        "L4", """
A guest is destroyed while a write of it is on its way. Its device is gone at
once, the write is not: the next guest, or the same one started again, attaches
the disk and reads it, and then the write lands under it, after its journal was
replayed, say. The last request frees what is left of the old device, and a new
device does not ask whether an old one still has I/O on that disk.""", """
A disk whose writes take 14 s (`dmsetup create slow --table "0 SECTORS delay DISK
0 0 DISK 0 14000"`) attached to guest A; a direct write in A; `xl destroy A`;
attach it to B; B reads the block at once and 14 s later."""),
    Row("lifecycle/last-close",
        "a disk that hangs while it is closed keeps no other disk open", "", """
A disk that dom0 has written to through its page cache hangs. It is detached, and
so is another, healthy one: `xl` says that both are gone, but the healthy one stays
open until the first comes back, and cannot be taken apart or be claimed. A file
that a kernel thread gives away is closed by one work item for the whole host, in
turn, and whoever closes a disk last writes its cache back.""", """
Two linear device-mapper disks attached to a guest; `dd` to the first one in dom0,
without `oflag=direct`; `dmsetup suspend --nolockfs --noflush` it; `xl
block-detach` both; the open count of the second (`dmsetup info`) stays 1."""),
    Row("lifecycle/hung",
        "a disk that hangs, in I/O or when it is opened, holds up nobody else",
        "", """
Opening a disk waits (storage that is away, a module that is loaded): nobody's disk
or interface is attached or detached meanwhile, `xl` gives up after 10 s with rc -9.
The disk is opened in xenwatch, the one thread that handles all changes of all
devices. (A disk that hangs in I/O holds up nobody.)""", """
`/proc/sys/kernel/modprobe` set to a program that sleeps; a device node of a
number without driver (`mknod ghost b 240 78`) attached to one guest; attach any
disk to another.""", r"D .*\[xenwatch\]"),
    Row("lifecycle/closed",
        "a disk can be detached after its frontend has closed, has written "
        "nonsense, or never connected", "L6", """
A guest without a driver, in its boot loader or paused never answers, and its disk
cannot be detached: `xl block-detach` waits 10 s and fails with rc -9, each time.
The driver waits for the frontend to close, also for one that has never come. After
a state that is no number the device is unregistered, but its own state stays at 4,
with the same end.""", """
`xl pause`; `xl block-attach`; `xl block-detach`. Or, of a guest that is connected
and paused: `xenstore-write /local/domain/DOMID/device/vbd/51728/state banana`;
`xl block-detach`.""", r"unable to remove device"),
    Row("blk/readonly",
        "a disk that is read-only in dom0 is read by a guest, and not written",
        "L5", """
A disk that was made read-only in dom0 (`blockdev --setro`) and is attached with
mode `w` is written by the guest. Only the mode is looked at when the disk is
opened, not whether the disk may be written; the kernel complains once and lets the
write pass.""", """
`blockdev --setro DISK`; `xl block-attach GUEST phy:DISK,xvdb,w`; write in the
guest; read DISK.""", r"write to read-only block-device"),
    Row("blk/unopenable",
        "why a disk cannot be opened is in xenstore; one that somebody has "
        "claimed is not attached", "", """
A disk that dom0 has claimed (mounted, part of a device-mapper or md device) is
attached all the same, without a word, and then both write to it; and dom0 may claim
one that a guest is using. The disk is opened without a holder.""", """
`dmsetup create owner --table "0 1024 linear DISK 0"`; `xl block-attach GUEST
phy:DISK,xvdb,w`.""", r"^ +state = .4"),
    Row("lifecycle/owner",
        "a disk whose backend has closed has no I/O left and is nobody's", "L3"),
    Row("lifecycle/abandoned",
        "nothing more is sent to the disk for a guest that has been destroyed"),
    Row("lifecycle/detach-load", "a disk is detached while the guest is using it"),
    Row("lifecycle/destroy", "a guest is destroyed under load", "L3"),
    Row("lifecycle/replaced",
        "a disk is detached by force under load, and attached again at once",
        "L11"),
    Row("lifecycle/reconnect",
        "a frontend that begins anew with I/O in flight waits, and is connected"),
    Row("blk/absent", "a disk that does not exist: a readable error"),
    Row("blk/resize",
        "a guest sees that its disk has another size, an idle one, too; from and "
        "to nothing", "L1"),
    Row("blk/cached", "what dom0 has cached of a disk is neither hidden from the "
        "guest nor written over what it writes"),
    Row("blk/starved", "the first of many requests is answered when the disk has "
        "done it", "D3"),
)

INTERFACES = (
    Row("net/features", "headroom, MTU, and packets that somebody shares", "", """
A frontend asks for headroom in front of packets (a guest's XDP program): states 7,
8 of the backend, 4 again. The backend's state in xenstore stays at 8 until the
interface goes; when the frontend asks again it finds the answer that it waits for
before the driver has read what it wants. The state is written past the driver's own
record of it, which says Connected all the time.""", """
Of a guest that is connected: `xenstore-write
/local/domain/DOMID/device/vif/0/xdp-headroom 256`, then 7 to `state` beside it, then
4; `xenstore-read /local/domain/0/backend/vif/DOMID/0/state` is 8.""",
        r"^ +state = .8"),
    Row("net/closed", "an interface can be detached after its frontend has closed, "
        "has written nonsense, or never connected", "L6"),
    Row("net/stall", "a guest that takes no packets costs bounded memory, and "
        "others nothing"),
    Row("net/kept", "packets that somebody keeps do not pile up with each "
        "connection", "N2"),
    Row("net/replaced", "an interface is detached under traffic, and attached "
        "again at once", "L11"),
    Row("net/lifecycle", "down and up, a frontend that returns, the driver rebound"),
    Row("net/ctrl", "a frontend sets hash, key and table"),
    Row("frontends/net-first", "the first packets of a frontend get through: at "
        "once, behind a bridge, before the hotplug script"),
)

HOSTILE = (
    Row("hostile/blk-conform", "blkif in every detail"),
    Row("hostile/blk-ring", "attacks through a block ring"),
    Row("hostile/blk-lie", "attacks with grants that change"),
    Row("hostile/blk-state", "attacks on a vbd with states, events and xenstore"),
    Row("hostile/net-conform", "netif in every detail", "N9"),
    Row("hostile/net-attack", "attacks on a vif through its rings and beside them"),
    Row("hostile/net-packet", "attacks with packets, buffers and the control ring"),
    Row("frontends/net-buffers", "any number of receive buffers loses no packet",
        "N1"),
    Row("frontends/blk-profiles", "block frontends that exist"),
    Row("frontends/net-profiles", "network frontends that exist"),
)

ROWS = (*DISKS, *INTERFACES, *HOSTILE)
