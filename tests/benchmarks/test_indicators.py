"""The city of the benchmark is many municipalities that do not see one another, and every rule is counted once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.indicators import Cost, copies, main, measure, table
from screening.rules import Tables, load_indicators
from screening.rules.schema import tables_for_rules

_REFUSED = {
    "key": "Z-1",
    "zaaknummer": "Z-1",
    "zaaktype": "exploitatie",
    "status": "geweigerd",
    "weigeringsgrond": "bibob",
    "kvk_nummer": "12345678",
    "address_id": "9999010000000001",
    "datum_aanvraag": date(2025, 1, 1),
    "datum_besluit": date(2025, 3, 1),
}
_AGAIN = {**_REFUSED, "key": "Z-2", "zaaknummer": "Z-2", "status": "aangevraagd", "datum_aanvraag": date(2026, 1, 1)}


def _permits() -> pl.DataFrame:
    types = {name: dtype for name, dtype in tables_for_rules()["vergunningen"].items() if name in _REFUSED}
    return pl.DataFrame([_REFUSED, {**_AGAIN, "weigeringsgrond": None, "datum_besluit": None}], schema=types)


def _evidence(number: int) -> tuple[Cost, pl.DataFrame]:
    rule = next(one for one in load_indicators("indicators") if one.code == "LIC-01")
    return measure(rule, Tables({"vergunningen": copies(_permits(), "vergunningen", number)}), [])


def test_a_city_of_three_copies_has_three_times_the_hits_each_within_its_own_copy() -> None:
    assert _evidence(1)[0].hits == 1
    cost, evidence = _evidence(3)
    assert cost.hits == 3
    for row in evidence.to_dicts():
        mark = row["address_id"][:2]
        assert all(record.startswith(f"vergunningen:{mark}") for record in row["record_ids"])


def test_copies_share_no_id_and_a_reference_still_finds_its_record() -> None:
    people = pl.DataFrame(
        {
            "record": ["vergunningen:Z-1"],
            "mention": ["vergunningen:Z-1:houder:person"],
            "key": ["Z-1"],
            "role": ["houder"],
        }
    )
    made = copies(people, "partijen", 4)
    assert made["key"].n_unique() == made["mention"].n_unique() == 4
    assert made["record"].to_list() == [f"vergunningen:{key}" for key in made["key"]]
    assert made["role"].unique().to_list() == ["houder"]
    bag = pl.DataFrame({"adresseerbaar_object_id": ["a"], "pand_id": [["p", "q"]], "gebruiksdoelen": [["woonfunctie"]]})
    city = copies(bag, "bag_adressen", 2)
    assert city["pand_id"].explode().n_unique() == 4
    assert city["gebruiksdoelen"].explode().unique().to_list() == ["woonfunctie"]


def test_a_rule_that_reads_hits_is_handed_those_of_the_rules_before_it() -> None:
    rule = next(one for one in load_indicators("indicators") if one.code == "ADR-04")
    objects = [{"key": str(n), "adresseerbaar_object_id": f"o{n}", "pand_id": ["p"]} for n in range(3)]
    frames = {name: pl.DataFrame(schema=tables_for_rules()[name]) for name in rule.inputs if name != "treffers"}
    frames["bag_adressen"] = pl.DataFrame(objects)
    people = [
        {
            "record": f"vergunningen:{n}",
            "role": "houder",
            "kind": "organisation",
            "party_id": f"p{n}",
            "kvk_nummer": f"k{n}",
        }
        for n in range(3)
    ]
    frames["partijen"] = pl.DataFrame(people)
    hits = pl.DataFrame(
        [
            {
                "address_id": f"o{n}",
                "indicator": "LIC-01",
                "class": "B",
                "barrier": "WERKPLEK",
                "dataset": "vergunningen",
                "record_ids": [f"vergunningen:{n}"],
            }
            for n in range(3)
        ]
    )
    assert measure(rule, Tables(frames), [hits])[0].hits == 3
    assert measure(rule, Tables(frames), [])[0].hits == 0


def test_the_table_names_the_dearest_first_and_ends_with_the_night() -> None:
    alone = [Cost("LIC-01", 1.0, 0.5, 10), Cost("PER-02", 2.0, 3.0, 1_000)]
    lines = table(alone, Cost("a night", 2.5, 3.1, 1_010)).splitlines()
    assert [line.split()[0] for line in lines] == ["rule", "PER-02", "LIC-01", "a"]
    assert lines[-1].split()[2:] == ["2.50", "3.10", "1,010"]


def test_a_small_city_is_made_once_and_every_rule_is_in_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = ["--addresses", "5000", "--base", "2500", "--folder", str(tmp_path)]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[-2].startswith("a night")
    codes = {line.split()[0] for line in told.splitlines() if "-" in line[:8]}
    assert codes == {one.code for one in load_indicators("indicators")}
    made = (tmp_path / "city" / "partijen.parquet").stat().st_mtime_ns
    main([*arguments, "--only", "LIC-05"])
    assert (tmp_path / "city" / "partijen.parquet").stat().st_mtime_ns == made
