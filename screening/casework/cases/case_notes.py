"""A note on a case: what an officer who judged it lets the others who judged it know, after the own judgement.

It is checked like the text of a tip: it says nothing of who somebody is. Nobody who still has to judge reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from screening.base.errors import BarrierError
from screening.casework.case_errors import NotAllowedError, or_conflict
from screening.casework.cases.case import get_case
from screening.casework.cases.independence import has_judged
from screening.casework.texts.text_problems import Problem, clean_text, text_problems
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.cases import case_note
from screening.store.store import Store


@dataclass(frozen=True)
class CaseNote:
    """A note as another who judged the case reads it."""

    account: str
    text: str
    written_at: datetime


class NoteError(BarrierError):
    """A text that will not do. `problems`: its parts that are refused; none where it is empty."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("The note was not taken: write what is so at the address, and not who somebody is.")
        self.problems = problems


def notes_of_case(store: Store, viewer: Viewer, case_id: str, *, now: datetime) -> list[CaseNote]:
    """Return the notes on a case, oldest first. NotAllowedError unless the viewer may see the case and judged it."""
    if get_case(store, viewer, case_id, now=now) is None or not has_judged(store, viewer, case_id):
        raise NotAllowedError("There is no such case, or you have not judged it.")
    columns = (case_note.c.account, case_note.c.text, case_note.c.written_at)
    query = sa.select(*columns).where(case_note.c.case_id == case_id).order_by(case_note.c.id)
    with guarded("reading notes"), store.engine.connect() as connection:
        return [CaseNote(**row._mapping) for row in connection.execute(query)]


def write_note(store: Store, viewer: Viewer, case_id: str, text: str, *, now: datetime) -> None:
    """Write the one note of a viewer on a case.

    Raises:
        NoteError: the text is empty, or says who somebody is.
        NotAllowedError: the viewer may not see the case, or has not judged it.
        ConflictError: the viewer wrote one before.
    """
    notes_of_case(store, viewer, case_id, now=now)
    plain = clean_text(text)
    problems = text_problems(plain)
    if problems or not plain:
        raise NoteError(problems)
    values = {"case_id": case_id, "account": viewer.account, "text": plain, "written_at": now}
    with guarded("writing a note"), or_conflict("You wrote a note on this case before."), writing(store.engine) as row:
        row.execute(case_note.insert().values(**values))
