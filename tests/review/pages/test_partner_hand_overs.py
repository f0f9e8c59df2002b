"""A case of another organisation and a sheet on paper, through the pages: prepared, given out, called back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.base.vocabulary import Role
from screening.partners.desk.agreements import agreements, end_agreement
from screening.partners.desk.hand_overs import partner_hand_overs
from tests.partners.desk.disclosed import agreed, policy
from tests.review.conftest import Client, Review, copy_workspace, review_on
from tests.review.pages import officers
from tests.review.pages.officers import words

OTHER = "Het register loopt achter: de brief van vorige week noemt een andere datum dan hier staat."


@pytest.fixture
def review(town_workspace, tmp_path: Path) -> Iterator[Review]:
    with review_on(copy_workspace(town_workspace, tmp_path / "review"), export=policy()) as made:
        agreed(made.store, "politie-oost", "politie")
        yield made


def decided(review: Review, outcome: str, **given: str) -> tuple[Client, Client, str]:
    """Anna and Bram, and a case that they judged alike."""
    anna, bram = (review.client(Role.OFFICER, account=name) for name in ("anna", "bram"))
    case_id = officers.cases(review)[0]
    for client, why in ((anna, officers.WHY), (bram, OTHER)):
        officers.ready(client, case_id)
        assert officers.judge(client, case_id, outcome, why=why, bedoeld="ja", **given).status_code == 303
    return anna, bram, case_id


def test_a_call_is_prepared_and_then_told(review: Review) -> None:
    anna, _, case_id = decided(review, "doorgezet", bij_wie="politie")
    place = f"/zaken/{case_id}/overdracht"
    told = {"soort": "passed_on", "langs": "telefoon"}
    assert "Zet eerst het gesprek klaar" in words(
        anna.send_form(f"/zaken/{case_id}/vervolg", told, follow_redirects=True).text
    )
    assert "mag u het adres noemen" in words(anna.get(place).text)
    agreed(review.store, "politie-west", "politie")
    unchosen = anna.send_form(place, {"soort": "gesprek"})
    assert (unchosen.status_code, "Kies wie u belt." in words(unchosen.text)) == (422, True)
    assert anna.send_form(place, {"soort": "gesprek", "bellen": "politie-west"}).status_code == 303
    [call] = partner_hand_overs(review.store, [case_id])
    assert call.recipient == "politie-west"
    shown = words(anna.get(place).text)
    assert "Genoemd: het adres" in shown
    assert "geen gegevens uit een onderzoek" in shown
    assert anna.send_form(f"/zaken/{case_id}/vervolg", told).status_code == 303
    assert "Doorgegeven aan: Politie" in words(anna.get(f"/zaken/{case_id}/vervolg").text)
    [call] = partner_hand_overs(review.store, [case_id])
    assert anna.send_form(f"{place}/{call.id}/terug", {"waarom": "gegevens_onjuist"}).status_code == 303
    shown = words(anna.get(place).text)
    assert f"Wij halen {call.number} over" in shown
    assert "Dit zegt u" not in shown
    assert "gaat naar niemand meer" not in shown, "another call can be prepared"
    assert "Gesprek klaarzetten" in shown
    assert anna.send_form(f"{place}/{call.id}/vernietigd", {"langs": "telefoon"}).status_code == 303
    assert "Bewijs: de partner liet op" in words(anna.get(place).text)


def test_without_terms_for_signals_a_call_is_prepared_all_the_same(town_workspace, tmp_path: Path) -> None:
    """Otherwise a case of another organisation could never be told to it."""
    with review_on(copy_workspace(town_workspace, tmp_path / "review")) as review:
        anna, _, case_id = decided(review, "doorgezet", bij_wie="politie")
        place = f"/zaken/{case_id}/overdracht"
        assert anna.send_form(place, {"soort": "gesprek"}).status_code == 303
        shown = words(anna.get(place).text)
        assert "u spreekt met de gemeente" in shown
        assert "Genoemd: niets van de zaak" in shown
        assert "Terughalen" not in shown
        [call] = partner_hand_overs(review.store, [case_id])
        refused = anna.send_form(f"{place}/{call.id}/terug", {"waarom": "verklaard"}, follow_redirects=True)
        assert "Er is niets om terug te halen" in words(refused.text)
        told = {"soort": "passed_on", "langs": "telefoon"}
        assert anna.send_form(f"/zaken/{case_id}/vervolg", told).status_code == 303
        assert "Doorgegeven aan: Politie" in words(anna.get(f"/zaken/{case_id}/vervolg").text)


def test_another_team_of_the_municipality_is_not_called(review: Review) -> None:
    anna = review.client(Role.OFFICER, account="anna")
    case_id = officers.cases(review)[0]
    officers.ready(anna, case_id)
    assert officers.judge(anna, case_id, "doorgezet", bij_wie="ander_team").status_code == 303
    assert f"/zaken/{case_id}/overdracht" not in anna.get(f"/zaken/{case_id}/vervolg").text


def test_a_sheet_is_made_by_one_given_out_by_another_and_called_back(review: Review) -> None:
    anna, bram, case_id = decided(review, "bevestigd_afwijking")
    place = f"/zaken/{case_id}/overdracht"
    assert anna.send_form(place, {"soort": "blad", "ontvanger": "riec"}).status_code == 422
    themes = [
        name
        for name in ("misbruik_van_bedrijven", "witwassen", "overig_afgesproken")
        if f'value="{name}"' in anna.get(place).text
    ]
    assert anna.send_form(place, {"soort": "blad", "ontvanger": "politie-oost", "thema": themes[0]}).status_code == 303
    [sheet] = partner_hand_overs(review.store, [case_id])
    assert "Een collega geeft het uit" in words(anna.get(place).text)
    assert _waits(bram) == {"to give": True, "to call back": False}
    assert _waits(anna) == _waits(review.client(Role.LEAD, account="lena")) == dict.fromkeys(_waits(bram), False)
    assert "Een collega geeft het uit." in words(bram.get("/riec").text)
    assert anna.send_form(f"{place}/{sheet.id}/blad", {}).status_code == 303
    for act in ("blad", "terug", "vernietigd"):
        absent = bram.send_form(f"{place}/4321/{act}", {"waarom": "gegevens_onjuist", "langs": "brief"})
        assert absent.status_code == 404, act
    given = bram.send_form(f"{place}/{sheet.id}/blad", {})
    assert (given.status_code, given.headers["content-type"], given.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert not any(_waits(bram).values())
    assert "Uitgegeven." in words(bram.get("/riec").text)
    [police] = agreements(review.store, "politie-oost")
    end_agreement(review.store, police.id, by="lea", now=review.clock.now)
    assert _waits(anna) == _waits(bram) == {"to give": False, "to call back": True}
    for where in (place, "/riec"):
        assert "De afspraak op dit blad geldt niet meer. Haal het terug." in words(anna.get(where).text), where
    assert place not in review.client(Role.LEAD, account="lena").get("/riec").text
    assert bram.send_form(f"{place}/{sheet.id}/terug", {"waarom": ""}).status_code == 422
    assert bram.send_form(f"{place}/{sheet.id}/terug", {"waarom": "gegevens_onjuist"}).status_code == 303
    assert "gaat naar niemand meer" in words(bram.get(place).text)
    assert not any(_waits(bram).values())
    assert place not in bram.get("/riec").text
    assert bram.send_form(f"{place}/{sheet.id}/blad", {}).status_code == 303
    assert bram.send_form(f"{place}/{sheet.id}/vernietigd", {"langs": "brief"}).status_code == 303
    assert "Bewijs: de partner liet op" in words(bram.get(place).text)


def _waits(client: Client) -> dict[str, bool]:
    """Whether the start page says that one thing waits for this person."""
    shown = words(client.get("/").text)
    lines = {"to give": "1 blad om uit te geven", "to call back": "1 gesprek of blad om terug te halen"}
    return {name: line in shown for name, line in lines.items()}
