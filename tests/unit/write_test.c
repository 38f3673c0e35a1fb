// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/write.c and read.c, with a xenstored that has one directory
 * and refuses what it is told to.
 */
#include "framework.h"
#include "backend/read.h"
#include "backend/write.h"
#include "xgh_internal.h"

#define DIR	"backend/a/1/2"
#define EXPECT_TEXT(test, a, b)	KUNIT_EXPECT_EQ(test, strcmp(a, b), 0)

static struct {
	/* The directory: its state, if there is one, and another node. */
	const char *state;
	char text[32];
	/* What each of the next ones fails with, and how often. */
	int start, read, printf, end;
	unsigned int fails;
	/* The transaction that is open: what is to come of it. */
	unsigned int open;
	char new_state[8], new_text[32];
	unsigned int starts;
} store;

static char state_text[8];

static void store_init(const char *state)
{
	memset(&store, 0, sizeof(store));
	store.state = state;
	custom_log.sleeps = 0;
	custom_log.slept_ms = 0;
}

static int fails(int err)
{
	if (!err || !store.fails)
		return 0;
	store.fails--;
	return err;
}

int xenbus_transaction_start(struct xenbus_transaction *xbt)
{
	store.starts++;
	/* One at a time, of all devices. */
	if (custom_mutexes != 1 || store.open)
		abort();
	if (fails(store.start))
		return store.start;
	store.open++;
	store.new_state[0] = '\0';
	store.new_text[0] = '\0';
	return 0;
}

int xenbus_transaction_end(struct xenbus_transaction xbt, int abandon)
{
	if (custom_mutexes != 1 || store.open-- != 1)
		abort();
	if (abandon)
		return 0;
	if (fails(store.end))
		return store.end;
	if (store.new_state[0]) {
		memcpy(state_text, store.new_state, sizeof(state_text));
		store.state = state_text;
	}
	memcpy(store.text, store.new_text, sizeof(store.text));
	return 0;
}

void *xenbus_read(struct xenbus_transaction xbt, const char *dir,
		  const char *node, unsigned int *len)
{
	size_t bytes;
	char *text;

	if (fails(store.read))
		return ERR_PTR(store.read);
	if (strcmp(dir, DIR) || strcmp(node, "state") || !store.state)
		return ERR_PTR(-ENOENT);
	bytes = strlen(store.state) + 1;
	text = custom_alloc(1, bytes);
	memcpy(text, store.state, bytes);
	return text;
}

int xenbus_scanf(struct xenbus_transaction xbt, const char *dir,
		 const char *node, const char *fmt, ...)
{
	char *text = xenbus_read(xbt, dir, node, NULL);
	va_list args;
	int found;

	if (!store.open)
		abort();
	if (IS_ERR(text))
		return PTR_ERR(text);
	va_start(args, fmt);
	found = vsscanf(text, fmt, args);
	va_end(args);
	kfree(text);
	return found > 0 ? found : -ERANGE;
}

int xenbus_printf(struct xenbus_transaction xbt, const char *dir,
		  const char *node, const char *fmt, ...)
{
	bool is_state = !strcmp(node, "state");
	va_list args;

	if (!store.open || strcmp(dir, DIR))
		abort();
	if (is_state && fails(store.printf))
		return store.printf;
	va_start(args, fmt);
	vsnprintf(is_state ? store.new_state : store.new_text,
		  is_state ? sizeof(store.new_state) : sizeof(store.new_text),
		  fmt, args);
	va_end(args);
	return 0;
}

static const struct xgh_node nodes[] = {
	{ .name = "sectors", .value = 1234567890123ull },
	{ .name = "state", .value = XenbusStateConnected },
};

static struct xgh_write both = {
	.dir = DIR,
	.nodes = nodes,
	.nr = ARRAY_SIZE(nodes),
};

/* ---- cases ------------------------------------------------------------ */

static void write_is_all_at_once(struct kunit *test)
{
	const struct xgh_node word = { .name = "who", .text = "100%s" };
	struct xgh_write text = { .dir = DIR, .nodes = &word, .nr = 1 };

	store_init("2");
	KUNIT_EXPECT_EQ(test, xgh_write(&both), 0);
	EXPECT_TEXT(test, store.state, "4");
	EXPECT_TEXT(test, store.text, "1234567890123");
	KUNIT_EXPECT_EQ(test, xgh_write(&text), 0);
	EXPECT_TEXT(test, store.text, "100%s");
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 0);
}

/* Whatever it is that xenstored has enough of, and however it calls that. */
static void write_waits_for_its_turn(struct kunit *test)
{
	static const int refusals[] = {
		-ENOSPC, -EBUSY, -EDQUOT, -EINVAL, -ENOMEM, -EAGAIN, -EINTR,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		store_init("2");
		store.start = refusals[i];
		store.fails = 5;
		KUNIT_EXPECT_EQ(test, xgh_write(&both), 0);
		EXPECT_TEXT(test, store.state, "4");
		KUNIT_EXPECT_EQ(test, custom_log.sleeps, 5);

		/* For a second, and no longer. */
		store_init("2");
		store.start = refusals[i];
		store.fails = 1000;
		KUNIT_EXPECT_EQ(test, xgh_write(&both), refusals[i]);
		EXPECT_TEXT(test, store.state, "2");
		KUNIT_EXPECT_GE(test, custom_log.slept_ms, 900);
		KUNIT_EXPECT_LE(test, custom_log.slept_ms, 1000);
		KUNIT_EXPECT_EQ(test, custom_mutexes, 0);
	}
}

/* Somebody else wrote at the same time: at once, and as often as it takes. */
static void write_begins_anew_after_a_conflict(struct kunit *test)
{
	store_init("2");
	store.end = -EAGAIN;
	store.fails = 100;
	KUNIT_EXPECT_EQ(test, xgh_write(&both), 0);
	KUNIT_EXPECT_EQ(test, store.starts, 101);
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 0);
	EXPECT_TEXT(test, store.state, "4");
}

/* What is no matter of the moment is not tried again. */
static void write_takes_no_for_an_answer(struct kunit *test)
{
	store_init("2");
	store.end = -ENOSPC;
	store.fails = 1;
	KUNIT_EXPECT_EQ(test, xgh_write(&both), -ENOSPC);
	KUNIT_EXPECT_EQ(test, store.starts, 1);
	EXPECT_TEXT(test, store.state, "2");

	/* Then nothing is written, not even what was before it. */
	store_init("2");
	store.printf = -EACCES;
	store.fails = 1;
	KUNIT_EXPECT_EQ(test, xgh_write(&both), -EACCES);
	EXPECT_TEXT(test, store.text, "");
}

static void write_minds_what_stands_there(struct kunit *test)
{
	struct xgh_write write = both;

	store_init(NULL);
	KUNIT_EXPECT_EQ(test, xgh_write(&write), -ENOENT);
	KUNIT_EXPECT_NULL(test, store.state);
	store_init("nonsense");
	KUNIT_EXPECT_EQ(test, xgh_write(&write), -ENOENT);
	EXPECT_TEXT(test, store.state, "nonsense");

	store_init("5");
	write.own = XenbusStateConnected;
	KUNIT_EXPECT_EQ(test, xgh_write(&write), -ENOENT);
	EXPECT_TEXT(test, store.state, "5");
	write.own = XenbusStateClosing;
	KUNIT_EXPECT_EQ(test, xgh_write(&write), 0);

	store_init("1");
	write.own = XenbusStateUnknown;
	write.spare = XenbusStateInitialising;
	KUNIT_EXPECT_EQ(test, xgh_write(&write), -ESTALE);
	EXPECT_TEXT(test, store.state, "1");
	store_init("2");
	KUNIT_EXPECT_EQ(test, xgh_write(&write), 0);
	EXPECT_TEXT(test, store.state, "4");
}

static void write_reads_through_a_bad_moment(struct kunit *test)
{
	store_init("2");
	store.read = -ENOMEM;
	store.fails = 3;
	KUNIT_EXPECT_EQ(test, xgh_write(&both), 0);
	KUNIT_EXPECT_EQ(test, store.starts, 4);
	store_init("6");
	store.read = -EIO;
	store.fails = 3;
	KUNIT_EXPECT_EQ(test, xgh_read_state(DIR), XenbusStateClosed);
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 3);
	store.fails = 1000;
	KUNIT_EXPECT_EQ(test, xgh_read_state(DIR), XenbusStateUnknown);
	KUNIT_EXPECT_LE(test, custom_log.slept_ms, 1200);
	store_init(NULL);
	KUNIT_EXPECT_EQ(test, xgh_read_unsigned(DIR, "state", 7), 7);
	store_init("x");
	KUNIT_EXPECT_EQ(test, xgh_read_state(DIR), XenbusStateUnknown);
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 0);
}

/* Missing is one thing, something else another. */
static void read_of_what_may_be_missing(struct kunit *test)
{
	unsigned int number;

	store_init("12");
	KUNIT_EXPECT_EQ(test, xgh_read_optional(DIR, "state", 7, &number), 0);
	KUNIT_EXPECT_EQ(test, number, 12);
	store_init("banana");
	KUNIT_EXPECT_EQ(test, xgh_read_optional(DIR, "state", 7, &number),
			-EINVAL);
	store_init(NULL);
	KUNIT_EXPECT_EQ(test, xgh_read_optional(DIR, "state", 7, &number), 0);
	KUNIT_EXPECT_EQ(test, number, 7);
	store.read = -EIO;
	store.fails = 1000;
	KUNIT_EXPECT_EQ(test, xgh_read_optional(DIR, "state", 7, &number),
			-EIO);
}

/* That it is not there is the writer's fault, a bad moment is nobody's. */
static void read_of_what_must_be_there(struct kunit *test)
{
	static const int errors[] = { -EIO, -ENOMEM, -EAGAIN };
	unsigned int number, i;

	store_init("12");
	KUNIT_EXPECT_EQ(test, xgh_read_required(DIR, "state", &number), 0);
	KUNIT_EXPECT_EQ(test, number, 12);
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		store.read = errors[i];
		store.fails = 1000;
		KUNIT_EXPECT_EQ(test, xgh_read_required(DIR, "state", &number),
				errors[i]);
	}
	store_init("4294967296");
	KUNIT_EXPECT_EQ(test, xgh_read_required(DIR, "state", &number),
			-EINVAL);
	store_init(NULL);
	KUNIT_EXPECT_EQ(test, xgh_read_required(DIR, "state", &number),
			-EINVAL);
}

static void read_of_words(struct kunit *test)
{
	char word[4] = "";

	store_init("cdrom");
	KUNIT_EXPECT_EQ(test, xgh_read_scanf(DIR, "state", "%3s", word), 1);
	EXPECT_TEXT(test, word, "cdr");
	store_init("");
	KUNIT_EXPECT_EQ(test, xgh_read_scanf(DIR, "state", "%3s", word),
			-ERANGE);
	store_init(NULL);
	KUNIT_EXPECT_EQ(test, xgh_read_scanf(DIR, "state", "%3s", word),
			-ENOENT);
}

/* A number is all of a node, and fits where it goes. */
static void read_takes_no_part_for_a_number(struct kunit *test)
{
	static const struct {
		const char *text;
		int err;
	} nodes[] = {
		{ "4294967296", -ERANGE }, { "4294967295", 0 },
		{ "18446744073709551617", -ERANGE },
		{ "12abc", -EINVAL }, { "1 2", -EINVAL }, { "", -EINVAL },
		{ "-1", -EINVAL }, { "0x10", -EINVAL },
		{ "007", 0 }, { "1\n", 0 }, { " 5", 0 },
	};
	unsigned int number, i;

	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		store_init(nodes[i].text);
		KUNIT_EXPECT_EQ(test, xgh_read_uint(DIR, "state", &number),
				nodes[i].err);
		KUNIT_EXPECT_EQ(test, xgh_read_optional(DIR, "state", 7,
							&number),
				nodes[i].err ? -EINVAL : 0);
		number = xgh_read_unsigned(DIR, "state", 4711);
		KUNIT_EXPECT_EQ(test, number == 4711, !!nodes[i].err);
	}
	KUNIT_EXPECT_EQ(test, number, 5);
	store_init("4294967300");
	KUNIT_EXPECT_EQ(test, xgh_read_state(DIR), XenbusStateUnknown);
	store_init("4x");
	KUNIT_EXPECT_EQ(test, xgh_read_state(DIR), XenbusStateUnknown);
	store_init("4\n");
	KUNIT_EXPECT_EQ(test, xgh_read_state(DIR), XenbusStateConnected);
}

static struct kunit_case write_cases[] = {
	KUNIT_CASE(write_is_all_at_once),
	KUNIT_CASE(write_waits_for_its_turn),
	KUNIT_CASE(write_begins_anew_after_a_conflict),
	KUNIT_CASE(write_takes_no_for_an_answer),
	KUNIT_CASE(write_minds_what_stands_there),
	KUNIT_CASE(write_reads_through_a_bad_moment),
	KUNIT_CASE(read_of_what_may_be_missing),
	KUNIT_CASE(read_of_what_must_be_there),
	KUNIT_CASE(read_of_words),
	KUNIT_CASE(read_takes_no_part_for_a_number),
	{}
};

static struct kunit_suite write_suite = {
	.name = "backend_write",
	.test_cases = write_cases,
};

kunit_test_suite(write_suite);
