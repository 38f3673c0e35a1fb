/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions that do nothing and that no compiler emits: xb-cost executes
 * them, xb-count (a plugin of the emulator) looks for them.
 */
#ifndef XB_MARKERS_H
#define XB_MARKERS_H

#define XB_MARK_BEGIN	1	/* count from here */
#define XB_MARK_END	2	/* write down what was counted */
#define XB_MARK_GUESTS	3	/* from now on there may be guests */

/* x86: nopl 0x584200NN(%rax); arm64: movz xzr, #0x58NN, lsl #32 */
#define XB_MARKER_X86_OPCODE	"\x0f\x1f\x80"
#define XB_MARKER_X86(nr)	(0x58420000u + (nr))
#define XB_MARKER_ARM64(nr)	(0xd2c0001fu | ((0x5800u + (nr)) << 5))

#if defined(__x86_64__)
#define XB_MARKER(nr) \
	__asm__ volatile(".byte 0x0f, 0x1f, 0x80; .long %c0" \
			 : : "i" (XB_MARKER_X86(nr)) : "memory")
#elif defined(__aarch64__)
#define XB_MARKER(nr) \
	__asm__ volatile(".inst %c0" : : "i" (XB_MARKER_ARM64(nr)) : "memory")
#else
#error "no marker for this architecture"
#endif

#endif /* XB_MARKERS_H */
