"""The note on a case: hidden from who still has to judge, read by who did, refused where it says who somebody is."""

from __future__ import annotations

import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.cases.sync import sync_cases
from screening.store import publish
from tests.casework.caseload import case_of
from tests.review import objects
from tests.review.conftest import Review
from tests.review.pages import officers

SEEN = "De gevel is verbouwd, de tekening van 2023 klopt niet meer."


@pytest.fixture
def town(bare_review: Review) -> Review:
    """A review of a few addresses."""
    publish(bare_review.store, bare_review.workspace, objects.town(with_sensitive=False))
    sync_cases(bare_review.store, now=bare_review.clock.now)
    return bare_review


def test_a_note_is_there_after_the_own_judgement_and_not_before(town: Review) -> None:
    anna, bram = town.client(Role.OFFICER), town.client(Role.OFFICER)
    case_id = case_of(town.store, 1, now=town.clock.now).case_id
    path = f"/zaken/{case_id}/notitie"
    officers.ready(anna, case_id)
    assert anna.get(path).status_code == 404
    assert path not in officers.shown(anna, case_id).text
    assert officers.judge(anna, case_id).status_code == 303
    assert path in officers.shown(anna, case_id).text
    refused = anna.send_form(path, {"tekst": "Bel Kees Jansen op 0612345678."})
    assert refused.status_code == 422
    assert "0612345678" in refused.text
    assert "0612345678" not in anna.get(path).text
    assert anna.send_form(path, {"tekst": SEEN}).status_code == 303
    assert SEEN in anna.get(path).text
    officers.ready(bram, case_id)
    assert bram.get(path).status_code == bram.send_form(path, {"tekst": SEEN}).status_code == 404
    assert SEEN not in officers.shown(bram, case_id).text
    officers.judge(bram, case_id, why="Het register noemt een onderneming die hier al jaren niet meer zit.")
    assert SEEN in bram.get(path).text
    assert [row.entry.result for row in town.ledger.entries(action=LedgerAction.NOTE)] == ["refused", "done", "refused"]
