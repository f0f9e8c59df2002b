"""What waits for somebody, as counts for the start page: no address, no name, nothing of what a colleague said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from screening.base.civil_time import day_of
from screening.base.vocabulary import Role
from screening.casework.acts.follow_up import CaseStage, cases_going_on
from screening.casework.cases.case_counts import count_waiting
from screening.casework.cases.queue import QueueFilter, queue
from screening.casework.cases.unseen import unseen_cases
from screening.casework.data_subject_requests import visible_requests
from screening.casework.links.links_to_judge import reading_progress
from screening.casework.policy.answers import count_to_review
from screening.casework.tips.care_contacts import care_counts
from screening.casework.tips.rota import on_duty, tips_for, waits_for_deputy
from screening.casework.tips.tips import inbox, own_tips
from screening.casework.viewer import CASE_ROLES
from screening.ledger.access_review import lacks_sign_off
from screening.partners.desk.agreements import agreements
from screening.partners.desk.drafts import visible_drafts
from screening.partners.desk.hand_over_validity import open_hand_overs
from screening.partners.desk.recipients import PROPOSED, recipient_keys
from screening.partners.desk.signal_versions import AWAITS_EXTRA, DRAFT, RETURNED_STATE, RiecSignal, visible_signals
from screening.review.page import Page
from screening.review.views.acts import request_key
from screening.review.views.deliveries import waiting_count
from screening.rights.erasure_plan import waiting_plan
from screening.store.access.personal_keys import personal_keys
from screening.store.rules.governance import rule_governance

#: A case that must be reviewed within so many days is nearly late.
NEARLY_LATE = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """So many of something wait. `path`: the page on which they are.

    `key`: text key `start.waits.<key>`, of a single one `start.waits_one.<key>`.
    """

    key: str
    count: int
    path: str


def waiting(page: Page) -> list[Waiting]:
    """Everything that may wait for this person, by role; what does not wait counts 0."""
    parts: list[tuple[Collection[Role], Callable[[Page], Iterator[Waiting]]]] = [
        (CASE_ROLES, _of_officer),
        ((Role.CONTACT_PERSON,), _of_contact_person),
        ((Role.CARE_COORDINATOR,), _of_coordinator),
        ((Role.LEAD,), _of_lead),
        ((Role.ANALYST,), _of_analyst),
        ((Role.AUDITOR,), _of_ledger),
        ((Role.SENSITIVE_REVIEWER, Role.AUDITOR), _of_rights),
        ((Role.SENSITIVE_REVIEWER, Role.AUDITOR), _of_terms),
        ((Role.ANALYST,), _of_registers),
        ((Role.ADMIN,), _of_keys),
    ]
    counts = [each for roles, part in parts if page.has(*roles) for each in part(page)]
    by_key = {each.key: each for each in counts}  # two roles may have the same work
    return [*by_key.values()] if by_key else [*_of_colleague(page)]


def _of_officer(page: Page) -> Iterator[Waiting]:
    def count(**chosen: object) -> int:
        filters = QueueFilter(**chosen)  # type: ignore[arg-type]  # fields of the filter by name
        shown = queue(page.store, page.viewer, filters=filters, limit=1, now=page.now, policy=page.settings.policy)
        return shown.total

    late = day_of(page.now) + NEARLY_LATE
    yield Waiting("mine", count(mine=True), "/zaken")
    yield Waiting("nearly_late", count(mine=True, due_before=late), f"/zaken?voor={late:%d-%m-%Y}")
    after = cases_going_on(page.store, page.viewer, now=page.now, key=request_key(page))
    yield Waiting("after", len(after), "/na-het-oordeel")
    yield Waiting("documents", sum(each.stage is CaseStage.WAITING for each in after), "/na-het-oordeel")
    yield Waiting("after_late", sum(each.is_late for each in after), "/na-het-oordeel")
    signals, me = visible_signals(page.store, page.viewer), page.viewer.account
    returned = sum(signal.state == RETURNED_STATE and signal.prepared_by == me for signal in signals)
    yield Waiting("returned", returned, "/riec")
    yield Waiting("to_approve", _to_approve(signals, me), "/riec")
    given = open_hand_overs(page.store, page.viewer, key=request_key(page))
    yield Waiting("sheets", sum(each.waits_for(me) for each in given), "/riec")
    yield Waiting("to_call_back", sum(each.is_to_call_back for each in given), "/riec")


def _of_contact_person(page: Page) -> Iterator[Waiting]:
    day, tips = day_of(page.now), inbox(page.store, page.viewer, now=page.now)
    unread = tips_for(page.viewer, on_duty(page.store, day), tips, now=page.now)
    soon = day + NEARLY_LATE
    yield Waiting("tips", len(unread), "/meldingen/postbak")
    late = sum(waits_for_deputy(tip, now=page.now) for tip in unread)
    yield Waiting("tips_late", late, "/meldingen/postbak")
    yield Waiting("tips_ending", sum(tip.delete_after < soon for tip in unread), "/meldingen/postbak")
    yield _late_contacts(page, "/contactwensen")
    yield from _of_policy(page)


def _of_coordinator(page: Page) -> Iterator[Waiting]:
    counts = care_counts(page.store, now=page.now, policy=page.settings.care)
    yield Waiting("contacts", counts.waiting, "/contactwensen")
    yield Waiting("contacts_late", counts.late, "/contactwensen")


def _late_contacts(page: Page, path: str) -> Waiting:
    """Those of which somebody else is told, since who should answer did not: a number and nothing more."""
    counts = care_counts(page.store, now=page.now, policy=page.settings.care)
    return Waiting("contacts_late", counts.late, path)


def _of_lead(page: Page) -> Iterator[Waiting]:
    yield Waiting("overdue", count_waiting(page.store, page.viewer, now=page.now, is_late=True), "/werk")
    yield _late_contacts(page, "/opbrengst")
    yield Waiting("approvals", sum(entry.count for entry in waiting_approvals(page)), "/goedkeuren")
    yield from _of_policy(page)


def _of_policy(page: Page) -> Iterator[Waiting]:
    yield Waiting("policy", count_to_review(page.store, day_of(page.now)), "/beleid")


def waiting_approvals(page: Page) -> list[Waiting]:
    """Everything that waits for the approval or the decision of a lead, as far as this one may give it.

    What one wrote, registered, judged or approved oneself waits for a colleague.
    """
    me, day = page.viewer.account, day_of(page.now)
    signals = visible_signals(page.store, page.viewer)
    drafts = visible_drafts(page.store, page.viewer, signals, is_open=True)
    batches = sum(draft.signed_by is None or me not in {draft.signed_by, draft.made_by} for draft in drafts)
    versions = rule_governance(page.store).versions.values()
    return [
        Waiting("unseen", len(unseen_cases(page.store, page.viewer)), "/niet-gezien"),
        Waiting("to_approve", _to_approve(signals, me), "/riec"),
        Waiting("batches", batches, "/riec-leveringen"),
        Waiting("recipients", _recipients_to_approve(page), "/ontvangers"),
        Waiting("agreements", _agreements_to_approve(page), "/ontvangers/afspraken"),
        Waiting("rules", sum(not rule.is_approved(day) and rule.author != me for rule in versions), "/regels"),
        *_of_registers(page),
        *_of_rights(page),
        *_of_keys(page),
    ]


def _recipients_to_approve(page: Page) -> int:
    keys = recipient_keys(page.store)
    return sum(key.state == PROPOSED and key.proposed_by != page.viewer.account for key in keys)


def _agreements_to_approve(page: Page) -> int:
    me = page.viewer.account
    return sum(agreement.state == PROPOSED and agreement.proposed_by != me for agreement in agreements(page.store))


def _of_analyst(page: Page) -> Iterator[Waiting]:
    yield Waiting("nights", len(page.application.nights.history().not_good), "/nachten")
    yield Waiting("links", reading_progress(page.store, page.viewer).left, "/koppelingen")


def _of_registers(page: Page) -> Iterator[Waiting]:
    count = waiting_count(page.store, page.t, page.settings.confirmed_every, day_of(page.now))
    yield Waiting("deliveries", count, "/leveringen")


def _of_ledger(page: Page) -> Iterator[Waiting]:
    audit = page.settings.audit
    head_at = audit.last_head_at() if audit else None
    is_old = audit is not None and (head_at is None or page.now - head_at > audit.max_age)
    yield Waiting("review", int(lacks_sign_off(page.ledger, page.now)), "/logboek/maand")
    yield Waiting("head", int(is_old), "/logboek")


def _of_rights(page: Page) -> Iterator[Waiting]:
    me = page.viewer.account
    undecided = [request for request in visible_requests(page.store, page.viewer) if request.decision is None]
    yield Waiting("requests", sum(request.registered_by != me for request in undecided), "/verzoeken")


def _of_terms(page: Page) -> Iterator[Waiting]:
    yield Waiting("erasure", int(waiting_plan(page.store) is not None), "/bewaren")


def _of_keys(page: Page) -> Iterator[Waiting]:
    waits = [key for key in personal_keys(page.store) if not key.is_decided and key.account != page.viewer.account]
    yield Waiting("keys", len(waits), "/sleutels")


def _of_colleague(page: Page) -> Iterator[Waiting]:
    yield Waiting("own_tips", len(own_tips(page.store, page.viewer, now=page.now)), "/meldingen")


def _to_approve(signals: Iterable[RiecSignal], account: str) -> int:
    return sum(_may_approve(signal, account) for signal in signals)


def _may_approve(signal: RiecSignal, account: str) -> bool:
    """Whether a signal waits for this person: not for who prepared it, nor twice or for a reader of a sensitive one."""
    if signal.state == AWAITS_EXTRA:
        return account not in {signal.prepared_by, signal.approved_by, signal.first_by, signal.second_by}
    return signal.state == DRAFT and account != signal.prepared_by
