"""What stops all that follows a judgement: an upheld request, a rejected link, another judgement, corrected registers.

Nothing is written when an act is stopped: the reason is read anew each time, so that an objection that ends, or a night
that was wrong, leaves nothing behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from screening.base.vocabulary import CaseState, NoticeReason, ReviewOutcome
from screening.casework.cases.snoozes import known_hits
from screening.casework.data_subject_requests import is_kept_out, load_excluded_subjects, upheld_records
from screening.casework.links.judgements import NEGATIVE, judgements
from screening.casework.person_hashes import person_hashes
from screening.store.engine import guarded
from screening.store.runs.nights import last_two_nights
from screening.store.schema.cases import case_fact, review_case
from screening.store.schema.runs import FLAGGED, evidence, link_fingerprint
from screening.store.store import Store

#: The outcome of a later case about the same address and rule -> why what followed an earlier one stops.
_LATER = {
    ReviewOutcome.ONJUISTE_KOPPELING: NoticeReason.ONJUISTE_KOPPELING,
    ReviewOutcome.DATA_FOUT: NoticeReason.GEGEVENS_ONJUIST,
    ReviewOutcome.VERKLAARD: NoticeReason.VERKLAARD,
}


@dataclass(frozen=True)
class DecidedCase:
    """What is asked of a case to know whether something stops it."""

    case_id: str
    address_id: str
    run_id: str
    arm: str
    sensitive: bool
    concluded_on: date


@dataclass
class _Grounds:
    """What a case rests on: records ("dataset:key"), links and indicators of its hits."""

    records: set[str]
    links: set[str]
    indicators: set[str]


def stops(store: Store, cases: Collection[DecidedCase], *, key: bytes | None = None) -> dict[str, NoticeReason]:
    """Return by case id why nothing may follow it any more; a case that holds is not in it.

    Args:
        store: The store.
        cases: Decided cases.
        key: Under which people who asked are hidden (`subject_key`); None: their requests are not looked for here.

    Raises:
        StoreError: the database failed.
    """
    if not cases:
        return {}
    stopped: dict[str, NoticeReason] = {}
    grounds = _grounds(store, cases)
    disputed, later = upheld_records(store), _judged_later(store, cases, grounds)
    parted, corrected = _parted(store, cases, grounds), _corrected(store, cases, grounds)
    kept = _kept_out(store, cases, key)
    for case in cases:
        rests = grounds[case.case_id]
        if case.case_id in kept:
            stopped[case.case_id] = NoticeReason.BEZWAAR_GEGROND
        elif rests.records & disputed:
            stopped[case.case_id] = NoticeReason.GEGEVENS_ONJUIST
        elif rests.links & parted[case.run_id]:
            stopped[case.case_id] = NoticeReason.ONJUISTE_KOPPELING
        elif case.case_id in later:
            stopped[case.case_id] = later[case.case_id]
        elif case.case_id in corrected:
            stopped[case.case_id] = NoticeReason.BRON_INGETROKKEN
    return stopped


def _grounds(store: Store, cases: Collection[DecidedCase]) -> dict[str, _Grounds]:
    of_case = {(case.run_id, case.address_id): case.case_id for case in cases}
    grounds = {case.case_id: _Grounds(set(), set(), set()) for case in cases}
    columns = evidence.c.run_id, evidence.c.address_id, evidence.c.indicator, evidence.c.record_ids, evidence.c.links
    query = sa.select(*columns).where(sa.tuple_(evidence.c.run_id, evidence.c.address_id).in_(list(of_case)))
    with guarded("reading what cases rest on"), store.engine.connect() as connection:
        for row in connection.execute(query):
            rests = grounds[of_case[row.run_id, row.address_id]]
            rests.records.update(row.record_ids)
            rests.links.update(row.links)
            rests.indicators.add(row.indicator)
    return grounds


def _kept_out(store: Store, cases: Collection[DecidedCase], key: bytes | None) -> set[str]:
    """The cases at an address, or with a person in the dossier, about which a request was upheld."""
    ids = [case.case_id for case in cases]
    query = sa.select(review_case.c.case_id).where(
        review_case.c.case_id.in_(ids), is_kept_out(review_case.c.address_id)
    )
    with guarded("reading requests"), store.engine.connect() as connection:
        kept = set(connection.scalars(query))
    persons = load_excluded_subjects(store).persons if key is not None else frozenset()
    if key is None or not persons:
        return kept
    for case in cases:
        dossier = store.dossier(case.run_id, case.address_id)
        if dossier is not None:
            people = [
                person
                for parties in (dossier.parties, dossier.cited_parties)
                for person in parties.select("name", "birth_date").rows()
            ]
            if person_hashes(people, key) & persons:
                kept.add(case.case_id)
    return kept


def _parted(store: Store, cases: Iterable[DecidedCase], grounds: Mapping[str, _Grounds]) -> dict[str, set[str]]:
    """Return by run the links of these cases whose two ends people found to be different."""
    parted: dict[str, set[str]] = defaultdict(set)
    cited: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        cited[case.run_id] |= grounds[case.case_id].links
    if not any(cited.values()):
        return parted
    rows = judgements(store).select("left_fingerprint", "right_fingerprint", "judgement").rows()
    pairs = {frozenset((left, right)) for left, right, judgement in rows if judgement == NEGATIVE}
    with guarded("reading links"), store.engine.connect() as connection:
        for run_id, links in cited.items():
            query = link_fingerprint.select().where(
                link_fingerprint.c.run_id == run_id, link_fingerprint.c.link_id.in_(links)
            )
            for row in connection.execute(query):
                if frozenset((row.left_fingerprint, row.right_fingerprint)) in pairs:
                    parted[run_id].add(row.link_id)
    return parted


def _judged_later(
    store: Store, cases: Collection[DecidedCase], grounds: Mapping[str, _Grounds]
) -> dict[str, NoticeReason]:
    """Return by case why a later one of the same address and rule was judged otherwise.

    Of a sensitive case nothing shows at another.
    """
    query = (
        sa.select(
            review_case.c.case_id,
            review_case.c.address_id,
            review_case.c.sensitive,
            review_case.c.outcome,
            review_case.c.concluded_on,
            case_fact.c.indicator,
        )
        .join(case_fact, case_fact.c.case_id == review_case.c.case_id)
        .where(
            review_case.c.state == CaseState.CLOSED,
            review_case.c.arm == FLAGGED,
            review_case.c.outcome.in_([str(outcome) for outcome in _LATER]),
            review_case.c.address_id.in_({case.address_id for case in cases}),
        )
        .order_by(review_case.c.concluded_on, review_case.c.case_id)
    )
    with guarded("reading later judgements"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
    later: dict[str, NoticeReason] = {}
    for case in cases:
        for row in rows:
            is_about_it = row.address_id == case.address_id and row.indicator in grounds[case.case_id].indicators
            is_after = row.case_id != case.case_id and row.concluded_on >= case.concluded_on
            if is_about_it and is_after and (case.sensitive or not row.sensitive):
                later[case.case_id] = _LATER[ReviewOutcome(row.outcome)]
    return later


def _corrected(store: Store, cases: Iterable[DecidedCase], grounds: Mapping[str, _Grounds]) -> set[str]:
    """The cases of which the last two nights, on good deliveries, find nothing any more of what was confirmed."""
    nights = last_two_nights(store)
    if len(nights) < 2 or not all(night.is_placed for night in nights):
        return set()
    flagged = [case for case in cases if case.arm == FLAGGED and grounds[case.case_id].indicators]
    as_of = {run_id: store.require(run_id).as_of for run_id in {case.run_id for case in flagged}}
    for night in nights:
        seen = night.ran - night.unseen
        flagged = [
            case
            for case in flagged
            if night.run.as_of > as_of[case.run_id] and grounds[case.case_id].indicators <= seen
        ]
    for night in nights:
        judged = known_hits(store, night.run.run_id, {case.case_id: case.address_id for case in flagged})
        flagged = [case for case in flagged if not judged[case.case_id]]
    return {case.case_id for case in flagged}
