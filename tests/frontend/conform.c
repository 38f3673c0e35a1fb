// SPDX-License-Identifier: GPL-2.0
/*
 * pv-conform: runs every case in a process of its own and tells how they ended
 * in TAP. This process has nothing to do with the devices: whatever becomes of
 * a case, the next one goes on, on one of the devices that are left.
 */
#include "conform.h"
#include "front.h"

#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PASSED, FAILED, USAGE, CANNOT = SKIP_STATUS };

#define MOST_DEVICES	64u
#define SAID_MAX	4096u
/* A case waits for several things in a row, or for none. */
#define WAITS		10u

static const char usage[] =
	"usage: pv-conform blk|net DEVID... [OPTION]...\n"
	"  --overwrite      blk: what is on these disks may be overwritten\n"
	"  --list           print the cases and their sources, and do nothing\n"
	"  --only PATTERN   cases that match, as attack/*\n"
	"  --patience S     wait so many seconds for anything (120)\n"
	"  --times N        repeat N times more often what is repeated\n"
	"  --help           print this\n"
	"  --subnet N       net: 10.9.N.2, its peer .1; one more for each\n";

static const struct suite *const blk_suites[] = {
	&blk_conform_suite, &blk_profile_suite, &blk_order_suite,
	&blk_load_suite, &blk_attack_suite, &blk_garbage_suite, NULL
};

static const struct suite *const net_suites[] = {
	&net_conform_suite, &net_profile_suite, &net_order_suite,
	&net_load_suite, &net_attack_suite, &net_garbage_suite, NULL
};

static struct tool {
	const char *type, *only;
	const struct suite *const *suites;
	struct device {
		unsigned int devid, subnet;
	} devices[MOST_DEVICES];
	unsigned int nr_devices, subnet;
	bool list, overwrite;
} tool = { .only = "*", .subnet = 1 };

/* One of all cases. */
struct which {
	const struct suite *suite;
	unsigned int nr;
	struct conform_case is;
	char name[96];
};

/* How a process has ended, and what it has said. */
struct end {
	int status;
	char said[SAID_MAX];
};

void conform_name(struct conform_case *found, const char *name,
		  const char *source)
{
	snprintf(found->name, sizeof(found->name), "%s",
		 *source == '-' ? "" : name);
	found->source = source;
}

/* The next one that is asked for; begins with an empty @which. */
static bool next_case(struct which *which)
{
	const struct suite *const *suite = tool.suites;

	while (which->suite && *suite != which->suite)
		suite++;
	for (; *suite; suite++, which->nr = 0) {
		which->suite = *suite;
		while ((*suite)->get(which->nr++, &which->is)) {
			snprintf(which->name, sizeof(which->name), "%s/%s",
				 (*suite)->name, which->is.name);
			if (*which->is.name &&
			    !fnmatch(tool.only, which->name, 0))
				return true;
		}
	}
	return false;
}

/* ---- processes */

static uint64_t limit_us(void)
{
	return WAITS * (patience_s() + 10) * 1000000ull;
}

/* What does not fit is dropped: what is wrong is said last, and is short. */
static void keep(struct end *end, const char *text, size_t len)
{
	size_t has = strlen(end->said);

	if (has + len >= SAID_MAX) {
		end->said[0] = 0;
		has = 0;
	}
	memcpy(end->said + has, text, len);
	end->said[has + len] = 0;
}

/* Read what it says until it ends, or for too long. */
static void listen_to(pid_t pid, int fd, struct end *end)
{
	uint64_t until = now_us() + limit_us();
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char text[SAID_MAX / 2];
	ssize_t len = 1;

	while (len > 0 && now_us() < until)
		if (poll(&pfd, 1, 1000) == 1) {
			len = read(fd, text, sizeof(text));
			if (len > 0)
				keep(end, text, len);
		}
	if (len > 0)
		kill(pid, SIGKILL);
	waitpid(pid, &end->status, 0);
}

static void cannot_go_on(void)
{
	perror("pv-conform");
	exit(CANNOT);
}

static void in_child(void (*run)(unsigned int devid, unsigned int nr),
		     const struct device *device, unsigned int nr,
		     struct end *end)
{
	char subnet[16];
	int fds[2];
	pid_t pid;

	*end = (struct end){};
	fflush(stdout);
	snprintf(subnet, sizeof(subnet), "%u", device->subnet);
	setenv("XBFRONT_SUBNET", subnet, 1);
	if (pipe(fds))
		cannot_go_on();
	pid = fork();
	if (pid < 0)
		cannot_go_on();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		run(device->devid, nr);
		exit(PASSED);
	}
	close(fds[1]);
	listen_to(pid, fds[0], end);
	close(fds[0]);
}

static bool has_status(const struct end *end, int status)
{
	return WIFEXITED(end->status) && WEXITSTATUS(end->status) == status;
}

/* ---- devices */

/* Nodes that are the toolstack's; all others are what a case has left. */
static bool is_toolstacks(const char *node)
{
	static const char *const nodes[] = {
		"backend", "backend-id", "state", "handle", "mac", "mtu",
		"virtual-device", "device-type", "trusted", NULL
	};
	unsigned int i;

	for (i = 0; nodes[i] && strcmp(nodes[i], node); i++)
		;
	return nodes[i];
}

/* Back to where a frontend begins. Ends the program if that is impossible. */
static void begin_anew(unsigned int devid, unsigned int nr)
{
	struct front front;
	unsigned int i, nodes;
	char **names;

	(void)nr;
	what = "begin";
	front_open(&front, tool.type, devid);
	if (front_otherend_state(&front) == CONNECTED) {
		front_state(&front, CLOSING);
		front_wait(&front, 1u << CLOSING | 1u << CLOSED);
	}
	front_reset(&front);
	names = xs_directory(front.xs, XBT_NULL, front.dir, &nodes);
	for (i = 0; names && i < nodes; i++)
		if (!is_toolstacks(names[i]))
			front_remove(&front, names[i]);
	free(names);
	front_close(&front);
}

/* A driver of this kernel would answer the backend, too. */
static bool has_driver(unsigned int devid)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/bus/xen/devices/%s-%u/driver",
		 tool.type, devid);
	return !access(path, F_OK);
}

/* ---- TAP */

/* What a process has said, as diagnostics. */
static void diagnose(char *said)
{
	char *line, *rest = said;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			printf("%s%s\n", *line == '#' ? "" : "# ", line);
}

static void say_end(const struct end *end)
{
	if (WIFSIGNALED(end->status) && WTERMSIG(end->status) == SIGKILL)
		printf("# it did not end\n");
	else if (WIFSIGNALED(end->status))
		printf("# signal %d\n", WTERMSIG(end->status));
}

/* What is skipped says why in its last line. */
static const char *reason_of(const char *said)
{
	const char *found = strstr(said, SKIP_WORD), *next;

	while (found && (next = strstr(found + 1, SKIP_WORD)))
		found = next;
	return found ? found + strlen(SKIP_WORD) : "";
}

/* Run a case; false if the device can no longer be used. */
static bool one_case(const struct which *which, unsigned int number,
		     const struct device *device, unsigned int *failed)
{
	struct end end, after;
	bool skipped, right, usable;

	in_child(which->suite->run, device, which->nr - 1, &end);
	in_child(begin_anew, device, 0, &after);
	skipped = has_status(&end, SKIP_STATUS);
	usable = has_status(&after, PASSED);
	right = usable && (skipped || has_status(&end, PASSED));
	*failed += !right;
	printf("%s %u - %s", right ? "ok" : "not ok", number, which->name);
	if (right && skipped)
		printf(" # SKIP %.*s", (int)strcspn(reason_of(end.said), "\n"),
		       reason_of(end.said));
	printf("\n");
	say_end(&end);
	diagnose(end.said);
	if (!usable) {
		printf("# device %u is lost\n", device->devid);
		diagnose(after.said);
	}
	fflush(stdout);
	return usable;
}

static unsigned int count_cases(void)
{
	struct which which = {};
	unsigned int nr = 0;

	while (next_case(&which))
		nr++;
	return nr;
}

static int all_cases(void)
{
	unsigned int number = 0, turn = 0, failed = 0, total = count_cases();
	struct which which = {};

	printf("TAP version 13\n1..%u\n", total);
	for (; next_case(&which); turn++) {
		unsigned int at = turn % tool.nr_devices;

		if (one_case(&which, ++number, &tool.devices[at], &failed))
			continue;
		memmove(&tool.devices[at], &tool.devices[at + 1],
			(--tool.nr_devices - at) * sizeof(tool.devices[0]));
		if (!tool.nr_devices && number < total) {
			printf("Bail out! no device is left\n");
			return FAILED;
		}
	}
	return failed ? FAILED : PASSED;
}

static int cannot(unsigned int devid, const char *reason)
{
	printf("TAP version 13\n1..0 # SKIP %s %u: %s\n", tool.type, devid,
	       reason);
	return CANNOT;
}

/* ---- the command line */

static int look_at_devices(void)
{
	unsigned int i;

	for (i = 0; i < tool.nr_devices; i++) {
		unsigned int devid = tool.devices[i].devid;
		struct end end;

		tool.devices[i].subnet = tool.subnet + i;
		if (has_driver(devid))
			return cannot(devid, "a driver of this kernel has it");
		in_child(begin_anew, &tool.devices[i], 0, &end);
		end.said[strcspn(end.said, "\n")] = 0;
		if (!has_status(&end, PASSED))
			return cannot(devid, end.said);
	}
	return PASSED;
}

static int list_cases(void)
{
	struct which which = {};

	while (next_case(&which))
		printf("%s\t%s\n", which.name, which.is.source);
	return PASSED;
}

static bool take_option(int option)
{
	switch (option) {
	case 'w':
		tool.overwrite = true;
		return true;
	case 'h':
		fputs(usage, stdout);
		exit(PASSED);
	case 'l':
		tool.list = true;
		return true;
	case 'o':
		tool.only = optarg;
		return true;
	case 'p':
		return atoi(optarg) > 0 && !setenv("XBFRONT_PATIENCE", optarg,
						   1);
	case 't':
		return atoi(optarg) > 0 && !setenv("XBFRONT_TIMES", optarg, 1);
	case 's':
		tool.subnet = atoi(optarg);
		return tool.subnet < 255;
	default:
		return false;
	}
}

static bool take_type(const char *type)
{
	bool blk = !strcmp(type, "blk");

	tool.type = blk ? "vbd" : "vif";
	tool.suites = blk ? blk_suites : net_suites;
	return blk || !strcmp(type, "net");
}

static bool take_devices(int argc, char **argv)
{
	char *end;
	int i;

	if (argc > (int)MOST_DEVICES)
		return false;
	for (i = 0; i < argc; i++) {
		struct device *device = &tool.devices[tool.nr_devices++];

		device->devid = strtoul(argv[i], &end, 10);
		if (!*argv[i] || *end)
			return false;
	}
	return tool.list || tool.nr_devices;
}

static bool take_all(int argc, char **argv)
{
	static const struct option options[] = {
		{ "overwrite", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ "list", no_argument, NULL, 'l' },
		{ "only", required_argument, NULL, 'o' },
		{ "patience", required_argument, NULL, 'p' },
		{ "times", required_argument, NULL, 't' },
		{ "subnet", required_argument, NULL, 's' },
		{}
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take_option(option))
			return false;
	return optind < argc && take_type(argv[optind]) &&
	       take_devices(argc - optind - 1, argv + optind + 1);
}

int pv_conform(int argc, char **argv)
{
	int status;

	if (!take_all(argc, argv)) {
		fputs(usage, stderr);
		return USAGE;
	}
	/* Or a word that is mistyped would be a plan in which all is well. */
	if (!count_cases()) {
		fprintf(stderr, "pv-conform: no case matches %s\n", tool.only);
		return USAGE;
	}
	if (tool.list)
		return list_cases();
	if (tool.suites == blk_suites && !tool.overwrite) {
		fputs("pv-conform: the disks are overwritten: --overwrite\n",
		      stderr);
		return USAGE;
	}
	only_rules = true;
	status = look_at_devices();
	return status ? status : all_cases();
}
