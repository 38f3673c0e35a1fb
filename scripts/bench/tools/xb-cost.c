// SPDX-License-Identifier: GPL-2.0
/*
 * xb-cost: what each domain has cost between two moments, by the hypervisor's
 * own accounting (cpu_time, ns). In the testbed's deterministic mode a
 * nanosecond is an instruction.
 *
 *   xb-cost [-f FILE]... [-t SECONDS] LOG...   the moments are when lines
 *                   "XBMARK begin" and "XBMARK end" have appeared at the end
 *                   of all LOGs (of guests' consoles); says "ready" on stderr
 *   xb-cost [-f FILE]... -c CMD ARG...      before and after CMD
 *   xb-cost [-f FILE]... -n                 now, one moment
 *   xb-cost -m NUMBER                       only execute a marker instruction
 *
 * Output, for each moment:
 *   mark begin|end|now
 *   time NS                  CLOCK_MONOTONIC
 *   domain ID NS             one line a domain
 *   file PATH, then its lines, each after a blank
 *
 * At the moments it also executes an instruction that does nothing and that
 * no compiler emits: a plugin of the emulator can see it (markers.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xenctrl.h>
#include "markers.h"

#define MAX_DOMAINS	64
#define MAX_FILES	64

static const char *files[MAX_FILES];
static int nr_files;
static xc_interface *xch;

static void die(const char *what)
{
	fprintf(stderr, "xb-cost: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void print_files(void)
{
	char line[4096];
	FILE *in;
	int i;

	for (i = 0; i < nr_files; i++) {
		printf("file %s\n", files[i]);
		in = fopen(files[i], "r");
		if (!in)
			continue;
		while (fgets(line, sizeof(line), in))
			printf(" %s%s", line, strchr(line, '\n') ? "" : "\n");
		fclose(in);
	}
}

struct moment {
	xc_domaininfo_t dom[MAX_DOMAINS];
	int nr;
	uint64_t ns;
};

static void take(struct moment *m)
{
	struct timespec ts;

	m->nr = xc_domain_getinfolist(xch, 0, MAX_DOMAINS, m->dom);
	if (m->nr < 0)
		die("xc_domain_getinfolist");
	clock_gettime(CLOCK_MONOTONIC, &ts);
	m->ns = ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void print_moment(const char *name, const struct moment *m)
{
	int i;

	printf("mark %s\ntime %" PRIu64 "\n", name, m->ns);
	for (i = 0; i < m->nr; i++)
		printf("domain %u %" PRIu64 "\n", m->dom[i].domain,
		       m->dom[i].cpu_time);
}

/* The files come first at the beginning and last at the end: reading them is
 * not part of what is measured.
 */
static void first_moment(void)
{
	struct moment m;

	printf("files begin\n");
	print_files();
	take(&m);
	print_moment("begin", &m);
	fflush(stdout);
	take(&m);
	print_moment("begin", &m);
	XB_MARKER(XB_MARK_BEGIN);
}

static void last_moment(const char *name)
{
	struct moment m;

	XB_MARKER(XB_MARK_END);
	take(&m);
	print_moment(name, &m);
	printf("files %s\n", name);
	print_files();
	fflush(stdout);
}

static void mark(unsigned long nr)
{
	switch (nr) {
	case XB_MARK_BEGIN:
		XB_MARKER(XB_MARK_BEGIN);
		break;
	case XB_MARK_END:
		XB_MARKER(XB_MARK_END);
		break;
	case XB_MARK_GUESTS:
		XB_MARKER(XB_MARK_GUESTS);
		break;
	default:
		errno = EINVAL;
		die("marker");
	}
}

/* Wait until a log has grown. */
static void wait_change(int ino, int ms)
{
	struct pollfd pfd = { .fd = ino, .events = POLLIN };
	char buf[4096];
	int ret;

	ret = poll(&pfd, 1, ms);
	if (ret < 0)
		die("poll");
	if (!ret) {
		errno = ETIMEDOUT;
		die("no mark");
	}
	if (read(ino, buf, sizeof(buf)) < 0)
		die("inotify");
}

struct log {
	int fd;
	char text[65536];
	size_t len;
	int seen;
};

static struct log logs[MAX_DOMAINS];

/* Read what is new in a log, up to WORD, which may come in pieces. */
static void look(struct log *l, const char *word)
{
	ssize_t n;

	while (!l->seen) {
		n = read(l->fd, l->text + l->len, sizeof(l->text) - 1 - l->len);
		if (n <= 0)
			return;
		l->len += n;
		l->text[l->len] = 0;
		l->seen = !!strstr(l->text, word);
		if (l->seen) {
			l->len = 0;
		} else if (l->len > sizeof(l->text) / 2) {
			memmove(l->text, l->text + l->len - 64, 64);
			l->len = 64;
		}
	}
}

static void wait_all(int nr, const char *word, int ino, int ms)
{
	int i, left;

	for (i = 0; i < nr; i++)
		logs[i].seen = 0;
	for (;;) {
		for (i = 0, left = 0; i < nr; i++) {
			look(&logs[i], word);
			left += !logs[i].seen;
		}
		if (!left)
			return;
		wait_change(ino, ms);
	}
}

static int follow(char **paths, int nr, int seconds)
{
	int i, ino = inotify_init();

	if (nr > MAX_DOMAINS || ino < 0)
		die("inotify");
	for (i = 0; i < nr; i++) {
		logs[i].fd = open(paths[i], O_RDONLY);
		if (logs[i].fd < 0 ||
		    inotify_add_watch(ino, paths[i], IN_MODIFY) < 0)
			die(paths[i]);
		lseek(logs[i].fd, 0, SEEK_END);
	}
	fprintf(stderr, "ready\n");
	wait_all(nr, "XBMARK begin", ino, seconds * 1000);
	first_moment();
	wait_all(nr, "XBMARK end", ino, seconds * 1000);
	last_moment("end");
	return 0;
}

static int command(char **argv)
{
	int status;
	pid_t pid;

	first_moment();
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		dup2(2, 1);
		execvp(argv[0], argv);
		die(argv[0]);
	}
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	last_moment("end");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int bad_usage(void)
{
	fputs("usage: xb-cost [-f FILE]... [-t SECONDS] LOG...\n"
	      "       xb-cost [-f FILE]... -n | -c CMD ARG...\n"
	      "       xb-cost -m NR\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	int opt, cmd = 0, seconds = 600;

	while ((opt = getopt(argc, argv, "+f:t:ncm:")) != -1) {
		if (opt == 'f' && nr_files < MAX_FILES)
			files[nr_files++] = optarg;
		else if (opt == 't')
			seconds = atoi(optarg);
		else if (opt == 'n' || opt == 'c')
			cmd = opt;
		else if (opt == 'm')
			return mark(strtoul(optarg, NULL, 0)), 0;
		else
			return bad_usage();
	}
	xch = xc_interface_open(NULL, NULL, 0);
	if (!xch)
		die("no hypervisor");
	if (cmd == 'n')
		return last_moment("now"), 0;
	if (optind >= argc)
		return bad_usage();
	if (cmd)
		return command(argv + optind);
	return follow(argv + optind, argc - optind, seconds);
}
