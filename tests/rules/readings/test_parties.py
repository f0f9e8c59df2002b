"""Who counts as another: what makes two parties, two companies or two holders one, and what does not."""

from __future__ import annotations

import polars as pl

from screening.rules import Tables, readings


def _pairs(*pairs: tuple[str, str]) -> pl.LazyFrame:
    schema = {"left_party_id": pl.String, "right_party_id": pl.String}
    return pl.LazyFrame(pairs, schema=schema, orient="row")


def _tables(*, pairs: tuple[tuple[str, str], ...] = (), **frames: list[dict]) -> Tables:
    given = {name: pl.DataFrame(rows) for name, rows in frames.items()}
    given.setdefault("groepen", pl.DataFrame(schema={"kvk_nummer": pl.String, "related_id": pl.String}))
    given.setdefault("functionarissen", pl.DataFrame(schema={"key": pl.String, "kvk_nummer": pl.String}))
    return Tables({"mogelijk_een_partij": _pairs(*pairs), **given})


def _counted(parties: dict[str, str], pairs: pl.LazyFrame) -> int:
    """How many parties stand on so many permits at one address."""
    rows = pl.LazyFrame({"record": list(parties), "party_id": list(parties.values()), "address_id": "o1"})
    marks = readings.marks_of_parties(rows, pairs)
    return readings.counted_as_one(marks, "record", ("address_id",)).collect()["one_party"].n_unique()


def test_parties_are_counted_once_with_all_that_could_be_one_with_them():
    permits = {"Z-1": "P1", "Z-2": "P2", "Z-3": "P3", "Z-4": "P1"}
    assert _counted(permits, _pairs()) == 3
    assert _counted(permits, _pairs(("P1", "P2"))) == 2
    assert _counted(permits, _pairs(("P1", "P2"), ("P2", "P3"))) == 1


def test_who_stands_elsewhere_connects_nobody_here():
    assert _counted({"Z-1": "P1", "Z-2": "P3"}, _pairs(("P1", "P2"), ("P2", "P3"))) == 2


def test_marks_connect_nothing_beyond_the_address():
    rows = pl.LazyFrame({"record": ["Z-1", "Z-2"], "party_id": ["P1", "P1"], "address_id": ["o1", "o2"]})
    counted = readings.counted_as_one(readings.marks_of_parties(rows, _pairs()), "record", ("address_id",)).collect()
    assert counted["one_party"].n_unique() == 2


def test_nobody_is_counted_for_nothing():
    rows = pl.LazyFrame(schema={"record": pl.String, "party_id": pl.String, "address_id": pl.String})
    marks = readings.marks_of_parties(rows, _pairs(("P1", "P2")))
    assert readings.counted_as_one(marks, "record", ("address_id",)).collect().is_empty()


def _met(t: Tables, left: str, right: str) -> bool:
    """Whether two companies share a mark."""
    numbers = pl.LazyFrame({"kvk_nummer": [left, right]})
    marks = readings.marks_of_companies(t, numbers, t.functionarissen).collect()
    left_marks, right_marks = (set(marks.filter(pl.col("kvk_nummer") == number)["mark"]) for number in (left, right))
    return bool(left_marks & right_marks)


def test_companies_meet_by_their_group_and_by_whoever_runs_them_or_one_of_the_group():
    officers = {
        "functionarissen": [{"key": "r1", "kvk_nummer": "11"}, {"key": "r2", "kvk_nummer": "33"}],
        "partijen": [
            {"record": "functionarissen:r1", "kind": "person", "party_id": "P1"},
            {"record": "functionarissen:r2", "kind": "person", "party_id": "P2"},
        ],
    }
    group = [{"kvk_nummer": "11", "related_id": "11"}, {"kvk_nummer": "22", "related_id": "11"}]
    assert not _met(_tables(**officers), "11", "22")
    assert _met(_tables(groepen=group, **officers), "11", "22")
    assert not _met(_tables(groepen=group, **officers), "22", "33")
    assert _met(_tables(groepen=group, pairs=(("P1", "P2"),), **officers), "22", "33")


def test_a_holder_is_known_by_a_number_or_a_birth_date():
    parties = [
        {"record": "vergunningen:Z-1", "role": "houder", "kind": "person", "party_id": "P1", "birth_date": None},
        {
            "record": "vergunningen:Z-2",
            "role": "houder",
            "kind": "person",
            "party_id": "P2",
            "birth_date": "1980-01-01",
        },
        {"record": "vergunningen:Z-2", "role": "verhuurder", "kind": "organisation", "party_id": "P3"},
    ]
    frame = pl.DataFrame(parties).with_columns(pl.col("birth_date").str.to_date(), kvk_nummer=pl.lit(None, pl.String))
    files = pl.LazyFrame({"record": [f"vergunningen:Z-{n}" for n in (1, 2, 3)], "kvk_nummer": [None, None, "33"]})
    holders = readings.holders_of(Tables({"partijen": frame}), files).collect()
    assert set(holders.select("record", "party_id", "is_known").iter_rows()) == {
        ("vergunningen:Z-1", "P1", False),
        ("vergunningen:Z-2", "P2", True),
        ("vergunningen:Z-3", None, True),
    }
