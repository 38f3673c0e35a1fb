# SPDX-License-Identifier: GPL-2.0
# User entry of xen-backends; `make help` lists the targets.

# A list of variables on the command line must not reach kbuild, whose ARCH
# has other values than Debian's.
MAKEOVERRIDES :=

.DEFAULT_GOAL := all

KERNEL ?=
HOST_ARCH := $(shell dpkg --print-architecture 2>/dev/null || echo amd64)
ARCH   ?= $(HOST_ARCH)
V      ?=
TB     := tests/testbed/xbtb
CACHE  := $(or $(XB_CACHE),$(HOME)/.cache/xen-backends)

ifneq ($(KERNEL),)
# Headers of one of Debian's kernels and its compiler, unpacked into the cache.
OUT   := build/$(ARCH)-$(KERNEL)
KDIR   = $(shell $(TB) headers --kernel $(KERNEL) --arch $(ARCH))
else
OUT   := build/host
KDIR  ?= /lib/modules/$(shell uname -r)/build
endif
# Not before they are set: it makes them empty where they are not.
unexport ARCH KERNEL KDIR

.PHONY: all modules install uninstall dkms-install dkms-remove
.PHONY: bench bench-check bench-selftest
.PHONY: demo shell check check-static check-unit check-quick check-system
.PHONY: check-eagain check-long check-hostile check-conform check-frontends check-net check-arm64 check-debug
.PHONY: check-lifecycle check-pvh check-storage check-mutants check-matrix check-builds
.PHONY: check-dkms check-deb check-intree fuzz prove model deb dist rpm
.PHONY: testbed-selftest help clean distclean-cache setup-build

# A target of its own because make expands a whole recipe, KDIR included,
# before it runs the first line of it.
setup-build:
	@scripts/setup build

all: modules		## build the modules for the running kernel (default)

modules: setup-build	## the same; KERNEL=6.1|6.12|7.2|7.3 [ARCH=arm64] for Debian's, or KDIR=...
	@scripts/build-modules "$(KDIR)" "$(OUT)" "$(ARCH)" $(if $(V),V=$(V)) $(KBUILD_ARGS)

install: modules	## install into updates/ of that kernel, ahead of the in-tree modules
	@scripts/install-modules install "$(KDIR)" "$(OUT)"

uninstall:		## remove them from all kernels; the in-tree modules are found again
	@scripts/install-modules uninstall

dkms-install:		## install through DKMS: rebuilt for every new kernel
	@scripts/setup dkms
	@scripts/dkms install

dkms-remove:		## remove from DKMS; the in-tree modules are found again
	@scripts/dkms remove

deb:			## Debian packages into build/deb
	@scripts/setup deb
	@scripts/deb

rpm:			## RPM packages into build/rpm
	@scripts/setup rpm
	@scripts/rpm

dist:			## a tarball of the sources, and its bill of materials, into build/dist
	@scripts/setup dist
	@scripts/dist

demo:			## boot Xen, dom0 and a guest under QEMU and do I/O through our modules
	@scripts/setup build testbed
	@$(TB) demo

shell:			## the same machine with a prompt
	@scripts/setup build testbed
	@$(TB) shell

bench:			## measure ours beside the in-tree modules; QUICK=1 for the points with goals
	@scripts/setup build testbed bench $(if $(findstring --arch amd64,$(BENCH_ARGS)),,arm64)
	@scripts/bench/run --grid $(if $(QUICK),quick,full) $(BENCH_ARGS)

bench-check:		## has a point become dearer than scripts/bench/baseline.json says?
	@scripts/setup build testbed arm64 bench
	@scripts/bench/check

bench-selftest:		## would it be noticed? (of the tools; and of a data path 3 % slower)
	@scripts/setup build testbed arm64 bench
	@python3 scripts/bench/selftest/test_bench.py
	@scripts/check/run bench-host
	@scripts/bench/selftest/slower

check:			## everything below; ends in 'N passed, N failed, N skipped'
	@scripts/setup build check unit dkms deb lint testbed arm64
	@scripts/check/run

check-static:		## compilers, sparse, checkpatch, kernel-doc, layering, packaging
	@scripts/setup build check dkms deb lint
	@scripts/check/run static

check-quick:		## real guests, the part that make check has
	@scripts/setup build testbed arm64
	@scripts/check/run quick

check-unit:		## the real sources in user space under ASan and UBSan, in seconds
	@scripts/setup unit
	@scripts/check/run unit

fuzz:			## look for inputs that break the parsers, FUZZ_SECONDS (60) for each
	@scripts/setup unit
	@$(MAKE) -s -C tests/fuzz run

prove:			## the pure sources proven for all inputs with CBMC, and mistakes found
	@scripts/setup build unit
	@scripts/check/run prove

model:			## no wake-up of a ring's thread is lost, in a model of it, with SPIN
	@scripts/setup build unit
	@scripts/check/run model

check-system:		## real guests on several CPUs and the host's clock, Debian 12 and 13
	@scripts/setup build testbed arm64
	@scripts/check/run system

check-long:		## more repetitions, and each of the following: takes a night
	@scripts/setup build check dkms deb lint chroot testbed xen arm64
	@XB_LONG=1 scripts/check/run mutants builds dkms deb quick system net eagain hostile frontends lives arm64 debug pvh storage host

check-builds:		## compilers and sparse on the kernels that make check leaves out
	@scripts/setup build check
	@scripts/check/run builds

check-dkms:		## more of the life of the DKMS package
	@scripts/setup build dkms
	@scripts/check/run dkms

check-deb:		## the life of the Debian packages, on Debian 12 and 13, as root
	@scripts/setup build deb lint chroot
	@scripts/check/run deb

check-matrix:		## every hypervisor, kernel and guest, a page of it in Documentation/: nights
	@scripts/setup build testbed arm64
	@scripts/check/matrix $(if $(CORE),--core) $(if $(MISSING),--missing) $(if $(ONLY),--only '$(ONLY)')

check-intree:		## where the kernel's own drivers fail, a page of it in Documentation/: overnight
	@scripts/setup build testbed arm64
	@scripts/check/intree $(if $(ONLY),--only '$(ONLY)')

check-mutants:		## is each of our mistakes noticed by a unit test?
	@scripts/setup build unit
	@scripts/check/run mutants

check-eagain:		## a hypervisor that pages guests out, grant operations that fail
	@scripts/setup build testbed xen arm64
	@scripts/check/run eagain

check-hostile:		## a frontend in a guest that breaks every rule
	@scripts/setup build testbed arm64
	@scripts/check/run hostile

check-conform:		## pv-conform against ours, the kernel's own and QEMU's, a page in Documentation/
	@scripts/setup build testbed arm64
	@scripts/check/conformance $(if $(ONLY),--only '$(ONLY)')

check-frontends:	## frontends of other systems, from their sources, and any number of buffers
	@scripts/setup build testbed arm64
	@scripts/check/run frontends

check-lifecycle:	## each event, with each kind of frontend, on each kind of disk; 500 lives in a row
	@scripts/setup build testbed arm64
	@scripts/check/run lives

check-net:		## all network tests, on amd64 too
	@scripts/setup build testbed arm64
	@scripts/check/run net

check-arm64:		## fio and iperf3 where pages are 4, 16 and 64 KiB large
	@scripts/setup build testbed arm64
	@scripts/check/run arm64

check-debug:		## system tests on a kernel with KASAN, lockdep and kmemleak
	@scripts/setup build testbed arm64
	@scripts/check/run debug

check-pvh:		## PVH and HVM guests on amd64, and one of them paged out by Xen
	@scripts/setup build testbed xen
	@scripts/check/run pvh

check-storage:		## disks on NVMe/TCP, iSCSI and NFS, over a network that loses packets
	@scripts/setup build testbed arm64
	@scripts/check/run storage

testbed-selftest:	## does the test bed notice what it must notice?
	@scripts/setup build testbed
	@$(TB) selftest

help:			## this text
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

clean:			## remove what was built here (the cache stays)
	rm -rf build

distclean-cache: clean	## remove the cache as well: kernels, headers, images
	rm -rf "$(CACHE)"
