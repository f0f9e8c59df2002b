"""The evidence of a hit names who is on its records, where other records are, and the date that carries it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from screening.review.views.evidence import hits
from screening.review.views.facts import facts
from screening.store.bundle import DOSSIER_PARTIES
from screening.wording import explain_address

RUN = {
    "run_id": "r",
    "as_of": "2026-11-01",
    "inputs": [],
    "unavailable": [],
    "indicators": {"run": [{"code": "TST-01", "without": []}], "not_run": []},
}
DECLARATION = {
    "code": "TST-01",
    "name_nl": "Proef",
    "params": {},
    "evidence_nl": "",
    "innocent_nl": ["Iets."],
    "checked_nl": [],
    "decisive": {"vergunningen": ["einddatum", "datum_aanvraag"]},
    "barrier": "WERKPLEK",
}
RECORDS = [
    {"dataset": "vergunningen", "key": "Z-1", "fields": {"datum_aanvraag": "2023-04-11", "einddatum": "2026-10-20"}},
    {
        "dataset": "vergunningen",
        "key": "Z-2",
        "fields": {"datum_aanvraag": "2026-05", "straatnaam": "Kerkstraat", "huisnummer": "1", "postcode": "1234AB"},
    },
]


def shown(values: str = "{}"):
    row = {"indicator": "TST-01", "record_ids": ["vergunningen:Z-1", "vergunningen:Z-2"], "values": values, "links": []}
    row |= {"explanation_nl": "Zo.", "explanation_en": "So.", "window_start": None, "window_end": None}
    place = {"dataset": "vergunningen", "source_file_sha256": "x", "row_number": 1, "address_method": "key"}
    places = [place | {"key": key, "is_here": key == "Z-1", "probable_links": []} for key in ("Z-1", "Z-2")]
    explanation = explain_address(
        address_id="a",
        address="A",
        document=RUN,
        flag=None,
        evidence=[row],
        declarations={"TST-01": DECLARATION},
        places=places,
        records=RECORDS,
        judged=(),
    )
    holder = {"dataset": "vergunningen", "kind": "person", "party_id": "p", "role": "houder", "name": "Jo Vis"}
    parties = pl.DataFrame(
        [holder | {"key": key, "mention": f"vergunningen:{key}:houder:person"} for key in ("Z-1", "Z-2")],
        schema=DOSSIER_PARTIES,
    )
    here, elsewhere = (facts([record], {}, language="nl") for record in RECORDS)
    [hit] = hits(explanation, [0], {"hit:0"}, facts=here, elsewhere=elsewhere, links=[], parties=parties, language="nl")
    return hit


def test_the_date_that_carries_the_hit_stands_with_its_record():
    assert [cited.date for cited in shown().cited] == ["Einddatum: 20 oktober 2026", "Aanvraag: mei 2026"]
    named = shown('{"datum_aanvraag":"2023-04-11"}').cited[0]
    assert named.date == "Aanvraag: 11 april 2023"


def test_who_is_on_the_records_and_where_the_others_are():
    hit = shown()
    assert [cited.names for cited in hit.cited] == [("Jo Vis",)] * 2
    assert [cited.place for cited in hit.cited] == ["", "Kerkstraat 1, 1234 AB"]


def test_three_records_that_say_the_same_are_told_together() -> None:
    cited, other = shown().cited
    hit = replace(shown(), cited=(cited, other, cited, replace(cited, record="vergunningen:Z-3")))
    assert [len(group) for group in hit.cited_together] == [3, 1]
    assert [len(group) for group in replace(hit, cited=(cited, other, cited)).cited_together] == [1, 1, 1]


def test_only_reports_and_inspections_are_as_good_as_their_number() -> None:
    cited = shown().cited[0]
    records = ("meldingen:M-1", "controles:C-1", "vergunningen:Z-1", "functionarissen:F-1")
    assert [replace(cited, record=record).counts_together for record in records] == [True, True, False, False]
