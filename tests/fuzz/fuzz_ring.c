// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/ring.c on a page that its otherend changes at will.
 *
 * An input: bytes of the ring (2 bytes, modulo MOST), of a slot (1, modulo
 * 128), req_prod and rsp_prod at the start (4 each, little-endian), then
 * steps: one byte, modulo the number of steps, and what that step takes.
 */
#include "fuzz.h"
#include "gnttab-helpers/ring.h"
#include "xgh_internal.h"

#define MOST		2048
#define HEADER		64
#define REQ_PROD	0
#define REQ_EVENT	4
#define RSP_PROD	8
#define RSP_EVENT	12

/* The ring, what it should be, and what the page was before a step. */
struct state {
	struct xgh_ring ring;
	u8 *page;
	size_t bytes;
	u32 slot_size;
	bool attached;
	/* What the ring's owner believes. */
	u32 req_cons;
	u32 rsp_prod;
	u32 pushed;
	int waiting;
	u8 before[MOST];
	u8 after[MOST];
};

/* ---- the otherend ----------------------------------------------------- */

static u32 peek(const struct state *s, size_t at)
{
	u32 v;

	custom_peek(&v, s->page + at, sizeof(v));
	return v;
}

static void poke(struct state *s, size_t at, u32 v)
{
	custom_poke(s->page + at, &v, sizeof(v));
}

static void write_index(struct state *s, struct fuzz_input *in)
{
	size_t at = fuzz_u8(in) % 4 * 4;

	poke(s, at, fuzz_u32(in));
}

/* Near to what it should be: there the off-by-ones are. */
static void move_index(struct state *s, struct fuzz_input *in)
{
	size_t at = fuzz_u8(in) % 4 * 4;
	u32 from = at == RSP_EVENT ? s->pushed : s->req_cons;

	poke(s, at, from + (s8)fuzz_u8(in));
}

static void write_slots(struct state *s, struct fuzz_input *in)
{
	u32 at = HEADER + fuzz_u8(in) * 8;
	u64 v = fuzz_u64(in);

	if (at + sizeof(v) <= s->bytes)
		custom_poke(s->page + at, &v, sizeof(v));
}

/* ---- around each call ------------------------------------------------- */

/* With flip, each byte changes as soon as it was read. */
static void begin(struct state *s, bool flip)
{
	custom_shared_reset();
	if (flip)
		custom_shared_flip(0, s->bytes);
	custom_peek(s->before, s->page, s->bytes);
}

static unsigned int reads(size_t at, size_t bytes)
{
	return custom_shared_max_reads(at, bytes);
}

/* Nothing but these bytes was written, nothing but those was read. */
static void end(struct state *s, size_t written, size_t nr_written,
		size_t read, size_t nr_read)
{
	size_t after = read + nr_read;
	size_t i;

	FUZZ_ASSERT(!reads(0, read) && !reads(after, s->bytes - after));
	custom_peek(s->after, s->page, s->bytes);
	for (i = 0; i < s->bytes; i++)
		if (s->before[i] != s->after[i])
			FUZZ_ASSERT(i - written < nr_written || reads(i, 1));
	FUZZ_ASSERT(s->ring.req_cons == s->req_cons);
	FUZZ_ASSERT(s->ring.rsp_prod == s->rsp_prod);
	FUZZ_ASSERT(s->ring.rsp_pushed == s->pushed);
	FUZZ_ASSERT(xgh_ring_unanswered(&s->ring) == s->req_cons - s->rsp_prod);
	FUZZ_ASSERT(xgh_ring_unanswered(&s->ring) <= s->ring.nr_slots);
}

static size_t slot_at(const struct state *s, u32 index)
{
	return HEADER + index % s->ring.nr_slots * s->slot_size;
}

/* ---- what the owner does ---------------------------------------------- */

/* What a producer index means to an owner who believes in nothing. */
static int judge(const struct state *s, u32 req_prod)
{
	u32 held = s->req_cons - s->rsp_prod;
	u32 waiting = req_prod - s->req_cons;

	return waiting <= s->ring.nr_slots - held ? (int)waiting : -EPROTO;
}

static void check_slots(const struct state *s)
{
	size_t room = (s->bytes - HEADER) / s->slot_size;
	u32 nr = s->ring.nr_slots;

	FUZZ_ASSERT(nr && !(nr & (nr - 1)));
	FUZZ_ASSERT(nr <= room && room < 2 * nr);
}

static void attach(struct state *s)
{
	u32 rsp_prod, req_prod;
	int err;

	begin(s, false);
	err = xgh_ring_attach(&s->ring, s->page, s->bytes, s->slot_size);
	if (s->bytes < HEADER || !s->slot_size ||
	    s->bytes - HEADER < s->slot_size) {
		FUZZ_ASSERT(err == -EINVAL);
		return;
	}
	rsp_prod = peek(s, RSP_PROD);
	req_prod = peek(s, REQ_PROD);
	s->attached = true;
	s->req_cons = rsp_prod;
	s->rsp_prod = rsp_prod;
	s->pushed = rsp_prod;
	s->waiting = 0;
	check_slots(s);
	FUZZ_ASSERT(err == min(judge(s, req_prod), 0));
	FUZZ_ASSERT(reads(0, HEADER) == 1);
	end(s, 0, 0, 0, HEADER);
}

static void unconsumed(struct state *s, bool flip)
{
	begin(s, flip);
	s->waiting = xgh_ring_unconsumed(&s->ring);
	FUZZ_ASSERT(s->waiting == judge(s, *(u32 *)s->before));
	FUZZ_ASSERT(reads(REQ_PROD, 4) == 1);
	end(s, 0, 0, REQ_PROD, 4);
}

/* Only as many as there are said to be: as the drivers do. */
static void consume(struct state *s, struct fuzz_input *in)
{
	size_t bytes = min_t(u32, fuzz_u8(in), s->slot_size);
	size_t at = slot_at(s, s->req_cons);
	u8 request[256];

	if (s->waiting <= 0)
		return;
	begin(s, true);
	memset(request, 0x55, sizeof(request));
	xgh_ring_consume(&s->ring, request, bytes);
	s->waiting--;
	s->req_cons++;
	/* The slot as it was when it was read, and no byte behind it. */
	FUZZ_ASSERT(!memcmp(request, s->before + at, bytes));
	FUZZ_ASSERT(request[bytes] == 0x55);
	FUZZ_ASSERT(!bytes || reads(at, bytes) == 1);
	end(s, 0, 0, at, bytes);
}

static void check_rearm(struct state *s, int ret, u32 wanted)
{
	int first = judge(s, *(u32 *)s->before);
	bool asked = first >= 0 && first < (int)wanted;
	int second = judge(s, ~*(u32 *)s->before);

	FUZZ_ASSERT(reads(REQ_PROD, 4) == 1 + asked);
	FUZZ_ASSERT(ret == (asked ? second : first));
	if (asked)
		FUZZ_ASSERT(peek(s, REQ_EVENT) == s->req_cons + wanted);
	end(s, REQ_EVENT, asked ? 4 : 0, REQ_PROD, 4);
}

/* The producer moves between the two looks at it. */
static void rearm(struct state *s)
{
	begin(s, true);
	s->waiting = xgh_ring_rearm(&s->ring);
	check_rearm(s, s->waiting, 1);
}

static void rearm_for(struct state *s, struct fuzz_input *in)
{
	u32 wanted = 1 + fuzz_u8(in) % s->ring.nr_slots;

	begin(s, true);
	s->waiting = xgh_ring_rearm_for(&s->ring, wanted);
	check_rearm(s, s->waiting, wanted);
}

static void respond(struct state *s, struct fuzz_input *in)
{
	size_t bytes = min_t(u32, fuzz_u8(in), s->slot_size);
	bool due = s->req_cons != s->rsp_prod;
	size_t at = slot_at(s, s->rsp_prod);
	u8 response[256];

	memset(response, fuzz_u8(in), sizeof(response));
	begin(s, false);
	custom_log.warnings = 0;
	xgh_ring_respond(&s->ring, response, bytes);
	FUZZ_ASSERT(custom_log.warnings == !due);
	s->rsp_prod += due;
	end(s, at, due ? bytes : 0, 0, 0);
	if (due)
		FUZZ_ASSERT(!memcmp(s->after + at, response, bytes));
}

/* Does the event lie among the responses that have become visible? */
static bool wants_event(u32 old, u32 new, u32 event)
{
	for (; old != new; old++)
		if (old + 1 == event)
			return true;
	return false;
}

static void push(struct state *s, bool flip)
{
	u32 old = s->pushed;
	bool any = old != s->rsp_prod;
	bool notify;

	begin(s, flip);
	notify = xgh_ring_push(&s->ring);
	s->pushed = s->rsp_prod;
	FUZZ_ASSERT(notify == wants_event(old, s->rsp_prod,
					  ((u32 *)s->before)[3]));
	FUZZ_ASSERT(reads(RSP_EVENT, 4) == any);
	if (any)
		FUZZ_ASSERT(peek(s, RSP_PROD) == s->rsp_prod);
	end(s, RSP_PROD, any ? 4 : 0, RSP_EVENT, 4);
}

/* A sweep: all that is there, and never more than the ring holds. */
static void drain(struct state *s)
{
	static const u8 whole[] = { 255 };
	u32 taken = 0;

	for (unconsumed(s, false); s->waiting > 0;) {
		struct fuzz_input in = { .data = whole, .left = 1 };

		consume(s, &in);
		taken++;
		if (!s->waiting)
			unconsumed(s, false);
	}
	FUZZ_ASSERT(taken <= s->ring.nr_slots);
}

static void step(struct state *s, struct fuzz_input *in)
{
	switch (fuzz_u8(in) % 13) {
	case 0:
		return write_index(s, in);
	case 1:
		return move_index(s, in);
	case 2:
		return write_slots(s, in);
	case 3:
		return attach(s);
	case 4:
		return unconsumed(s, false);
	case 5:
		return unconsumed(s, true);
	case 6:
		return consume(s, in);
	case 7:
		return drain(s);
	case 8:
		return rearm(s);
	case 9:
		return rearm_for(s, in);
	case 10:
		return respond(s, in);
	case 11:
		return push(s, false);
	default:
		return push(s, true);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { .data = data, .left = size };
	struct state s = {};
	u32 indices[2];
	int steps = 0;

	s.bytes = fuzz_u16(&in) % MOST;
	s.slot_size = fuzz_u8(&in) % 128;
	indices[0] = fuzz_u32(&in);
	indices[1] = fuzz_u32(&in);

	custom_reset();
	s.page = calloc(1, s.bytes + !s.bytes);
	if (s.bytes >= HEADER) {
		memcpy(s.page + REQ_PROD, &indices[0], 4);
		memcpy(s.page + RSP_PROD, &indices[1], 4);
	}
	custom_share(s.page, s.bytes);
	attach(&s);
	while (s.attached && in.left && steps++ < 256)
		step(&s, &in);
	custom_reset();
	free(s.page);
	return 0;
}
