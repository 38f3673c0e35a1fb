// SPDX-License-Identifier: GPL-2.0
/*
 * xb-net: what dom0's programs do not show of a netdev, or need a compiler for.
 *
 *   xb-net qstats DEV        packets and bytes: "all", then of each queue
 *   xb-net queues DEV        the NAPI of each queue
 *   xb-net bypass DEV NUMBER so many frames for everybody, from a socket that
 *                            passes the queueing discipline by
 *   xb-net xdp [-g] DEV off  no program
 *   xb-net xdp [-f|-g] DEV WHAT [TARGET]
 *                            one for native XDP, in place of another; -f: it
 *                            knows packets of several buffers; -g: the generic
 *                            one, which the stack runs
 *
 * The programs let pass all that is not UDP over IPv4, or anything over IPv6
 * behind options for its destination. The rest they
 *   pass, drop, abort
 *   tx                       send back to where it came from
 *   redirect DEV             send to another interface, by its number,
 *   devmap DEV               or by a map
 *   cpumap CPU               hand to another CPU
 *   room                     pass, if there are 32 bytes in front
 *   wrap                     pass, behind another copy of its headers
 *   queue NUMBER             drop, if they have come by that queue
 *
 * Ends with status 2 if the kernel does not know what was asked for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/genetlink.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of linux/netdev.h, which older systems do not have. */
#define CMD_QUEUE_GET		10
#define CMD_QSTATS_GET		12
#define QUEUE_ID		1
#define QUEUE_IFINDEX		2
#define QUEUE_TYPE		3
#define QUEUE_NAPI_ID		4
#define QSTATS_IFINDEX		1
#define QSTATS_TYPE		2
#define QSTATS_ID		3
#define QSTATS_SCOPE		4
#define QSTATS_RX_PACKETS	8
#define MAX_ATTR		32

static int is_unknown(int err)
{
	return err == EOPNOTSUPP || err == ENOENT || err == EINVAL;
}

static void die(const char *what, int err)
{
	fprintf(stderr, "xb-net: %s: %s\n", what, strerror(err));
	exit(is_unknown(err) ? 2 : 1);
}

/* ---- netlink ----------------------------------------------------------- */

static union {
	struct nlmsghdr hdr;
	char bytes[1 << 16];
} out, in;

typedef void (*reply_fn)(struct nlmsghdr *hdr);

static void *begin(int type, int flags, size_t size)
{
	memset(&out, 0, 4096);
	out.hdr.nlmsg_len = NLMSG_LENGTH(size);
	out.hdr.nlmsg_type = type;
	out.hdr.nlmsg_flags = NLM_F_REQUEST | flags;
	return NLMSG_DATA(&out.hdr);
}

static struct nlattr *add(int type, const void *data, size_t len)
{
	struct nlattr *attr = (void *)(out.bytes +
				       NLMSG_ALIGN(out.hdr.nlmsg_len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)attr + NLA_HDRLEN, data, len);
	out.hdr.nlmsg_len = NLMSG_ALIGN(out.hdr.nlmsg_len) +
			    NLMSG_ALIGN(attr->nla_len);
	return attr;
}

/* Sends what was begun; returns an errno of the kernel. */
static int talk(int family, reply_fn fn)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, family);
	ssize_t len;

	if (fd < 0 || send(fd, &out, out.hdr.nlmsg_len, 0) < 0)
		die("netlink", errno);
	while ((len = recv(fd, &in, sizeof(in), 0)) > 0) {
		struct nlmsghdr *hdr = &in.hdr;

		for (; NLMSG_OK(hdr, len); hdr = NLMSG_NEXT(hdr, len)) {
			int *err = NLMSG_DATA(hdr);

			if (hdr->nlmsg_type == NLMSG_ERROR ||
			    hdr->nlmsg_type == NLMSG_DONE) {
				close(fd);
				return -*err;
			}
			if (fn)
				fn(hdr);
		}
	}
	die("netlink", errno);
	return 0;
}

/* The attributes of an answer of generic netlink, by their types. */
static struct nlattr **parse(struct nlmsghdr *hdr)
{
	static struct nlattr *attrs[MAX_ATTR];
	char *at = (char *)NLMSG_DATA(hdr) + GENL_HDRLEN;
	char *end = (char *)hdr + hdr->nlmsg_len;

	memset(attrs, 0, sizeof(attrs));
	while (at + NLA_HDRLEN <= end) {
		struct nlattr *attr = (void *)at;
		int type = attr->nla_type & NLA_TYPE_MASK;

		if (type < MAX_ATTR)
			attrs[type] = attr;
		at += NLA_ALIGN(attr->nla_len);
	}
	return attrs;
}

/* Numbers of any size. */
static unsigned long long number(const struct nlattr *attr)
{
	const char *data = (const char *)attr + NLA_HDRLEN;
	unsigned long long wide;
	unsigned int narrow;
	unsigned short family;

	switch (attr->nla_len - NLA_HDRLEN) {
	case sizeof(wide):
		memcpy(&wide, data, sizeof(wide));
		return wide;
	case sizeof(narrow):
		memcpy(&narrow, data, sizeof(narrow));
		return narrow;
	case sizeof(family):
		memcpy(&family, data, sizeof(family));
		return family;
	}
	return 0;
}

static int netdev_family;

static void note_family(struct nlmsghdr *hdr)
{
	struct nlattr **attrs = parse(hdr);

	if (attrs[CTRL_ATTR_FAMILY_ID])
		netdev_family = number(attrs[CTRL_ATTR_FAMILY_ID]);
}

static void begin_netdev(int cmd, int flags)
{
	struct genlmsghdr *genl;

	if (!netdev_family) {
		int err;

		genl = begin(GENL_ID_CTRL, NLM_F_ACK, GENL_HDRLEN);
		genl->cmd = CTRL_CMD_GETFAMILY;
		add(CTRL_ATTR_FAMILY_NAME, "netdev", sizeof("netdev"));
		err = talk(NETLINK_GENERIC, note_family);
		if (err)
			die("netdev", err);
	}
	genl = begin(netdev_family, flags, GENL_HDRLEN);
	genl->cmd = cmd;
	genl->version = 1;
}

static void print_qstats(struct nlmsghdr *hdr)
{
	static const char *const names[] = {
		"rx_packets", "rx_bytes", "tx_packets", "tx_bytes",
	};
	struct nlattr **attrs = parse(hdr);
	int i;

	if (attrs[QSTATS_TYPE])
		printf("%s %llu", number(attrs[QSTATS_TYPE]) ? "tx" : "rx",
		       number(attrs[QSTATS_ID]));
	else
		printf("all");
	for (i = 0; i < 4; i++) {
		struct nlattr *attr = attrs[QSTATS_RX_PACKETS + i];

		if (attr)
			printf(" %s %llu", names[i], number(attr));
	}
	printf("\n");
}

static int get_qstats(unsigned int dev)
{
	unsigned long long per_queue = 1;
	int err;

	begin_netdev(CMD_QSTATS_GET, NLM_F_DUMP);
	add(QSTATS_IFINDEX, &dev, sizeof(dev));
	err = talk(NETLINK_GENERIC, print_qstats);
	if (err)
		return err;
	begin_netdev(CMD_QSTATS_GET, NLM_F_DUMP);
	add(QSTATS_IFINDEX, &dev, sizeof(dev));
	add(QSTATS_SCOPE, &per_queue, sizeof(per_queue));
	return talk(NETLINK_GENERIC, print_qstats);
}

static void print_queue(struct nlmsghdr *hdr)
{
	struct nlattr **attrs = parse(hdr);

	printf("%s %llu napi %llu\n", number(attrs[QUEUE_TYPE]) ? "tx" : "rx",
	       number(attrs[QUEUE_ID]),
	       attrs[QUEUE_NAPI_ID] ? number(attrs[QUEUE_NAPI_ID]) : 0);
}

static int get_queues(unsigned int dev)
{
	begin_netdev(CMD_QUEUE_GET, NLM_F_DUMP);
	add(QUEUE_IFINDEX, &dev, sizeof(dev));
	return talk(NETLINK_GENERIC, print_queue);
}

/* ---- a packet socket --------------------------------------------------- */

/* Of a protocol that is for experiments. */
static int bypass(unsigned int dev, int nr)
{
	static const unsigned char frame[ETH_ZLEN] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x88, 0xb5,
	};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = dev,
		.sll_halen = ETH_ALEN,
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	int one = 1;

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one,
				 sizeof(one)))
		return errno;
	while (nr--)
		if (sendto(fd, frame, sizeof(frame), 0, (void *)&to,
			   sizeof(to)) < 0)
			return errno;
	return 0;
}

/* ---- XDP --------------------------------------------------------------- */

#define OP(_code, _dst, _src, _off, _imm)				\
	((struct bpf_insn) { .code = (_code), .dst_reg = (_dst),	\
			     .src_reg = (_src), .off = (_off),		\
			     .imm = (_imm) })
#define MOV(_dst, _src)	\
	OP(BPF_ALU64 | BPF_MOV | BPF_X, _dst, _src, 0, 0)
#define SET(_dst, _imm)	\
	OP(BPF_ALU64 | BPF_MOV | BPF_K, _dst, 0, 0, _imm)
#define PLUS(_dst, _imm)	\
	OP(BPF_ALU64 | BPF_ADD | BPF_K, _dst, 0, 0, _imm)
#define LOAD(_size, _dst, _src, _off)	\
	OP(BPF_LDX | BPF_MEM | (_size), _dst, _src, _off, 0)
#define STORE(_size, _dst, _off, _src)	\
	OP(BPF_STX | BPF_MEM | (_size), _dst, _src, _off, 0)
#define CALL(_nr)		OP(BPF_JMP | BPF_CALL, 0, 0, 0, _nr)
#define EXIT			OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define UNLESS(_dst, _imm, _to)	\
	OP(BPF_JMP | BPF_JNE | BPF_K, _dst, 0, _to, _imm)

static struct bpf_insn prog[96];
static int nr_insns;

static void emit(struct bpf_insn insn)
{
	prog[nr_insns++] = insn;
}

/*
 * Packets that are neither UDP over IPv4, nor anything over IPv6 behind options
 * for its destination, pass; r2 is the start of the others.
 */
static void emit_filter(void)
{
	emit(MOV(6, 1));
	emit(LOAD(BPF_W, 2, 1, 0));
	emit(LOAD(BPF_W, 3, 1, 4));
	emit(MOV(4, 2));
	emit(PLUS(4, 34));
	emit(OP(BPF_JMP | BPF_JGT | BPF_X, 4, 3, 7, 0));
	emit(LOAD(BPF_H, 4, 2, 12));
	emit(UNLESS(4, htons(0x0800), 2));
	emit(LOAD(BPF_B, 4, 2, 23));
	emit(OP(BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 5, IPPROTO_UDP));
	emit(UNLESS(4, htons(0x86dd), 2));
	emit(LOAD(BPF_B, 4, 2, 20));
	emit(OP(BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 2, IPPROTO_DSTOPTS));
	emit(SET(0, XDP_PASS));
	emit(EXIT);
}

static void emit_verdict(int verdict)
{
	emit(SET(0, verdict));
	emit(EXIT);
}

static void emit_swap(void)
{
	emit(LOAD(BPF_W, 4, 2, 0));
	emit(LOAD(BPF_H, 5, 2, 4));
	emit(LOAD(BPF_W, 7, 2, 6));
	emit(LOAD(BPF_H, 8, 2, 10));
	emit(STORE(BPF_W, 2, 0, 7));
	emit(STORE(BPF_H, 2, 4, 8));
	emit(STORE(BPF_W, 2, 6, 4));
	emit(STORE(BPF_H, 2, 10, 5));
}

static void emit_redirect(int target)
{
	emit(SET(1, target));
	emit(SET(2, 0));
	emit(CALL(BPF_FUNC_redirect));
	emit(EXIT);
}

static int bpf(int cmd, union bpf_attr *attr)
{
	int fd = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	if (fd < 0)
		die("bpf", errno);
	return fd;
}

static void emit_map(int type, int value, int key)
{
	union bpf_attr attr = {
		.map_type = type,
		.key_size = sizeof(key),
		.value_size = sizeof(value),
		.max_entries = key + 1,
	};
	int fd = bpf(BPF_MAP_CREATE, &attr);

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	attr.key = (unsigned long)&key;
	attr.value = (unsigned long)&value;
	bpf(BPF_MAP_UPDATE_ELEM, &attr);
	emit(OP(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, fd));
	emit(OP(0, 0, 0, 0, 0));
	emit(SET(2, key));
	emit(SET(3, 0));
	emit(CALL(BPF_FUNC_redirect_map));
	emit(EXIT);
}

/* Some room in front is taken, and given back. */
static void emit_room(void)
{
	emit(MOV(1, 6));
	emit(SET(2, -32));
	emit(CALL(BPF_FUNC_xdp_adjust_head));
	emit(UNLESS(0, 0, 5));
	emit(MOV(1, 6));
	emit(SET(2, 32));
	emit(CALL(BPF_FUNC_xdp_adjust_head));
	emit(SET(0, XDP_PASS));
	emit(EXIT);
	emit_verdict(XDP_DROP);
}

/* Ethernet, IPv4 and UDP once more in front. */
static void emit_wrap(void)
{
	enum { HEADERS = 42 };
	int at;

	emit(MOV(1, 6));
	emit(SET(2, -HEADERS));
	emit(CALL(BPF_FUNC_xdp_adjust_head));
	emit(LOAD(BPF_W, 2, 6, 0));
	emit(LOAD(BPF_W, 3, 6, 4));
	emit(MOV(4, 2));
	emit(PLUS(4, 2 * HEADERS));
	emit(OP(BPF_JMP | BPF_JGT | BPF_X, 4, 3, HEADERS + 2, 0));
	for (at = 0; at < HEADERS; at += 2) {
		emit(LOAD(BPF_H, 5, 2, HEADERS + at));
		emit(STORE(BPF_H, 2, at, 5));
	}
	emit_verdict(XDP_PASS);
	emit_verdict(XDP_DROP);
}

static void emit_queue(int number)
{
	emit(LOAD(BPF_W, 4, 6, offsetof(struct xdp_md, rx_queue_index)));
	emit(UNLESS(4, number, 2));
	emit_verdict(XDP_DROP);
	emit_verdict(XDP_PASS);
}

static unsigned int find(const char *name)
{
	unsigned int index = if_nametoindex(name);

	if (!index) {
		fprintf(stderr, "xb-net: no device %s\n", name);
		exit(1);
	}
	return index;
}

static void emit_program(const char *what, const char *target)
{
	emit_filter();
	if (!strcmp(what, "pass"))
		emit_verdict(XDP_PASS);
	else if (!strcmp(what, "drop"))
		emit_verdict(XDP_DROP);
	else if (!strcmp(what, "abort"))
		emit_verdict(XDP_ABORTED);
	else if (!strcmp(what, "room"))
		emit_room();
	else if (!strcmp(what, "wrap"))
		emit_wrap();
	else if (!strcmp(what, "redirect") && target)
		emit_redirect(find(target));
	else if (!strcmp(what, "devmap") && target)
		emit_map(BPF_MAP_TYPE_DEVMAP, find(target), 0);
	else if (!strcmp(what, "cpumap") && target)
		emit_map(BPF_MAP_TYPE_CPUMAP, 512, atoi(target));
	else if (!strcmp(what, "queue") && target)
		emit_queue(atoi(target));
	else if (!strcmp(what, "tx"))
		emit_swap(), emit_verdict(XDP_TX);
	else
		die(what, ENOTSUP);
}

static int load(int frags)
{
	static char text[1 << 16];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (unsigned long)prog,
		.insn_cnt = nr_insns,
		.license = (unsigned long)"GPL",
		.log_buf = (unsigned long)text,
		.log_size = sizeof(text),
		.log_level = 1,
		.prog_flags = frags ? BPF_F_XDP_HAS_FRAGS : 0,
	};
	int fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	if (fd < 0) {
		fputs(text, stderr);
		die("the program", errno);
	}
	return fd;
}

static int attach(unsigned int dev, int fd, unsigned int flags)
{
	struct ifinfomsg *info = begin(RTM_SETLINK, NLM_F_ACK, sizeof(*info));
	struct nlattr *nest;

	info->ifi_index = dev;
	nest = add(IFLA_XDP | NLA_F_NESTED, NULL, 0);
	add(IFLA_XDP_FD, &fd, sizeof(fd));
	add(IFLA_XDP_FLAGS, &flags, sizeof(flags));
	nest->nla_len = out.bytes + out.hdr.nlmsg_len - (char *)nest;
	return talk(NETLINK_ROUTE, NULL);
}

static int refuse(void)
{
	fputs("xb-net: see the top of xb-net.c\n", stderr);
	return 1;
}

static int xdp(int argc, char **argv)
{
	int frags = argc && !strcmp(argv[0], "-f");
	int generic = argc && !strcmp(argv[0], "-g");
	unsigned int flags = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
	unsigned int dev;

	argc -= frags + generic;
	argv += frags + generic;
	if (argc < 2)
		exit(refuse());
	dev = find(argv[0]);
	if (!strcmp(argv[1], "off"))
		return attach(dev, -1, flags);
	emit_program(argv[1], argv[2]);
	return attach(dev, load(frags), flags);
}

int main(int argc, char **argv)
{
	int err;

	if (argc == 3 && !strcmp(argv[1], "qstats"))
		err = get_qstats(find(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "queues"))
		err = get_queues(find(argv[2]));
	else if (argc == 4 && !strcmp(argv[1], "bypass"))
		err = bypass(find(argv[2]), atoi(argv[3]));
	else if (argc > 2 && !strcmp(argv[1], "xdp"))
		err = xdp(argc - 2, argv + 2);
	else
		return refuse();
	if (err)
		die(argv[1], err);
	return 0;
}
