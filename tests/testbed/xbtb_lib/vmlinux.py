# SPDX-License-Identifier: GPL-2.0
"""The ELF kernel inside a bzImage, so that no emulated CPU unpacks it."""
from __future__ import annotations

import lzma
import struct
import subprocess

from .util import Failure

SECTOR = 512
SETUP_SECTS = 0x1F1
PAYLOAD = 0x248          # offset and length, since boot protocol 2.08
XZ, ZSTD = b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"
PT_LOAD = 1
PHDR = struct.Struct("<IIQQQQQQ")


def _payload(image: bytes) -> bytes:
    sectors = image[SETUP_SECTS] or 4
    offset, length = struct.unpack_from("<II", image, PAYLOAD)
    start = (sectors + 1) * SECTOR + offset
    return image[start:start + length - 4]


def _unpack(data: bytes) -> bytes:
    if data.startswith(XZ):
        return lzma.decompress(data)
    if data.startswith(ZSTD):
        return subprocess.run(["zstd", "-dc"], input=data, check=True,
                              stdout=subprocess.PIPE).stdout
    raise Failure("the kernel is packed in a way that xbtb does not know")


def trim(elf: bytes) -> bytes:
    """Drop all that no segment loads, and zeros at the end of the last."""
    image = bytearray(elf)
    phoff, = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    end = last = 0
    for at in range(phoff, phoff + size * count, size):
        fields = PHDR.unpack_from(elf, at)
        if fields[0] == PT_LOAD and fields[2] + fields[5] > end:
            end, last = fields[2] + fields[5], at
    fields = list(PHDR.unpack_from(elf, last))
    end = fields[2] + len(bytes(image[fields[2]:end]).rstrip(b"\0"))
    fields[5] = end - fields[2]
    PHDR.pack_into(image, last, *fields)
    struct.pack_into("<Q", image, 40, 0)        # no section headers now
    struct.pack_into("<HHH", image, 58, 0, 0, 0)
    return bytes(image[:end])


def extract(image: bytes) -> bytes:
    """A trimmed vmlinux from a bzImage."""
    return trim(_unpack(_payload(image)))
