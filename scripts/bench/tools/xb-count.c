// SPDX-License-Identifier: GPL-2.0
/*
 * xb-count: a plugin of QEMU's TCG that counts executed instructions of a Xen
 * machine, by the code that executes and by the domain on whose behalf.
 *
 *   -plugin xb-count.so,out=FILE,switch=ADDR,lo=ADDR,hi=ADDR
 *
 * lo and hi bound the hypervisor's addresses, switch is the address of its
 * context_switch(). All that runs between two context switches belongs to one
 * virtual CPU: a slice. Code of dom0 and of guests may have the same virtual
 * addresses, but never lies in the same page of memory. What is executed
 * outside of the hypervisor before XB_MARK_GUESTS is dom0's; later, a slice is
 * dom0's if one of its pages is known as dom0's, it is a guest's if it has
 * pages but none of dom0's, and idle if it has none. Then all its pages are
 * known. Instructions of the hypervisor are counted for the slice's domain.
 *
 * Written to FILE at each XB_MARK_END:
 *   window N
 *   c DOMAIN VADDR INSTRUCTIONS EXECUTIONS    DOMAIN: 0 dom0, 1 guest, 2 idle
 * a line for each translation block that was executed, by its first address.
 *
 * For one emulated CPU. A block that is left early by an exception counts as
 * a whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "qemu-plugin.h"
#include "markers.h"

#define watch		qemu_plugin_register_vcpu_insn_exec_cb
#define HASH_SIZE	(1u << 20)
/* The longest instruction of any architecture. */
#define INSN_BYTES	16

enum domain { DOM0, GUEST, IDLE, NR_DOMAINS };

struct page {
	struct page *next;
	uint64_t nr;
	enum domain owner;
	int known;
	int in_slice;
};

struct block {
	struct block *next;
	struct page *page;	/* NULL: the hypervisor's */
	uint64_t vaddr;
	uint64_t frame;
	uint64_t insns;
	uint64_t slice;		/* executions in this slice */
	uint64_t count[NR_DOMAINS];
	int is_switch;
};

struct list {
	void **items;
	size_t nr, room;
};

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static struct block *blocks[HASH_SIZE];
static struct page *pages[HASH_SIZE];
static struct list all_blocks, slice_blocks, slice_pages;
static uint64_t xen_lo, xen_hi, xen_switch;
static uint64_t slices[NR_DOMAINS];
static int counting, guests, started, windows, is_arm64;
static FILE *out;

static void *checked(void *p)
{
	if (!p) {
		fprintf(stderr, "xb-count: out of memory\n");
		abort();
	}
	return p;
}

static void append(struct list *l, void *item)
{
	if (l->nr == l->room) {
		l->room = l->room ? 2 * l->room : 4096;
		l->items = checked(realloc(l->items,
					   l->room * sizeof(*l->items)));
	}
	l->items[l->nr++] = item;
}

static uint32_t hash(uint64_t a, uint64_t b)
{
	uint64_t h = a * 0x9e3779b97f4a7c15ULL ^ b * 0xc2b2ae3d27d4eb4fULL;

	return (h ^ h >> 29) % HASH_SIZE;
}

static struct page *get_page(uint64_t nr)
{
	struct page **head = &pages[hash(nr, 0)], *p;

	for (p = *head; p; p = p->next)
		if (p->nr == nr)
			return p;
	p = checked(calloc(1, sizeof(*p)));
	p->nr = nr;
	p->next = *head;
	*head = p;
	return p;
}

static struct block *get_block(uint64_t vaddr, uint64_t frame, uint64_t insns)
{
	struct block **head = &blocks[hash(vaddr, frame + insns)], *b;

	for (b = *head; b; b = b->next)
		if (b->vaddr == vaddr && b->frame == frame &&
		    b->insns == insns)
			return b;
	b = checked(calloc(1, sizeof(*b)));
	b->vaddr = vaddr;
	b->frame = frame;
	b->insns = insns;
	b->is_switch = vaddr == xen_switch;
	if (vaddr < xen_lo || vaddr >= xen_hi)
		b->page = get_page(frame);
	b->next = *head;
	*head = b;
	append(&all_blocks, b);
	return b;
}

static enum domain slice_owner(void)
{
	enum domain found = IDLE;
	struct page *p;
	size_t i;

	for (i = 0; i < slice_pages.nr; i++) {
		p = slice_pages.items[i];
		if (p->known)
			return p->owner;
		found = guests ? GUEST : DOM0;
	}
	return found;
}

static void end_slice(void)
{
	enum domain owner = slice_owner();
	struct block *b;
	struct page *p;
	size_t i;

	for (i = 0; i < slice_pages.nr; i++) {
		p = slice_pages.items[i];
		p->in_slice = 0;
		if (!p->known) {
			p->known = 1;
			p->owner = owner;
		}
	}
	for (i = 0; i < slice_blocks.nr; i++) {
		b = slice_blocks.items[i];
		b->count[owner] += b->slice;
		b->slice = 0;
	}
	slice_pages.nr = 0;
	slice_blocks.nr = 0;
	slices[owner]++;
}

/* What ran before the first switch was firmware and the hypervisor's start,
 * whose memory others may have now.
 */
static void forget_pages(void)
{
	struct page *p;
	size_t i;

	for (i = 0; i < HASH_SIZE; i++) {
		for (p = pages[i]; p; p = p->next) {
			p->known = 0;
			p->in_slice = 0;
		}
	}
	slice_pages.nr = 0;
}

static void switched(void)
{
	if (started) {
		end_slice();
	} else {
		started = 1;
		forget_pages();
	}
}

static void exec_block(unsigned int cpu, void *data)
{
	struct block *b = data;

	if (b->is_switch)
		switched();
	if (b->page && !b->page->in_slice) {
		b->page->in_slice = 1;
		append(&slice_pages, b->page);
	}
	if (counting && !b->slice++)
		append(&slice_blocks, b);
}

static void begin_window(void)
{
	struct block *b;
	size_t i;

	for (i = 0; i < all_blocks.nr; i++) {
		b = all_blocks.items[i];
		b->slice = 0;
		memset(b->count, 0, sizeof(b->count));
	}
	slice_blocks.nr = 0;
	counting = 1;
}

static void end_window(void)
{
	struct block *b;
	size_t i;
	int d;

	if (!counting)
		return;
	counting = 0;
	end_slice();
	fprintf(out, "window %d\n", ++windows);
	fprintf(out, "# slices: dom0 %" PRIu64 " guest %" PRIu64 " idle %"
		PRIu64 "\n", slices[DOM0], slices[GUEST], slices[IDLE]);
	for (i = 0; i < all_blocks.nr; i++) {
		b = all_blocks.items[i];
		for (d = 0; d < NR_DOMAINS; d++)
			if (b->count[d])
				fprintf(out, "c %d %" PRIx64 " %" PRIu64
					" %" PRIu64 "\n", d, b->vaddr,
					b->insns, b->count[d]);
	}
	fflush(out);
}

static void exec_marker(unsigned int cpu, void *data)
{
	switch ((uintptr_t)data) {
	case XB_MARK_BEGIN:
		begin_window();
		break;
	case XB_MARK_END:
		end_window();
		break;
	case XB_MARK_GUESTS:
		/* An only domain may run for long without a switch. */
		end_slice();
		guests = 1;
		fprintf(out, "# guests come after %" PRIu64 " + %" PRIu64
			" slices\n", slices[DOM0], slices[IDLE]);
		break;
	}
}

/* The size of an instruction and its bytes, which newer QEMUs copy. */
static size_t read_insn(struct qemu_plugin_insn *insn, uint8_t data[INSN_BYTES])
{
	size_t size = qemu_plugin_insn_size(insn);

	if (size > INSN_BYTES)
		return 0;
#if QEMU_PLUGIN_VERSION < 3
	memcpy(data, qemu_plugin_insn_data(insn), size);
#else
	qemu_plugin_insn_data(insn, data, size);
#endif
	return size;
}

/* The number of a marker, 0 for any other instruction. */
static uintptr_t marker(struct qemu_plugin_insn *insn)
{
	uint8_t data[INSN_BYTES];
	size_t size = read_insn(insn, data);
	uint32_t word;
	uintptr_t nr;

	if (size != (is_arm64 ? 4 : 7))
		return 0;
	if (!is_arm64 && memcmp(data, XB_MARKER_X86_OPCODE, 3))
		return 0;
	memcpy(&word, data + size - 4, 4);
	for (nr = XB_MARK_BEGIN; nr <= XB_MARK_GUESTS; nr++)
		if (word == (is_arm64 ? XB_MARKER_ARM64(nr) :
			     XB_MARKER_X86(nr)))
			return nr;
	return 0;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, nr = qemu_plugin_tb_n_insns(tb);
	struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, 0);
	uint64_t frame = (uintptr_t)qemu_plugin_insn_haddr(insn) >> 12;
	struct block *b;
	uintptr_t m;

	b = get_block(qemu_plugin_tb_vaddr(tb), frame, nr);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, exec_block,
					     QEMU_PLUGIN_CB_NO_REGS, b);
	for (i = 0; i < nr; i++) {
		insn = qemu_plugin_tb_get_insn(tb, i);
		m = marker(insn);
		if (m)
			watch(insn, exec_marker, QEMU_PLUGIN_CB_NO_REGS,
			      (void *)m);
	}
}

static int option(const char *arg)
{
	const char *value = strchr(arg, '=');

	if (!value++)
		return 0;
	if (!strncmp(arg, "out=", 4))
		out = fopen(value, "w");
	else if (!strncmp(arg, "switch=", 7))
		xen_switch = strtoull(value, NULL, 0);
	else if (!strncmp(arg, "lo=", 3))
		xen_lo = strtoull(value, NULL, 0);
	else if (!strncmp(arg, "hi=", 3))
		xen_hi = strtoull(value, NULL, 0);
	else
		return 0;
	return 1;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const qemu_info_t *info,
					   int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!option(argv[i])) {
			fprintf(stderr, "xb-count: option %s?\n", argv[i]);
			return -1;
		}
	}
	if (!out || !xen_switch || !xen_hi || !info->system_emulation ||
	    info->system.smp_vcpus != 1) {
		fputs("xb-count: needs out, switch, lo, hi, one CPU\n",
		      stderr);
		return -1;
	}
	is_arm64 = !strcmp(info->target_name, "aarch64");
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
