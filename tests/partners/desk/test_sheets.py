"""A sheet for a partner without a key: legal persons and an address, given out by a second person."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest
import sqlalchemy as sa

from screening.base.vocabulary import NoticeReason, Purpose
from screening.casework.case_errors import MotivationError, NotAllowedError, NotReadyError
from screening.partners.desk.agreements import agreements, approve_agreement, end_agreement, propose_agreement
from screening.partners.desk.hand_over_steps import call_back_hand_over
from screening.partners.desk.hand_overs import partner_hand_overs
from screening.partners.desk.sheets import make_sheet, release_sheet
from screening.store import Store
from screening.store.schema.hand_overs import partner_hand_over, partner_hand_over_event
from tests.casework.caseload import ANNA, BRAM
from tests.partners.desk.disclosed import NOW, PIET, is_refused, policy


def made(store: Store, case_id: str, **changed: object):
    given = {
        "recipient": "politie-oost",
        "theme": "misbruik_van_bedrijven",
        "organisations": frozenset({"o1", "p1"}),
        "purpose": Purpose.VERG,
        "now": NOW,
    }
    return make_sheet(store, ANNA, case_id, policy(), **(given | changed))


def test_it_is_one_page_without_a_person_and_a_second_person_gives_it_out(police_town: Store, case_id: str) -> None:
    sheet = made(police_town, case_id)
    assert [party["naam"] for party in sheet.content["organisaties"]] == ["Kadebar 1 B.V."]
    with pytest.raises(NotReadyError) as own:
        release_sheet(police_town, ANNA, case_id, sheet.id, now=NOW)
    assert own.value.reason == "own"
    assert not partner_hand_overs(police_town, [case_id])[0].has_left
    document = pypdf.PdfReader(io.BytesIO(release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)))
    text = " ".join(document.pages[0].extract_text().split())
    assert len(document.pages) == 1
    for part in ("Teststraat 1", "Kadebar 1 B.V.", "KVK 90000001", "politie-oost", sheet.article, sheet.covenant):
        assert part in text, part
    for never in ("Xanthippe", "1971", "LIC-04", "RIEC", "mensenhandel"):
        assert never not in text, never
    assert document.metadata is not None
    release_sheet(police_town, PIET, case_id, sheet.id, now=NOW)
    [known] = partner_hand_overs(police_town, [case_id])
    assert [(step.action, step.actor) for step in known.steps] == [("released", "bram"), ("released", "piet")]


def test_called_back_it_leaves_no_more(police_town: Store, case_id: str) -> None:
    sheet = made(police_town, case_id)
    release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    call_back_hand_over(police_town, ANNA, sheet, reason=NoticeReason.GEGEVENS_ONJUIST, now=NOW)
    with pytest.raises(NotReadyError) as gone:
        release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    assert gone.value.reason == "called_back"


def test_without_an_agreement_or_on_another_theme_there_is_none(police_town: Store, case_id: str) -> None:
    for changed, field in (({"recipient": "riec-noord"}, "ontvanger"), ({"theme": "mensenhandel"}, "thema")):
        with pytest.raises(MotivationError) as refused:
            made(police_town, case_id, **changed)
        assert refused.value.field == field
    sheet = made(police_town, case_id)
    [police] = agreements(police_town, "politie-oost")
    end_agreement(police_town, police.id, by="lea", now=NOW)
    with pytest.raises(NotReadyError) as ended:
        release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    assert ended.value.reason == "agreement"


@pytest.mark.parametrize(
    "changed", [{"themes": ("witwassen",)}, {"article": "Een ander artikel"}, {"covenant": "Werkafspraak 9"}]
)
def test_what_was_prepared_on_an_earlier_agreement_does_not_leave_on_another(
    police_town: Store, case_id: str, changed: dict[str, object]
) -> None:
    """It says on which article and by which covenant it goes, and for which theme: those are to be in force."""
    sheet = made(police_town, case_id)
    [police] = agreements(police_town, "politie-oost")
    end_agreement(police_town, police.id, by="lea", now=NOW)
    other = propose_agreement(police_town, replace(police.terms, **changed), by="piet", now=NOW)  # type: ignore[arg-type]
    approve_agreement(police_town, other.id, by="kaat", now=NOW)
    with pytest.raises(NotReadyError) as ended:
        release_sheet(police_town, BRAM, case_id, sheet.id, now=NOW)
    assert ended.value.reason == "agreement"


def test_no_sheet_of_a_sensitive_case(made_cases: dict[int, str], police_town: Store) -> None:
    with pytest.raises((NotReadyError, NotAllowedError)):
        make_sheet(
            police_town,
            PIET,
            made_cases[2],
            policy(),
            recipient="politie-oost",
            theme="misbruik_van_bedrijven",
            organisations=frozenset(),
            purpose=Purpose.VERG,
            now=NOW,
        )


@pytest.fixture
def made_cases(request: pytest.FixtureRequest) -> dict[int, str]:
    """The cases of the town: 1 is plain, 2 is sensitive."""
    return request.getfixturevalue("made")[1]


def test_the_database_gives_none_out_by_who_made_it_or_after_it_was_called_back(
    police_town: Store, case_id: str
) -> None:
    sheet = made(police_town, case_id)
    row = {
        "case_id": case_id,
        "hand_over_id": sheet.id,
        "prepared_by": "anna",
        "action": "released",
        "reason": None,
        "channel": None,
        "actor": "bram",
        "at": NOW,
    }
    insert = sa.insert(partner_hand_over_event)
    assert not is_refused(police_town, insert.values(**row))
    assert is_refused(police_town, insert.values(**row | {"actor": "anna"}))
    assert is_refused(police_town, insert.values(**row | {"action": "destroyed", "channel": "brief"}))
    call_back_hand_over(police_town, ANNA, sheet, reason=NoticeReason.GEGEVENS_ONJUIST, now=NOW)
    assert is_refused(police_town, insert.values(**row))
    assert is_refused(police_town, partner_hand_over.delete())
    assert is_refused(police_town, partner_hand_over_event.delete())
