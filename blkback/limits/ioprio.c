// SPDX-License-Identifier: GPL-2.0
/* Owns the words for I/O priorities. Pure. */
#include "ioprio.h"
#include "xbb_internal.h"

/* Classes in the order of their numbers; those with levels end with a slash. */
static const char *const xbb_ioprio_classes[] = {
	[IOPRIO_CLASS_NONE] = "none",
	[IOPRIO_CLASS_RT] = "rt/",
	[IOPRIO_CLASS_BE] = "be/",
	[IOPRIO_CLASS_IDLE] = "idle",
};

static bool xbb_ioprio_has_level(unsigned int class)
{
	return class == IOPRIO_CLASS_RT || class == IOPRIO_CLASS_BE;
}

/* Returns what is left of a text after the word of a class, or NULL. */
static const char *xbb_ioprio_after(const char *text, unsigned int class)
{
	size_t len = strlen(xbb_ioprio_classes[class]);

	return strncmp(text, xbb_ioprio_classes[class], len) ? NULL :
							       text + len;
}

/**
 * xbb_ioprio_parse() - what priority is meant?
 * @text: the words, and nothing around them
 * @ioprio: filled in, as a bio has it; 0 for none
 *
 * Context: Any.
 * Return: 0, or -EINVAL if it is none.
 */
int xbb_ioprio_parse(const char *text, u16 *ioprio)
{
	unsigned int class, level = 0;
	const char *rest = NULL;

	for (class = 0; class < ARRAY_SIZE(xbb_ioprio_classes); class++) {
		rest = xbb_ioprio_after(text, class);
		if (rest)
			break;
	}
	if (!rest)
		return -EINVAL;
	if (xbb_ioprio_has_level(class)) {
		if (*rest < '0' || *rest >= '0' + IOPRIO_NR_LEVELS)
			return -EINVAL;
		level = *rest++ - '0';
	}
	if (*rest)
		return -EINVAL;
	*ioprio = IOPRIO_PRIO_VALUE(class, level);
	return 0;
}

/**
 * xbb_ioprio_print() - the words for a priority
 * @buf: where they go
 * @size: room there, in bytes
 * @ioprio: the priority; one that xbb_ioprio_parse() has made
 *
 * Context: Any.
 * Return: how many bytes they are, without the zero at their end.
 */
int xbb_ioprio_print(char *buf, size_t size, u16 ioprio)
{
	unsigned int class = IOPRIO_PRIO_CLASS(ioprio);
	const char *word = xbb_ioprio_classes[class];

	if (!xbb_ioprio_has_level(class))
		return snprintf(buf, size, "%s", word);
	return snprintf(buf, size, "%s%u", word,
			(unsigned int)IOPRIO_PRIO_DATA(ioprio));
}
