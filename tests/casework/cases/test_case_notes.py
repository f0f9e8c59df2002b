"""A note is of somebody who judged, for the others who did, one of each, and says nothing of who somebody is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import ReviewOutcome
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.cases.case_notes import NoteError, notes_of_case, write_note
from screening.casework.cases.sync import sync_cases
from screening.store import Store, Workspace, publish
from screening.store.schema.cases import MAX_NOTE, case_note
from tests.casework.caseload import ANNA, BRAM, CARLA, DIRK, NOW, case_of, judged, night, read
from tests.databases import on_sqlite

SEEN = "De gevel is verbouwd, de tekening van 2023 klopt niet meer."


@pytest.fixture
def case_id(store: Store, workspace: Workspace) -> str:
    """A case that Anna judged and Bram read."""
    publish(store, workspace, night(flags=[1]))
    sync_cases(store, now=NOW)
    case_id = case_of(store, 1, now=NOW).case_id
    judged(store, ANNA, case_id, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    read(store, BRAM, case_id, now=NOW)
    return case_id


def test_only_who_judged_writes_and_reads(store: Store, case_id: str) -> None:
    write_note(store, ANNA, case_id, f"  {SEEN}\n", now=NOW)
    for other in (BRAM, CARLA, DIRK):
        with pytest.raises(NotAllowedError):
            notes_of_case(store, other, case_id, now=NOW)
        with pytest.raises(NotAllowedError):
            write_note(store, other, case_id, SEEN, now=NOW)
    judged(store, BRAM, case_id, ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
    assert [(note.account, note.text) for note in notes_of_case(store, BRAM, case_id, now=NOW)] == [("anna", SEEN)]


def test_the_database_refuses_a_note_of_somebody_who_only_read(store: Store, case_id: str) -> None:
    row = {"case_id": case_id, "account": "bram", "text": SEEN, "written_at": NOW}
    with pytest.raises(sa.exc.IntegrityError, match="somebody who judged"), store.engine.begin() as connection:
        connection.execute(case_note.insert().values(**row))


def test_one_note_of_each(store: Store, case_id: str) -> None:
    write_note(store, ANNA, case_id, SEEN, now=NOW)
    with pytest.raises(ConflictError):
        write_note(store, ANNA, case_id, "Nog iets.", now=NOW)


@pytest.mark.parametrize("text", ["", " \n", "Bel 0612345678.", "Volgens Kees Jansen klopt het.", "x" * (MAX_NOTE + 1)])
@on_sqlite
def test_a_text_that_will_not_do_is_kept_nowhere(store: Store, case_id: str, text: str) -> None:
    with pytest.raises(NoteError):
        write_note(store, ANNA, case_id, text, now=NOW)
    assert notes_of_case(store, ANNA, case_id, now=NOW) == []
