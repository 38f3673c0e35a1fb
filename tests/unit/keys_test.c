// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/keys.c: what is taken over of keys in xenstore, and that files
 * which set the same wait for nobody but each other.
 */
#include "framework.h"
#include "backend/keys.h"
#include "backend/life.h"
#include "backend/xenstore.h"
#include "xgh_internal.h"

#include <stdarg.h>
#include <stdio.h>

enum { IOPS, BURST, NR };

#define OURS	"backend/a/7/1"

static const struct xgh_key table_keys[] = {
	[IOPS] = { "limits/iops", "0" },
	[BURST] = { "limits/burst", "100" },
};

static const struct xenbus_device xdev = { .nodename = OURS };
static struct xgh_keys keys;

/* What the nodes hold: NULL for none, or an error. */
static struct {
	const char *text;
	int err;
} nodes[NR];

static int dir_err;
/* What was set, in which way, and what "limits-error" says. */
static char values[NR][16];
static char said[80];
static unsigned int nr_sets, nr_reads;
static int held_in_set, held_in_read;

static int set(struct xgh_keys *of, unsigned int key, const char *value)
{
	nr_sets++;
	held_in_set += of->lock.held;
	if (!strcmp(value, "bad"))
		return -EINVAL;
	snprintf(values[key], sizeof(values[key]), "%s", value);
	return 0;
}

static const struct xgh_key_table table = {
	.dir = "limits",
	.keys = table_keys,
	.nr = NR,
	.set = set,
};

static char *copy_of(const char *text)
{
	return kstrdup(text, GFP_NOIO) ?: ERR_PTR(-ENOMEM);
}

char *xgh_read(const char *dir, const char *node)
{
	unsigned int i;

	nr_reads++;
	held_in_read += keys.lock.held;
	if (!strcmp(node, table.dir))
		return dir_err ? ERR_PTR(dir_err) : copy_of("");
	for (i = 0; strcmp(table_keys[i].node, node); i++)
		;
	if (nodes[i].err)
		return ERR_PTR(nodes[i].err);
	return nodes[i].text ? copy_of(nodes[i].text) : ERR_PTR(-ENOENT);
}

int xgh_xenstore_printf(const struct xenbus_device *dev, const char *name,
			const char *fmt, ...)
{
	va_list args;

	held_in_read += keys.lock.held;
	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	return 0;
}

void xgh_xenstore_remove(const struct xenbus_device *dev, const char *name)
{
	held_in_read += keys.lock.held;
	said[0] = '\0';
}

static int keys_init(struct kunit *test)
{
	custom_reset();
	memset(&keys, 0, sizeof(keys));
	memset(nodes, 0, sizeof(nodes));
	memset(values, 0, sizeof(values));
	said[0] = '\0';
	dir_err = 0;
	nr_sets = 0;
	nr_reads = 0;
	held_in_set = 0;
	held_in_read = 0;
	xgh_keys_init(&keys, &table);
	return 0;
}

/* Each set had the lock, and nothing that may take long. */
static void keys_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, held_in_set, nr_sets);
	KUNIT_EXPECT_EQ(test, held_in_read, 0);
	KUNIT_EXPECT_EQ(test, keys.lock.held, 0);
	KUNIT_EXPECT_EQ(test, custom_mutexes, 0);
	custom_reset();
}

/*
 * The device's lock may be held for as long as rings are paged out; a file
 * needs that of its keys alone.
 */
static void a_file_takes_the_lock_of_keys_alone(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_keys_set(&keys, IOPS, " 500\n"), 0);
	KUNIT_EXPECT_TRUE(test, !strcmp(values[IOPS], "500"));
	KUNIT_EXPECT_EQ(test, nr_sets, 1);
	KUNIT_EXPECT_EQ(test, xgh_keys_set(&keys, IOPS, "bad"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, !strcmp(values[IOPS], "500"));
	custom_fail_alloc = 1;
	KUNIT_EXPECT_EQ(test, xgh_keys_set(&keys, IOPS, "1"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, nr_reads, 0);
}

/* Xenstored may take its time: no key is locked meanwhile. */
static void xenstored_is_asked_without_it(struct kunit *test)
{
	nodes[IOPS].text = "700";
	KUNIT_EXPECT_EQ(test, xgh_keys_follow(&keys, &xdev), XGH_LIFE_NEVER);
	KUNIT_EXPECT_TRUE(test, !strcmp(values[IOPS], "700"));
	/* What was never there leaves alone what was set otherwise. */
	KUNIT_EXPECT_TRUE(test, !strcmp(values[BURST], ""));
	KUNIT_EXPECT_EQ(test, nr_reads, 3);
	KUNIT_EXPECT_EQ(test, xgh_keys_follow(&keys, &xdev), XGH_LIFE_NEVER);
	KUNIT_EXPECT_EQ(test, nr_reads, 3);
	nodes[IOPS].text = NULL;
	xgh_keys_mark(&keys, BIT(IOPS));
	xgh_keys_follow(&keys, &xdev);
	KUNIT_EXPECT_TRUE(test, !strcmp(values[IOPS], "0"));
}

static void a_bad_key_is_said_until_it_is_good(struct kunit *test)
{
	nodes[IOPS].text = "bad";
	nodes[BURST].text = "50";
	xgh_keys_follow(&keys, &xdev);
	KUNIT_EXPECT_TRUE(test, !strcmp(values[BURST], "50"));
	KUNIT_EXPECT_TRUE(test, !strcmp(said,
					"22 limits/iops is not taken"));
	KUNIT_EXPECT_EQ(test, keys.log.lines, 1);
	nodes[IOPS].text = "1";
	xgh_keys_mark(&keys, BIT(IOPS));
	xgh_keys_follow(&keys, &xdev);
	KUNIT_EXPECT_TRUE(test, !strcmp(said, ""));
}

static void what_may_pass_is_asked_again(struct kunit *test)
{
	dir_err = -EIO;
	KUNIT_EXPECT_EQ(test, xgh_keys_follow(&keys, &xdev), HZ);
	KUNIT_EXPECT_EQ(test, keys.written, BIT(IOPS) | BIT(BURST));
	dir_err = 0;
	nodes[BURST].err = -EIO;
	KUNIT_EXPECT_EQ(test, xgh_keys_follow(&keys, &xdev), HZ);
	KUNIT_EXPECT_EQ(test, keys.written, BIT(BURST));
	nodes[BURST].err = -EPERM;
	KUNIT_EXPECT_EQ(test, xgh_keys_follow(&keys, &xdev), XGH_LIFE_NEVER);
	/* Most devices have none of them. */
	dir_err = -ENOENT;
	keys.present = 0;
	xgh_keys_mark(&keys, BIT(BURST));
	KUNIT_EXPECT_EQ(test, xgh_keys_follow(&keys, &xdev), XGH_LIFE_NEVER);
	KUNIT_EXPECT_EQ(test, keys.errors[BURST], 0);
}

static void a_watch_names_keys(struct kunit *test)
{
	const struct xenbus_watch watch = { .node = OURS };
	static const struct {
		const char *path;
		unsigned long named;
	} paths[] = {
		{ OURS, BIT(IOPS) | BIT(BURST) },
		{ OURS "/limits", BIT(IOPS) | BIT(BURST) },
		{ OURS "/limits/iops", BIT(IOPS) },
		{ OURS "/limits/iops/x", 0 },
		{ OURS "/lim", 0 },
		{ OURS "0/limits", 0 },
		{ "device/a", 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(paths); i++)
		KUNIT_EXPECT_EQ(test, xgh_keys_named(&table, &watch,
						     paths[i].path),
				paths[i].named);
}

static struct kunit_case keys_cases[] = {
	KUNIT_CASE(a_file_takes_the_lock_of_keys_alone),
	KUNIT_CASE(xenstored_is_asked_without_it),
	KUNIT_CASE(a_bad_key_is_said_until_it_is_good),
	KUNIT_CASE(what_may_pass_is_asked_again),
	KUNIT_CASE(a_watch_names_keys),
	{}
};

static struct kunit_suite keys_suite = {
	.name = "backend_keys",
	.init = keys_init,
	.exit = keys_exit,
	.test_cases = keys_cases,
};

kunit_test_suite(keys_suite);
