// SPDX-License-Identifier: GPL-2.0
/*
 * xb-count with a QEMU that executes a given sequence of one-instruction
 * blocks: dom0 and guest at the same virtual address, the hypervisor for
 * each, and an idle moment. test_bench.py knows what must come out.
 */
#include "xb-count.c"

struct qemu_plugin_tb {
	uint64_t vaddr;
	uintptr_t haddr;
	uintptr_t mark;
	uint32_t word;
	qemu_plugin_vcpu_udata_cb_t block_cb, insn_cb;
	void *block_data, *insn_data;
};

static qemu_plugin_vcpu_tb_trans_cb_t translate_cb;

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   qemu_plugin_vcpu_tb_trans_cb_t cb)
{
	translate_cb = cb;
}

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb)
{
	return 1;
}

uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb)
{
	return tb->vaddr;
}

struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx)
{
	return (struct qemu_plugin_insn *)tb;
}

void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn)
{
	return (void *)((const struct qemu_plugin_tb *)insn)->haddr;
}

#if PLAY_API < 3
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn)
{
	return &((const struct qemu_plugin_tb *)insn)->word;
}
#else
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to,
			     size_t room)
{
	size_t n = room < 4 ? room : 4;

	memcpy(to, &((const struct qemu_plugin_tb *)insn)->word, n);
	return n;
}
#endif

size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn)
{
	return 4;
}

void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  qemu_plugin_vcpu_udata_cb_t cb,
					  enum qemu_plugin_cb_flags flags,
					  void *userdata)
{
	tb->block_cb = cb;
	tb->block_data = userdata;
}

void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_vcpu_udata_cb_t cb,
					    enum qemu_plugin_cb_flags flags,
					    void *userdata)
{
	struct qemu_plugin_tb *tb = (struct qemu_plugin_tb *)insn;

	tb->insn_cb = cb;
	tb->insn_data = userdata;
}

static void play(uint64_t vaddr, uintptr_t haddr, uintptr_t mark)
{
	struct qemu_plugin_tb tb = {
		.vaddr = vaddr, .haddr = haddr,
		.word = mark ? XB_MARKER_ARM64(mark) : 0,
	};

	translate_cb(1, &tb);
	tb.block_cb(0, tb.block_data);
	if (tb.insn_cb)
		tb.insn_cb(0, tb.insn_data);
}

#define KERNEL		0xffff800001000000
#define DOM0_PAGE	0x7f0010000000
#define GUEST_PAGE	0x7f0020000000
#define XEN_PAGE	0x7f0000001000

static void switch_to(void)
{
	play(0x25b660, XEN_PAGE, 0);
}

static void xen(void)
{
	play(0x210000, XEN_PAGE + 0x1000, 0);
}

int main(void)
{
	qemu_info_t info = { .target_name = "aarch64",
			     .system_emulation = true };
	char options[4][24] = { "out=/dev/stdout", "switch=0x25b660",
				"lo=0x200000", "hi=0x2bb660" };
	char *args[4];
	int i;

	for (i = 0; i < 4; i++)
		args[i] = options[i];
	info.system.smp_vcpus = 1;
	if (qemu_plugin_install(1, &info, 4, args))
		return 1;
	/* Firmware in a page that will be the guest's. */
	play(0x40000000, GUEST_PAGE, 0);
	switch_to();
	play(KERNEL, DOM0_PAGE, 0);
	xen();
	play(0xaaaa, DOM0_PAGE + 0x1000, XB_MARK_GUESTS);
	switch_to();
	xen();
	switch_to();
	play(KERNEL, GUEST_PAGE, 0);
	xen();
	switch_to();
	/* From here on it counts. */
	play(0xaaab, DOM0_PAGE + 0x1000, 0);
	play(KERNEL, DOM0_PAGE, XB_MARK_BEGIN);
	xen();
	switch_to();
	play(KERNEL, GUEST_PAGE, 0);
	xen();
	xen();
	switch_to();
	xen();
	switch_to();
	play(KERNEL, DOM0_PAGE, 0);
	play(0xaaac, DOM0_PAGE + 0x2000, XB_MARK_END);
	return 0;
}
