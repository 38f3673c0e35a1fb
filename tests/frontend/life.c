// SPDX-License-Identifier: GPL-2.0
/*
 * Plays the parts of frontends in the table of life cycles, each in a process
 * of its own.
 */
#include "life.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHORT_US	3000000ull
#define LONG_US		60000000ull
#define PACE_US		200000u

/* What xenstore had when a watch last fired: see look(). */
struct life {
	const struct life_ops *ops;
	struct front *front;
	unsigned int devid;
	bool offered, connected;
	bool fresh, taken;
	enum state otherend;
	/* Of the state of the other end, and of the device itself. */
	struct xs_handle *watches[2];
};

/* One write of a whole line, for many do it at once. */
static void tell(const struct life *life, const char *word)
{
	char line[64];
	int len, fd = open(LIFE_SAID, O_WRONLY | O_CREAT | O_APPEND, 0600);

	len = snprintf(line, sizeof(line), "%u %s\n", life->devid, word);
	if (fd < 0 || write(fd, line, len) != len)
		die("cannot write to " LIFE_SAID);
	close(fd);
}

static bool is_there(const char *file)
{
	return !access(file, F_OK);
}

/* Many look all the time, so it is read only when it has changed. */
static void look(struct life *life)
{
	uint64_t domid;
	char **event;
	int i;

	for (i = 0; i < 2; i++) {
		while ((event = xs_check_watch(life->watches[i]))) {
			free(event);
			life->fresh = false;
		}
	}
	if (life->fresh)
		return;
	life->fresh = true;
	life->otherend = front_otherend_state(life->front);
	life->taken = !front_read(life->front, "backend-id", &domid);
}

/*
 * On a connection of its own. A static libxenstore has no thread that reads:
 * an event that comes before the reply, if only its own first one, fails the
 * request and ends the connection.
 */
static struct xs_handle *watch_key(const char *dir, const char *key)
{
	struct xs_handle *xs;
	char path[256];
	int i;

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	for (i = 0; i < 1000; i++) {
		xs = xs_open(0);
		if (xs && xs_watch(xs, path, key))
			return xs;
		xs_close(xs);
		nap(1000);
	}
	die("no watch on %s: %s", path, strerror(errno));
}

static void watch_both(struct life *life)
{
	life->watches[0] = watch_key(life->front->otherend, "state");
	life->watches[1] = watch_key(life->front->dir, "backend-id");
}

/* Until something has changed, or that time is over. */
static void rest(struct life *life)
{
	struct pollfd pfds[2];
	int i;

	for (i = 0; i < 2; i++)
		pfds[i] = (struct pollfd) {
			.fd = xs_fileno(life->watches[i]), .events = POLLIN };
	poll(pfds, 2, PACE_US / 1000);
}

/* Has the toolstack taken the device away without a word? */
static bool is_taken(struct life *life)
{
	look(life);
	return life->taken;
}

static unsigned int otherend(struct life *life)
{
	look(life);
	return 1u << life->otherend;
}

/* The backend wants to close, or has, or has gone. */
static bool is_told_to_close(struct life *life)
{
	return is_taken(life) || otherend(life) &
	       (1u << CLOSING | 1u << CLOSED | 1u << UNKNOWN);
}

/* A directory that has gone cannot be written to any more. */
static void set_state(struct life *life, enum state state)
{
	char path[128], value[8];

	snprintf(path, sizeof(path), "%s/state", life->front->dir);
	snprintf(value, sizeof(value), "%d", state);
	if (!is_taken(life))
		xs_write(life->front->xs, XBT_NULL, path, value, 1);
}

static bool wait_states(struct life *life, unsigned int states, uint64_t us)
{
	uint64_t end = now_us() + us;

	while (!(otherend(life) & states)) {
		if (now_us() > end || is_taken(life))
			return false;
		rest(life);
	}
	return true;
}

/* Rings from here on; the backend may take its time to connect to them. */
static bool offer(struct life *life)
{
	unsigned int can = 1u << INITWAIT;

	set_state(life, INITIALISING);
	if (!wait_states(life, can, SHORT_US))
		return false;
	life->ops->offer();
	life->offered = true;
	set_state(life, life->ops->ready);
	return true;
}

static bool await_connected(struct life *life, uint64_t us)
{
	if (!life->offered && !offer(life))
		return false;
	if (!wait_states(life, 1u << CONNECTED, us))
		return false;
	set_state(life, CONNECTED);
	life->connected = true;
	return true;
}

static void connect_or_say(struct life *life)
{
	if (!await_connected(life, SHORT_US))
		tell(life, "unconnected");
}

/* Says so if it takes long, and goes on waiting. */
static void close_device(struct life *life, bool say)
{
	unsigned int closed = 1u << CLOSED | 1u << UNKNOWN;

	set_state(life, CLOSING);
	wait_states(life, closed | 1u << CLOSING, SHORT_US);
	set_state(life, CLOSED);
	if (!wait_states(life, closed, SHORT_US) && !is_taken(life)) {
		tell(life, "closing");
		wait_states(life, closed, LONG_US);
	}
	if (say)
		tell(life, "closed");
	if (life->offered)
		life->ops->free();
	life->offered = false;
	life->connected = false;
}

/* What has come back of something sent from now on, as far as can be told. */
static const char *exchange(struct life *life)
{
	uint64_t end = now_us() + SHORT_US;
	const char *word = NULL;

	while (life->ops->pending() && now_us() < end)
		life->ops->attempt(100);
	end = now_us() + SHORT_US;
	while (!word && now_us() < end)
		word = life->ops->attempt(100);
	return word ? word : "held";
}

/*
 * Rings and event channels go, without a word. What was granted for requests
 * stays: the kernel would give its numbers to another process, and what is on
 * its way for this one would be written there. Watches go, too: a guest may
 * have so many, and those that come after us need theirs.
 */
static void vanish(struct life *life)
{
	if (life->offered)
		life->ops->vanish();
	xs_close(life->watches[0]);
	xs_close(life->watches[1]);
	for (;;)
		nap(1000000);
}

static void pump_until_go(struct life *life)
{
	while (!is_there(LIFE_GO) && !is_told_to_close(life)) {
		if (is_there(LIFE_VANISH))
			vanish(life);
		if (life->connected && !is_there(LIFE_IDLE))
			life->ops->attempt(20);
		rest(life);
	}
}

/* Until it is taken away, closing when asked to. */
static void serve_on(struct life *life)
{
	while (!is_told_to_close(life))
		rest(life);
	if (!is_taken(life))
		close_device(life, false);
}

static void finish(struct life *life, bool again)
{
	close_device(life, true);
	if (!again)
		return;
	if (await_connected(life, SHORT_US))
		tell(life, exchange(life));
	else if (!is_taken(life) && otherend(life) != 1u << UNKNOWN)
		tell(life, "unconnected");
	serve_on(life);
}

/* Closes as it is told to; one that begins again does so even then. */
static void be_detached(struct life *life, bool again)
{
	close_device(life, true);
	if (again)
		set_state(life, INITIALISING);
}

static void play_honest(struct life *life, bool again)
{
	connect_or_say(life);
	if (again && life->connected) {
		close_device(life, false);
		await_connected(life, SHORT_US);
	}
	if (life->connected && !is_there(LIFE_IDLE))
		life->ops->attempt(500);
	tell(life, "ready");
	pump_until_go(life);
	if (is_taken(life)) {
		tell(life, life->connected ? exchange(life) : "gone");
		return;
	}
	if (is_told_to_close(life)) {
		be_detached(life, again);
		return;
	}
	if (life->connected || await_connected(life, SHORT_US))
		tell(life, exchange(life));
	finish(life, again);
}

/* Sends something, and is never seen again; alive or not. */
static void play_lost(struct life *life, bool alive)
{
	connect_or_say(life);
	if (life->connected) {
		life->ops->attempt(500);
		life->ops->leave();
	}
	tell(life, "ready");
	while (alive && !is_there(LIFE_VANISH))
		nap(100000);
	vanish(life);
}

/*
 * A kernel that was started by kexec finds devices as its predecessor has left
 * them: xenbus_reset_frontend() in Linux's xenbus_probe_frontend.c.
 */
static void play_anew(struct life *life)
{
	uint64_t us = 5000000;
	bool late;

	if (otherend(life) == 1u << CONNECTED) {
		set_state(life, CLOSING);
		wait_states(life, 1u << CLOSING, us);
	}
	if (otherend(life) & (1u << CONNECTED | 1u << CLOSING)) {
		set_state(life, CLOSED);
		wait_states(life, 1u << CLOSED, us);
	}
	late = !await_connected(life, us);
	if (late)
		tell(life, "unconnected");
	tell(life, "ready");
	while (late && !is_told_to_close(life) && !await_connected(life, us))
		rest(life);
	if (life->connected)
		tell(life, exchange(life));
	serve_on(life);
}

static void play(struct life *life, const char *role)
{
	char path[64];
	unsigned int len;
	uint64_t end = now_us() + LONG_US;
	struct xs_handle *xs = xs_open(0);

	/* It may be there before its device is. */
	snprintf(path, sizeof(path), "device/%s/%u/backend-id",
		 life->ops->type, life->devid);
	while (!xs_read(xs, XBT_NULL, path, &len) && now_us() < end)
		nap(PACE_US);
	xs_close(xs);
	life->front = life->ops->open(life->devid);
	watch_both(life);
	if (!strcmp(role, "anew"))
		play_anew(life);
	else if (!strcmp(role, "hangs") || !strcmp(role, "disappears"))
		play_lost(life, role[0] == 'h');
	else
		play_honest(life, !strcmp(role, "again"));
}

int life_play(const struct life_ops *ops, unsigned int devid, int argc,
	      char **argv)
{
	int i, status, failed = 0;

	for (i = 0; i < argc; i++) {
		struct life life = { .ops = ops, .devid = devid + i };
		pid_t pid;

		if (!strcmp(argv[i], "never"))
			continue;
		pid = fork();
		if (pid < 0)
			die("no process");
		if (!pid) {
			play(&life, argv[i]);
			exit(0);
		}
	}
	while (wait(&status) > 0)
		failed |= WIFEXITED(status) && WEXITSTATUS(status);
	return failed;
}
