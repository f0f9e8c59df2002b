"""For the auditor: who did what, when and why, as the ledger has it; and whether the ledger is whole."""

from __future__ import annotations

import hashlib
import json
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta

from starlette.responses import Response

from screening.base.civil_time import TOWN, day_of
from screening.base.errors import LedgerError
from screening.base.vocabulary import LedgerAction, Role
from screening.ledger import (
    AccessReview,
    Entry,
    head_statement,
    personal_head,
    review_month,
    sign_off,
    signed_off,
    verify_ledger,
)
from screening.ledger.access_review import month_bounds
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.signing.signature import SignatureError
from screening.store.access.personal_keys import PersonalKeyError, verify_personal_signature

router = Pages()

ROWS = 100
_MAX_TEXT = 120
_OF_SIGNAL = frozenset({"signal", "document"})


@router.page("GET", "/logboek", may={Role.AUDITOR}, reads="audit", nav="ledger.nav", hint="ledger.hint")
def show_ledger(  # noqa: PLR0917 - the fields of the filter
    page: Page, wie: str = "", wat: str = "", object: str = "", van: str = "", tot: str = "", na: int = -1
) -> Response:
    """Entries, newest first; after a number (`na`) in their own order, so that all can be read through."""
    asked = {"wie": wie.strip().lower(), "wat": wat, "object": object.strip(), "van": van, "tot": tot}
    errors = [
        (page.t("ledger.bad_date"), f"f-{name}") for name in ("van", "tot") if asked[name] and _day(asked[name]) is None
    ]
    if any(len(text) > _MAX_TEXT for text in asked.values()) or (wat and wat not in set(LedgerAction)):
        return page.error(422)
    since, until = _day(van), _day(tot)
    entries = (
        []
        if errors
        else page.ledger.entries(
            after=max(na, 0),
            limit=ROWS + 1,
            actor=asked["wie"] or None,
            action=wat or None,
            object=asked["object"] or None,
            since=since,
            until=until + timedelta(days=1) if until else None,
            is_newest_first=na < 0,
        )
    )
    more = entries[ROWS - 1].seq if len(entries) > ROWS and na >= 0 else None
    shown = [each for each in entries[:ROWS] if not (asked["object"] and _is_approval(each.entry))]
    return page.render(
        "ledger.html.j2",
        422 if errors else 200,
        rows=shown,
        asked=asked,
        errors=errors,
        more=more,
        actions=sorted(LedgerAction),
        is_newest_first=na < 0,
        is_cut=len(entries) > ROWS,
        head=page.ledger.head(),
        last_head=_last_head(page),
        is_approval=_is_approval,
    )


def _is_approval(entry: Entry) -> bool:
    """Whether it approves a signal. The auditor does not see which one: a sensitive signal is approved twice."""
    return entry.action == LedgerAction.EXPORT_APPROVAL and entry.object.partition(":")[0] in _OF_SIGNAL


def _last_head(page: Page) -> dict[str, object] | None:
    """How old the last head outside is, and whether it may be; None where the places of heads are not known."""
    audit = page.settings.audit
    if audit is None:
        return None
    signed_at = audit.last_head_at()
    return {
        "signed_at": signed_at,
        "days": (page.now - signed_at).days if signed_at else None,
        "is_young": signed_at is not None and page.now - signed_at <= audit.max_age,
        "may": audit.max_age.days,
    }


@router.page("GET", "/logboek/maand", may={Role.AUDITOR}, reads="audit")
def show_month(page: Page, maand: str = "") -> Response:
    """Who read what in a month, by default the last that is over; what asks for a conversation."""
    last = (day_of(page.now).replace(day=1) - timedelta(days=1)).isoformat()
    return _month(page, maand or last[:7])


def _month(page: Page, month: str, status: int = 200, error: str | None = None) -> Response:
    review = _review(page, month)
    signed = signed_off(page.ledger, month)
    return page.render(
        "ledger_month.html.j2",
        status,
        crumbs=[(page.t("ledger.title"), "/logboek")],
        review=review,
        error=error,
        signed=signed,
        is_as_signed=signed and signed.entry.object == review.object,
        is_over=review.is_over(page.now),
        is_own=review.is_about(page.viewer.account),
        last_head=_last_head(page),
    )


def _review(page: Page, month: str) -> AccessReview:
    """The review of a month; not found for what is none."""
    audit = page.settings.audit
    try:
        month_bounds(month)
    except LedgerError:
        page.require(None)
    return review_month(page.ledger, month, audit.norms if audit else None)


@router.page("POST", "/logboek/maand", may={Role.AUDITOR}, fresh=True)
def sign_month(page: Page) -> Response:
    """Note that this person read exactly this review and is none of those in it."""
    month = page.form.get("maand", "")
    review = _review(page, month)
    if page.form.get("overzicht") != review.object:
        return _month(page, month, 409, page.t("ledger.month_changed"))
    if not review.is_over(page.now) or review.is_about(page.viewer.account):
        page.log(LedgerAction.ACCESS_REVIEW, review.object, result="refused")
        return _month(page, month, 409, page.t("ledger.month_refused"))
    sign_off(page.ledger, review, by=page.viewer.account, now=page.now, origin=page.origin)
    return page.redirect(f"/logboek/maand?maand={month}", flash="ledger.month_done")


def _day(text: str) -> datetime | None:
    """The beginning of a day in the municipality; None for what is no day, or at an end of the calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time.min, TOWN) if MINYEAR < day.year < MAXYEAR else None


@router.page("GET", "/logboek/controle", may={Role.AUDITOR}, reads="audit")
def show_ledger_check(page: Page) -> Response:
    """Every entry against its hash and the one before it. Heads of outside are for `barrier audit verify`."""
    crumbs = [(page.t("ledger.title"), "/logboek")]
    return page.render("ledger_control.html.j2", crumbs=crumbs, result=verify_ledger(page.ledger, (), ()))


@router.page("GET", "/logboek/stand", may={Role.AUDITOR})
def show_head(page: Page, nummer: int = 0, op: int = 0) -> Response:
    """What the ledger is, to sign on one's own machine. `nummer`, `op`: entry and second of a head begun before."""
    if not nummer:
        return page.redirect(f"/logboek/stand?nummer={page.ledger.head().seq}&op={int(page.now.timestamp()) + 1}")
    return _head(page, nummer, op)


def _head(page: Page, nummer: int, op: int, status: int = 200, error: str | None = None) -> Response:
    statement = _statement(page, nummer, op)
    content = json.loads(statement)
    return page.render(
        "ledger_head.html.j2",
        status,
        crumbs=[(page.t("ledger.title"), "/logboek")],
        line=None,
        error=error,
        seq=nummer,
        hash=content["hash"],
        digest=hashlib.sha256(statement).hexdigest(),
        name=_head_name(nummer, op),
        query=f"nummer={nummer}&op={op}",
    )


def _statement(page: Page, nummer: int, op: int) -> bytes:
    """The statement of a head; not found where there is no such entry, or its moment is not there yet."""
    if not 0 < op <= page.now.timestamp() + 1:
        page.require(None)
    return page.require(head_statement(page.ledger, nummer, signed_at=datetime.fromtimestamp(op, UTC)))


def _head_name(nummer: int, op: int) -> str:
    return f"logboek-{nummer}-{op}.json"


@router.page("GET", "/logboek/stand/verklaring", may={Role.AUDITOR})
def download_head(page: Page, nummer: int = 0, op: int = 0) -> Response:
    """The bytes that are signed."""
    return page.file(_statement(page, nummer, op), "application/json", _head_name(nummer, op))


@router.page("POST", "/logboek/stand", may={Role.AUDITOR}, fresh=True, takes_file=True)
def take_head(page: Page, nummer: int = 0, op: int = 0) -> Response:
    """Take in a head that a person signed, and bring it to the places outside; the person keeps it as well."""
    statement, text = _statement(page, nummer, op), page.form.get("handtekening", "")
    try:
        fingerprint = verify_personal_signature(page.store, page.viewer.account, statement, text)
    except (PersonalKeyError, SignatureError) as error:
        return _head(page, nummer, op, 422, page.t(f"ledger.why.{error.reason}"))
    line = personal_head(statement, fingerprint, text)
    page.log(LedgerAction.HEAD, f"ledger:{page.ledger.ledger_id}")
    audit = page.settings.audit
    return page.render(
        "ledger_head.html.j2",
        crumbs=[(page.t("ledger.title"), "/logboek")],
        line=line.decode().strip(),
        error=None,
        problems=audit.keep(line) if audit else None,
    )
