/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What proofs are made of, and what the sources see of a kernel in them: the
 * headers of tests/unit, with this instead of its custom.c. Each proof includes
 * one source file, so that its static functions and all their inputs are seen.
 */
#ifndef XB_PROVE_H
#define XB_PROVE_H

#include "custom.h"

/* A value that can be any of its type. */
#define ANY(type) \
	({ \
		type __any; \
		__any; \
	})
#define ANY_BOOL()	(!ANY(u8))
#define ASSUME(cond)	__CPROVER_assume(cond)
#define PROVE(cond)	__CPROVER_assert(cond, #cond)

/* Any function of these arguments, always the same. */
u64 __CPROVER_uninterpreted_mul(u64 a, u64 b);
bool __CPROVER_uninterpreted_mul_wraps(u64 a, u64 b);
u64 __CPROVER_uninterpreted_div(u64 n, u64 d);
u64 __CPROVER_uninterpreted_rem(u64 n, u64 d);

struct custom_log custom_log;

#ifdef PROVE_SHARED
/*
 * For a source that only ever reads and writes what it shares with the guest:
 * its proof says what an access must keep to, and what is found there.
 */
static void prove_get(void *to, const void *at, size_t bytes);
static void prove_put(void *at, const void *from, size_t bytes);
static bool prove_is_shared(const void *at);

void *custom_memcpy(void *to, const void *from, size_t bytes)
{
	if (prove_is_shared(from))
		prove_get(to, from, bytes);
	else
		prove_put(to, from, bytes);
	return to;
}
#else
#undef memcpy
void *custom_memcpy(void *to, const void *from, size_t bytes)
{
	return memcpy(to, from, bytes);
}

#define memcpy(to, from, bytes)	custom_memcpy(to, from, bytes)

static void prove_get(void *to, const void *from, size_t bytes)
{
	switch (bytes) {
	case 1:
		*(u8 *)to = *(const u8 *)from;
		break;
	case 2:
		*(u16 *)to = *(const u16 *)from;
		break;
	case 4:
		*(u32 *)to = *(const u32 *)from;
		break;
	case 8:
		*(u64 *)to = *(const u64 *)from;
		break;
	default:
		PROVE(!"a size that is read and written at once");
	}
}

static void prove_put(void *to, const void *from, size_t bytes)
{
	prove_get(to, from, bytes);
}
#endif

void custom_get(void *to, const void *from, size_t bytes)
{
	prove_get(to, from, bytes);
}

void custom_put(void *to, const void *from, size_t bytes)
{
	prove_put(to, from, bytes);
}

#endif /* XB_PROVE_H */
