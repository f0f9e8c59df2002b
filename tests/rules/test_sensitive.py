"""What is sensitive in a night: by the contracts, by what names a sensitive record, and what rests on it."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.datasets import datasets
from screening.base.frames import EVIDENCE, conform
from screening.rules import Sensitive, Tables

PERMITS = {"key": ["Z1", "Z2"], "address_id": ["cafe", "bar"]}
LICENCES = {"key": ["SV-1", "SV-2"], "address_id": ["club", None]}
LISTS = {"key": ["r1", "r2", "r3", "r4"], "zaaknummer": ["Z1", "SV-1", "Z-unknown", None]}
LINKS = {
    "link_id": ["plain", "to a list", "to a licence"],
    "left": ["vergunningen:Z1:houder:person", "vergunningen:Z2:houder:person", "vergunningen:Z2:houder:person"],
    "right": [
        "leidinggevenden:r1:beheerder:person",
        "leidinggevenden:r2:beheerder:person",
        "seksinrichtingen:SV-2:exploitant:person",
    ],
}


def night(**tables: dict) -> Sensitive:
    given = {"vergunningen": PERMITS, "seksinrichtingen": LICENCES, "leidinggevenden": LISTS, "koppelingen": LINKS}
    return Sensitive.of(Tables({name: pl.DataFrame(rows) for name, rows in (given | tables).items() if rows}))


def hits(*rows: tuple[str, list[str], list[str]]) -> pl.DataFrame:
    columns = ("indicator", "record_ids", "links")
    return conform(pl.DataFrame([dict(zip(columns, row, strict=True)) for row in rows]), EVIDENCE)


def records(sensitive: Sensitive) -> list[str]:
    return sensitive.records.select(pl.concat_str("dataset", "key", separator=":")).to_series().sort().to_list()


def test_a_record_is_sensitive_by_its_contract_and_by_what_it_names() -> None:
    assert records(night()) == [
        "leidinggevenden:r2",
        "leidinggevenden:r3",
        "leidinggevenden:r4",
        "seksinrichtingen:SV-1",
        "seksinrichtingen:SV-2",
    ]
    assert night().addresses.to_list() == ["club"]
    assert night().links.to_list() == ["to a licence", "to a list"]


@pytest.mark.parametrize("licences", [{}, {"key": [], "address_id": []}])
def test_a_sensitive_register_that_is_not_there_opens_nothing(licences: dict) -> None:
    assert "leidinggevenden:r2" in records(night(seksinrichtingen=licences))


def test_a_number_that_both_registers_have_is_a_sensitive_one_at_both_addresses() -> None:
    both = night(seksinrichtingen={"key": ["Z1"], "address_id": ["club"]})
    assert "leidinggevenden:r1" in records(both)
    assert both.addresses.to_list() == ["cafe", "club"]


def test_a_hit_is_sensitive_by_its_rule_its_records_or_its_links(declare) -> None:
    rules = [declare(code="TST-01"), declare(code="TST-02", sensitive=True)]
    evidence = hits(
        ("TST-01", ["vergunningen:Z1", "leidinggevenden:r1"], ["plain"]),
        ("TST-02", ["vergunningen:Z1"], []),
        ("TST-01", ["vergunningen:Z1", "seksinrichtingen:SV-2"], []),
        ("TST-01", ["vergunningen:Z1", "leidinggevenden:r2"], []),
        ("TST-01", ["vergunningen:Z2"], ["to a licence"]),
        ("TST-01", [], []),
    )
    assert night().hits(evidence, rules).to_list() == [False, True, True, True, True, False]


def test_a_hit_on_the_hits_of_others_is_sensitive_with_them(declare) -> None:
    """The record of the sensitive hit is not sensitive itself: a report, say."""
    looks = {"treffers": ("address_id", "indicator", "record_ids")}
    rules = [
        declare(code="TST-01", sensitive=True),
        declare(code="TST-02"),
        declare(code="TST-03", after=("TST-01",), inputs=looks),
        declare(code="TST-04", after=("TST-02",), inputs=looks),
    ]
    evidence = hits(
        ("TST-01", ["meldingen:M1", "meldingen:M2"], []),
        ("TST-02", ["meldingen:M1", "meldingen:M2", "vergunningen:Z1"], []),
        ("TST-03", ["meldingen:M1", "meldingen:M2", "vergunningen:Z1"], []),
        ("TST-03", ["meldingen:M1", "vergunningen:Z1"], []),
        ("TST-04", ["meldingen:M1", "meldingen:M2"], []),
    )
    assert night().hits(evidence, rules).to_list() == [True, False, True, False, False]


def test_a_sensitive_register_without_addresses_is_sensitive_by_its_records_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lists = datasets()["leidinggevenden"].model_copy(update={"sensitive": True})
    monkeypatch.setattr("screening.rules.sensitive.datasets", lambda: {"leidinggevenden": lists})
    decided = Sensitive.of(Tables({"leidinggevenden": pl.DataFrame({"key": ["r1", "r2"]})}))
    assert records(decided) == ["leidinggevenden:r1", "leidinggevenden:r2"]
    assert decided.addresses.to_list() == []
