// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/ring.c: from each state of a ring in which the indices
 * are in order, one step leads to such a state, whatever the guest writes and
 * wherever the indices wrap. So this holds after any number of steps.
 */
#define PROVE_SHARED
#include "prove.h"

#include "common/gnttab-helpers/ring.c"

/* A ring of up to 16 pages; what is read there can be anything. */
#define PAGES		16

static char page[PAGES * XEN_PAGE_SIZE];
static size_t page_bytes;

/* What was done to it. */
static struct {
	/* Accesses so far, and the number of the last of each kind. */
	unsigned int nr, looked, asked;
	/* req_prod as it was last read; what was written. */
	u32 req_prod, req_event, rsp_prod, rsp_event;
	bool pushed;
	/* Slots that were read and written: how often, and where. */
	unsigned int reads, writes;
	size_t read_at, written_at;
} seen;

/* The ring under proof. */
static struct xgh_ring ring;

static bool prove_is_shared(const void *at)
{
	return __CPROVER_same_object(at, page);
}

static void prove_get(void *to, const void *at, size_t bytes)
{
	size_t offset = (const char *)at - page;
	u32 value = ANY(u32);

	PROVE(prove_is_shared(at));
	seen.nr++;
	if (offset >= sizeof(struct xgh_ring_page)) {
		PROVE(offset + bytes <= page_bytes);
		PROVE(bytes <= ring.slot_size);
		seen.reads++;
		seen.read_at = offset;
		PROVE(__CPROVER_w_ok(to, bytes));
		return;
	}
	PROVE(bytes == sizeof(u32));
	*(u32 *)to = value;
	switch (offset) {
	case offsetof(struct xgh_ring_page, req_prod):
		seen.req_prod = value;
		seen.looked = seen.nr;
		break;
	case offsetof(struct xgh_ring_page, rsp_prod):
		seen.rsp_prod = value;
		break;
	case offsetof(struct xgh_ring_page, rsp_event):
		seen.rsp_event = value;
		break;
	default:
		PROVE(!"an index that the guest writes");
	}
}

static void prove_put(void *at, const void *from, size_t bytes)
{
	size_t offset = (char *)at - page;

	PROVE(prove_is_shared(at));
	seen.nr++;
	if (offset >= sizeof(struct xgh_ring_page)) {
		PROVE(offset + bytes <= page_bytes);
		PROVE(bytes <= ring.slot_size);
		seen.writes++;
		seen.written_at = offset;
		return;
	}
	PROVE(bytes == sizeof(u32));
	switch (offset) {
	case offsetof(struct xgh_ring_page, req_event):
		seen.req_event = *(const u32 *)from;
		seen.asked = seen.nr;
		break;
	case offsetof(struct xgh_ring_page, rsp_prod):
		seen.rsp_prod = *(const u32 *)from;
		seen.pushed = true;
		break;
	default:
		PROVE(!"an index that we write");
	}
}

/* Where a slot has to be: indices count on, slots begin again. */
static u32 offset_of(u32 index)
{
	return sizeof(struct xgh_ring_page) +
	       (index & (ring.nr_slots - 1)) * ring.slot_size;
}

/* Sizes of the slots that there are: blkif, netif TX and RX, control ring. */
static u32 any_slot_size(void)
{
	static const u32 sizes[] = { 112, 108, 12, 8, 16 };
	unsigned int i = ANY(unsigned int);

	ASSUME(i < ARRAY_SIZE(sizes));
	return sizes[i];
}

/* What holds between any two steps. */
static bool is_sound(void)
{
	return ring.page == (void *)page && is_power_of_2(ring.nr_slots) &&
	       ring.nr_slots <= sizeof(page) &&
	       sizeof(struct xgh_ring_page) +
	       (size_t)ring.nr_slots * ring.slot_size <= page_bytes &&
	       ring.req_cons - ring.rsp_prod <= ring.nr_slots;
}

static void any_ring(void)
{
	ring = ANY(struct xgh_ring);
	ring.page = (void *)page;
	ring.slot_size = any_slot_size();
	page_bytes = XEN_PAGE_SIZE * ANY(u8);
	ASSUME(page_bytes && page_bytes <= sizeof(page));
	ASSUME(is_sound());
}

void proof_attach(void)
{
	u32 slot_size = any_slot_size();
	int err;

	page_bytes = ANY(size_t);
	ASSUME(page_bytes <= sizeof(page));
	err = xgh_ring_attach(&ring, page, page_bytes, slot_size);
	PROVE(err == 0 || err == -EINVAL || err == -EPROTO);
	if (err == -EINVAL) {
		PROVE(page_bytes < sizeof(struct xgh_ring_page) + slot_size);
		return;
	}
	PROVE(is_sound());
	PROVE(ring.slot_size == slot_size);
	PROVE(ring.req_cons == ring.rsp_prod);
	PROVE(ring.rsp_pushed == ring.rsp_prod);
	PROVE(ring.rsp_prod == seen.rsp_prod);
	if (!err)
		PROVE(seen.req_prod - ring.req_cons <= ring.nr_slots);
}

/* What may be consumed was produced, and fits beside what is unanswered. */
static void prove_waiting(int waiting)
{
	u32 unanswered = ring.req_cons - ring.rsp_prod;

	PROVE(is_sound());
	if (waiting < 0) {
		PROVE(waiting == -EPROTO);
		PROVE(seen.req_prod - ring.req_cons >
		      ring.nr_slots - unanswered);
		return;
	}
	PROVE(waiting == seen.req_prod - ring.req_cons);
	PROVE(waiting + unanswered <= ring.nr_slots);
}

void proof_unconsumed(void)
{
	any_ring();
	prove_waiting(xgh_ring_unconsumed(&ring));
	PROVE(seen.nr == 1);
}

/* One read of the slot, which is the next one and has been produced. */
void proof_consume(void)
{
	u8 request[112];
	size_t bytes = ANY(size_t);
	struct xgh_ring old;

	any_ring();
	ASSUME(bytes && bytes <= ring.slot_size);
	ASSUME(xgh_ring_unconsumed(&ring) > 0);
	old = ring;
	xgh_ring_consume(&ring, request, bytes);
	PROVE(seen.reads == 1 && !seen.writes);
	PROVE(seen.read_at == offset_of(old.req_cons));
	PROVE(ring.req_cons == old.req_cons + 1);
	PROVE((s32)(seen.req_prod - ring.req_cons) >= 0);
	PROVE(ring.rsp_prod == old.rsp_prod);
	PROVE(is_sound());
}

/* One write, to a slot whose request was consumed and not yet answered. */
void proof_respond(void)
{
	u8 response[112] = { 0 };
	size_t bytes = ANY(size_t);
	struct xgh_ring old;

	any_ring();
	ASSUME(bytes && bytes <= ring.slot_size);
	old = ring;
	xgh_ring_respond(&ring, response, bytes);
	PROVE(is_sound());
	PROVE(!seen.reads && ring.req_cons == old.req_cons);
	if (old.req_cons == old.rsp_prod) {
		PROVE(!seen.writes && ring.rsp_prod == old.rsp_prod);
		return;
	}
	PROVE(seen.writes == 1);
	PROVE(seen.written_at == offset_of(old.rsp_prod));
	PROVE(ring.rsp_prod == old.rsp_prod + 1);
}

/* Slots of requests that are on their way at the same time lie apart. */
void proof_slots(void)
{
	u32 one = ANY(u32), two = ANY(u32);
	char *a, *b;

	any_ring();
	ASSUME(two != one && two - one < ring.nr_slots);
	a = xgh_ring_slot(&ring, one);
	b = xgh_ring_slot(&ring, two);
	PROVE(a + ring.slot_size <= b || b + ring.slot_size <= a);
}

/* An event for the response that the guest waits for, and for no other. */
void proof_push(void)
{
	struct xgh_ring old;
	bool event;

	any_ring();
	old = ring;
	event = xgh_ring_push(&ring);
	PROVE(is_sound());
	PROVE(seen.pushed == (old.rsp_pushed != old.rsp_prod));
	PROVE(ring.rsp_pushed == ring.rsp_prod);
	PROVE(ring.rsp_prod == old.rsp_prod && ring.req_cons == old.req_cons);
	if (!seen.pushed) {
		PROVE(!event);
		return;
	}
	PROVE(seen.rsp_prod == ring.rsp_prod);
	PROVE(event == ((u32)(seen.rsp_event - old.rsp_pushed - 1) <
			(u32)(old.rsp_prod - old.rsp_pushed)));
}

/* Who is to sleep has looked after it had asked to be woken. */
void proof_rearm(void)
{
	int waiting;

	any_ring();
	waiting = xgh_ring_rearm(&ring);
	prove_waiting(waiting);
	if (waiting)
		return;
	PROVE(seen.asked && seen.looked > seen.asked);
	PROVE(seen.req_event == ring.req_cons + 1);
}

void proof_rearm_for(void)
{
	u32 wanted = ANY(u32);
	int waiting;

	any_ring();
	ASSUME(wanted && wanted <= ring.nr_slots);
	waiting = xgh_ring_rearm_for(&ring, wanted);
	prove_waiting(waiting);
	if (waiting < 0 || waiting >= wanted)
		return;
	PROVE(seen.asked && seen.looked > seen.asked);
	PROVE(seen.req_event == ring.req_cons + wanted);
}
