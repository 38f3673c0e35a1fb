/* SPDX-License-Identifier: GPL-2.0 */
/* Bits, strings and lines in the log, of which one suite makes use. */
#ifndef XB_BITS_H
#define XB_BITS_H

#define test_bit(nr, word)	(!!(*(word) & BIT(nr)))
#define set_bit(nr, word)	((void)(*(word) |= BIT(nr)))
#define __set_bit(nr, word)	set_bit(nr, word)
#define __clear_bit(nr, word)	((void)(*(word) &= ~BIT(nr)))
#define for_each_set_bit(bit, word, nr) \
	for ((bit) = custom_next_bit(*(word), 0); (bit) < (nr); \
	     (bit) = custom_next_bit(*(word), (bit) + 1))
#define xchg(ptr, v)		__atomic_exchange_n(ptr, v, __ATOMIC_SEQ_CST)

static inline unsigned long custom_next_bit(unsigned long word,
					    unsigned long from)
{
	while (from < BITS_PER_LONG && !(word & BIT(from)))
		from++;
	return from;
}

/* Who asks is never told to be quiet. */
struct ratelimit_state {
	int lines;
};

#define RATELIMIT_MSG_ON_RELEASE	1
#define ratelimit_state_init(rs, interval, burst)	((rs)->lines = 0)
#define ratelimit_set_flags(rs, flags)			((void)(rs))
#define __ratelimit(rs)			(++(rs)->lines)
#define dev_warn(dev, ...)		custom_say(__VA_ARGS__)

static inline char *kstrdup(const char *text, gfp_t gfp)
{
	size_t bytes = strlen(text) + 1;
	char *copy = custom_alloc(1, bytes);

	return copy ? memcpy(copy, text, bytes) : NULL;
}

static inline size_t str_has_prefix(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? 0 : len;
}

#endif /* XB_BITS_H */
