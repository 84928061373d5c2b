"""Dictionaries of the compiled tokenizer whose checksum is right, whatever else is in them."""

from __future__ import annotations

import sys


def with_checksum(dictionary: bytes | bytearray) -> bytes:
    """The dictionary with the checksum that its bytes have."""
    return (
        bytes(dictionary[:16]) + checksum(dictionary[24:]).to_bytes(8, sys.byteorder) + bytes(dictionary[24:])
    )


def checksum(data: bytes | bytearray) -> int:
    """As in kernel/dictionary.c."""
    mask, golden = 2**64 - 1, 0x9E3779B97F4A7C15
    lanes = [1, 2, 3, 4]
    whole = len(data) // 32 * 32
    for at in range(0, whole, 8):
        mixed = (lanes[at // 8 % 4] ^ int.from_bytes(data[at : at + 8], sys.byteorder)) * golden & mask
        lanes[at // 8 % 4] = mixed ^ mixed >> 32
    for at in range(whole, len(data)):
        lanes[at & 3] = (lanes[at & 3] ^ data[at]) * golden & mask
    total = len(data)
    for lane in lanes:
        total = (total ^ lane) * 0xC2B2AE3D27D4EB4F & mask
        total ^= total >> 29
    return total
