/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What pv-conform runs: suites of cases, each of which begins with a device
 * that nobody uses, in a process of its own, and returns if all was well.
 */
#ifndef CONFORM_H
#define CONFORM_H

#include <stdbool.h>

/**
 * struct conform_case - what the tool says of a case
 * @name: of the case, within its suite; empty: it is not for this tool
 * @source: where its rule is from; "-": ours alone promise it, not for the tool
 */
struct conform_case {
	char name[64];
	const char *source;
};

/**
 * struct suite - cases of one kind
 * @name: of the suite
 * @get: says what number @nr is; false behind the last one
 * @run: runs it; ends the program if anything is wrong
 */
struct suite {
	const char *name;
	bool (*get)(unsigned int nr, struct conform_case *found);
	void (*run)(unsigned int devid, unsigned int nr);
};

extern const struct suite blk_conform_suite, blk_attack_suite,
	blk_garbage_suite, blk_profile_suite, blk_order_suite, blk_load_suite;
extern const struct suite net_conform_suite, net_attack_suite,
	net_garbage_suite, net_profile_suite, net_order_suite,
	net_load_suite;

void conform_name(struct conform_case *found, const char *name,
		  const char *source);

int pv_conform(int argc, char **argv);

#endif /* CONFORM_H */
