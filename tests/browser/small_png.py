"""PNG in few bytes: a picture of a page has few colours, so a palette is enough (PNG, 3rd edition)."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 64


def read(path: Path) -> np.ndarray:
    """Pixels (height, width, 3) of an 8-bit PNG in colour, as Chromium writes them.

    ValueError: another kind of PNG.
    """
    data = path.read_bytes()
    if not data.startswith(_SIGNATURE):
        raise ValueError(f"{path.name} is no PNG.")
    at, packed, header = len(_SIGNATURE), b"", b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        header = body if kind == b"IHDR" else header
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    channels = {2: 3, 6: 4}.get(colour)
    if depth != 8 or channels is None or interlaced:
        raise ValueError(f"{path.name}: only 8-bit pictures in colour, not interlaced, can be made smaller.")
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels)
    return _unfiltered(rows[:, 0], rows[:, 1:].reshape(height, width, channels))[:, :, :3]


def _unfiltered(filters: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Undo the filter of each row (PNG 9.2)."""
    above = np.zeros(rows.shape[1:], np.uint8)
    out = np.empty_like(rows)
    for y, kind in enumerate(filters):
        row = rows[y]
        if kind == 1:
            row = np.cumsum(row, axis=0, dtype=np.uint8)
        elif kind == 2:
            row = row + above
        elif kind in (3, 4):
            row = _slow(int(kind), row, above)
        out[y] = above = row
    return out


def _slow(kind: int, row: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Average and Paeth need the pixel before, one after the other."""
    channels = row.shape[1]
    made, up = bytearray(row.tobytes()), above.tobytes()
    for i, value in enumerate(made):
        left = made[i - channels] if i >= channels else 0
        corner = up[i - channels] if i >= channels else 0
        if kind == 3:
            guess = (left + up[i]) // 2
        else:
            a, b, c = abs(up[i] - corner), abs(left - corner), abs(left + up[i] - 2 * corner)
            guess = left if a <= b and a <= c else up[i] if b <= c else corner
        made[i] = (value + guess) & 255
    return np.frombuffer(bytes(made), np.uint8).reshape(row.shape)


def write(path: Path, pixels: np.ndarray, colours: int = _COLOURS) -> None:
    """Write the picture with at most so many colours (256 or fewer): the most frequent, and the nearest."""
    height, width, _ = pixels.shape
    whole = pixels.astype(np.uint32)
    keys, places, counts = np.unique(
        (whole[:, :, 0] << 16 | whole[:, :, 1] << 8 | whole[:, :, 2]).ravel(), return_inverse=True, return_counts=True
    )
    every = np.stack([keys >> 16, keys >> 8 & 255, keys & 255], axis=1).astype(np.int32)
    palette = every[np.sort(np.argsort(-counts, kind="stable")[:colours])]
    nearest = np.concatenate(
        [
            ((some[:, None, :] - palette[None]) ** 2).sum(axis=2).argmin(axis=1)
            for some in np.array_split(every, max(1, len(every) // 2048))
        ]
    )
    indexed = nearest[places.ravel()].reshape(height, width).astype(np.uint8)
    depth = next(bits for bits in (1, 2, 4, 8) if len(palette) <= 1 << bits)
    body = zlib.compress(_packed(indexed, depth), 9)
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 3, 0, 0, 0)),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", body),
        (b"IEND", b""),
    ]
    path.write_bytes(
        _SIGNATURE
        + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in parts
        )
    )


def _packed(indexed: np.ndarray, depth: int) -> bytes:
    """Rows of `depth` bits a pixel, each with filter 0 in front: filters help nothing where bytes are names."""
    height, width = indexed.shape
    if depth < 8:
        each = 8 // depth
        padded = np.zeros((height, -(-width // each) * each), np.uint8)
        padded[:, :width] = indexed
        grouped = padded.reshape(height, -1, each)
        indexed = np.zeros(grouped.shape[:2], np.uint8)
        for place in range(each):
            indexed |= grouped[:, :, place] << (8 - depth * (place + 1))
    return np.concatenate([np.zeros((height, 1), np.uint8), indexed], axis=1).tobytes()
