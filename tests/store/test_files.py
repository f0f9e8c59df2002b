"""The same rows are the same bytes: in any order, in any chunks, on any number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from screening.store.bundle import rows_digest
from screening.store.files import is_ascending, parquet_bytes, sha256_of, sort_rows, write_file

ROOT = Path(__file__).resolve().parents[2]

PROGRAMME = """
import sys; sys.path.insert(0, sys.argv[1])
from pathlib import Path
from bundles import make_bundle
from screening.store import Workspace, open_store, publish
workspace = Workspace(sys.argv[2])
with open_store(workspace) as store:
    print(publish(store, workspace, make_bundle(20_000, shuffle=int(sys.argv[3]))).digest)
"""


def test_a_run_has_one_digest_on_any_number_of_threads(tmp_path: Path) -> None:
    seen = set()
    for seed, (threads, hash_seed, zone) in enumerate([("1", "0", "UTC"), ("2", "7", "Asia/Tokyo")]):
        more = {"POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": hash_seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
        arguments = [str(Path(__file__).parent), str(tmp_path / threads), str(seed)]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAMME, *arguments],
            env={**os.environ, **more},
            check=True,
            capture_output=True,
            text=True,
        )
        files = sorted((tmp_path / threads / "runs").rglob("*.parquet"))
        seen.add((done.stdout.strip(), tuple(sha256_of(path.read_bytes()) for path in files)))
    assert len(seen) == 1


ROWS = st.lists(
    st.tuples(st.one_of(st.none(), st.text(max_size=3)), st.lists(st.sampled_from("abc"), max_size=3), st.floats(0, 1)),
    max_size=30,
)
SCHEMA = {"a": pl.String, "b": pl.List(pl.String), "c": pl.Float64}


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, shift=st.integers(0, 30))
def test_order_and_chunks_change_no_byte(rows: list[tuple], shift: int) -> None:
    shift = shift % (len(rows) + 1)
    one = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    other = pl.concat([one.slice(shift).reverse(), one.slice(0, shift)], rechunk=False)
    first, second = sort_rows(one, ("a",)), sort_rows(other, ("a",))
    assert parquet_bytes(first) == parquet_bytes(second)
    assert rows_digest(first) == rows_digest(second)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, order=st.sampled_from([("a",), ("a", "c"), ("c", "a"), ("a", "b"), ("b",), ()]))
def test_rows_are_in_the_order_of_these_columns_and_then_of_the_others(rows: list[tuple], order: tuple) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    by_all = frame.sort([*order, *(name for name in SCHEMA if name not in order)], nulls_last=True)
    assert_frame_equal(sort_rows(frame, order), by_all)
    assert_frame_equal(sort_rows(by_all, order), by_all)
    assert not is_ascending(by_all, order) or by_all.select(order).is_unique().all()


def test_the_digest_of_rows_sees_each_difference() -> None:
    frames = [
        pl.DataFrame({"a": ["x"], "b": [None]}, schema={"a": pl.String, "b": pl.String}),
        pl.DataFrame({"a": ["x"], "b": [""]}),
        pl.DataFrame({"a": [None], "b": ["x"]}, schema={"a": pl.String, "b": pl.String}),
        pl.DataFrame({"a": ["x", "x"], "b": ["", ""]}),
        pl.DataFrame({"b": ["x"], "a": [""]}),
        pl.DataFrame({"a": ["-"], "b": ["1:x"]}),
        pl.DataFrame({"a": ["1:x"], "b": ["-"]}),
        *(
            pl.DataFrame({"a": [parts], "b": ["x"]}, schema={"a": pl.List(pl.String), "b": pl.String})
            for parts in (["ab"], ["a", "b"], ["1:b", "a"], [])
        ),
    ]
    assert len({rows_digest(frame) for frame in frames}) == len(frames)


def test_the_digest_of_rows_stays_what_it_is() -> None:
    # Written down: runs of years ago are verified with it.
    from datetime import date

    frame = pl.DataFrame({"a": ["é", None], "b": [["x"], []], "c": [0.1, 1e20], "d": [date(2026, 11, 1), None]})
    assert rows_digest(frame) == "874cbca9454add045538814203632921bbcbce00ffbc7000f96a8ddf4ad1fbbe"


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    write_file(tmp_path / "x", b"1")
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "x", b"2")
    assert (tmp_path / "x").read_bytes() == b"1"
