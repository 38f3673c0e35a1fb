# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Disks on a network, for tests with NEEDS=storage. All of it is in dom0's
# kernel: this side is 10.1.0.1 in dom0 itself, the far side is 10.1.0.2 in a
# network namespace, and between them is a bridge in a third one:
#
#   dom0 near ---- near [wire] far ---- far [far]
#
# Both of the bridge's ports delay, reorder and lose what they send, and have
# no scatter-gather: so they read every byte of every packet when it leaves
# the wire, as a network card does, however late that is.
FAR=/run/netns/far
WIRE_BAD=(delay 4ms 3ms reorder "40%" "50%" loss "0.5%")

_wire_port() {	# NAME NAMESPACE-OF-THE-OTHER-END
	ip -n wire link add "$1" type veth peer name "$1" netns "$2"
	nsenter --net=/run/netns/wire ethtool -K "$1" \
		tso off gso off sg off tx off >/dev/null
	ip -n wire link set "$1" master br0 mtu 9000 txqueuelen 10000 up
}

_wire_down() {
	ip netns del far
	ip netns del wire
}

wire_up() {	# both sides, with a wire that does nothing to packets yet
	modprobe -a veth bridge sch_netem
	ip netns add wire
	ip netns add far
	on_exit _wire_down
	ip -n wire link add br0 type bridge
	ip -n wire link set br0 up
	_wire_port near "$$"
	_wire_port far far
	ip addr add 10.1.0.1/24 dev near
	ip link set near mtu 9000 up
	ip -n far addr add 10.1.0.2/24 dev far
	ip -n far link set lo up
	ip -n far link set far mtu 9000 up
	wait_for 20 ping -c 1 -W 1 10.1.0.2 || fail "no way through the wire"
}

# From now on the wire is bad, or good again.
wire_bad() {
	local port
	for port in near far; do
		tc -n wire qdisc replace dev "$port" root netem limit 10000 \
			"${WIRE_BAD[@]}" || fail "netem"
	done
}

wire_good() {
	local port
	for port in near far; do
		tc -n wire qdisc del dev "$port" root
	done
}

tcp_retransmits() {	# [NSENTER OPTION]: TCP segments sent more than once
	nsenter "${1:---net=/proc/self/ns/net}" cat /proc/net/snmp |
		awk '$1 == "Tcp:" && $13 ~ /^[0-9]+$/ { print $13 }'
}

# ---- NVMe over TCP

NVME_NQN=nqn.2026-01.test:xb
NVMET=/sys/kernel/config/nvmet

_nvmet_down() {
	rm -f "$NVMET/ports/1/subsystems/$NVME_NQN"
	rmdir "$NVMET/ports/1"
	echo 0 >"$NVMET/subsystems/$NVME_NQN/namespaces/1/enable"
	rmdir "$NVMET/subsystems/$NVME_NQN/namespaces/1" "$NVMET/subsystems/$NVME_NQN"
}

_nvmet_up() {	# DEVICE
	local subsystem=$NVMET/subsystems/$NVME_NQN port=$NVMET/ports/1
	modprobe nvmet-tcp || fail "no nvmet-tcp"
	mkdir "$subsystem" "$subsystem/namespaces/1" "$port"
	on_exit _nvmet_down
	echo 1 >"$subsystem/attr_allow_any_host"
	echo -n "$1" >"$subsystem/namespaces/1/device_path"
	echo 1 >"$subsystem/namespaces/1/enable"
	echo ipv4 >"$port/addr_adrfam"
	echo tcp >"$port/addr_trtype"
	echo 10.1.0.2 >"$port/addr_traddr"
	echo 4420 >"$port/addr_trsvcid"
	# It listens where the link is made.
	nsenter --net="$FAR" ln -s "$subsystem" "$port/subsystems/" ||
		fail "nvmet does not listen"
}

_nvme_path() {	# the disk of our subsystem, to NVME_DEV
	local nqn dir
	for nqn in /sys/class/nvme/nvme*/subsysnqn; do
		[ "$(cat "$nqn" 2>/dev/null)" = "$NVME_NQN" ] || continue
		NVME_CTRL=${nqn%/*}
		for dir in /sys/block/"${NVME_CTRL##*/}"n*; do
			NVME_DEV=/dev/${dir##*/}
			[ ! -b "$NVME_DEV" ] || return 0
		done
	done
	return 1
}

_nvme_down() {
	echo 1 >"$NVME_CTRL/delete_controller"
	wait_for 60 test ! -e "$NVME_CTRL"
}

storage_nvme() {	# VAR DEVICE [,OPTION...]: DEVICE by way of NVMe/TCP
	_nvmet_up "$2"
	modprobe nvme-tcp || fail "no nvme-tcp"
	echo "transport=tcp,traddr=10.1.0.2,trsvcid=4420,nqn=$NVME_NQN,nr_io_queues=1$3" \
		>/dev/nvme-fabrics || fail "nvme connect"
	wait_for 30 _nvme_path || fail "no NVMe disk"
	on_exit _nvme_down
	printf -v "$1" %s "$NVME_DEV"
}

# ---- iSCSI

ISCSI_IQN=iqn.2026-01.test:xb
LIO=/sys/kernel/config/target

_lio_down() {
	local tpg=$LIO/iscsi/$ISCSI_IQN/tpgt_1
	echo 0 >"$tpg/enable"
	rmdir "$tpg/np/10.1.0.2:3260"
	rm "$tpg/lun/lun_0/xb"
	rmdir "$tpg/lun/lun_0" "$tpg" "$LIO/iscsi/$ISCSI_IQN"
	rmdir "$LIO/core/iblock_0/xb" "$LIO/core/iblock_0"
}

_lio_up() {	# DEVICE
	local disk=$LIO/core/iblock_0/xb tpg=$LIO/iscsi/$ISCSI_IQN/tpgt_1
	modprobe -a target_core_mod target_core_iblock iscsi_target_mod ||
		fail "no iSCSI target"
	mkdir -p "$disk" "$LIO/iscsi" "$tpg/lun/lun_0"
	on_exit _lio_down
	echo "udev_path=$1" >"$disk/control"
	echo 1 >"$disk/enable" || fail "LIO does not take $1"
	ln -s "$disk" "$tpg/lun/lun_0/xb"
	nsenter --net="$FAR" mkdir "$tpg/np/10.1.0.2:3260" ||
		fail "the iSCSI target does not listen"
	echo 0 >"$tpg/attrib/authentication"
	echo 0 >"$tpg/attrib/demo_mode_write_protect"
	echo 1 >"$tpg/attrib/generate_node_acls"
	echo 1 >"$tpg/enable"
}

_iscsi_path() {	# to ISCSI_DEV
	local dir
	for dir in /sys/class/iscsi_session/session*/device/target*/*/block/*; do
		ISCSI_DEV=/dev/${dir##*/}
		[ ! -b "$ISCSI_DEV" ] || return 0
	done
	return 1
}

_iscsi_node() {	# OPTION...
	timeout 120 iscsiadm -m node -T "$ISCSI_IQN" -p 10.1.0.2:3260,1 "$@"
}

_iscsid() {
	mkdir -p /etc/iscsi /run/lock/iscsi /var/lib/iscsi
	echo "InitiatorName=iqn.2026-01.test:dom0" >/etc/iscsi/initiatorname.iscsi
	echo "node.startup = manual" >/etc/iscsi/iscsid.conf
	iscsid -p "$XB_RUN/iscsid.pid" || fail "iscsid"
	on_exit iscsiadm -k 0
}

_iscsi_down() {
	_iscsi_node --logout
	_iscsi_node -o delete
}

storage_iscsi() {	# VAR DEVICE: DEVICE by way of iSCSI
	_lio_up "$2"
	modprobe -a iscsi_tcp sd_mod || fail "no iscsi_tcp"
	_iscsid
	_iscsi_node -o new || fail "iscsiadm"
	_iscsi_node --login || fail "iSCSI login"
	on_exit _iscsi_down
	wait_for 30 _iscsi_path || fail "no iSCSI disk"
	printf -v "$1" %s "$ISCSI_DEV"
}

# ---- a file on NFS: here the server is the near side

_nfsd_down() {
	echo 0 >/proc/fs/nfsd/threads
	exportfs -ua
	pkill -x rpc.mountd
	pkill -x rpcbind
	umount /proc/fs/nfsd
	umount "$XB_RUN/export"
}

_nfsd_up() {	# DEVICE: an ext4 on it is exported
	modprobe nfsd || fail "no nfsd"
	mkdir -p "$XB_RUN/export" /var/lib/nfs/v4recovery
	touch /var/lib/nfs/{etab,rmtab}
	mke2fs -q -t ext4 "$1"
	mount -t ext4 "$1" "$XB_RUN/export" || fail "no file system to export"
	mount -t nfsd nfsd /proc/fs/nfsd
	on_exit _nfsd_down
	rpcbind
	echo "$XB_RUN/export 10.1.0.2(rw,sync,fsid=0,no_root_squash,no_subtree_check,insecure)" \
		>/etc/exports
	exportfs -ra || fail "NFS export"
	rpc.mountd || fail "rpc.mountd"
	echo 10 >/proc/fs/nfsd/nfsv4leasetime
	echo 10 >/proc/fs/nfsd/nfsv4gracetime
	echo "-3 +4 +4.1 +4.2" >/proc/fs/nfsd/versions
	echo 4 >/proc/fs/nfsd/threads || fail "knfsd does not start"
}

_nfs_down() {
	losetup -d "$NFS_DEV"
	wait_for 30 umount "$XB_RUN/nfs"
}

storage_nfs() {	# VAR DEVICE MB: a file on NFS on DEVICE, through loop
	_nfsd_up "$2"
	mkdir -p "$XB_RUN/nfs"
	timeout 120 nsenter --net="$FAR" mount.nfs 10.1.0.1:/ "$XB_RUN/nfs" \
		-o vers=4.2,proto=tcp,sec=sys || fail "NFS mount"
	truncate -s "$3M" "$XB_RUN/nfs/disk"
	NFS_DEV=$(losetup -f --show -P --direct-io=on "$XB_RUN/nfs/disk") ||
		fail "losetup"
	on_exit _nfs_down
	printf -v "$1" %s "$NFS_DEV"
}

# ---- what is done with each of them

storage_stat() {	# NAME: a number of the vbd of guest g1
	cat "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/statistics/$1"
}

# The guest's data is mapped for each request, and unmapped after it.
storage_attach() {	# DISK
	guest_create g1
	frontend_reload g1 feature_persistent=0 || fail "loading the frontend"
	vbd_attach g1 "phy:$1,xvdb,w" || fail "attach"
	echo 0 >"/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728/copy_segs"
}

_storage_job() {	# NAME RW BS DEPTH SIZE OFFSET
	printf '[%s]\nrw=%s\nbs=%s\niodepth=%s\nsize=%s\noffset=%s\n' "$@"
}

# The same for guest and dom0: written and verified here, verified there.
storage_jobs() {	# DEVICE
	printf '[global]\nfilename=%s\nioengine=libaio\ndirect=1\n' "$1"
	printf 'verify=crc32c\nverify_fatal=1\nstonewall\n'
	_storage_job small randwrite 4k 32 1M 0
	_storage_job middle write 32k 16 2M 1M
	_storage_job large randwrite 256k 8 4M 3M
}

storage_verify() {	# DISK [SECONDS]
	storage_jobs "$1" >"$XB_RUN/jobs"
	guest_run g1 "cat >/tmp/jobs <<-'END'
	$(storage_jobs /dev/xvdb)
	END"
	guest_run g1 "${2:-400}" "fio /tmp/jobs >/tmp/out 2>&1 || {
		grep -E 'verify|err=' /tmp/out | head -n 20; exit 1; }" ||
		fail "fio in the guest"
}

storage_verify_here() {	# what the guest wrote is on the disk
	fio --verify_only "$XB_RUN/jobs" >"$XB_RUN/fio.out" 2>&1 ||
		fail "dom0 finds other data: $(grep -m 1 -E 'verify|err=' "$XB_RUN/fio.out")"
}

_storage_is_loaded() {	# REQUESTS
	[ "$(storage_stat wr_req)" -ge "$1" ]
}

storage_load() {	# start writing, until it is well under way
	local had
	had=$(storage_stat wr_req)
	guest_bg g1 "fio --name=load --filename=/dev/xvdb --size=16M \
		--rw=randwrite --bs=64k --direct=1 --ioengine=libaio --iodepth=16 \
		--time_based --runtime=3000" >/dev/null || fail "starting the load"
	wait_for 120 _storage_is_loaded "$((had + 50))" || fail "no load"
}

_storage_gone() {
	! vbd_backend g1 xvdb >/dev/null &&
		[ ! -e "/sys/bus/xen-backend/devices/vbd-$(guest_domid g1)-51728" ]
}

# In the middle of the load; the frontend never ends what its disk took along.
storage_detach_loaded() {
	timeout 60 xl block-detach g1 xvdb || :
	guest_run g1 "killall fio; true"
	wait_for 120 _storage_gone || {
		timeout 60 xl block-detach g1 xvdb || :
		wait_for 120 _storage_gone
	} || fail "the disk does not go"
}

# Verified I/O until MIN requests had to wait for their pages, then detaching
# and destroying under load, all on a bad wire.
storage_exercise() {	# DISK MIN [NSENTER OPTION OF THE TCP SENDER]
	local again before _ disk=$1 where=${3:---net=/proc/self/ns/net}
	before=$(tcp_retransmits "$where")
	storage_attach "$disk"
	guest_destroy g1
	leak_snapshot
	storage_attach "$disk"
	wire_bad
	for _ in {1..8}; do
		storage_verify "$disk"
		STORAGE_DEFERRED=$(storage_stat deferred)
		[ "$STORAGE_DEFERRED" -lt "$2" ] || break
	done
	again=$(($(tcp_retransmits "$where") - before))
	echo "TCP segments sent again: $again; requests that waited for their" \
		"pages: $STORAGE_DEFERRED of $(storage_stat map_req) mapped"
	[ "$again" -gt 0 ] || fail "nothing was sent again"
	[ "$STORAGE_DEFERRED" -ge "$2" ] || fail "no page was still in use"
	storage_verify_here

	storage_load
	storage_detach_loaded
	guest_destroy g1
	storage_attach "$disk"
	storage_load
	guest_destroy g1
	wire_good
	wait_for 60 blockdev --rereadpt "$disk" || fail "the disk is still in use"
	leak_check
}
