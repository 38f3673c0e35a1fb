# SPDX-License-Identifier: GPL-2.0
"""The images of a run: Xen, dom0's root, its modules, the guest."""
from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from . import (apt, cache, contents, cpio, fio, frontend, kernel, matrix,
               modules, rootfs)
from .util import TESTBED

ME = ("images.py", "rootfs.py", "cpio.py")


def _text_digest(*paths: Path) -> str:
    return cache.digest([p.read_text() for p in paths])


def xen(on: matrix.Platform) -> Path:
    """The hypervisor in the form that QEMU's -kernel takes."""
    release = f"{on.suite.xen}-{on.arch}"
    debs = apt.Apt(on.arch, on.suite.name).packages(
        "xen", [f"xen-hypervisor-{release}"], deps=False)

    def maker(tmp: Path) -> None:
        apt.unpack(debs[0], tmp / "work")
        base = tmp / "work/boot" / f"xen-{release}"
        packed = base.with_name(base.name + ".gz")
        data = (gzip.decompress(packed.read_bytes()) if packed.exists()
                else base.read_bytes())
        (tmp / "xen").write_bytes(data)
        shutil.rmtree(tmp / "work")

    made = cache.made(f"xen-{on}", [debs[0].name, cache.recipe(*ME)], maker)
    return made / "xen"


def _packages(on: matrix.Platform) -> Path:
    return rootfs.unpacked(on, "dom0", contents.dom0_packages(on))


def _base_links(root: rootfs.Root) -> None:
    for path, target in (("bin/sh", "dash"), ("usr/bin/awk", "mawk"),
                         ("var/run", "/run"), ("var/lock", "/run/lock"),
                         ("etc/mtab", "/proc/self/mounts")):
        root.link(path, target)
    for name in contents.BUSYBOX_LINKS:
        if not any((root.dest / d / name).exists() for d in rootfs.PATHS):
            root.link(f"usr/bin/{name}", "busybox")


def _quick_hotplug(root: rootfs.Root) -> None:
    """Let the hotplug scripts find busybox before other programs."""
    for name in contents.HOTPLUG_LINKS:
        root.link(f"{contents.HOTPLUG_DIR.lstrip('/')}/{name}",
                  "/usr/bin/busybox")
    path = root.dest / contents.HOTPLUG_PATHS
    lines = [f'bindir="{contents.HOTPLUG_DIR}"'
             if line.startswith("bindir=") else line
             for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")


def _dom0_dirs(root: rootfs.Root) -> None:
    for name in ("proc", "sys", "dev", "run", "tmp", "root", "mnt", "xb",
                 "var/lib/xen", "var/lib/xenstored", "var/log/xen/console",
                 "var/lib/xen/dump", "usr/share/xen"):
        (root.dest / name).mkdir(parents=True, exist_ok=True)
    root.write("etc/passwd", "root::0:0:root:/root:/bin/bash\n")
    root.write("etc/group", "root:x:0:\ntty:x:5:\n")
    root.write("etc/hosts", "127.0.0.1 localhost dom0\n")
    root.write("etc/nsswitch.conf", "hosts: files\nprotocols: files\n")


def _make_dom0(on: matrix.Platform, tmp: Path) -> None:
    root = rootfs.Root(_packages(on), tmp / "root", on.arch)
    root.pick(contents.dom0_files(on))
    for name in contents.XEN_DROP:
        (root.dest / contents.xen_tools(on.suite) / name).unlink()
    root.programs(contents.DOM0_PROGRAMS)
    shutil.copy2(fio.binary(on.arch), tmp / "root/usr/bin/fio")
    root.libraries(contents.DOM0_LIBRARIES)
    _base_links(root)
    _quick_hotplug(root)
    _dom0_dirs(root)
    cpio.write(tmp / "root", tmp / "dom0.cpio")
    shutil.rmtree(tmp / "root")


def _inputs(on: matrix.Platform, *more: object) -> list[object]:
    lists = [contents.dom0_files(on), contents.XEN_DROP,
             contents.DOM0_PROGRAMS,
             contents.DOM0_LIBRARIES, contents.BUSYBOX_LINKS,
             contents.GUEST_PROGRAMS, contents.GUEST_LIBRARIES,
             contents.HOTPLUG_LINKS]
    return [_packages(on).name, fio.binary(on.arch).parent.name, lists,
            cache.recipe(*ME), *more]


def dom0(on: matrix.Platform) -> Path:
    """The cpio of dom0's user space."""
    made = cache.made(f"dom0-{on}", _inputs(on),
                      lambda tmp: _make_dom0(on, tmp))
    return made / "dom0.cpio"


def dom0_modules(kern: kernel.Kernel) -> Path:
    """The cpio of the modules of dom0's own kernel."""
    tree = modules.tree(kern)

    def maker(tmp: Path) -> None:
        (tmp / "root/usr").mkdir(parents=True)
        shutil.copytree(tree / "dom0/lib", tmp / "root/usr/lib")
        cpio.write(tmp / "root", tmp / "modules.cpio")
        shutil.rmtree(tmp / "root")

    made = cache.made(f"dom0-modules-{kern.arch}-{kern.name}",
                      [tree.name, cache.recipe(*ME)], maker)
    return made / "modules.cpio"


def _make_initramfs(on: matrix.Platform, tree: Path, tmp: Path) -> None:
    """The guest's whole world, in RAM."""
    root = rootfs.Root(_packages(on), tmp / "root", on.arch)
    root.programs(contents.GUEST_PROGRAMS)
    shutil.copy2(fio.binary(on.arch), tmp / "root/usr/bin/fio")
    shutil.copy2(frontend.binary(on), tmp / "root/usr/bin/xbfront")
    root.link("usr/bin/pv-conform", "xbfront")
    root.libraries(contents.GUEST_LIBRARIES)
    shutil.copytree(tree / "guest/lib/modules",
                    tmp / "root/usr/lib/modules")
    for name in ("sh", "modprobe", "mount", "stty"):
        root.link(f"usr/bin/{name}", "busybox")
    root.link("usr/sbin/modprobe", "../bin/busybox")
    for name in ("proc", "sys", "dev", "run", "tmp", "root", "mnt"):
        (tmp / "root" / name).mkdir(exist_ok=True)
    for name in ("init", "agent"):
        shutil.copy2(TESTBED / "guest" / name, tmp / "root" / name)
        (tmp / "root" / name).chmod(0o755)
    cpio.write(tmp / "root", tmp / "initramfs")
    shutil.rmtree(tmp / "root")


def initramfs(suite: matrix.Suite, kern: kernel.Kernel) -> Path:
    """The guest's initramfs, not compressed."""
    on, tree = matrix.Platform(suite, kern.arch), modules.tree(kern)
    scripts = [TESTBED / "guest" / n for n in ("init", "agent")]
    inputs = _inputs(on, tree.name, _text_digest(*scripts),
                     frontend.binary(on).parent.name)
    made = cache.made(f"initramfs-{on}-{kern.name}", inputs,
                      lambda tmp: _make_initramfs(on, tree, tmp))
    return made / "initramfs"


def guest(suite: matrix.Suite, kern: kernel.Kernel) -> Path:
    """The cpio that puts the guest's kernel and initramfs into dom0."""
    tree, ramdisk = modules.tree(kern), initramfs(suite, kern)

    def maker(tmp: Path) -> None:
        dest = tmp / "root/xb/guest"
        dest.mkdir(parents=True)
        shutil.copy2(tree / "kernel", dest / "kernel")
        shutil.copy2(ramdisk, dest / "initramfs")
        cpio.write(tmp / "root", tmp / "guest.cpio")
        shutil.rmtree(tmp / "root")

    inputs = [tree.name, ramdisk.parent.name, cache.recipe(*ME)]
    made = cache.made(f"guest-{ramdisk.parent.name}", inputs, maker)
    return made / "guest.cpio"
