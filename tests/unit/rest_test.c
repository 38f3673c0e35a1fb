// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/rest.c: which rings are looked at, and what is not at rest. A
 * guest writes what it likes to its nodes and rings.
 */
#include "framework.h"
#include "backend/bus.h"
#include "backend/rest.h"
#include "backend/xenstore.h"
#include "gnttab-helpers/ring.h"
#include "xgh_internal.h"

#define OTHEREND	7
#define BACK		"backend/a/7/1"
#define FRONT		"device/a/1"

static const struct device_driver driver = { .name = "another" };

static struct xenbus_device xdev;

/* Nodes of both ends, and what was asked of the hypervisor. */
static struct {
	const char *path, *text;
} store[8];

static unsigned int nr_nodes, nr_looks;

static struct {
	u32 gref, req_prod, rsp_prod;
} rings[4];

static void node(const char *path, const char *text)
{
	if (nr_nodes == ARRAY_SIZE(store))
		abort();
	store[nr_nodes].path = path;
	store[nr_nodes++].text = text;
}

void *xenbus_read(struct xenbus_transaction xbt, const char *dir,
		  const char *name, unsigned int *len)
{
	char path[80];
	unsigned int i;
	size_t bytes;
	char *text;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	for (i = 0; i < nr_nodes && strcmp(store[i].path, path); i++)
		;
	if (i == nr_nodes)
		return ERR_PTR(-ENOENT);
	bytes = strlen(store[i].text) + 1;
	text = custom_alloc(1, bytes);
	if (!text)
		return ERR_PTR(-ENOMEM);
	memcpy(text, store[i].text, bytes);
	return text;
}

char *xgh_xenstore_queue_dir(const struct xenbus_device *dev, unsigned int nr,
			     unsigned int index)
{
	char *dir = custom_alloc(1, 80);

	if (dir && nr == 1)
		snprintf(dir, 80, "%s", dev->otherend);
	else if (dir)
		snprintf(dir, 80, "%s/queue-%u", dev->otherend, index);
	return dir;
}

bool device_trylock(struct device *dev)
{
	if (dev->locked)
		return false;
	dev->locked = true;
	return true;
}

void device_unlock(struct device *dev)
{
	if (!dev->locked)
		abort();
	dev->locked = false;
}

void device_release_driver(struct device *dev)
{
	if (dev->locked)
		abort();
	dev->driver = NULL;
}

int xgh_bus_try(const char *what, int (*act)(struct device *dev))
{
	return act(&xdev.dev);
}

int xgh_bus_do(const char *what, int (*act)(struct device *dev))
{
	return act(&xdev.dev);
}

static s16 copy(unsigned int call, unsigned int op, u32 gref)
{
	struct xgh_ring_page *head = page_address(custom_page);
	unsigned int i;

	nr_looks++;
	for (i = 0; i < ARRAY_SIZE(rings); i++) {
		if (!rings[i].gref || rings[i].gref != gref)
			continue;
		head->req_prod = rings[i].req_prod;
		head->rsp_prod = rings[i].rsp_prod;
		return GNTST_okay;
	}
	return GNTST_bad_gntref;
}

static int rest_init(struct kunit *test)
{
	custom_reset();
	custom_xen.status = copy;
	memset(rings, 0, sizeof(rings));
	rings[0].gref = 8;
	rings[0].req_prod = 0xfffffffe;
	rings[0].rsp_prod = 0xfffffffe;
	rings[1].gref = 9;
	nr_nodes = 0;
	nr_looks = 0;
	xdev = (struct xenbus_device) {
		.nodename = BACK,
		.otherend = FRONT,
		.otherend_id = OTHEREND,
		.state = XenbusStateConnected,
		.dev.driver = &driver,
	};
	return 0;
}

static void rest_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, custom_xen.illegal, 0);
	KUNIT_EXPECT_FALSE(test, xdev.dev.locked);
	custom_reset();
}

static void rest_is_as_many_responses_as_requests(struct kunit *test)
{
	node(FRONT "/ring-ref", "8");
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
	KUNIT_EXPECT_PTR_EQ(test, xdev.dev.driver, &driver);
	/* Indices wrap around. */
	rings[0].req_prod = 1;
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), -EBUSY);
	KUNIT_EXPECT_EQ(test, xgh_rest_unbind("a"), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, xdev.dev.driver, &driver);
	rings[0].rsp_prod = 1;
	KUNIT_EXPECT_EQ(test, xgh_rest_unbind("a"), 0);
	KUNIT_EXPECT_NULL(test, xdev.dev.driver);
	KUNIT_EXPECT_EQ(test, nr_looks, 4);
}

static void rest_is_of_all_rings(struct kunit *test)
{
	node(BACK "/multi-queue-max-queues", "2");
	node(FRONT "/multi-queue-num-queues", "2");
	node(FRONT "/ring-page-order", "1");
	node(FRONT "/queue-0/ring-ref0", "8");
	node(FRONT "/queue-1/ring-ref0", "9");
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
	KUNIT_EXPECT_EQ(test, nr_looks, 2);
	rings[1].req_prod++;
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), -EBUSY);
}

/* Which of two names is meant the kernel's own knows by the order. */
static void rest_finds_either_name(struct kunit *test)
{
	rings[1].req_prod = 3;
	node(FRONT "/ring-ref0", "8");
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
	node(FRONT "/ring-ref", "9");
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), -EBUSY);
	node(FRONT "/ring-page-order", "0");
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
}

static void rest_is_nothing_that_cannot_be_found_out(struct kunit *test)
{
	static const char *const nonsense[] = { "10", "x", "8 ", "", "-8" };
	static const char *const numbers[] = { "0", "2", "4294967295", "1x" };
	unsigned int i;

	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), -EBUSY);
	node(FRONT "/ring-ref", "8");
	for (i = 0; i < ARRAY_SIZE(nonsense); i++) {
		store[0].text = nonsense[i];
		KUNIT_EXPECT_EQ(test, xgh_rest_look("a"),
				strcmp(nonsense[i], "8 ") ? -EBUSY : 0);
	}
	/* More rings than it was offered nobody looks at. */
	store[0].text = "8";
	node(FRONT "/multi-queue-num-queues", "1");
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
	node(FRONT "/queue-0/ring-ref", "8");
	nr_looks = 0;
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		store[1].text = numbers[i];
		KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), -EBUSY);
	}
	KUNIT_EXPECT_EQ(test, nr_looks, 0);
}

static void rest_without_memory_is_none(struct kunit *test)
{
	int nth;

	node(FRONT "/ring-ref", "8");
	for (nth = 1; nth <= 4; nth++) {
		custom_fail_alloc = nth;
		KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), -EBUSY);
	}
	custom_fail_alloc = 0;
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
}

/* By our own state: a frontend may say that it has closed. */
static void rest_of_what_has_no_rings(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), -EBUSY);
	xdev.state = XenbusStateClosing;
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
	node(FRONT "/ring-ref", "nonsense");
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), -EBUSY);
	xdev.state = XenbusStateInitWait;
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
	xdev.state = XenbusStateConnected;
	xdev.dev.driver = NULL;
	KUNIT_EXPECT_EQ(test, xgh_rest_look("a"), 0);
}

static void rest_waits_for_no_lock(struct kunit *test)
{
	node(FRONT "/ring-ref", "8");
	xdev.dev.locked = true;
	KUNIT_EXPECT_EQ(test, xgh_rest_unbind("a"), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, xdev.dev.driver, &driver);
	xdev.dev.locked = false;
}

static struct kunit_case rest_cases[] = {
	KUNIT_CASE(rest_is_as_many_responses_as_requests),
	KUNIT_CASE(rest_is_of_all_rings),
	KUNIT_CASE(rest_finds_either_name),
	KUNIT_CASE(rest_is_nothing_that_cannot_be_found_out),
	KUNIT_CASE(rest_without_memory_is_none),
	KUNIT_CASE(rest_of_what_has_no_rings),
	KUNIT_CASE(rest_waits_for_no_lock),
	{}
};

static struct kunit_suite rest_suite = {
	.name = "backend_rest",
	.init = rest_init,
	.exit = rest_exit,
	.test_cases = rest_cases,
};

kunit_test_suite(rest_suite);
