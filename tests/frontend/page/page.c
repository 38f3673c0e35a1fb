// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the tables of frontends for Documentation/frontends.md: see
 * scripts/check/profiles.
 *
 * usage: page blk|net|orders
 */
#include "../profile.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What all frontends have that is in a table. */
struct row {
	const char *name, *source, *writes, *needs, *reads, *removes;
	const char *connect, *close, *told, *note;
};

#define ROW(p)	{ (p).name, (p).source, (p).writes, (p).needs, (p).reads, \
		  (p).removes, (p).connect, (p).close, (p).told, (p).note }

/* The last has no text. */
static const struct trait {
	unsigned int bit;
	const char *text;
} blk_traits[] = {
	{ BLK_ONE, "one request of one page at a time" },
	{ BLK_ZERO_ID, "ids are 0" },
	{ BLK_SLOT_ID, "small ids" },
	{ BLK_ALWAYS, "an event for each request" },
	{ BLK_LAST, "wants an event with the last response" },
	{ BLK_BARRIER, "barriers" },
	{ BLK_FLUSH, "flushes" },
	{ BLK_STALE, "with stale fields" },
	{ BLK_DISCARD, "discards" },
	{ BLK_EMPTIES, "leaves empty nodes behind" },
	{}
}, net_traits[] = {
	{ NET_SPLIT, "a channel for each ring" },
	{ NET_CTRL, "a control ring" },
	{ NET_IN_ORDER, "wants responses in order" },
	{}
};

/* 2 or 6, 5 to 8. */
static const char *print_states(const char *script)
{
	size_t nr = strspn(script, "012345678"), i;

	if (nr > 2 && script[nr - 1] - script[0] == (int)nr - 1) {
		printf("%c to %c", script[0], script[nr - 1]);
		return script + nr;
	}
	for (i = 0; i < nr; i++)
		printf("%s%c", !i ? "" : i + 1 < nr ? ", " : " or ", script[i]);
	return script + nr;
}

static const char *print_wait(const char *script)
{
	char how = *script++;

	printf("%s ", how == '!' ? "while" : "until");
	script = print_states(script);
	if (how == '=')
		printf(" and not behind it");
	return script;
}

static void print_step(char step)
{
	if (step == '+')
		printf("rings");
	else if (step == 'b')
		printf("buffers");
	else if (step == '-')
		printf("nodes removed");
	else if (step == '.')
		printf("a pause");
	else
		printf("**%c**", step);
}

static void print_script(const char *script)
{
	const char *separator = "";

	if (!script)
		printf("–");
	while (script && *script) {
		if (*script == ' ') {
			script++;
			continue;
		}
		printf("%s", separator);
		separator = ", ";
		if (strchr("<!=", *script))
			script = print_wait(script);
		else
			print_step(*script++);
	}
	printf(" |");
}

static void print_text(const char *text)
{
	printf(" %s |", text ? text : "–");
}

static void print_scripts(const struct row *row)
{
	printf("| %s | ", row->name);
	print_script(row->connect);
	printf(" ");
	print_script(row->close);
	printf(" ");
	print_script(row->told);
	printf("\n");
}

static void print_nodes(const struct row *row)
{
	printf("| %s |", row->name);
	print_text(row->writes);
	print_text(row->needs);
	print_text(row->reads);
	print_text(row->removes);
	printf("\n");
}

static void print_source(const struct row *row)
{
	printf("| %s |", row->name);
	print_text(row->note);
	print_text(row->source);
	printf("\n");
}

static void head(const char *columns)
{
	const char *p;

	printf("\n| frontend | %s |\n|", columns);
	for (p = columns; p; p = strchr(p + 1, '|'))
		printf("---|");
	printf("---|\n");
}

static void print_all(const struct row *rows, unsigned int nr)
{
	unsigned int i;

	head("connects | closes by itself | told to close");
	for (i = 0; i < nr; i++)
		print_scripts(&rows[i]);
	head("writes | gives up without | also reads | removes");
	for (i = 0; i < nr; i++)
		print_nodes(&rows[i]);
	head("what else | read in");
	for (i = 0; i < nr; i++)
		print_source(&rows[i]);
}

static void print_traits(const struct trait *trait, unsigned int traits)
{
	const char *separator = " ";

	for (; trait->text; trait++) {
		if (!(traits & trait->bit))
			continue;
		printf("%s%s", separator, trait->text);
		separator = ", ";
	}
	printf("%s|\n", traits ? " " : " – ");
}

static void print_blk(void)
{
	const struct blk_profile *p = blk_profiles;
	struct row rows[64];
	unsigned int nr;

	head("ring pages | queues | segments | requests");
	for (nr = 0; p[nr].name; nr++) {
		printf("| %s | %u | %u | %u |", p[nr].name, 1u << p[nr].order,
		       p[nr].queues, p[nr].segs);
		print_traits(blk_traits, p[nr].traits);
		rows[nr] = (struct row)ROW(p[nr]);
	}
	print_all(rows, nr);
}

static void print_net(void)
{
	const struct net_profile *p = net_profiles;
	struct row rows[64];
	unsigned int nr;

	head("queues | buffers | posts at least | TX slots | channels");
	for (nr = 0; p[nr].name; nr++) {
		printf("| %s | %u | %u | %u | %u |", p[nr].name, p[nr].queues,
		       p[nr].buffers, p[nr].batch, p[nr].tx);
		print_traits(net_traits, p[nr].traits);
		rows[nr] = (struct row)ROW(p[nr]);
	}
	print_all(rows, nr);
}

static void print_orders(void)
{
	unsigned int i;

	printf("\n| order | connects | closes |\n|---|---|---|\n");
	for (i = 0; orders[i].name; i++) {
		printf("| %s | ", orders[i].name);
		print_script(orders[i].connect);
		printf(" ");
		print_script(orders[i].close);
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	const char *table = argc > 1 ? argv[1] : "";

	if (!strcmp(table, "blk"))
		print_blk();
	else if (!strcmp(table, "net"))
		print_net();
	else if (!strcmp(table, "orders"))
		print_orders();
	else
		return 2;
	return 0;
}
