# SPDX-License-Identifier: GPL-2.0
"""QEMU's command line for each machine and mode."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from . import matrix
from .util import Failure

PORT_NAME = "xb.results"
# Without it Xen leaves a CPU's floating-point registers as they are until the
# next domain uses them, and under QEMU 7.2 that one may then have the others'.
EAGER_FPU = "spec-ctrl=eager-fpu"
X86_CPU = "max,smap=off,smep=off,pku=off,la57=off"
# For guests in a virtual machine of their own. Xen gives them no RDTSCP then,
# which QEMU would execute where it should leave the guest.
X86_SVM = ",+svm,rdtscp=off"
# An HVM guest has no screen, and so nothing that would have to show it.
HVM_LINES = ['vga = "none"', "vnc = 0"]
X86_IOMMU = ["-device", "amd-iommu,intremap=on,dma-remap=on"]
# Where instructions are the clock: a string instruction is one whatever it does,
# and since QEMU 9 an APIC behind registers of the CPU asks for the time where
# there is none to have ("Bad icount read").
X86_COUNTED = ",erms=off,fsrm=off,x2apic=off,tsc-deadline=off"
DETERMINISTIC = ["-accel", "tcg,thread=single",
                 "-icount", "shift=0,sleep=off,align=off",
                 "-rtc", "base=2026-01-01T00:00:00,clock=vm"]
FAST = ["-accel", "tcg,thread=multi"]
# More than half of an emulated kernel's boot: random numbers out of the CPU's
# jitter, certificates, encrypted keys, probes of the command line.
UNUSED = ("jent_mod_init", "load_system_certificate_list", "init_encrypted",
          "init_kprobe_trace")
KERNEL_ADDR = 0x50000000
INITRD_ADDR = 0x58000000


@dataclass
class Options:
    """What a machine is made of."""
    suite: str = matrix.DEFAULT_SUITE
    arch: str = "amd64"
    mode: str = "fast"
    vcpus: int = 0
    mem: int = 3072
    guest_type: str = "pv"
    trace: bool = False
    append_xen: list[str] = field(default_factory=list)
    append_dom0: list[str] = field(default_factory=list)
    append_qemu: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    add: list[str] = field(default_factory=list)
    dom0_type: str = "pv"       # on arm64 there is one type only

    def check(self) -> None:
        """Refuse what is known not to work, complete what was not given."""
        self.vcpus = self.vcpus or (1 if self.mode == "deterministic" else 2)
        if self.guest_type == "hvm":
            if self.arch == "arm64":
                raise Failure("Xen has HVM guests on amd64 alone")
            self.add = [*self.add, "hvm"]
        if self.arch == "arm64":
            self.guest_type = self.dom0_type = "pvh"
        if self.mode == "deterministic" and self.vcpus > 1 \
                and self.arch == "arm64":
            raise Failure("deterministic mode on arm64 hangs in QEMU 7.2 "
                          "with more than one CPU")

    @property
    def platform(self) -> matrix.Platform:
        return matrix.platform(self.suite, self.arch)

    @property
    def nested(self) -> bool:
        """Do dom0 or guests need an emulator that emulates SVM well?"""
        return self.arch == "amd64" and (self.guest_type, self.dom0_type) != ("pv", "pv")

    @property
    def translated(self) -> bool:
        """Does dom0 on amd64 need an IOMMU, as its memory is not the machine's?"""
        return self.arch == "amd64" and self.dom0_type == "pvh"

    @property
    def measured(self) -> bool:
        """Does a plugin of the host's QEMU count what a kernel does as it is?"""
        return bool(self.append_qemu)

    def kernel_args(self) -> str:
        """For dom0 and guests, where nobody measures them."""
        if self.measured:
            return ""
        args = [f"initcall_blacklist={','.join(UNUSED)}", "cryptomgr.notests"]
        # Page tables that change with each system call are most of the work of
        # an emulator that keeps no others.
        return " ".join([*args, "kpti=off"] if self.arch == "arm64" else args)

    def xen_args(self) -> list[str]:
        """Memory of the emulator is clean, and what nobody touches costs the
        host nothing."""
        return [] if self.measured else ["bootscrub=0"]

    @property
    def dom0_vcpus(self) -> int:
        """The last CPU is the guest's, where there are several."""
        return max(1, self.vcpus - 1)

    def guest_cpus(self) -> str:
        """The line of the guest's configuration that pins it."""
        return f'cpus = "{self.vcpus - 1}"'

    def guest_lines(self) -> str:
        """More lines of it, where this machine needs them."""
        lines = ['tsc_mode = "native"'] if self.nested else []
        if self.guest_type == "hvm":
            lines += HVM_LINES
        return "\n".join(lines)


@dataclass
class Images:
    """Files that a machine boots from."""
    xen: Path
    kernel: Path
    initrd: Path
    qemu: str = ""


def _xen_args(opts: Options) -> str:
    args = ["dom0_mem=1280M,max:1280M", f"dom0_max_vcpus={opts.dom0_vcpus}",
            "dom0_vcpus_pin", "noreboot", "conring_size=1M",
            "loglvl=info", "guest_loglvl=info"]
    if opts.arch == "amd64":
        args = ["console=com1", "com1=115200", EAGER_FPU, *args]
    else:
        args = ["console=dtuart", "dtuart=/pl011@9000000", *args]
    if opts.translated:
        args.append("dom0=pvh")
    return " ".join([*args, *opts.xen_args(), *opts.append_xen])


def _dom0_args(opts: Options) -> str:
    """Inside an option of QEMU, where a comma is two."""
    return " ".join(["console=hvc0", "quiet", "rdinit=/init",
                     "net.ifnames=0", "log_buf_len=4M", "random.trust_cpu=on",
                     *opts.kernel_args().split(),
                     *opts.append_dom0]).replace(",", ",,")


def _boot_amd64(opts: Options, images: Images) -> list[str]:
    cpu = X86_CPU
    if opts.mode == "deterministic":
        cpu += X86_COUNTED
    if opts.nested:
        cpu += X86_SVM
    modules = f"{images.kernel} {_dom0_args(opts)},{images.initrd}"
    cmd = [images.qemu or "qemu-system-x86_64", "-M", "q35", "-cpu", cpu, "-kernel",
           str(images.xen), "-append", _xen_args(opts), "-initrd", modules]
    return cmd + (X86_IOMMU if opts.translated else [])


def _boot_arm64(opts: Options, images: Images) -> list[str]:
    return [images.qemu or "qemu-system-aarch64",
            "-M", "virt,virtualization=on,gic-version=3",
            "-cpu", "cortex-a76", "-global", "virtio-mmio.ioeventfd=off",
            "-kernel", str(images.xen), "-append", _xen_args(opts),
            "-device", f"guest-loader,addr={KERNEL_ADDR:#x},"
            f"kernel={images.kernel},bootargs={_dom0_args(opts)}",
            "-device", f"guest-loader,addr={INITRD_ADDR:#x},"
            f"initrd={images.initrd}"]


def _results_port(opts: Options, path: Path) -> list[str]:
    bus = ("virtio-serial-pci,ioeventfd=off" if opts.arch == "amd64"
           else "virtio-serial-device")
    if opts.translated:
        bus += ",disable-legacy=on,iommu_platform=on"
    return ["-chardev", f"file,id=results,path={path}", "-device", bus,
            "-device", f"virtserialport,chardev=results,name={PORT_NAME}"]


def command(opts: Options, images: Images, results: Path | None,
            console: Path | None) -> list[str]:
    """The whole command; without files it is for a shell on stdio."""
    boot = _boot_amd64 if opts.arch == "amd64" else _boot_arm64
    cmd = [*boot(opts, images), "-smp", str(opts.vcpus), "-m", str(opts.mem),
           "-no-reboot", "-nodefaults", "-display", "none", "-seed", "42"]
    cmd += DETERMINISTIC if opts.mode == "deterministic" else FAST
    cmd += ["-serial", f"file:{console}" if console else "mon:stdio"]
    if results:
        cmd += _results_port(opts, results)
    return [*cmd, *opts.append_qemu]
