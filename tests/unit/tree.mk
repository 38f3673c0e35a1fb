# SPDX-License-Identifier: GPL-2.0
# How the sources of the modules are compiled for user space, whatever the
# compiler: for the unit tests and for tests/fuzz. Whoever includes it has set
# TOP, the top of the tree, and B, where it builds.

UNIT   := $(TOP)/tests/unit
KERNEL ?= 6.12
KDIR   ?= $(shell $(TOP)/tests/testbed/xbtb headers --kernel $(KERNEL))

# Kernel headers that the drivers' own headers name; include/ stands in.
SHIMS := linux/types.h linux/list.h linux/spinlock.h linux/mm.h \
	 linux/build_bug.h linux/kernel.h linux/bug.h linux/jiffies.h \
	 linux/string.h linux/compiler.h linux/if_ether.h linux/atomic.h linux/kref.h \
	 linux/workqueue.h linux/stddef.h linux/minmax.h linux/bitops.h linux/delay.h linux/err.h linux/export.h linux/mutex.h linux/slab.h linux/kstrtox.h \
	 linux/device.h linux/gfp.h linux/ratelimit.h xen/grant_table.h xen/page.h xen/xenbus.h asm/barrier.h

SAN    := -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Werror -Wno-unused-parameter \
	  -Wno-sign-compare -Wno-override-init -Wno-unused-value \
	  -fno-strict-aliasing -fno-omit-frame-pointer -D__KERNEL__ \
	  -DCONFIG_X86=1 -DCONFIG_X86_64=1
# The copies in $(B)/src have no internal header beside them, so that the one
# in include/ is found.
INC    := -iquote $(UNIT)/include -iquote $(UNIT) -I $(B)/src \
	  -I $(B)/src/common -isystem $(B)/shim -isystem $(B)/kernel \
	  -iquote $(B)/src/blkback -iquote $(B)/src/netback \
	  -iquote $(B)/src/common/gnttab-helpers

# Links, renewed each time: sources come and go.
$(B)/.tree: FORCE
	@$(UNIT)/tree "$(TOP)" "$(B)" "$(KDIR)" $(SHIMS)
.PHONY: FORCE
