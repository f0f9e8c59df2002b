"""Handing a confirmed case over to the case system, and taking that back: which file left, when, by whom and why.

Nothing is sent: a person downloads the file and brings it there. That it was made is the entry of the register of
disclosures; a file that does not hold any more is taken back by another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import NoticeReason, Purpose, ReviewOutcome
from screening.casework.acts.acts import ASKED, decided_case
from screening.casework.acts.case_system import CaseSystem
from screening.casework.acts.stops import DecidedCase, stops
from screening.casework.acts.zaak_document import (
    document_fields,
    document_hash,
    document_text,
    taken_back_document,
    zaak_document,
)
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError, or_conflict
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.acts import HAND_OVER, TAKEN_BACK, case_hand_over
from screening.store.schema.cases import review_case
from screening.store.schema.runs import FLAGGED
from screening.store.store import Store

_OVERTAKEN = "A colleague handed this case over, or took it back, just now. Nothing of yours was saved. Look again."
#: What of the BAG record of an address the file needs.
_NEEDED = ("nummeraanduiding_id", "straatnaam", "huisnummer", "woonplaats")


@dataclass(frozen=True)
class HandOver:
    """A file for the case system. `is_taken_back`: by a later one, or it is one that takes back (`takes_back`)."""

    id: int
    case_id: str
    kind: str
    takes_back: int | None
    reason: NoticeReason | None
    asked: str
    purpose: str
    fields: tuple[str, ...]
    content: str
    content_sha256: str
    actor: str
    done_at: datetime
    is_taken_back: bool

    @property
    def is_withdrawal(self) -> bool:
        """Whether this file takes an earlier one back."""
        return self.kind == TAKEN_BACK


def hand_overs_of(store: Store, case_ids: Collection[str]) -> dict[str, list[HandOver]]:
    """Return by case the files that were made of it, oldest first. Who may see the case is for the caller to ask."""
    files: dict[str, list[HandOver]] = defaultdict(list)
    query = case_hand_over.select().where(case_hand_over.c.case_id.in_(case_ids)).order_by(case_hand_over.c.id)
    with guarded("reading what was handed over"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
    back = {row.takes_back for row in rows}
    for row in rows:
        values = {name: row._mapping[name] for name in HandOver.__dataclass_fields__ if name in row._mapping}
        values |= {
            "reason": row.reason and NoticeReason(row.reason),
            "fields": tuple(row.fields),
            "done_at": row.at,
            "is_taken_back": row.kind == TAKEN_BACK or row.id in back,
        }
        files[row.case_id].append(HandOver(**values))
    return files


def is_handed_over() -> sa.ColumnElement[bool]:
    """Return the condition on review_case that the case system has it, and that it was not taken back."""
    back = case_hand_over.alias()
    return sa.exists().where(
        case_hand_over.c.case_id == review_case.c.case_id,
        case_hand_over.c.kind == HAND_OVER,
        ~sa.exists().where(back.c.takes_back == case_hand_over.c.id),
    )


def make_hand_over(
    store: Store,
    viewer: Viewer,
    case_id: str,
    system: CaseSystem,
    *,
    purpose: Purpose,
    asked: str,
    now: datetime,
    key: bytes | None = None,
) -> HandOver:
    """Make the file with which a confirmed case goes to the case system, and register that it left.

    Args:
        store: The store.
        viewer: Who hands it over.
        case_id: The case.
        system: What the municipality says of its case system.
        purpose: For which task.
        asked: A code of ASKED.
        now: The moment, with a zone.
        key: See `stops`.

    Raises:
        NotAllowedError: there is no such confirmed case, or it is not this viewer's to see.
        NotReadyError: it was drawn at random ("drawn"), is sensitive ("sensitive"), is stopped ("stopped"), or the
            dossier has no address of the BAG ("address").
        MotivationError: nothing is asked (`asked`).
        ConflictError: it was handed over already.
    """
    case = _require_confirmed(store, viewer, case_id)
    if case.arm != FLAGGED:
        raise NotReadyError("A case that was drawn at random does not leave.", "drawn")
    if case.sensitive:
        raise NotReadyError("A sensitive case does not go to the case system.", "sensitive")
    if case_id in stops(store, [case], key=key):
        raise NotReadyError("What this case rests on does not hold any more: nothing follows from it.", "stopped")
    if asked not in ASKED:
        raise MotivationError("Say what is asked.", "asked")
    if any(not file.is_taken_back for file in hand_overs_of(store, [case_id])[case_id]):
        raise ConflictError(_OVERTAKEN)
    document = zaak_document(
        system, case_id, _place(store, case), purpose=purpose, asked=asked, confirmed=case.concluded_on, day=day_of(now)
    )
    return _add(store, viewer, case_id, document, now=now, kind=HAND_OVER, asked=asked, purpose=str(purpose))


def take_back(store: Store, viewer: Viewer, case_id: str, *, now: datetime, key: bytes | None = None) -> HandOver:
    """Make the file with which the last hand-over is taken back, with the reason that stops the case, or by mistake.

    Raises:
        NotAllowedError: see `make_hand_over`.
        ConflictError: nothing is there to be taken back.
    """
    case = _require_confirmed(store, viewer, case_id)
    standing = [file for file in hand_overs_of(store, [case_id])[case_id] if not file.is_taken_back]
    if not standing:
        raise ConflictError(_OVERTAKEN)
    reason = stops(store, [case], key=key).get(case_id, NoticeReason.TEN_ONRECHTE_INGETROKKEN)
    file = standing[-1]
    document = taken_back_document(case_id, reason, handed_over=day_of(file.done_at), day=day_of(now))
    return _add(
        store,
        viewer,
        case_id,
        document,
        now=now,
        kind=TAKEN_BACK,
        asked=file.asked,
        purpose=file.purpose,
        takes_back=file.id,
        reason=str(reason),
    )


def _require_confirmed(store: Store, viewer: Viewer, case_id: str) -> DecidedCase:
    case = decided_case(store, viewer, case_id)
    query = sa.select(review_case.c.outcome).where(review_case.c.case_id == case_id)
    with guarded("reading a case"), store.engine.connect() as connection:
        outcome = connection.scalar(query)
    if case is None or outcome != ReviewOutcome.BEVESTIGD_AFWIJKING:
        raise NotAllowedError("There is no such confirmed case, or it is not yours to see.")
    return case


def _place(store: Store, case: DecidedCase) -> dict[str, str | None]:
    """The address as the BAG record of its dossier has it; its main one, where there are several."""
    dossier = store.dossier(case.run_id, case.address_id)
    records = [] if dossier is None else dossier.records
    addresses: list[dict[str, Any]] = [
        dict(row["fields"]) for row in records if row["dataset"] == "bag_adressen" and isinstance(row["fields"], dict)
    ]
    whole = [fields for fields in addresses if all(fields.get(name) for name in _NEEDED)]
    if not whole:
        raise NotReadyError("The dossier has no address of the BAG: the case system could not place it.", "address")
    whole.sort(key=lambda fields: (fields.get("is_nevenadres") == "ja", fields["nummeraanduiding_id"]))
    return whole[0]


def _add(
    store: Store, viewer: Viewer, case_id: str, document: dict[str, Any], *, now: datetime, **values: object
) -> HandOver:
    content = document_text(document)
    row = {
        "case_id": case_id,
        "fields": document_fields(document),
        "content": content,
        "content_sha256": document_hash(content),
        "actor": viewer.account,
        "at": now,
        **values,
    }
    with guarded("handing a case over"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        connection.execute(case_hand_over.insert().values(**row))
    return hand_overs_of(store, [case_id])[case_id][-1]
