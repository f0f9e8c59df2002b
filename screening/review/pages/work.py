"""For the team lead: how the work stands, and dividing it by number; neither an address nor why a case is there."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.case_errors import NotAllowedError
from screening.casework.cases.workload import MOST_ASSIGNED, MOST_ON_BOARD, assign_oldest, move_all, work_board
from screening.review.page import Page
from screening.review.pages_registry import Pages

router = Pages()

_LEADS = frozenset({Role.LEAD})
#: Of whoever is away: on nobody's name.
NOBODY = "niemand"


@router.page("GET", "/werk", may=_LEADS, reads="statistics", nav="work.nav", hint="work.hint")
def show_work(page: Page) -> Response:
    """Show the board."""
    return _board(page)


@router.page("POST", "/werk/verdelen", may=_LEADS, reads="statistics")
def divide_cases(page: Page) -> Response:
    """Put the oldest cases that are nobody's on the name of a colleague."""
    to, written = page.form.get("collega", ""), page.form.get("aantal", "").strip()
    count = int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 0
    if not 1 <= count <= MOST_ASSIGNED:
        return _board(page, errors={"aantal": page.t("work.wrong.count", n=MOST_ASSIGNED)})
    try:
        done = assign_oldest(page.store, page.viewer, to, count, now=page.now, note=_note(page, to))
    except NotAllowedError:
        return _board(page, errors={"collega": page.t("work.wrong.colleague")})
    page.read_object = "list:work"
    return page.redirect("/werk", flash="work.divided" if done else "work.nothing", kind="ok" if done else "info")


@router.page("POST", "/werk/overdragen", may=_LEADS, reads="statistics")
def move_cases(page: Page) -> Response:
    """Move all cases of a colleague who is away to another, or to nobody."""
    away, to = page.form.get("van", ""), page.form.get("naar", "")
    if not away or not to or away == to:
        return _board(page, errors={"van" if not away else "naar": page.t("work.wrong.both")})
    receiver = None if to == NOBODY else to
    try:
        done = move_all(page.store, page.viewer, away, receiver, now=page.now, note=_note(page, receiver))
    except NotAllowedError:
        return _board(page, errors={"naar": page.t("work.wrong.colleague")})
    page.read_object = "list:work"
    return page.redirect("/werk", flash="work.moved" if done else "work.nothing", kind="ok" if done else "info")


def _note(page: Page, to: str | None) -> Callable[[str], None]:
    """What writes in the ledger, before it is so, on whose name a case comes."""

    def note(case_id: str) -> None:
        if to is None:
            page.log(LedgerAction.RELEASE, f"case:{case_id}", case=case_id)
        else:
            page.log(LedgerAction.ASSIGN, f"account:{to}", case=case_id)

    return note


def _board(page: Page, errors: dict[str, str] | None = None) -> Response:
    page.read_object = "list:work"
    board = work_board(page.store, page.viewer, now=page.now)
    others = [load.colleague for load in board.loads if load.colleague.account != page.viewer.account]
    return page.render(
        "work.html.j2",
        422 if errors else 200,
        board=board,
        errors=errors or {},
        written=dict(page.form),
        colleagues=[("", page.t("work.choose")), *((person.account, person.name) for person in others)],
        names={load.colleague.account: load.colleague.name for load in board.loads},
        nobody=NOBODY,
        most_on_board=MOST_ON_BOARD,
    )
