"""The copy of the data in a letter: what an applicant may see of a record, in Dutch, and nothing of anybody else."""

from __future__ import annotations

from datetime import date

import pytest

from screening.base.frames import Row
from screening.rights.answer import (
    KeptLink,
    KeptName,
    KeptRecord,
    links_of_person,
    names_of_person,
    records_of_address,
    records_of_person,
    registers_of,
)


def at_address(dataset: str, fields: dict[str, str | None], *parties: Row) -> list[KeptRecord]:
    row = {"dataset": dataset, "key": "r1", "fields": fields}
    return records_of_address([{"records": [row], "parties": list(parties)}])


def mention(dataset: str = "functionarissen", key: str = "r1", **changed: object) -> Row:
    given = {"run_id": "a", "dataset": dataset, "key": key, "role": "bestuurder", "party_id": "p1", "fields": {}}
    return given | {"name": "S. Wiersma", "birth_date": date(1968, 10, 30)} | changed


@pytest.mark.parametrize("form", ["eenmanszaak", "vof", None])
def test_an_address_tells_of_no_business_behind_which_somebody_stands_in_person(form: str | None) -> None:
    fields = {"kvk_nummer": "90000001", "rsin": "123456782", "rechtsvorm": form, "datum_aanvang": "2019-06-01"}
    party = {"dataset": "handelsregister", "key": "r1", "kind": "organisation", "name": "Kadebar"}
    [record] = at_address("handelsregister", fields, party)
    texts = [text for _, text in record.fields]
    assert "01-06-2019" in texts
    assert not {"90000001", "123456782", "Kadebar"} & set(texts)


@pytest.mark.parametrize(("shielded", "shown"), [("ja", 0), ("nee", 1), (None, 1)])
def test_an_address_leaves_a_shielded_establishment_out_and_no_other(shielded: str | None, shown: int) -> None:
    fields = {"rechtsvorm": "bv", "datum_aanvang": "2019-06-01", "afgeschermd": shielded}
    assert len(at_address("handelsregister", fields)) == shown


def test_an_address_leaves_out_the_office_of_a_person_and_not_that_of_a_legal_person() -> None:
    office = {"kvk_nummer": "90000001", "functie": "bestuurder", "datum_aanvang": "2019-06-01"}
    assert at_address("functionarissen", office) == []
    assert at_address("leidinggevenden", {"zaaknummer": "Z1", "rol": "beheerder"}) == []
    assert len(at_address("functionarissen", office | {"rechtspersoon_kvk": "90000002"})) == 1


@pytest.mark.parametrize(
    ("dataset", "name", "value", "text"),
    [
        ("meldingen", "datum_melding", "2026-08-13 18:34", "13 augustus 2026, 18:34"),
        ("vergunningen", "datum_aanvraag", "2026-08-13", "13-08-2026"),
        ("vergunningen", "datum_aanvraag", "2026-08", "augustus 2026"),
        ("vergunningen", "datum_aanvraag", "2026", "2026"),
        ("seksinrichtingen", "bezwaar_uitkomst", "geen", "geen bezwaar"),
        ("vergunningen", "zaaknummer", "2026-08-13", "2026-08-13"),
        ("handelsregister", "faillissement", "nee", "nee"),
    ],
)
def test_a_value_is_written_as_dutch_writes_it(dataset: str, name: str, value: str, text: str) -> None:
    [record] = at_address(dataset, {name: value, "rechtsvorm": "bv"})
    assert text in [shown for _, shown in record.fields]


def test_a_person_gets_every_mention_also_one_without_a_birth_date() -> None:
    fields = {"kvk_nummer": "90000001", "rechtspersoon_kvk": "90000002", "functie": "bestuurder"}
    records = records_of_person([mention(fields=fields), mention(key="r2", name="Sharda Wiersma", birth_date=None)])
    first, second = (dict(record.fields) for record in records)
    assert (first["Naam"], first["Geboortedatum"], first["KVK-nummer"]) == ("S. Wiersma", "30-10-1968", "90000001")
    assert "90000002" not in first.values()
    assert (second["Naam"], "Geboortedatum" in second) == ("Sharda Wiersma", False)


def test_a_link_is_of_the_record_in_its_own_run_and_a_key_may_hold_a_colon() -> None:
    mentions = [mention(), mention(run_id="b", key="r7"), mention("vergunningen", "Z:1", role="houder")]
    ends = {"left": "vergunningen:Z:1:houder:person", "right": "functionarissen:r7:bestuurder:person"}
    office = "Functies in het handelsregister"
    [link] = links_of_person([{"run_id": "a", "level": "strong", **ends}], [], mentions)
    assert link == KeptLink("Vergunningen, Z:1", office, "zeker genoeg: de gegevens lijken sterk op elkaar")
    sides = {"left": {"dataset": "functionarissen", "key": "r1"}, "right": {"dataset": "functionarissen", "key": "r7"}}
    [compared] = links_of_person([], [{"run_id": "b", "judgement": None, **sides}], mentions)
    assert (compared.own, compared.other) == (f"{office}, rij 7", office)


def test_rows_of_the_last_run_are_of_the_person_by_party_and_else_of_somebody_with_the_name() -> None:
    row = {
        "dataset": "functionarissen",
        "key": "r1",
        "role": "bestuurder",
        "party_id": "p1",
        "name_normalised": "w, s.",
    }
    own, namesakes = names_of_person([row, row | {"key": "r2"}, row | {"key": "r3", "party_id": "p2"}], [mention()])
    assert own == [KeptName("w, s.", "Functies in het handelsregister, rij 2", "bestuurder")]
    assert namesakes == [KeptName("w, s.", "Functies in het handelsregister, rij 3", "bestuurder")]


def test_a_register_is_named_where_no_record_of_it_is_shown() -> None:
    rows: list[Row] = [{"dataset": "vergunningen"}, {"dataset": "meldingen"}]
    assert registers_of(rows, [KeptRecord("Vergunningen", "Z1", ())]) == ["Meldingen"]
