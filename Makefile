# SPDX-License-Identifier: GPL-2.0
# User entry of xen-backends; `make help` lists the targets.

KERNEL ?=
ARCH   ?= amd64
TB     := tests/testbed/xbtb

ifneq ($(KERNEL),)
# Headers of a Debian 12 kernel series, unpacked into the cache.
OUT  := build/$(ARCH)-$(KERNEL)
KDIR  = $(shell $(TB) headers --kernel $(KERNEL) --arch $(ARCH))
else
OUT  := build/host
KDIR ?= /lib/modules/$(shell uname -r)/build
endif

.PHONY: all modules help clean

all: modules		## build the three modules (KDIR=... or KERNEL=6.1|6.12)

modules:
	@scripts/build-modules "$(KDIR)" "$(OUT)" "$(ARCH)" $(KBUILD_ARGS)

help:			## this text
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

clean:			## remove what was built here (the cache stays)
	rm -rf build
