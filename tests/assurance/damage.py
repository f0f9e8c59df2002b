"""Damage to a delivery, the same each time: cuts and bits that were turned, of any bytes; and what exports do wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator


def cuts(whole: bytes, count: int) -> Iterator[bytes]:
    """The file cut at `count` places."""
    chance = random.Random(len(whole))
    for _ in range(count):
        yield whole[: chance.randrange(1, len(whole))]


def turned_bits(whole: bytes, count: int) -> Iterator[bytes]:
    """The file with one bit turned, at `count` places."""
    for seed in range(count):
        chance, damaged = random.Random(seed), bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        yield bytes(damaged)
