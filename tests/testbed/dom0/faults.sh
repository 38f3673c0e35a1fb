# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Allocations that fail because the kernel's fault injection wants it, where
# one of our functions is in the call chain; for debug kernels.
FAULT_TIMES=1000000
FAULTS_REJECT=

faults_known() {
	[ -e /sys/kernel/debug/failslab/require-start ]
}

_faults_set() {	# ATTRIBUTE VALUE
	local kind
	for kind in failslab fail_page_alloc; do
		echo "$2" >"/sys/kernel/debug/$kind/$1"
	done
}

# On arm64 the kernel keeps a tree of mapped frames: without memory for it, a
# map looks as if Xen had refused it, and no backend can tell the difference.
_faults_not_in_maps() {
	if [ -z "$FAULTS_REJECT" ]; then
		# The kernel's own symbols come first, by address.
		FAULTS_REJECT=$(awk '$3 == "set_foreign_p2m_mapping" { s = $1; next }
			s != "" && $1 != s { print s, $1; exit }' /proc/kallsyms)
	fi
	_faults_set reject-start "0x${FAULTS_REJECT% *}"
	_faults_set reject-end "0x${FAULTS_REJECT#* }"
}

# From now on PERCENT of the allocations below MODULE fail, or of every EVERYth
# allocation if that is below MODULE.
faults_on() {	# MODULE PERCENT [EVERY]
	local start
	start=$(<"/sys/module/$1/sections/.text")
	_faults_set probability 0
	_faults_set verbose 0
	_faults_set interval "${3:-1}"
	_faults_not_in_maps
	_faults_set times "$FAULT_TIMES"
	_faults_set require-start "$start"
	_faults_set require-end "$(printf '0x%x' $((start + $(<"/sys/module/$1/coresize"))))"
	_faults_set ignore-gfp-wait N
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
	echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
	_faults_set probability "$2"
}

faults_off() {
	_faults_set probability 0
}

faults_count() {	# how many have failed since faults_on
	echo $((2 * FAULT_TIMES - $(<"/sys/kernel/debug/failslab/times") \
		- $(<"/sys/kernel/debug/fail_page_alloc/times")))
}
