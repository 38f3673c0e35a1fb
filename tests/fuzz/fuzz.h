/* SPDX-License-Identifier: GPL-2.0 */
/* What the targets share: bytes to take apart, and a way to complain. */
#ifndef XB_FUZZ_H
#define XB_FUZZ_H

#include "custom.h"

#include <stdio.h>
#include <stdlib.h>

/* Called by libFuzzer with one input after the other. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* An invariant; libFuzzer keeps the input that breaks it. */
#define FUZZ_ASSERT(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, \
				__LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/**
 * struct fuzz_input - what is left of an input
 */
struct fuzz_input {
	/** @data: next byte */
	const u8 *data;
	/** @left: bytes from there */
	size_t left;
};

/* Takes bytes off the front; zeroes where there are no more. */
static inline void fuzz_take(struct fuzz_input *in, void *to, size_t bytes)
{
	size_t n = min(bytes, in->left);

	memset(to, 0, bytes);
	if (n)
		memcpy(to, in->data, n);
	in->data += n;
	in->left -= n;
}

static inline u8 fuzz_u8(struct fuzz_input *in)
{
	u8 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

static inline u16 fuzz_u16(struct fuzz_input *in)
{
	u16 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

static inline u32 fuzz_u32(struct fuzz_input *in)
{
	u32 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

static inline u64 fuzz_u64(struct fuzz_input *in)
{
	u64 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

#endif /* XB_FUZZ_H */
