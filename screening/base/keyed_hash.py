"""Keyed hashes of texts: AES-CMAC (NIST SP 800-38B, RFC 4493), of a whole column at once.

A library's own CMAC hashes one message a call, which costs a million calls for a million values. Here the blocks of
all messages go through the cipher together: the first of each, then the second of each that has one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16
#: Texts that are hashed at a time: their blocks stay in the cache of a processor.
_TEXTS = 50_000

Bytes = npt.NDArray[np.uint8]


class KeyedHasher:
    """Hashes under one key (16, 24 or 32 bytes)."""

    def __init__(self, key: bytes) -> None:
        # every block is enciphered by itself; the chaining of CMAC is done here
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - see above
        whole = _doubled(self._encipher(np.zeros((1, _BLOCK), np.uint8)))
        self._subkeys = np.concatenate([whole, _doubled(whole)])

    def hashes(self, texts: pl.Series) -> pl.Series:
        """The first 8 bytes of the CMAC of each text in UTF-8, as a number (UInt64); null stays null."""
        numbers = np.ascontiguousarray(self._cmacs(texts)[:, :8]).view(">u8").ravel().astype(np.uint64)
        return _where_there(pl.Series(texts.name, numbers), texts)

    def in_hexadecimals(self, texts: pl.Series) -> pl.Series:
        """The CMAC of each text in UTF-8, 32 hexadecimal characters; null stays null."""
        buffer = pa.py_buffer(self._cmacs(texts))
        cmacs = pa.FixedSizeBinaryArray.from_buffers(pa.binary(_BLOCK), len(texts), [None, buffer])
        return _where_there(pl.Series(texts.name, cmacs).bin.encode("hex"), texts)

    def _cmacs(self, texts: pl.Series) -> Bytes:
        parts = [self._cmacs_of_part(part) for part in texts.fill_null("").to_frame().iter_slices(_TEXTS)]
        return np.concatenate([np.zeros((0, _BLOCK), np.uint8), *parts])

    def _cmacs_of_part(self, texts: pl.DataFrame) -> Bytes:
        starts, lengths, data = _utf8(texts.to_series())
        blocks = np.maximum(1, -(-lengths // _BLOCK))
        state = np.zeros((lengths.size, _BLOCK), np.uint8)
        for place in range(int(blocks.max(initial=0))):
            going = np.flatnonzero(blocks > place)
            filled = np.minimum(lengths[going] - place * _BLOCK, _BLOCK)
            block = data[starts[going] + place * _BLOCK]
            block[np.arange(_BLOCK) >= filled[:, None]] = 0
            is_last, is_short = blocks[going] == place + 1, filled < _BLOCK
            block[is_short, filled[is_short]] = 0x80
            block[is_last] ^= self._subkeys[is_short[is_last].astype(np.intp)]
            state[going] = self._encipher(state[going] ^ block)
        return state

    def _encipher(self, blocks: Bytes) -> Bytes:
        enciphered = self._cipher.encryptor().update(blocks.tobytes())
        return np.frombuffer(enciphered, np.uint8).reshape(-1, _BLOCK)


def _where_there(hashes: pl.Series, texts: pl.Series) -> pl.Series:
    return hashes.set(texts.is_null(), None) if texts.null_count() else hashes


def _utf8(texts: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Bytes]:
    """Where each text begins, its bytes, and the block of bytes that begins at each place."""
    array: Any = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int64, count=len(array) + 1, offset=8 * array.offset)
    held = np.frombuffer(data, np.uint8)[: ends[-1]] if data is not None else np.zeros(0, np.uint8)
    padded = np.concatenate([held, np.zeros(_BLOCK, np.uint8)])
    return ends[:-1], np.diff(ends), np.lib.stride_tricks.sliding_window_view(padded, _BLOCK)


def _doubled(blocks: Bytes) -> Bytes:
    """Twice a block in the field of the cipher: how a subkey is made of the one before."""
    number = int.from_bytes(blocks.tobytes(), "big") << 1
    if number >> 128:
        number ^= (1 << 128) | 0x87
    return np.frombuffer(number.to_bytes(_BLOCK, "big"), np.uint8).reshape(1, _BLOCK)
