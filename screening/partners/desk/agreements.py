"""Agreements with partners: off until two people stand behind article, covenant, themes and fields, and to end by one.

An agreement is never changed: another one is proposed, the old one ended, the new one approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.legal_facts import TO_CHECK
from screening.casework.case_errors import or_conflict
from screening.casework.policy.answers import person_in
from screening.casework.tips.forwarding import TOEZICHT
from screening.partners.desk.recipients import NAME
from screening.partners.kinds.partner_kind import HandOverForm, PartnerKind, SignalField, partner_kinds
from screening.partners.signal.codes import Theme
from screening.store.account_names import account
from screening.store.engine import added_key, guarded, writing
from screening.store.schema.partners import APPROVED, RETIRED, partner_agreement, partner_agreement_event
from screening.store.store import Store

PROPOSED, IN_FORCE, ENDED = "proposed", "active", "retired"
#: Articles, covenants and advices are at most so long.
_MOST = 200
#: The kind of a recipient of before there were agreements.
_FIRST_KIND = "riec"


class AgreementError(StoreError):
    """An agreement that cannot be proposed or decided about, or that keeps something from leaving.

    `reason`: name, kind, article, covenant, themes, fields, own, decided, other, none, to_check; "article_person" and
    the like where a text points at a person.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class AgreementTerms:
    """What is agreed. `recipient`: the name of an organisation. `kind`: the code of its kind.

    `advice`: the number of the advice in which a lawyer of the municipality looked at the article; empty: nobody did.
    """

    recipient: str
    kind: str
    article: str
    covenant: str
    advice: str
    themes: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """An agreement as it stands. `state`: proposed, active or retired."""

    id: int
    terms: AgreementTerms
    proposed_by: str
    proposed_at: datetime
    state: str
    approved_by: str | None
    ended_by: str | None

    @property
    def partner(self) -> PartnerKind:
        """The kind of the partner."""
        return partner_kinds()[self.terms.kind]

    @property
    def is_to_check(self) -> bool:
        """Whether a lawyer still has to look: the kind says so and no advice is named, or the text itself says so."""
        texts = (self.terms.article, self.terms.covenant, self.terms.advice)
        return (self.partner.is_to_check and not self.terms.advice) or any(TO_CHECK in text.lower() for text in texts)


def propose_agreement(store: Store, terms: AgreementTerms, *, by: str, now: datetime) -> Agreement:
    """Propose an agreement for approval by a colleague.

    Raises:
        AgreementError: a part of it is missing, or is more than its kind of partner allows.
    """
    checked = _checked(terms)
    values = {name.name: getattr(checked, name.name) for name in fields(AgreementTerms)}
    values |= {"themes": list(checked.themes), "fields": list(checked.fields)}
    with guarded("proposing an agreement"), writing(store.engine) as connection:
        row = {**values, "proposed_by": account(by), "proposed_at": now}
        number = added_key(connection.execute(partner_agreement.insert().values(**row)))
    return _required(store, number)


def approve_agreement(store: Store, number: int, *, by: str, now: datetime) -> Agreement:
    """Approve an agreement as a second person.

    Raises:
        AgreementError: `by` proposed it ("own"), it was decided ("decided"), it is to be checked ("to_check"), or
            another one with this recipient is in force ("other").
    """
    proposed = _required(store, number)
    if account(by) == proposed.proposed_by:
        raise AgreementError("You proposed this agreement, so a colleague must approve it.", "own")
    if proposed.state != PROPOSED:
        raise AgreementError("This agreement was decided about already.", "decided")
    if proposed.is_to_check:
        raise AgreementError(
            f"Something of it is {TO_CHECK}. Have a lawyer look, and propose it with the number of the advice.",
            "to_check",
        )
    if agreement_in_force(store, proposed.terms.recipient) is not None:
        raise AgreementError(f"{proposed.terms.recipient} has another agreement in force. End that one first.", "other")
    _decide(store, proposed, APPROVED, by=by, now=now)
    return _required(store, number)


def end_agreement(store: Store, number: int, *, by: str, now: datetime) -> Agreement:
    """End an agreement, at once and for good: one person is enough to stop."""
    ended = _required(store, number)
    if ended.state == ENDED:
        raise AgreementError("This agreement was ended already.", "decided")
    _decide(store, ended, RETIRED, by=by, now=now)
    return _required(store, number)


def agreements(store: Store, recipient: str | None = None) -> list[Agreement]:
    """List every agreement that was ever proposed, oldest first."""
    query = partner_agreement.select().order_by(partner_agreement.c.id)
    if recipient is not None:
        query = query.where(partner_agreement.c.recipient == recipient)
    with guarded("reading the agreements"), store.engine.connect() as connection:
        rows = list(connection.execute(query))
        decided = {
            (event.agreement_id, event.action): event.actor
            for event in connection.execute(partner_agreement_event.select())
        }
    return [
        Agreement(
            id=row.id,
            terms=AgreementTerms(
                row.recipient,
                row.kind,
                row.article,
                row.covenant,
                row.advice,
                tuple(row.themes),
                _in_order(SignalField, row.fields),  # what was agreed before and may not leave any more is left out
            ),
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            state=ENDED if (row.id, RETIRED) in decided else IN_FORCE if (row.id, APPROVED) in decided else PROPOSED,
            approved_by=decided.get((row.id, APPROVED)),
            ended_by=decided.get((row.id, RETIRED)),
        )
        for row in rows
    ]


def agreement_in_force(store: Store, recipient: str) -> Agreement | None:
    """Find the agreement that two people stand behind; None where there is none."""
    return next((agreement for agreement in agreements(store, recipient) if agreement.state == IN_FORCE), None)


def agreements_for(store: Store, form: HandOverForm) -> list[Agreement]:
    """List the agreements on which something can reach a partner in this form, by recipient."""
    usable = [
        agreement
        for agreement in agreements(store)
        if agreement.state == IN_FORCE and not agreement.is_to_check and form in agreement.partner.forms
    ]
    return sorted(usable, key=lambda agreement: agreement.terms.recipient)


def kind_of_recipient(store: Store, recipient: str) -> PartnerKind:
    """The kind of a recipient by its last agreement that was ever in force: what was sent is called back as such."""
    kinds = [agreement.partner for agreement in agreements(store, recipient) if agreement.approved_by is not None]
    return kinds[-1] if kinds else partner_kinds()[_FIRST_KIND]


def all_recipient_kinds(store: Store) -> list[tuple[PartnerKind, list[Agreement]]]:
    """Each kind of partner with the agreements of it that are in force: who can receive anything, and on what basis."""
    in_force = [agreement for agreement in agreements(store) if agreement.state == IN_FORCE]
    return [
        (kind, [agreement for agreement in in_force if agreement.terms.kind == kind.code])
        for kind in partner_kinds().values()
    ]


def _checked(terms: AgreementTerms) -> AgreementTerms:
    texts = {name: " ".join(getattr(terms, name).split())[:_MOST] for name in ("article", "covenant", "advice")}
    if not NAME.fullmatch(terms.recipient) or terms.recipient == TOEZICHT:
        words = "small letters, digits and hyphens, such as politie-oost"
        raise AgreementError(f"A recipient is named in {words}; {TOEZICHT} is of the municipality.", "name")
    kind = partner_kinds().get(terms.kind)
    if kind is None:
        raise AgreementError("Choose a kind of partner.", "kind")
    for name in ("article", "covenant"):
        if not texts[name]:
            raise AgreementError("An agreement names an article and a covenant.", name)
    for name, text in texts.items():
        if person_in(text):
            raise AgreementError("An agreement is kept for good: nobody stands in it.", f"{name}_person")
    themes, allowed = _in_order(Theme, terms.themes), _in_order(SignalField, terms.fields)
    if set(themes) - set(kind.themes) or len(themes) != len(terms.themes) or bool(kind.themes) != bool(themes):
        raise AgreementError("Choose themes of this kind of partner.", "themes")
    if set(allowed) - set(kind.fields) or len(allowed) != len(terms.fields):
        raise AgreementError("Choose fields of this kind of partner.", "fields")
    return AgreementTerms(terms.recipient, terms.kind, **texts, themes=themes, fields=allowed)


def _in_order(words: Iterable[str], chosen: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(word) for word in words if word in chosen)


def _required(store: Store, number: int) -> Agreement:
    proposed = next((agreement for agreement in agreements(store) if agreement.id == number), None)
    if proposed is None:
        raise AgreementError("No such agreement was proposed.", "none")
    return proposed


def _decide(store: Store, agreement: Agreement, action: str, *, by: str, now: datetime) -> None:
    with (
        guarded("deciding about an agreement"),
        or_conflict("Somebody else decided about this agreement just now. Look again."),
        writing(store.engine) as connection,
    ):
        # PostgreSQL: who approves another one of this recipient waits here, and then the guard sees this one
        of_recipient = partner_agreement.c.recipient == agreement.terms.recipient
        connection.execute(sa.select(partner_agreement.c.id).where(of_recipient).with_for_update())
        connection.execute(
            partner_agreement_event.insert().values(
                agreement_id=agreement.id, proposed_by=agreement.proposed_by, action=action, actor=account(by), at=now
            )
        )
