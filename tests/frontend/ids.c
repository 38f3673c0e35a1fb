// SPDX-License-Identifier: GPL-2.0
/* Owns what may be answered on a ring. */
#include "ids.h"
#include "front.h"

#include <string.h>

void ids_add(struct ids *ids, uint64_t id)
{
	if (ids->unknown)
		return;
	if (ids->nr == IDS_MAX)
		die("more requests than a ring holds, and no responses");
	ids->id[ids->nr++] = id;
}

void ids_take(struct ids *ids, uint64_t id)
{
	unsigned int i;

	if (ids->unknown)
		return;
	for (i = 0; i < ids->nr && ids->id[i] != id; i++)
		;
	if (i == ids->nr)
		die("a response to %#llx, which is none of %u requests",
		    (unsigned long long)id, ids->nr);
	ids->nr--;
	memmove(&ids->id[i], &ids->id[i + 1],
		(ids->nr - i) * sizeof(ids->id[0]));
}
