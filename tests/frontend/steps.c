// SPDX-License-Identifier: GPL-2.0
/* Plays the scripts of profile.h on a device. */
#include "steps.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_US	200000u
#define ALL_STATES	((2u << RECONFIGURED) - 1)

/* The next word of a list, and what is behind it; NULL at its end. */
static const char *next_word(const char *list, char *word, size_t room)
{
	size_t len;

	if (!list)
		return NULL;
	list += strspn(list, " ");
	len = strcspn(list, " ");
	if (!len)
		return NULL;
	if (len >= room)
		die("a word of %zu bytes", len);
	memcpy(word, list, len);
	word[len] = 0;
	return list + len;
}

static void write_node(struct front *front, const char *key, const char *value,
		       unsigned int pages, unsigned int queues)
{
	if (!strcmp(value, "QUEUES"))
		front_write(front, key, "%u", queues);
	else if (strcmp(value, "PAGES"))
		front_write(front, key, "%s", value);
	else if (pages > 1)
		front_write(front, key, "%u", pages);
}

void steps_write(struct front *front, const char *writes, unsigned int pages,
		 unsigned int queues)
{
	char word[64];

	while ((writes = next_word(writes, word, sizeof(word)))) {
		char *value = strchr(word, '=');

		if (!value)
			die("no value for %s", word);
		*value++ = 0;
		write_node(front, word, value, pages, queues);
	}
}

static bool is_offered(struct front *front, const char *key)
{
	char path[256];
	unsigned int len;
	char *text;

	snprintf(path, sizeof(path), "%s/%s", front->otherend, key);
	text = xs_read(front->xs, XBT_NULL, path, &len);
	free(text);
	return text;
}

void steps_need(struct front *front, const char *needs)
{
	char word[64];

	while ((needs = next_word(needs, word, sizeof(word))))
		if (!is_offered(front, word))
			die("the backend has no %s", word);
}

static struct front *failing;

static void say_failed(void)
{
	steps_ready(failing, "failed");
}

void steps_begin(struct front *front)
{
	failing = front;
	last_word = say_failed;
}

void steps_ready(struct front *front, const char *word)
{
	front_write(front, "ready", "%s", word);
}

void steps_await_taken(struct front *front)
{
	uint64_t end = now_us() + patience_s() * 1000000ull, domid;

	while (front_read(front, "backend-id", &domid)) {
		if (now_us() > end)
			die("nobody takes the device away");
		nap(20000);
	}
}

static void remove_nodes(const struct steps *steps)
{
	const char *list = steps->removes;
	char word[64];

	while ((list = next_word(list, word, sizeof(word)))) {
		if (steps->empties)
			front_write(steps->front, word, "%s", "");
		else
			front_remove(steps->front, word);
	}
}

/* The states that follow, as a mask. */
static unsigned int states_at(const char **script)
{
	unsigned int states = 0;

	while (isdigit((unsigned char)**script))
		states |= 1u << (*(*script)++ - '0');
	return states;
}

static void wait_exactly(struct front *front, unsigned int states)
{
	enum state last = __builtin_ctz(states), state;

	state = front_wait(front, ALL_STATES & ~(states - 1));
	if (state != last)
		die("the backend is not in state %d, but in %d behind it",
		    last, state);
}

static void wait_for(struct front *front, char how, const char **script)
{
	unsigned int states = states_at(script);

	if (how == '<')
		front_wait(front, states);
	else if (how == '!')
		front_wait(front, ALL_STATES & ~states);
	else
		wait_exactly(front, states);
}

static void one_step(const struct steps *steps, char step)
{
	if (step == '+')
		steps->publish();
	else if (step == 'b' && steps->post)
		steps->post();
	else if (step == '-')
		remove_nodes(steps);
	else if (step == '.')
		nap(PAUSE_US);
	else if (isdigit((unsigned char)step))
		front_state(steps->front, step - '0');
	else if (step != ' ' && step != 'b')
		die("no step %c", step);
}

void steps_run(const struct steps *steps, const char *script)
{
	while (script && *script) {
		char step = *script++;

		if (strchr("<!=", step))
			wait_for(steps->front, step, &script);
		else
			one_step(steps, step);
	}
}

/* xenbus_reset_frontend() in Linux's xenbus_probe_frontend.c has this order. */
void steps_reset(struct front *front)
{
	enum state state = front_otherend_state(front);

	if (state == CONNECTED) {
		front_state(front, CLOSING);
		state = front_wait(front, 1u << CLOSING | 1u << CLOSED);
	}
	if (state == CLOSING) {
		front_state(front, CLOSED);
		state = front_wait(front, 1u << CLOSED);
	}
	if (state == CLOSED)
		front_state(front, INITIALISING);
	front_wait(front, 1u << INITWAIT);
}
