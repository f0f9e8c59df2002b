"""A hash of a column is the CMAC of each of its texts, as a library has it one by one."""

from __future__ import annotations

import polars as pl
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import example, given, settings
from hypothesis import strategies as st

from screening.base.keyed_hash import KeyedHasher

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")


def one_by_one(key, text):
    cmac = CMAC(AES(key))
    cmac.update(text.encode())
    return int.from_bytes(cmac.finalize()[:8], "big")


def test_a_hash_in_hexadecimals_is_the_whole_of_it():
    hashes = KeyedHasher(KEY).in_hexadecimals(pl.Series("c", ["", None, "Café"]))
    assert hashes[0] == "bb1d6929e95937287fa37d129b756746"
    assert (hashes[1], hashes[2][:16]) == (None, f"{one_by_one(KEY, 'Café'):016x}")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([KEY, KEY + KEY]), st.lists(st.none() | st.text(max_size=40), max_size=12))
@example(KEY, ["", "x" * 16, "x" * 15, "x" * 17, "x" * 32, "é" * 8, None])
def test_each_text_is_hashed_as_by_itself(key, texts):
    hashes = KeyedHasher(key).hashes(pl.Series("c", texts, dtype=pl.String))
    assert hashes.to_list() == [None if text is None else one_by_one(key, text) for text in texts]
    assert (hashes.dtype, hashes.name) == (pl.UInt64, "c")


def test_the_empty_message_is_that_of_the_standard():
    assert KeyedHasher(KEY).hashes(pl.Series([""])).to_list() == [0xBB1D6929E9593728]  # RFC 4493, example 1


def test_a_long_column_and_a_part_of_it_are_hashed_alike():
    texts = pl.Series([f"K-{place % 997}" for place in range(120_000)])
    hashes = KeyedHasher(KEY).hashes(texts)
    assert hashes[51_000:51_010].to_list() == KeyedHasher(KEY).hashes(texts[51_000:51_010]).to_list()
    assert hashes.n_unique() == 997
