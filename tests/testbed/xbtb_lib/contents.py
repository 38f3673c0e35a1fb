# SPDX-License-Identifier: GPL-2.0
"""What goes into dom0 and into the guest."""
from __future__ import annotations

from dataclasses import dataclass

from . import matrix

DOM0_PACKAGES = [
    "xenstore-utils", "bash", "dash", "busybox-static",
    "coreutils", "util-linux", "mount", "kmod", "e2fsprogs", "dmsetup",
    "iproute2", "bridge-utils", "ethtool", "iperf3", "procps", "strace",
    "tcpdump", "grep", "sed", "mawk", "findutils", "hostname", "gzip",
    "diffutils", "iputils-ping", "libc-bin",
]

# What only one architecture has: a boot loader that runs as a PV guest.
DOM0_PACKAGES_OF = {"amd64": ["grub-xen-host"]}
DOM0_FILES_OF = {"amd64": ["usr/lib/grub-xen/grub-x86_64-xen.bin"]}

DOM0_FILES = [
    "usr/lib/xen-common/**/*", "etc/xen/**/*", "usr/bin/xenstore*",
]

# Of Xen's tools, which want an OCaml or a Python that dom0 has not.
XEN_DROP = ("oxenstored", "pygrub", "convert-legacy-stream",
            "verify-stream-v2")


def xen_tools(suite: matrix.Suite) -> str:
    """The directory of Xen's tools, which are of one version of it."""
    return f"usr/lib/xen-{suite.xen}/bin"


def dom0_packages(on: matrix.Platform) -> list[str]:
    return [f"xen-utils-{on.suite.xen}", *DOM0_PACKAGES,
            *DOM0_PACKAGES_OF.get(on.arch, [])]


def dom0_files(on: matrix.Platform) -> list[str]:
    return [f"{xen_tools(on.suite)}/*", *DOM0_FILES,
            *DOM0_FILES_OF.get(on.arch, [])]


DOM0_PROGRAMS = """
bash dash busybox
basename cat chmod chown chroot cksum cmp comm cp cut date dd df diff dirname
du echo env expand expr false fold head id install join ln ls md5sum mkdir
mkfifo mknod mktemp mv nice nohup nproc od paste printenv printf pwd readlink
realpath rm rmdir seq sha256sum shuf sleep sort split stat stdbuf stty sync
tac tail tee test timeout touch tr true truncate tsort tty uname uniq wc yes
blkdiscard blkid blockdev chrt dmesg fallocate findmnt flock fstrim
ionice losetup lsblk mount mountpoint setsid swapoff swapon taskset
umount unshare wipefs
depmod insmod kmod lsmod modinfo modprobe rmmod
debugfs dumpe2fs e2fsck fsck.ext4 mke2fs mkfs.ext4 resize2fs tune2fs
dmsetup
bridge brctl ethtool ip ss tc ping iperf3 tcpdump
free pgrep pkill ps sysctl top vmstat strace
egrep find getent gzip hostname grep mawk sed xargs zcat
""".split()

DOM0_LIBRARIES = ["libgcc_s.so.1"]

BUSYBOX_LINKS = """
vi less nc poweroff reboot halt watch which hexdump base64 clear
reset telnet wget cttyhack xxd logger usleep
""".split()

# The hotplug scripts start dozens of processes, and a static busybox starts
# twice as fast in an emulator: they find these programs there first.
HOTPLUG_PATHS = "etc/xen/scripts/hotplugpath.sh"
HOTPLUG_DIR = "/usr/lib/xb-hotplug"
HOTPLUG_LINKS = """
basename cat cut dirname echo expr grep egrep head id ls mkdir mktemp printf
readlink rm sed sleep sort stat tail test touch tr true uname wc xargs logger
""".split()

DOM0_MODULES = """
xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs
xen-blkback xen-netback
null_blk brd loop dm-mod dm-flakey dm-delay dm-log-writes dm-snapshot
dm-thin-pool scsi_debug sd_mod ext4 crc32c_generic
virtio_pci virtio_mmio virtio_console virtio_blk
bridge tun veth dummy pktgen sch_netem sch_tbf sch_ingress act_mirred cls_u32
cls_matchall configfs
""".split()

# Of kernels that are built here; Debian's have no KUnit.
KUNIT_MODULES = ["kunit"]

# For tests that declare NEEDS=storage.
STORAGE_MODULES = """
nvme-core nvme-fabrics nvme-tcp nvmet nvmet-tcp
iscsi_tcp iscsi_target_mod target_core_mod target_core_iblock sd_mod
nfs nfsv4 nfsd sunrpc
""".split()


@dataclass(frozen=True)
class Extra:
    """Packages, and what is taken from them; {xen} is the suite's version."""
    packages: list[str]
    programs: list[str]
    files: list[str]
    arches: tuple[str, ...] = ("amd64", "arm64")
    # Of the checkout, to /xb/checkout.
    sources: tuple[str, ...] = ()


# For tests that declare NEEDS=NAME, and runs with --add NAME.
EXTRAS = {
    "storage": Extra(
        ["open-iscsi", "nfs-kernel-server", "nfs-common", "util-linux"],
        """
        iscsid iscsiadm rpc.mountd exportfs mount.nfs rpcbind nsenter
        """.split(),
        ["etc/netconfig", "etc/protocols", "etc/services"]),
    # Where libxl looks for it; with the backend xl calls qdisk.
    "qemu": Extra(["qemu-system-xen"], [],
                  ["usr/libexec/xen-qemu-system-i386",
                   "usr/share/qemu/keymaps/en-us"], ("amd64",)),
    # The device model of HVM guests, and what it gives them to start with. The
    # firmware is of the hypervisor's version, as dom0's tools are.
    "hvm": Extra(["qemu-system-xen", "qemu-system-data", "seabios",
                  "xen-utils-{xen}"], [],
                 ["usr/libexec/xen-qemu-system-i386",
                  "usr/share/qemu/keymaps/en-us",
                  "usr/share/qemu/linuxboot_dma.bin",
                  "usr/**/efi-rtl8139.rom",
                  "usr/share/seabios/bios-256k.bin",
                  "usr/lib/xen-{xen}/boot/hvmloader"], ("amd64",)),
    # scripts/bench/run --host, and what it is written in.
    "bench": Extra(["python3-minimal", "libpython3-stdlib"], ["python3"],
                   ["usr/lib/python3.*/**/*"],
                   sources=("scripts/bench/run", "scripts/bench/xb_bench",
                            "scripts/bench/jobs", "tests/testbed/xbtb_lib")),
    # The admin's command, which is written in Python, too.
    "admin": Extra(["python3-minimal", "libpython3-stdlib"], ["python3"],
                   ["usr/lib/python3.*/**/*"],
                   sources=("scripts/xen-backends", "scripts/xb_show",
                            "scripts/switch-modules",
                            "scripts/switch-guests.sh",
                            "scripts/switch-options.sh")),
    # Of our own build of Xen.
    "xenpaging": Extra([], [], [], ("amd64",)),
}

GUEST_MODULES = """
xen-blkfront xen-netfront ext4 crc32c_generic loop pktgen
xen-evtchn xen-gntdev xen-gntalloc xenfs
""".split()

GUEST_PROGRAMS = """
busybox mke2fs e2fsck tune2fs iperf3 blkdiscard blockdev ethtool
""".split()

GUEST_LIBRARIES = ["libgcc_s.so.1"]
