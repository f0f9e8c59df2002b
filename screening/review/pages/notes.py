"""The notes on a case, for who judged it: one of each, after the own judgement."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction
from screening.casework.case_errors import ConflictError
from screening.casework.cases.case_notes import NoteError, notes_of_case, write_note
from screening.casework.texts.text_problems import Problem
from screening.casework.viewer import CASE_ROLES
from screening.review.i18n import in_dutch
from screening.review.page import Page
from screening.review.pages_registry import Drafts, Pages
from screening.store.access.accounts import names
from screening.store.schema.cases import MAX_NOTE

router = Pages()


@router.page("GET", "/zaken/{case_id}/notitie", may=CASE_ROLES, reads="dossier", case="case_id")
def show_notes(page: Page, case_id: str) -> Response:
    """Show the notes to somebody who judged the case; not found for anybody else."""
    return _page(page, case_id)


@router.page("POST", "/zaken/{case_id}/notitie", may=CASE_ROLES, reads="dossier", case="case_id", drafts=Drafts.CHECKED)
def add_note(page: Page, case_id: str) -> Response:
    """Write one's note. What is refused stays in the form of who wrote it."""
    page.require_case(case_id)
    try:
        with page.logged(LedgerAction.NOTE, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            write_note(page.store, page.viewer, case_id, page.form.get("tekst", ""), now=page.now)
    except NoteError as error:
        wrong = page.t("notes.wrong" if error.problems else "notes.empty")
        return _page(page, case_id, status=422, error=wrong, problems=error.problems)
    except ConflictError:
        return page.redirect(f"/zaken/{case_id}/notitie", flash="notes.given", kind="info")
    return page.redirect(f"/zaken/{case_id}/notitie", flash="notes.done")


def _page(
    page: Page, case_id: str, *, status: int = 200, error: str = "", problems: list[Problem] | None = None
) -> Response:
    case = page.require_case(case_id)
    notes = notes_of_case(page.store, page.viewer, case_id, now=page.now)
    return page.render(
        "notes.html.j2",
        status,
        crumbs=[(page.t("queue.nav"), "/zaken"), (in_dutch(case.address, page.lang), f"/zaken/{case_id}")],
        case=case,
        notes=notes,
        names=names(page.store, (note.account for note in notes)),
        error=error,
        problems=problems or [],
        max_text=MAX_NOTE,
        has_own=any(note.account == page.viewer.account for note in notes),
    )
