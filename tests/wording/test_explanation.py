"""What is told of an address: places, dates and gaps as a person reads them, and nothing that is not known."""

from __future__ import annotations

import pytest

from screening.base.datasets import datasets
from screening.wording import (
    AddressExplanation,
    explain_address,
    place_text,
    placed,
    record_text,
    set_by_configuration,
    unavailable,
)

DOCUMENT = {
    "run_id": "a" * 24,
    "as_of": "2026-11-01",
    "inputs": [{"dataset": str(dataset), "path": f"{dataset}.csv", "sha256": f"{dataset}"} for dataset in datasets()],
    "unavailable": [],
    "indicators": {"run": [{"code": "LIC-04", "without": []}], "not_run": []},
}
PLACE = {
    "dataset": "vergunningen",
    "key": "Z:1",
    "is_here": True,
    "source_file_sha256": "vergunningen",
    "row_number": 3,
    "address_method": "exact",
    "probable_links": ["L-1"],
}


def told(**changes) -> AddressExplanation:
    given = {
        "address_id": "9999010000000001",
        "address": "Dorpsstraat 1",
        "document": DOCUMENT,
        "flag": None,
        "evidence": [],
        "declarations": {},
        "places": [PLACE],
        "records": None,
        "judged": (),
    }
    return explain_address(**given | changes)


def test_a_record_is_told_with_file_row_and_its_first_date_known_to_the_day():
    fields = {"zaaktype": "logies", "datum_aanvraag": "2026-05", "datum_besluit": "2026-06-12", "datum_x": "2026-01-01"}
    rows = placed([PLACE], DOCUMENT, [{"dataset": "vergunningen", "key": "Z:1", "fields": fields}])
    row = rows["vergunningen:Z:1"]
    assert place_text(row, "nl") == "vergunningen.csv, rij 3, datum_besluit 12 juni 2026"
    assert record_text(row, "en") == (
        "vergunningen:Z:1: vergunningen.csv, row 3, datum_besluit 12 June 2026 (address resolved: exact)"
    )


def test_what_the_configuration_set_is_said_of_each_record_of_that_register_alone():
    inputs = [
        entry | ({"constant": {"status": "verleend"}} if entry["dataset"] == "vergunningen" else {})
        for entry in DOCUMENT["inputs"]
    ]
    document = DOCUMENT | {"inputs": inputs}
    assert set_by_configuration(document) == {"vergunningen": {"status": "verleend"}}
    lines = {language: "\n".join(told(document=document).lines(language)) for language in ("nl", "en")}
    assert "vergunningen.csv, rij 3; door de configuratie ingesteld: status (adres" in lines["nl"]
    assert "vergunningen.csv, row 3; set by configuration: status (address" in lines["en"]
    assert "configuratie" not in "\n".join(told(places=[PLACE | {"dataset": "controles"}]).lines("nl"))


def test_a_record_without_a_known_date_or_file_says_no_more_than_is_known():
    row = placed([PLACE | {"source_file_sha256": "other"}], DOCUMENT, [])["vergunningen:Z:1"]
    assert place_text(row, "nl") == "?, rij 3"


@pytest.mark.parametrize("judged", [(), ("L-1",)], ids=["open", "judged"])
def test_a_probable_link_is_unknown_until_it_is_judged(judged):
    said = told(judged=judged).unknown("nl")
    assert said == ([] if judged else ["Of partijen dezelfde zijn: niemand heeft dat beoordeeld. Het telt niet mee."])


def test_registers_that_were_not_there_are_named_with_why():
    missing = {"dataset": "meldingen", "kind": "stale", "reason_nl": "te oud.", "reason_en": "too old."}
    document = DOCUMENT | {"unavailable": [missing], "inputs": DOCUMENT["inputs"][1:]}
    kinds = {one["dataset"]: one["kind"] for one in unavailable(document)}
    assert kinds == {"meldingen": "stale", DOCUMENT["inputs"][0]["dataset"]: "not_configured"}


def test_of_a_sampled_address_it_is_not_said_that_nothing_hit_it():
    """The store keeps no evidence of one: a hit that was not enough for a flag is unknown there."""
    assert told(records=[], are_hits_known=False).reason("nl") == ["Geen aandachtspunt."]
    assert told(records=[]).reason("nl") == [
        "Geen aandachtspunt.",
        "Geen enkele indicator die is uitgevoerd, sloeg hier aan.",
    ]


@pytest.mark.parametrize("records", [None, []], ids=["no dossier", "a dossier"])
def test_that_establishments_may_be_left_out_is_said_where_they_may_be(records):
    assert any("handelsregister" in line for line in told(records=records).lines("nl")) == (records is None)
