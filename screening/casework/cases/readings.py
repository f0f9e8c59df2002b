"""Reading before judging: what an officer opened, what they made of it themselves, and only then what rules saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl
import sqlalchemy as sa

from screening.base.vocabulary import CaseState, OwnReading, Purpose
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError
from screening.casework.case_policy import DEFAULT_POLICY, CasePolicy
from screening.casework.cases.case import CASE_COLUMNS, Case, allowed_by_roles, as_case, case_dossier, get_case
from screening.casework.cases.changing import changing_case, judged_by_viewer, require_case, take_case
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.cases import DOSSIER, OPEN_STATES, case_opened, case_reading, review_case
from screening.store.schema.runs import FLAGGED, evidence
from screening.store.store import Dossier, Store

#: The item of the whole dossier; a piece of evidence is "hit:<position>".
HIT = "hit:"

#: `Readiness.why_not` -> what to do.
WHY_NOT = {
    "gone": "There is no such case, it is over, or it is not yours to see.",
    "decided": "This case was decided already.",
    "judged": "You have judged this case; a colleague goes on with it.",
    "dossier": "Open the dossier first.",
    "own_reading": "Write down your own reading of the records first.",
    "unopened": "Open every piece of evidence first.",
}


@dataclass(frozen=True)
class Reveal:
    """The facts shown after the own reading: whether the case was flagged or drawn, and the hits of the rules.

    `arm`: flag or sample. `evidence`: EVIDENCE with `position` in front (a hit's item is "hit:<position>"); empty of a
    sampled case. `declarations`: the cited indicators as they were in this run, by code. `reason`: the clause of the
    review rule, None of a sampled case. `opened`: the items that this viewer opened. `first_seen`: since when the
    address is flagged, or when it was drawn. Hits cite from other addresses `cited_records` (as Dossier.records) and
    `cited_parties` (DOSSIER_PARTIES), with their `places` (DOSSIER_PLACES without `address_id`) and `links` (LINKS).
    """

    arm: str
    evidence: pl.DataFrame
    declarations: dict[str, dict[str, object]]
    reason: str | None
    opened: set[str]
    first_seen: date
    cited_records: list[dict[str, object]]
    cited_parties: pl.DataFrame
    places: pl.DataFrame
    links: pl.DataFrame


@dataclass(frozen=True)
class Readiness:
    """Whether a viewer can judge a case. `unopened`: items to open first. `why_not`: a key of WHY_NOT, or None."""

    own_reading: bool
    unopened: list[str]
    is_second: bool
    may_judge: bool
    why_not: str | None


def mark_opened(
    store: Store,
    viewer: Viewer,
    case_id: str,
    piece: str,
    *,
    now: datetime,
    purpose: Purpose | None = None,
    policy: CasePolicy = DEFAULT_POLICY,
) -> None:
    """Write down that the viewer looks at the dossier, or at one of its hits; and lock an undecided case for them.

    `item`: "dossier", or "hit:<position>" after the own reading. Opened before: nothing new is written. Raises
    NotAllowedError (not there, not the viewer's to see, no such item), NotReadyError (a hit before the own reading) and
    ConflictError (a colleague has the case open now).
    """
    with guarded("opening a dossier"), writing(store.engine) as connection:
        case = require_case(connection, viewer, case_id, now=now)
        if piece != DOSSIER:
            if _reading(connection, case, viewer) is None:
                raise NotReadyError(WHY_NOT["own_reading"], "own_reading")
            if piece not in _items(connection, case):
                raise NotAllowedError("There is no such piece of evidence in this dossier.")
        if case.state in OPEN_STATES and not judged_by_viewer(connection, case, viewer):
            if case.locked_by not in {None, viewer.account}:
                raise ConflictError("A colleague has this case open now. Take another one, or come back later.")
            take_case(connection, case, viewer, now=now, policy=policy, assign=case.assignee is None, purpose=purpose)
        if piece not in _opened(connection, case, viewer):
            connection.execute(
                case_opened.insert().values(
                    case_id=case_id, account=viewer.account, item=piece, run_id=case.run_id, at=now
                )
            )


def record_own_reading(
    store: Store,
    viewer: Viewer,
    case_id: str,
    reading: OwnReading,
    text: str,
    *,
    now: datetime,
    version: int | None = None,
    policy: CasePolicy = DEFAULT_POLICY,
) -> None:
    """Keep what the viewer makes of the records, once a case. After it the case stays with the dossier that was read.

    `version`: of the case on the page, so that a reading is never about a dossier that was renewed meanwhile. Raises
    NotReadyError (the dossier was not opened, or there is a reading already), MotivationError (no text),
    NotAllowedError, ConflictError.
    """
    if not text.strip():
        raise MotivationError("Say in your own words what you see in the records.", "text")
    with changing_case(store, viewer, case_id, now=now, version=version, doing="keeping a reading") as (
        connection,
        case,
    ):
        if _reading(connection, case, viewer) is not None:
            raise NotReadyError("Your own reading of this case is on file; it is given once.", "own_reading_given")
        opened_at = connection.scalar(
            sa.select(case_opened.c.at).where(*_openings_of(case, viewer), case_opened.c.item == DOSSIER)
        )
        if opened_at is None:
            raise NotReadyError(WHY_NOT["dossier"], "dossier")
        connection.execute(
            case_reading.insert().values(
                case_id=case_id,
                account=viewer.account,
                round=case.round,
                reading=OwnReading(reading),
                text=text.strip(),
                run_id=case.run_id,
                opened_at=opened_at,
                at=now,
            )
        )
        take_case(connection, case, viewer, now=now, policy=policy)


def reveal(
    store: Store, viewer: Viewer, case_id: str, *, now: datetime, dossier: Dossier | None = None
) -> Reveal | None:
    """Return the hits of the rules to a viewer with an own reading; None before it, and for a case they may not see.

    `dossier`: that of the case, where it was read.
    """
    case = get_case(store, viewer, case_id, now=now)
    if case is None:
        return None
    with guarded("reading a case"), store.engine.connect() as connection:
        if _reading(connection, case, viewer) is None:
            return None
        opened = _opened(connection, case, viewer)
        arm = connection.execute(sa.select(review_case.c.arm).where(review_case.c.case_id == case_id)).scalar_one()
    dossier = dossier or case_dossier(store, case)
    flag = dossier.flag if arm == FLAGGED else None
    return Reveal(
        arm=arm,
        evidence=store.rows(evidence, case.run_id, evidence.c.address_id == case.address_id),
        declarations=dossier.declarations,
        reason=None if flag is None else str(flag["reason"]),
        opened=opened,
        first_seen=dossier.run.as_of if flag is None else flag["first_flagged"],
        cited_records=dossier.cited_records,
        cited_parties=dossier.cited_parties,
        places=dossier.places,
        links=dossier.links,
    )


def readiness(store: Store, viewer: Viewer, case_id: str) -> Readiness:
    """Return what a viewer still has to do before the judgement. Locks and terms are not checked."""
    query = sa.select(*CASE_COLUMNS).where(review_case.c.case_id == case_id, allowed_by_roles(viewer))
    with guarded("reading a case"), store.engine.connect() as connection:
        row = connection.execute(query).first()
        if row is None:
            return Readiness(own_reading=False, unopened=[], is_second=False, may_judge=False, why_not="gone")
        return readiness_of(connection, as_case(row, datetime.max.replace(tzinfo=UTC)), viewer)


def readiness_of(connection: sa.Connection, case: Case, viewer: Viewer) -> Readiness:
    """Do the same as `readiness`, in the caller's transaction."""
    has_read = _reading(connection, case, viewer) is not None
    unopened = sorted(_items(connection, case) - _opened(connection, case, viewer), key=_place)
    why_not = None
    if case.state not in OPEN_STATES:
        why_not = "decided"
    elif judged_by_viewer(connection, case, viewer):
        why_not = "judged"
    elif DOSSIER in unopened:
        why_not = "dossier"
    elif not has_read:
        why_not = "own_reading"
    elif unopened:
        why_not = "unopened"
    return Readiness(
        own_reading=has_read,
        # which pieces there are is told after the own reading only
        unopened=unopened if has_read else [piece for piece in unopened if piece == DOSSIER],
        is_second=case.state is CaseState.FIRST_JUDGED and why_not != "judged",
        may_judge=why_not is None,
        why_not=why_not,
    )


def _openings_of(case: Case, viewer: Viewer) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        case_opened.c.case_id == case.case_id,
        case_opened.c.account == viewer.account,
        case_opened.c.run_id == case.run_id,
    )


def _opened(connection: sa.Connection, case: Case, viewer: Viewer) -> set[str]:
    return set(connection.scalars(sa.select(case_opened.c.item).where(*_openings_of(case, viewer))))


def _items(connection: sa.Connection, case: Case) -> set[str]:
    """Everything to be opened before a judgement."""
    positions = connection.scalars(
        sa.select(evidence.c.position).where(evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id)
    )
    return {DOSSIER, *(f"{HIT}{position}" for position in positions)}


def _place(piece: str) -> int:
    return -1 if piece == DOSSIER else int(piece.removeprefix(HIT))


def _reading(connection: sa.Connection, case: Case, viewer: Viewer) -> int | None:
    return connection.scalar(
        sa.select(case_reading.c.id).where(
            case_reading.c.case_id == case.case_id, case_reading.c.account == viewer.account
        )
    )
