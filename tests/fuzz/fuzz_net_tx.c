// SPDX-License-Identifier: GPL-2.0
/*
 * netback/tx/txpkt.c fed with slots that a guest could write.
 *
 * An input: slots above which a packet is an attack (1 byte, modulo 64), most
 * bytes of a piece (2, little-endian, modulo 4096, and one more), then slots
 * of 12 bytes each: requests, or extra infos of which the last 4 do not count.
 * What is missing is zero.
 */
#include "fuzz.h"
#include "tx/txpkt.h"
#include "xnb_internal.h"

struct input {
	unsigned int fatal;
	unsigned int room;
};

/* The next slot, twice: the outcome depends on the copy that is given. */
static bool feed(struct fuzz_input *in, const struct input *input,
		 struct xnb_txpkt *pkt)
{
	struct xnb_txpkt other = *pkt;
	union xnb_tx_raw raw, again;
	bool over;

	fuzz_take(in, &raw, sizeof(raw));
	again = raw;
	over = xnb_txpkt_feed(pkt, &raw, input->fatal);
	FUZZ_ASSERT(!memcmp(&raw, &again, sizeof(raw)));
	FUZZ_ASSERT(xnb_txpkt_feed(&other, &again, input->fatal) == over);
	FUZZ_ASSERT(other.fault == pkt->fault);
	return over;
}

/* What goes on to be copied stays in its frames and adds up. */
static void check_data(const struct xnb_txpkt *pkt, unsigned int room)
{
	struct xnb_tx_cursor cursor = { 0 };
	struct xnb_tx_slot piece;
	unsigned int pieces = 0;
	unsigned int sum = 0;

	while (xnb_txpkt_next(pkt, &cursor, room, &piece)) {
		FUZZ_ASSERT(piece.size && piece.size <= room);
		FUZZ_ASSERT(piece.offset + piece.size <= XEN_PAGE_SIZE);
		sum += piece.size;
		FUZZ_ASSERT(sum <= pkt->size);
		pieces++;
	}
	FUZZ_ASSERT(sum == pkt->size);
	FUZZ_ASSERT(pieces <= pkt->nr_slots + sum / room);
}

static void check_fine(const struct xnb_txpkt *pkt, unsigned int room)
{
	FUZZ_ASSERT(pkt->nr_slots && pkt->nr_slots <= XNB_TX_SLOTS);
	FUZZ_ASSERT(pkt->nr_extras <= XNB_TX_EXTRAS);
	FUZZ_ASSERT(pkt->nr_extras == __builtin_popcount(pkt->extras));
	if (xnb_txpkt_has(pkt, XEN_NETIF_EXTRA_TYPE_GSO))
		FUZZ_ASSERT(pkt->gso_size && pkt->gso_type &&
			    pkt->gso_type <= XEN_NETIF_GSO_TYPE_TCPV6);
	else
		FUZZ_ASSERT(!pkt->gso_type && !pkt->gso_size);
	if (xnb_txpkt_is_mcast(pkt))
		return;
	FUZZ_ASSERT(pkt->size >= ETH_HLEN);
	check_data(pkt, room);
}

/* One packet; returns whether the ring may be read on. */
static bool take_packet(struct fuzz_input *in, const struct input *input,
			u8 junk)
{
	struct xnb_txpkt pkt;
	unsigned int nr = 0;

	memset(&pkt, junk, sizeof(pkt));
	xnb_txpkt_init(&pkt);
	do {
		nr++;
		/* A chain ends, whatever the guest writes. */
		FUZZ_ASSERT(nr <= XNB_TX_SLOTS_LIMIT + XNB_TX_EXTRAS + 1);
	} while (!feed(in, input, &pkt));

	FUZZ_ASSERT(pkt.nr_slots + pkt.nr_extras == nr);
	FUZZ_ASSERT(pkt.nr_slots <= XNB_TX_SLOTS_LIMIT);
	FUZZ_ASSERT(xnb_txpkt_fault_name(pkt.fault));
	if (pkt.fault == XNB_TX_FINE)
		check_fine(&pkt, input->room);
	return pkt.fault < XNB_TX_FATAL;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { .data = data, .left = size };
	struct input input;

	input.fatal = fuzz_u8(&in) % 64;
	input.room = fuzz_u16(&in) % 4096 + 1;
	while (in.left && take_packet(&in, &input, 0xa5))
		;
	return 0;
}
