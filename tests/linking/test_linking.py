"""The same pairs whatever the order, the threads and the seeds; a delta gives exactly what a full run gives."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from benchmarks.linking.dutch import generate
from screening import linking as e
from screening.base.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
_DIGEST = """
import hashlib
from benchmarks.linking.dutch import generate
from benchmarks.linking.jobs import dutch_own
from screening import linking as e
records = generate(2_000, seed=9)
model, linked = e.train_and_link(records, dutch_own())
parties = e.cluster(model, records, linked.pairs)
text = linked.pairs.write_csv() + parties.write_csv() + model.parameters().write_csv()
print(hashlib.sha256(text.encode()).hexdigest())
"""


def involving(pairs: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return pairs.filter(pl.col("left").is_in(ids.implode()) | pl.col("right").is_in(ids.implode()))


def test_the_order_of_records_changes_nothing(persons: pl.DataFrame, settings: e.Settings) -> None:
    model, linked = e.train_and_link(persons, settings)
    other, shuffled = e.train_and_link(persons.sample(fraction=1, shuffle=True, seed=3), settings)
    assert other.parameters().equals(model.parameters())
    assert shuffled.pairs.equals(linked.pairs)
    assert len(linked.pairs) > 500


def test_threads_and_hash_seeds_change_nothing() -> None:
    digests = set()
    for threads, seed in (("1", "0"), ("2", "17")):
        environment = os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1


@limits(max_examples=6, deadline=None)
@given(st.integers(0, 200), st.integers(1, 120), st.booleans())
def test_a_delta_and_its_base_are_exactly_the_full_run(
    persons: pl.DataFrame, model: e.LinkModel, start: int, size: int, is_new: bool
) -> None:
    records = persons.head(900)
    delta = records[start * 3 : start * 3 + size]
    if is_new:
        # values that the base and the model have never seen
        delta = delta.with_columns(core=pl.col("core") + "xq", surname=pl.col("surname") + "xq")
    base = records.filter(~pl.col("id").is_in(delta["id"].implode()))
    prepared = e.prepare_records(model, base)
    linked, grown = e.link_delta(prepared, delta)
    full = e.link(model, pl.concat([base, delta])).pairs
    assert linked.pairs.equals(involving(full, delta["id"]))
    order = ["log_odds", "left", "right"]
    both = pl.concat([e.link(model, base).pairs, linked.pairs]).sort(order, descending=[True, False, False])
    assert both.equals(full)
    assert len(grown.records) == len(records)


def test_a_second_delta_builds_on_the_first_and_a_stored_base_is_the_base(
    persons: pl.DataFrame, model: e.LinkModel, tmp_path: Path
) -> None:
    first, second, third = persons[:2000], persons[2000:2050], persons[2050:2100]
    e.save_prepared(e.prepare_records(model, first), tmp_path)
    _, grown = e.link_delta(e.load_prepared(model, tmp_path), second)
    linked, _ = e.link_delta(grown, third)
    assert linked.pairs.equals(involving(e.link(model, persons[:2100]).pairs, third["id"]))


@pytest.mark.filterwarnings("ignore::screening.linking.CutBlockWarning")
def test_hot_blocks_are_frozen_so_that_a_delta_leaves_out_what_a_full_run_does(persons: pl.DataFrame) -> None:
    job = e.Settings(
        comparisons=(e.Comparison("core", (e.equal(frequency="core"),)), e.Comparison("city", (e.equal(),))),
        blocking=(("city", "given:1"),),
        training=(("birth_date",),),
        max_block=12,
        floor=-20,
    )
    model = e.train(persons, job)
    assert model.hot["city + given:1"]
    full = e.link(model, persons)
    assert full.cut["pairs"].sum() > 0
    assert full.cut["records"].min() > 12
    linked, _ = e.link_delta(e.prepare_records(model, persons[:2900]), persons[2900:])
    assert linked.pairs.equals(involving(full.pairs, persons[2900:]["id"]))
    # on few records the frozen blocks are small, and still left out
    few = e.link(model, persons.head(300))
    assert set(few.cut["key"]) <= set(model.hot["city + given:1"])
    assert few.cut["records"].min() < 12


def test_ids_that_the_base_has_are_refused(persons: pl.DataFrame, model: e.LinkModel) -> None:
    with pytest.raises(ConfigurationError, match="ids that the base has"):
        e.link_delta(e.prepare_records(model, persons[:50]), persons[40:60])


def test_a_base_of_other_settings_is_refused(persons: pl.DataFrame, model: e.LinkModel, tmp_path: Path) -> None:
    e.save_prepared(e.prepare_records(model, persons[:50]), tmp_path)
    other = e.Settings(comparisons=(e.Comparison("party", (e.equal(),)),), blocking=(("party",),))
    with pytest.raises(ConfigurationError, match="other settings"):
        e.load_prepared(replace(model, settings=other), tmp_path)
    with pytest.raises(ConfigurationError, match="no prepared base"):
        e.load_prepared(model, tmp_path / "absent")


def test_two_sources_are_linked_across_only(persons: pl.DataFrame, settings: e.Settings) -> None:
    marked = persons.with_columns(source=pl.when(pl.col("id") % 2 == 0).then(pl.lit("a")).otherwise(pl.lit("b")))
    _, linked = e.train_and_link(marked, replace(settings, source="source"))
    assert len(linked.pairs) > 100
    assert ((linked.pairs["left"] % 2) != (linked.pairs["right"] % 2)).all()


def test_no_two_pairs_of_the_queue_tie() -> None:
    records = generate(6_000, seed=2)
    # the hardest case: records that are equal in all, three times each
    records = pl.concat([records, *(records.head(400).with_columns(pl.col("id") + 10_000 * k) for k in (1, 2))])
    from benchmarks.linking.jobs import dutch_own

    _, linked = e.train_and_link(records, dutch_own())
    assert linked.pairs["log_odds"].head(1_000).n_unique() == 1_000


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.drop("core"),
        lambda f: f.with_columns(id=pl.lit(1)),
        lambda f: f.with_columns(id=pl.lit(None, pl.Int64)),
    ],
)
def test_records_without_a_column_or_an_id_are_refused(
    persons: pl.DataFrame, model: e.LinkModel, change: object
) -> None:
    with pytest.raises(ConfigurationError):
        e.link(model, change(persons))


def test_no_records_make_no_pairs(persons: pl.DataFrame, model: e.LinkModel) -> None:
    assert e.link(model, persons.head(0)).pairs.is_empty()
    assert e.link(model, persons.head(1)).pairs.is_empty()


@pytest.mark.long
def test_near_linear_and_delta_at_two_hundred_thousand(settings: e.Settings) -> None:
    records = generate(200_000, seed=3)
    model, linked = e.train_and_link(records, settings)
    delta, _ = e.link_delta(e.prepare_records(model, records[:195_000]), records[195_000:])
    assert delta.pairs.equals(involving(linked.pairs, records[195_000:]["id"]))


def test_what_a_gate_holds_is_never_sure_and_keeps_its_order(persons: pl.DataFrame, settings: e.Settings) -> None:
    free, linked = e.train_and_link(persons, settings)
    gate = e.Gate("birth_date", ("else", "missing"))
    gated = e.link(replace(free, settings=replace(settings, gates=(gate,), sure=4.25)), persons).pairs
    level = next(c for c in settings.comparisons if c.name == "birth_date")
    stands = pl.col("level_birth_date").is_in([len(level.levels), 255])
    held = gated.filter(stands)
    assert held["log_odds"].max() < 4.25 < linked.pairs.filter(stands)["log_odds"].max()
    both = gated.join(linked.pairs, on=["left", "right"], suffix="_free")
    assert both.filter(~stands)["log_odds"].equals(both.filter(~stands)["log_odds_free"])
    excused = e.Gate("birth_date", ("else", "missing"), unless=("birth_date", ("else", "missing")))
    assert e.link(replace(free, settings=replace(settings, gates=(excused,))), persons).pairs.equals(linked.pairs)
