# SPDX-License-Identifier: GPL-2.0
"""Which proofs there are, and the mistakes that each of them must find."""
from __future__ import annotations

from dataclasses import dataclass

XGH, XBB = "common/gnttab-helpers/", "blkback/"
XNB, BACK = "netback/", "common/backend/"


@dataclass(frozen=True)
class Plant:
    """A mistake: the file, what is there, what is put in its place."""
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Proof:
    """proof_NAME() of SOURCE_proof.c, which SUITE builds with these flags."""
    suite: str
    name: str
    plants: tuple[Plant, ...]
    unwind: int = 40        # no loop goes round more often; that is proven, too
    z3: bool = False        # which is better at 64-bit arithmetic
    slow: bool = False      # takes more than some seconds
    source: str = ""
    flags: tuple[str, ...] = ()


def plants(file: str, *pairs: tuple[str, str]) -> tuple[Plant, ...]:
    return tuple(Plant(file, old, new) for old, new in pairs)


def proof(suite: str, name: str, *found: tuple[Plant, ...],
          **how: int | bool) -> Proof:
    return Proof(suite, name, sum(found, ()), source=suite, **how)


LAYOUT, VALIDATE = XBB + "ring/layout.c", XBB + "ring/validate.c"
RING, TXPKT = XGH + "ring.c", XNB + "tx/txpkt.c"
LIFE, RATE, RXPLAN = BACK + "life.c", BACK + "rate.c", XNB + "rx/rxplan.c"
RING_H, RXPLAN_H = XGH + "ring.h", XNB + "rx/rxplan.h"

PROTO_PROOFS = (
    proof("proto", "decode", plants(
        VALIDATE, ("nr_segs > XBB_DIRECT_SEGS",
                   "nr_segs > XBB_DIRECT_SEGS + 1"),
        ("cmd->nr_segs > XBB_INDIRECT_SEGS",
         "cmd->nr_segs > XBB_INDIRECT_SEGS + 1"),
        ("\tcmd->nr_sectors = 0;\n", "")), plants(
        LAYOUT, (".indirect_gref = 24", ".indirect_gref = 25"))),
    proof("proto", "segment", plants(
        XBB + "ring/validate.h", ("last_sect >= XBB_SEG_SECTORS",
                                  "last_sect > XBB_SEG_SECTORS"),
        ("first_sect > seg->last_sect", "first_sect > seg->last_sect + 1"))),
    proof("proto", "range", plants(
        VALIDATE, ("sector > capacity - nr_sectors",
                   "sector + nr_sectors > capacity"),
        ("nr_sectors > capacity ||", "nr_sectors > capacity + 1 ||"),
        ("(limits->block_sectors - 1)", "(limits->block_sectors - 2)"))),
    proof("proto", "discard", plants(
        VALIDATE, ("cmd->secure ? limits->secure_erase : limits->discard",
                   "limits->discard"),
        ("if (!cmd->nr_sectors)\n\t\treturn -EINVAL;", ""))),
    proof("proto", "encode", plants(
        LAYOUT, ("memset(response, 0, XBB_RESPONSE_BYTES)",
                 "memset(response, 0, XBB_RESPONSE_BYTES - 1)"))),
)

RING_PROOFS = (
    proof("ring", "attach", plants(
        RING, ("(bytes - sizeof(struct xgh_ring_page)) / slot_size",
               "bytes / slot_size"))),
    proof("ring", "unconsumed", plants(
        RING_H, ("nr_slots - xgh_ring_unanswered(ring)",
               "nr_slots - xgh_ring_unanswered(ring) + 1"))),
    proof("ring", "consume", plants(
        RING_H, ("(ring->nr_slots - 1)", "ring->nr_slots"),
        ("bytes);\n\t/* The compiler", "bytes + 1);\n\t/* The compiler")), z3=True),
    proof("ring", "respond", plants(
        RING_H, ("ring->rsp_prod++", "ring->rsp_prod += 2"),
        ("WARN_ON_ONCE(!xgh_ring_unanswered(ring))", "0"))),
    proof("ring", "slots", plants(
        RING_H, ("(ring->nr_slots - 1)", "(ring->nr_slots - 2)"))),
    proof("ring", "push", plants(
        RING, ("< new - old;", "<= new - old;"),
        ("ring->rsp_pushed = new;", ""))),
    proof("ring", "rearm", plants(
        RING, ("ring->req_cons + 1)", "ring->req_cons)"),
        ("virt_mb();\n\treturn xgh_ring_unconsumed(ring);",
         "virt_mb();\n\treturn waiting;"))),
    proof("ring", "rearm_for", plants(
        RING, ("ring->req_cons + wanted)", "ring->req_cons + wanted + 1)"))),
)

PLAN_PROOFS = (
    proof("plan", "move", plants(
        XBB + "ring/plan.c", ("nr_segs <= READ_ONCE", "nr_segs < READ_ONCE"),
        ("op == BLKIF_OP_READ || !READ_ONCE(policy->stable)", "1"))),
    proof("plan", "aligned", plants(
        XBB + "ring/plan.h", ("block_sectors - 1", "block_sectors - 2"))),
)

HIST_PROOFS = (
    proof("hist", "add", plants(
        BACK + "hist.h", ("XGH_HIST_SLOTS - 1)]", "XGH_HIST_SLOTS)]"),
        ("slot - 1", "slot"))),
)

RATE_PROOFS = (
    proof("rate", "set", plants(
        RATE, ("now - min(saved, now)", "now - saved"),
        ("ns ? min(units, most) : 0", "min(units, most)"))),
    proof("rate", "price", plants(
        RATE, ("price - 1, rate->units) + 1", "price, rate->units)"),
        ("ns > U32_MAX ?", "0 ?"),
        ("amount * rest + rate->units - 1", "amount * rest")), z3=True),
    proof("rate", "take", plants(
        RATE, ("max(rate->paid_until, earliest)", "earliest"),
        ("if (!wait)\n", "")), z3=True, slow=True),
    proof("rate", "bytes", plants(
        RATE, ("xgh_rate_set_bytes(&wanted, bytes, usec, 0)",
               "xgh_rate_set(&wanted, bytes, usec, 0, 0)")), z3=True),
)

LIFE_PROOFS = (
    proof("life", "start", plants(
        LIFE, ("*life = (struct xgh_life) { .traits = traits };",
               "life->traits = traits; life->backoff.failures = 7;"))),
    proof("life", "step", plants(
        LIFE, ("return xgh_life_leave_end(life, view) - now;",
               "return xgh_life_leave_end(life, view) - now + 1;"),
        ("return !view->replaced && (", "return ("),
        ("    xgh_backoff_must_wait(&life->backoff, view->now))",
         "    0)")), slow=True),
    proof("life", "up", plants(
        BACK + "life.h", ("life->link = XGH_LINK_UP;", "life->link = XGH_LINK_ORPHAN;"))),
    proof("life", "fail", plants(
        BACK + "backoff.c", ("backoff->failures < XGH_BACKOFF_MAX_SHIFT",
                             "backoff->failures <= XGH_BACKOFF_MAX_SHIFT"))),
    proof("life", "remove", plants(
        LIFE, ("gone && !view->replaced &&", "gone &&"))),
    proof("life", "run", plants(
        LIFE, ("\tlife->link = XGH_LINK_DOWN;\n", ""))),
)

TXPKT_PROOFS = (
    proof("txpkt", "init", plants(
        XNB + "tx/txpkt.h", ("memset(pkt, 0, offsetof(struct xnb_txpkt, slots));",
                "pkt->nr_slots = 0;"))),
    proof("txpkt", "feed", plants(
        TXPKT, ("slot->size > XEN_PAGE_SIZE", "slot->size > XEN_PAGE_SIZE + 1"),
        ("slot->size > first->size", "slot->size > first->size + 1"),
        ("(u32)slot->offset + slot->size",
         "(u16)(slot->offset + slot->size)"),
        ("pkt->nr_slots > XNB_TX_SLOTS)", "pkt->nr_slots > XNB_TX_SLOTS + 1)"),
        ("XNB_TX_SLOTS_LIMIT - 1)", "XNB_TX_SLOTS_LIMIT)"),
        ("extra->type >= XEN_NETIF_EXTRA_TYPE_MAX",
         "extra->type > XEN_NETIF_EXTRA_TYPE_MAX"))),
    proof("txpkt", "next", plants(
        TXPKT, ("piece->offset += cursor->done;", ""),
        ("slot->size - cursor->done, room", "slot->size, room"),
        ("cursor->slot < pkt->nr_slots &&", "")), unwind=20),
    proof("txpkt", "single", plants(
        XNB + "tx/txpkt.h", ("req->size < ETH_HLEN ||", ""),
        ("XEN_NETTXF_more_data | XEN_NETTXF_extra_info",
         "XEN_NETTXF_more_data"),
        ("req->size > XEN_PAGE_SIZE)", "req->size > XEN_PAGE_SIZE + 1)"),
        ("pkt->slots[0].id = req->id;", "")), unwind=48),
    proof("txpkt", "fault_name", plants(
        TXPKT, ("fault < XNB_TX_FAULTS", "fault <= XNB_TX_FAULTS"))),
)

RXPLAN_PROOFS = (
    proof("rxplan", "piece", plants(
        RXPLAN_H, ("if (in_frame <= room)", "if (in_frame <= room + 1)"),
        ("(XEN_PAGE_SIZE - 1))", "(XEN_PAGE_SIZE - 2))"),
        ("min_t(u32, len, room)", "len"))),
    proof("rxplan", "add", plants(
        RXPLAN, ("len -= piece;", "len -= piece; offset++;\n"
                 "\t\tif (len)\n\t\t\tlen--;"),), unwind=13),
    proof("rxplan", "end", plants(
        RXPLAN, ("plan->slots > XNB_RX_DATA_SLOTS ||",
                 "plan->slots > XNB_RX_DATA_SLOTS + 1 ||"),
        ("xnb_rxplan_slots(plan) > max_slots;", "0;"),
        ("plan->headroom + plan->size, 1)", "plan->size, 1)"))),
    proof("rxplan", "short", plants(
        RXPLAN_H, ("u32 most = frames + 1;", "u32 most = frames;"),
        ("most + xnb_rxplan_nr_extras(plan) > max_slots",
         "most > max_slots"), ("most > XNB_RX_DATA_SLOTS ||", "")), unwind=4),
)

HASH_PROOFS = (
    proof("hash", "map_size", plants(
        XNB + "ctrl/hash.c", ("size > XNB_HASH_MAP)",
                              "size > XNB_HASH_MAP + 1)"))),
    proof("hash", "queue", plants(
        XNB + "ctrl/hash.c", ("value % hash->map_size",
                              "value % (hash->map_size + 1)"))),
    proof("hash", "flow", plants(
        XNB + "ctrl/hash.c", ("i < bytes; i++", "i <= bytes; i++"))),
    proof("hash", "key", plants(
        XNB + "ctrl/hash.c", ("size > XNB_HASH_KEY ?",
                              "size > XNB_HASH_KEY + 1 ?"),
        ("at[4] >>", "at[5] >>"))),
    proof("hash", "check_map", plants(
        XNB + "ctrl/hash.c", ("size > hash->map_size - offset",
                              "size + offset > hash->map_size"))),
)


def of_pages(shift: int) -> tuple[Proof, ...]:
    """The proofs of grants_proof.c for pages of that size."""
    suite = f"grants{1 << (shift - 10)}k"

    def some(name: str, *found: tuple[Plant, ...], unwind: int = 40) -> Proof:
        return Proof(suite, name, sum(found, ()), unwind, source="grants",
                     flags=(f"-DXB_PAGE_SHIFT={shift}",))

    header = XGH + "grants.h"
    return (
        some("next", plants(header, ("XEN_PAGE_SIZE - grant->offset",
                                     "XEN_PAGE_SIZE + 1 - grant->offset"),
                            ("walk->offset >> XEN_PAGE_SHIFT", "0"))),
        some("count", plants(header, ("(offset & ~XEN_PAGE_MASK) + len",
                                      "len"),
                             ("XEN_PAGE_SIZE - 1) >>", "XEN_PAGE_SIZE) >>"))),
        some("split", plants(XGH + "copy.h", ("span->gref_offset + done",
                                              "span->gref_offset")),
             plants(XGH + "copy.c", (".left = span->len",
                                     ".left = span->len + 1")),
             unwind=4),
    )


PROOFS = (*PROTO_PROOFS, *RING_PROOFS, *PLAN_PROOFS, *HIST_PROOFS, *RATE_PROOFS,
          *LIFE_PROOFS, *TXPKT_PROOFS, *RXPLAN_PROOFS, *HASH_PROOFS,
          *of_pages(12), *of_pages(14), *of_pages(16))
