"""A signal that waits beside a later night: what moved on holds it back, what did not does not; and what it is then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from screening.base.vocabulary import Role
from screening.casework.case_errors import NotReadyError
from screening.casework.person_hashes import person_hashes
from screening.partners.desk.content import Check
from screening.partners.desk.current_refusals import current_refusals
from screening.partners.desk.preparable import signal_source_of_case
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.desk.signal_versions import signal_of
from screening.rights.objections import decide_request, register_request
from screening.store import RunBundle, Store, Workspace, open_store, publish
from screening.store.runs.rows import delete_expired_rows
from tests.partners.desk import disclosed
from tests.partners.desk.disclosed import (
    BORN,
    DAY,
    NOW,
    PIET,
    SUBJECT_KEY,
    PersonChoice,
    approved,
    made_town,
    policy,
    prepared,
)
from tests.store.bundles import address

NAMED = "De naam is nodig om iemand te vinden."
plain_night = disclosed.whole_night


@dataclass
class Town:
    """A town of which a plain case (address 1) and a sensitive one (2) were confirmed."""

    store: Store
    workspace: Workspace
    case_id: str

    def night(self, days: int = 1, made: Callable[..., RunBundle] = plain_night, **changed: object) -> RunBundle:
        """Some days later, with what the sources say otherwise."""
        bundle = made((1, 2), DAY + timedelta(days=days), sensitive=(2,), **changed)
        publish(self.store, self.workspace, bundle)
        return bundle

    def held(self) -> list[str]:
        """Why the signal does not leave."""
        signal = signal_of(self.store, PIET, self.case_id)
        assert signal is not None
        grounds = SignalValidity.read(self.store, [(signal.address_id, signal.run_id)])
        found = current_refusals(self.store, signal, policy=policy(), day=DAY, extra="?", validity=grounds)
        return [one.en for one in found if one.code == "ground_lost"]

    def told_of(self) -> date:
        """The night of which a signal would tell."""
        material = signal_source_of_case(self.store, PIET, self.case_id)
        assert material is not None
        return material.dossier.run.as_of


def town_of(folder: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[..., RunBundle] = plain_night) -> Town:
    with monkeypatch.context() as changed:
        changed.setattr(disclosed, "whole_night", made)
        case_id = made_town(folder)[1]
    workspace = Workspace(folder)
    return Town(open_store(workspace), workspace, case_id)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    made = town_of(tmp_path / "var", monkeypatch)
    yield made
    made.store.close()


Office = tuple[str, str, Mapping[str, str]]


def office(key: str, name: str, **days: str) -> Office:
    """A director of the company at address 1: number of the row, name, and from when to when."""
    return key, name, days


def with_offices(*offices: Office) -> Callable[..., RunBundle]:
    """A night in which the company has these directors."""
    rows = [
        {
            "address_id": address(1),
            "dataset": "functionarissen",
            "key": key,
            "fingerprint": f"print {name}",
            "fields": json.dumps({"kvk_nummer": "90000001", "functie": "bestuurder", **days}),
        }
        for key, name, days in offices
    ]
    people = [
        {
            "mention": f"functionarissen:{key}:bestuurder:person",
            "dataset": "functionarissen",
            "key": key,
            "party_id": f"P-{name}",
            "role": "bestuurder",
            "kind": "person",
            "name": name,
            "birth_date": date(1970, 1, 1),
            "fingerprint": f"print {name}",
            "kvk_nummer": None,
        }
        for key, name, _ in offices
    ]
    return lambda *given, **more: with_rows(plain_night(*given, **more), rows, people)


def with_rows(bundle: RunBundle, rows: Sequence[Mapping[str, Any]], parties: Sequence[Mapping[str, Any]]) -> RunBundle:
    """A night with these records and parties more."""

    def longer(frame: pl.DataFrame, more: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
        added = [{name: one.get(name) for name in frame.columns} for one in more]
        return pl.concat([frame, pl.DataFrame(added, schema=frame.schema)])

    records = longer(bundle.frames["records.parquet"], [{**one, "row_number": 1} for one in rows])
    inputs = [*bundle.meta["inputs"], *({"dataset": one["dataset"]} for one in rows)]
    return replace(
        bundle,
        dossier_records=longer(bundle.dossier_records, rows),
        dossier_parties=longer(bundle.dossier_parties, parties),
        frames={**bundle.frames, "records.parquet": records},
        meta=bundle.meta | {"inputs": inputs},
    )


def test_a_record_that_nobody_judged_gets_into_no_signal(town: Town) -> None:
    town.night(renamed=1)  # the same rule, on another permit
    material = signal_source_of_case(town.store, PIET, town.case_id)
    assert material is not None
    assert town.told_of() == DAY
    assert "vergunningen:ZZ1" not in {one.record_id for one in material.facts}


def test_a_night_without_a_register_takes_nothing_from_what_was_judged(town: Town) -> None:
    bundle = plain_night((1, 2), DAY + timedelta(days=1), sensitive=(2,), without=("handelsregister:r1",))
    kept = [one for one in bundle.meta["inputs"] if one["dataset"] != "handelsregister"]
    publish(town.store, town.workspace, replace(bundle, meta=bundle.meta | {"inputs": kept}))
    assert town.told_of() == DAY


def test_directors_who_changed_places_are_told_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    early, late = {"datum_aanvang": "2019-06-01"}, {"datum_aanvang": "2021-06-01"}
    town = town_of(
        tmp_path / "var", monkeypatch, with_offices(office("f1", "Aaf", **early), office("f2", "Bep", **late))
    )
    persons = {"P-Aaf": PersonChoice("Bestuurder van het bedrijf met de vergunning.", NAMED, None)}
    with town.store:
        approved(town.store, town.case_id, persons=persons)
        town.night(1, with_offices(office("f1", "Bep", **early), office("f2", "Aaf", **late)))
        assert len(town.held()) == 1
        assert town.told_of() == DAY + timedelta(days=1)
        prepared(town.store, town.case_id, persons=persons, now=NOW + timedelta(days=1))
        assert town.held() == []


def test_an_office_that_only_grew_old_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = {"datum_aanvang": "2019-06-01", "datum_einde": "2021-11-02"}
    town = town_of(tmp_path / "var", monkeypatch, with_offices(office("f1", "Aaf", **ended)))
    with town.store:
        approved(town.store, town.case_id)
        town.night(1)  # a dossier leaves out what ended five years ago
        assert town.held() == []
        assert town.told_of() == DAY


def linked_night(*given: object, **more: object) -> RunBundle:
    """The hit at address 1 rests on a link to an establishment at address 2 as well: same company, other trade name."""
    row = {
        "address_id": address(2),
        "dataset": "handelsregister",
        "key": "r0",
        "fingerprint": "print r0",
        "fields": json.dumps({"kvk_nummer": "90000001", "vestigingsnummer": "000099990001", "rechtsvorm": "bv"}),
    }
    party = {
        "mention": "handelsregister:r0:onderneming:organisation",
        "dataset": "handelsregister",
        "key": "r0",
        "party_id": "o1",
        "role": "onderneming",
        "kind": "organisation",
        "name": "Kadebar Andere Naam B.V.",
        "fingerprint": "print r0",
        "kvk_nummer": "90000001",
    }
    bundle = with_rows(plain_night(*given, **more), [row], [party])  # type: ignore[arg-type]
    link = {"link_id": "L-x", "left": party["mention"], "right": "handelsregister:r1:onderneming:organisation"}
    links = bundle.frames["links.parquet"]
    added = pl.DataFrame([{name: (link | {"level": "exact"}).get(name) for name in links.columns}], schema=links.schema)
    hits = bundle.frames["evidence.parquet"].with_columns(
        links=pl.when(pl.col("address_id") == address(1)).then(pl.lit(["L-1", "L-x"])).otherwise(pl.col("links"))
    )
    frames = {**bundle.frames, "links.parquet": pl.concat([links, added]), "evidence.parquet": hits}
    return replace(bundle, frames=frames)


def test_a_name_from_the_other_end_of_a_link_is_found_there_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_of(tmp_path / "var", monkeypatch, linked_night)
    with town.store:
        made = approved(town.store, town.case_id)
        assert made.content is not None
        assert "Kadebar Andere Naam B.V." in {one.naam for one in made.content.organisaties}
        town.night(1, linked_night)
        assert town.held() == []


def test_what_a_register_says_anew_was_verified_by_nobody_before(town: Town) -> None:
    town.night(2, says={"handelsregister:r1": {"datum_einde": "2026-11-03"}})
    later = NOW + timedelta(days=3)
    with pytest.raises(NotReadyError, match="verified"):
        prepared(town.store, town.case_id, now=later)  # on the day of the first night
    checks = {"handelsregister:r1": Check(PIET.account, Role.OFFICER, DAY + timedelta(days=2))}
    assert prepared(town.store, town.case_id, now=later, checks=checks).state == "draft"


def test_whom_a_later_night_names_is_asked_of_as_long_as_the_signal_is_there(town: Town) -> None:
    bundle = town.night(1, named={"p1": "Nieuwe Houder"})
    persons = {"p1": PersonChoice("Houder van de vergunning waar het om gaat.", NAMED, None)}
    made = approved(town.store, town.case_id, now=NOW + timedelta(days=1), persons=persons)
    assert made.run_id == bundle.run_id
    [person] = person_hashes([("Nieuwe Houder", BORN)], SUBJECT_KEY)
    request = register_request(
        town.store, "objection", person=person, case_file="Z-2026-00123", received_on=DAY, by="rita", now=NOW
    )
    decide_request(town.store, request.objection_id, "upheld", by="otto", now=NOW)
    assert len(town.held()) == 1
    for days in (2, 3):
        town.night(days)
    delete_expired_rows(town.store, bundle.run_id)  # the run is past its term, and the signal is not
    assert any("objection" in one for one in town.held())
