// SPDX-License-Identifier: GPL-2.0
/* Owns the connections to xenstore, gntalloc and evtchn. */
#include "front.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *what = "xbfront";
void (*last_word)(void);
bool only_rules;

void die(const char *fmt, ...)
{
	void (*tell)(void) = last_word;
	va_list args;

	va_start(args, fmt);
	printf("FAIL %s: ", what);
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
	last_word = NULL;
	if (tell)
		tell();
	_exit(1);
}

void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
}

void skip(const char *why)
{
	say(SKIP_WORD "%s", why);
	if (only_rules)
		_exit(SKIP_STATUS);
}

void unfit(const char *fmt, ...)
{
	char why[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	if (!only_rules)
		die("%s", why);
	skip(why);
}

void nap(unsigned int us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ull + ts.tv_nsec / 1000;
}

/* How long to wait until something is taken for hung. */
unsigned int patience_s(void)
{
	const char *env = getenv("XBFRONT_PATIENCE");

	return env ? atoi(env) : 120;
}

/* So many times, or more of them when there is time. */
unsigned int often(unsigned int times)
{
	const char *env = getenv("XBFRONT_TIMES");

	return times * (env ? atoi(env) : 1);
}

void thread_start(void *(*run)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, arg))
		die("no thread");
	pthread_detach(thread);
}

static char *read_string(struct front *front, const char *path)
{
	unsigned int len;

	return xs_read(front->xs, XBT_NULL, path, &len);
}

static uint64_t read_must(struct front *front, const char *key)
{
	uint64_t value;

	if (!front_read(front, key, &value))
		die("no %s/%s", front->dir, key);
	return value;
}

void front_open(struct front *front, const char *type, unsigned int devid)
{
	char path[128];
	char *text;

	front->xs = xs_open(0);
	front->gnt = xengntshr_open(NULL, 0);
	front->evt = xenevtchn_open(NULL, 0);
	if (!front->xs || !front->gnt || !front->evt)
		die("no access to xenstore, gntalloc or evtchn");

	snprintf(front->dir, sizeof(front->dir), "device/%s/%u", type, devid);
	snprintf(path, sizeof(path), "%s/backend", front->dir);
	text = read_string(front, path);
	if (!text)
		die("no device %s", front->dir);
	snprintf(front->otherend, sizeof(front->otherend), "%s", text);
	free(text);
	front->domid = read_must(front, "backend-id");
}

void front_close(struct front *front)
{
	xs_close(front->xs);
	xengntshr_close(front->gnt);
	xenevtchn_close(front->evt);
}

void front_write(struct front *front, const char *key, const char *fmt, ...)
{
	char path[256], value[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(value, sizeof(value), fmt, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s/%s", front->dir, key);
	if (!xs_write(front->xs, XBT_NULL, path, value, strlen(value)))
		die("cannot write %s: %s", path, strerror(errno));
}

void front_remove(struct front *front, const char *key)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", front->dir, key);
	xs_rm(front->xs, XBT_NULL, path);
}

static bool read_number(struct front *front, const char *dir, const char *key,
			uint64_t *value)
{
	char path[256];
	char *text;

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	text = read_string(front, path);
	if (!text)
		return false;
	*value = strtoull(text, NULL, 10);
	free(text);
	return true;
}

bool front_read(struct front *front, const char *key, uint64_t *value)
{
	return read_number(front, front->dir, key, value);
}

/* What the backend has published. */
uint64_t front_offer(struct front *front, const char *key, uint64_t absent)
{
	uint64_t value;

	return read_number(front, front->otherend, key, &value) ? value :
								  absent;
}

void front_state(struct front *front, enum state state)
{
	front_write(front, "state", "%d", state);
}

/* Any state. Who says that it is gone (0, or no number) may be believed. */
void front_storm(struct front *front, const char *state)
{
	if (!only_rules || atoi(state))
		front_write(front, "state", "%s", state);
}

enum state front_otherend_state(struct front *front)
{
	return front_offer(front, "state", UNKNOWN);
}

/* The longer it takes, the less often it is looked at. */
static bool await_state(struct front *front, unsigned int states,
			enum state *state)
{
	uint64_t begin = now_us(), took;

	for (;;) {
		*state = front_otherend_state(front);
		if (states & (1u << *state))
			return true;
		took = now_us() - begin;
		if (took > patience_s() * 1000000ull)
			return false;
		nap(took < 100000 ? 2000 : took < 2000000 ? 20000 : 200000);
	}
}

/* Wait until the backend is in one of the states, a mask of 1 << state. */
enum state front_wait(struct front *front, unsigned int states)
{
	enum state state;

	if (!await_state(front, states, &state))
		die("backend stays in state %d, not in mask %#x", state,
		    states);
	return state;
}

/*
 * The backend has given the device up: true, or the program ends. By the rules
 * it need not say so, as long as it serves nobody: false then.
 */
bool front_stopped(struct front *front)
{
	unsigned int states = 1u << CLOSING | 1u << CLOSED;
	enum state state;

	if (!only_rules)
		return front_wait(front, states);
	if (!front->silent && !await_state(front, states, &state)) {
		say("# its state stays %d", state);
		front->silent = true;
	}
	return !front->silent;
}

/* From whatever state to one in which a frontend may begin. */
void front_reset(struct front *front)
{
	enum state state = front_otherend_state(front);

	if (state != INITWAIT && state != CLOSED) {
		front_state(front, CLOSED);
		front_wait(front, 1u << CLOSED | 1u << INITWAIT);
	}
	front_state(front, INITIALISING);
	front_wait(front, 1u << INITWAIT);
}

/*
 * A backend that was told much in a short time may still connect to rings that
 * were offered before, and its state be that of then. When it has come from
 * Closed to InitWait it has seen the last of what it was told.
 */
void front_settle(struct front *front)
{
	front_state(front, CLOSED);
	front_wait(front, 1u << CLOSED);
	front_state(front, INITIALISING);
	front_wait(front, 1u << INITWAIT);
}

static struct pages share_frames(struct front *front, unsigned int domid,
				 unsigned int nr, bool writable)
{
	struct pages pages = { .nr = nr };

	pages.refs = calloc(nr, sizeof(*pages.refs));
	if (!pages.refs)
		die("no memory");
	pages.addr = xengntshr_share_pages(front->gnt, domid, nr, pages.refs,
					   writable);
	if (!pages.addr)
		die("cannot share %u pages: %s", nr, strerror(errno));
	memset(pages.addr, 0, (size_t)nr * FRAME);
	return pages;
}

struct pages pages_share(struct front *front, unsigned int nr, bool writable)
{
	return share_frames(front, front->domid, nr, writable);
}

/* Pages that somebody else may access, and not the backend. */
struct pages pages_share_with(struct front *front, unsigned int domid,
			      unsigned int nr)
{
	return share_frames(front, domid, nr, true);
}

void pages_unshare(struct front *front, struct pages *pages)
{
	if (pages->addr)
		xengntshr_unshare(front->gnt, pages->addr, pages->nr);
	free(pages->refs);
	*pages = (struct pages){};
}

evtchn_port_t port_open(struct front *front)
{
	xenevtchn_port_or_error_t port;

	port = xenevtchn_bind_unbound_port(front->evt, front->domid);
	if (port < 0)
		die("no event channel: %s", strerror(errno));
	return port;
}

/*
 * Its number then is that of one that the backend has nothing to do with: the
 * next process in this guest would get it, and a backend that still goes by it
 * would bind to what is another device's.
 */
void port_lose(struct front *front, evtchn_port_t port)
{
	const unsigned int self = 0x7ff0;	/* DOMID_SELF */
	evtchn_port_t lower[64];
	xenevtchn_port_or_error_t got;
	unsigned int nr = 0;

	xenevtchn_unbind(front->evt, port);
	/* The lowest is given first, and others may have left some. */
	do {
		got = xenevtchn_bind_unbound_port(front->evt, self);
		if (got < 0 || nr == ARRAY_SIZE(lower) ||
		    got > (xenevtchn_port_or_error_t)port)
			die("the number of an event channel is lost");
		lower[nr++] = got;
	} while (got != (xenevtchn_port_or_error_t)port);
	while (--nr)
		xenevtchn_unbind(front->evt, lower[nr - 1]);
}

/* Wait for an event of any port; false when none came in time. */
bool port_wait(struct front *front, unsigned int ms)
{
	struct pollfd pfd = { .fd = xenevtchn_fd(front->evt),
			      .events = POLLIN };
	xenevtchn_port_or_error_t port;

	if (poll(&pfd, 1, ms) != 1)
		return false;
	port = xenevtchn_pending(front->evt);
	if (port >= 0)
		xenevtchn_unmask(front->evt, port);
	return true;
}
