/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sparse 0.6.4, the newest in Debian, does not know of the headers of 7.x;
 * without it, it stops at them. scripts/check/kbuild puts this before each
 * source that sparse looks at; no compiler sees it.
 */

/* Strips qualifiers; for what sparse looks at, typeof is as good. */
#define __typeof_unqual__ __typeof__

/* Not constant for sparse; MODULE_INFO() wants it to be, for literals. */
#define __builtin_strlen(s) (sizeof(s) - 1)
