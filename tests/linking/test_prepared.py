"""Encoded records as frames: the same for equal records whatever their history, without a value that nobody has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking.delta import with_new_records
from screening.linking.encode import encode
from screening.linking.nonmatches import count_frequencies
from screening.linking.prepared import decoded, model_values, records_from_frames, records_to_frames


@pytest.fixture(scope="module")
def listed() -> e.Settings:
    """Settings with readings, a list column, a date, shared values and a veto with spans."""
    return e.Settings(
        comparisons=(
            e.Comparison("name", (e.equal("family"), e.equal("first")), column="family"),
            e.Comparison("born", (e.equal("born"),)),
            e.Comparison("beside", (e.equal("number"),), otherwise=0.0),
        ),
        readings=(("family", "first"),),
        blocking=(("born",), ("family",)),
        vetoes=(e.Veto("born", ("else",), overlapping=("since", "until")),),
    )


@pytest.fixture(scope="module")
def people(persons: pl.DataFrame) -> pl.DataFrame:
    """Two readings a person, the second in the other order."""
    return persons.head(600).select(
        "id",
        family=pl.concat_list("surname", "given"),
        first=pl.concat_list("given", "surname"),
        born="birth_date",
        number=pl.when(pl.col("id") % 3 == 0).then(pl.concat_list(pl.col("postcode"))),
        since=pl.lit(None, pl.Date),
        until=pl.col("birth_date"),
    )


def test_a_grown_and_shrunk_base_gives_the_frames_of_records_encoded_anew(
    listed: e.Settings, people: pl.DataFrame
) -> None:
    old, gone = people[:500], set(range(40, 90))
    base = encode(old, listed)
    rows = np.flatnonzero(~base.ids.is_in(list(gone)).to_numpy())
    grown, new = with_new_records(base.taken(rows), people[500:], listed)
    assert grown.ids.gather(new).to_list() == people[500:]["id"].to_list()
    anew = records_to_frames(encode(people.filter(~pl.col("id").is_in(gone)), listed), listed)
    kept = records_to_frames(grown, listed)
    assert kept.keys() == anew.keys()
    for name, frame in anew.items():
        assert kept[name].equals(frame), name


def test_what_is_read_back_links_as_before(listed: e.Settings, people: pl.DataFrame) -> None:
    frames = records_to_frames(encode(people, listed), listed)
    again = records_from_frames(frames, listed)
    assert all(frame.equals(frames[name]) for name, frame in records_to_frames(again, listed).items())
    assert again.pools["born"].values.dtype == pl.Date
    assert (again.spans["until"] == encode(people, listed).spans["until"]).all()
    assert decoded(again, listed).equals(decoded(encode(people, listed), listed))


def test_a_column_without_a_value_keeps_its_type(listed: e.Settings, people: pl.DataFrame) -> None:
    nobody_born = people.with_columns(born=pl.lit(None, pl.Date))
    again = records_from_frames(records_to_frames(encode(nobody_born, listed), listed), listed)
    assert again.pools["born"].values.dtype == pl.Date
    assert len(again.pools["born"]) == 0


def test_the_values_of_a_record_that_is_gone_are_gone(listed: e.Settings, people: pl.DataFrame) -> None:
    marked = people.with_columns(
        family=pl.when(pl.col("id") == 7).then(pl.lit(["kanarie"])).otherwise("family"),
        first=pl.when(pl.col("id") == 7).then(pl.lit(["vogel"])).otherwise("first"),
    )
    records = encode(marked, listed)
    assert "kanarie" in records_to_frames(records, listed)["values"]["value"].to_list()
    left = records.taken(np.flatnonzero(records.ids.to_numpy() != 7))
    frames = records_to_frames(left, listed)
    assert not {"kanarie", "vogel"} & set(frames["values"]["value"])
    assert 7 not in frames["codes"]["id"]


def test_a_model_keeps_no_value_of_one_record_or_of_nobody_and_weighs_as_before(
    persons: pl.DataFrame, model: e.LinkModel
) -> None:
    some = persons[:2000]
    frames = model_values(model, encode(some, model.settings))
    frequencies = frames["frequencies"]
    assert frequencies["count"].sum() == model.frequencies["count"].sum()
    named = frequencies.drop_nulls("value")
    assert named.height
    assert named["count"].min() > 1
    for column in named["column"].unique():
        assert set(named.filter(pl.col("column") == column)["value"]) <= set(some[column].cast(pl.String))
    pruned = e.LinkModel(model.settings, model.prior, model.m, model.u, frequencies, model.hot)
    assert e.link(pruned, some).pairs.equals(e.link(model, some).pairs)


def test_a_model_keeps_no_word_that_no_record_has(persons: pl.DataFrame) -> None:
    settings = e.Settings(
        comparisons=(e.Comparison("street", (e.similar_tokens(0.5),)),), blocking=(("street",),), training=(("id",),)
    )
    streets = persons.head(40).select("id", street=pl.lit("lange straat ") + pl.col("surname").str.replace_all(" ", ""))
    records = encode(
        streets.with_columns(street=pl.when(pl.col("id") < 2).then(pl.lit("kanarie straat")).otherwise("street")),
        settings,
    )
    counts = count_frequencies(records, settings)
    model = e.LinkModel(settings, 0.1, {"street": (0.5, 0.5)}, {"street": (0.1, 0.9)}, counts)
    assert {"kanarie", "lange"} <= set(model_values(model, records)["frequencies"]["value"])
    left = records.taken(np.flatnonzero(records.ids.to_numpy() >= 2))
    assert "kanarie" not in model_values(model, left)["frequencies"]["value"].to_list()
    assert "lange" in model_values(model, left)["frequencies"]["value"].to_list()


def test_frames_of_other_settings_are_refused(listed: e.Settings, people: pl.DataFrame, model: e.LinkModel) -> None:
    with pytest.raises(ConfigurationError, match="other settings"):
        records_from_frames(records_to_frames(encode(people, listed), listed), model.settings)


def test_three_files_are_linked_and_kept_and_grow_as_one_run_would_have_it(
    persons: pl.DataFrame, model: e.LinkModel, tmp_path: Path
) -> None:
    files = persons.head(1200).with_columns(source=pl.concat_str(pl.lit("file "), (pl.col("id") % 3).cast(pl.String)))
    three = replace(model, settings=replace(model.settings, source="source"))
    full = e.link(three, files).pairs
    file_of = dict(files.select("id", "source").iter_rows())
    ends = [{file_of[left], file_of[right]} for left, right in full.select("left", "right").iter_rows()]
    assert {len(pair) for pair in ends} == {2}
    assert len({frozenset(pair) for pair in ends}) == 3
    same = e.link(model, files).pairs.filter(
        pl.col("left").replace_strict(file_of) != pl.col("right").replace_strict(file_of)
    )
    assert same.equals(full)
    # a file that the base has not met
    new = files.filter(pl.col("source") == "file 1")
    e.save_prepared(e.prepare_records(three, files.filter(pl.col("source") != "file 1")), tmp_path)
    linked, grown = e.link_delta(e.load_prepared(three, tmp_path), new)
    touched = pl.col("left").is_in(new["id"].implode()) | pl.col("right").is_in(new["id"].implode())
    assert linked.pairs.equals(full.filter(touched))
    assert all(
        frame.equals(records_to_frames(encode(files, three.settings), three.settings)[name])
        for name, frame in records_to_frames(grown.records, three.settings).items()
    )
    with pytest.raises(ConfigurationError, match="other settings"):
        e.load_prepared(model, tmp_path)
