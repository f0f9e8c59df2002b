"""What can take the ground from under a signal after people confirmed it, whether it left already or waits.

A link that people parted, a record that vanished at the source or says something else there, a later judgement of the
same address, a request that was upheld. What left is called back or corrected for it (`corrections`); what waits does
not leave (`signals`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from screening.casework.links.judgements import NEGATIVE, judgements
from screening.casework.upheld_requests import KeptOut, hashes_of, kept_out, upheld_records
from screening.partners.desk.signal_source import NUMBERED, SignalSource
from screening.partners.desk.source_changes import (
    CurrentRecords,
    whole_statement,
    load_current_records,
    whole_basis,
    differs_from_source,
)
from screening.vocabulary import NoticeReason
from screening.partners.signal.refuse import LostGround
from screening.partners.signal.signal import Signal
from screening.store.engine import guarded
from screening.store.schema.cases import case_fact, review_case
from screening.store.schema.runs import FLAGGED, flag
from screening.store.store import Store
from screening.vocabulary import CaseState, ReviewOutcome

WITHDRAW, CORRECT = "withdrawal", "correction"

#: A later judgement of the same address about the same rule, and what it says of a signal that left.
_LATER = {
    ReviewOutcome.ONJUISTE_KOPPELING: NoticeReason.ONJUISTE_KOPPELING,
    ReviewOutcome.DATA_FOUT: NoticeReason.GEGEVENS_ONJUIST,
    ReviewOutcome.VERKLAARD: NoticeReason.VERKLAARD,
}


@dataclass(frozen=True)
class Change:
    """What changed under a signal. `kind`: withdrawal or correction, of one that left.

    `is_certain`: nothing is left to weigh: a link was parted, the source took the record and the flag away.
    """

    lost: LostGround
    kind: str
    reason: NoticeReason
    is_certain: bool


@dataclass(frozen=True)
class _LastRun:
    run_id: str
    flagged: frozenset[str]
    datasets: frozenset[str]
    codes: frozenset[str]


@dataclass(frozen=True)
class SignalValidity:
    """What the store knows now, read once and asked of each signal. `records`: see `read`.

    `now`: what the last run holds of each address that it flagged or drew and that an earlier run told of.
    """

    store: Store
    parted: frozenset[tuple[str, str]]
    last: _LastRun | None
    now: Mapping[str, CurrentRecords]
    records: Collection[str] | None
    later: Mapping[str, tuple[tuple[date, str, NoticeReason], ...]]
    kept_out: KeptOut
    disputed: frozenset[str]

    @classmethod
    def read(
        cls, store: Store, about: Collection[tuple[str, str]], *, records: Collection[str] | None = None
    ) -> SignalValidity:
        """Of signals about these addresses. StoreError on database errors.

        `about`: (address id, id of the run that the signal tells of). `records`: "dataset:key" of every record of the
        last published run; None where that is not known, and then nothing is said of records that vanished.
        """
        rows = judgements(store).select("left_fingerprint", "right_fingerprint", "judgement").rows()
        addresses = {address_id for address_id, _ in about}
        last = _last_run(store, addresses)
        # what the last run told itself is not looked up: of a large batch that is most of it
        older = {address_id for address_id, run_id in about if last is not None and run_id != last.run_id}
        return cls(
            store=store,
            parted=frozenset((left, right) for left, right, judgement in rows if judgement == NEGATIVE),
            last=last,
            now={} if last is None or not older else load_current_records(store, last.run_id, older),
            records=records,
            later=_judged_otherwise(store, addresses),
            kept_out=kept_out(store),
            disputed=upheld_records(store),
        )

    def change(
        self, basis: Mapping[str, Any], told: Signal | None, *, run_id: str, address_id: str, since: date
    ) -> Change | None:
        """What takes the ground from a signal, the weightiest first. `since`: the day from which judgements count.

        `told`: its content; None when that is erased, and then nothing is said of what the source says otherwise.
        """
        if any(tuple(pair) in self.parted for pair in basis["links"]):
            return Change(LostGround.PARTED_LINK, WITHDRAW, NoticeReason.ONJUISTE_KOPPELING, is_certain=True)
        return (
            self._vanished(basis, run_id, address_id)
            or self._judged_later(basis, address_id, since)
            or self._said_otherwise(basis, told, run_id, address_id)
        )

    def has_moved_on(self, material: SignalSource, address_id: str) -> bool:
        """Whether a signal of this material could say otherwise than the last run does."""
        return self._is_otherwise(
            whole_basis(material), whole_statement(material), material.dossier.run.run_id, address_id
        )

    def is_under_request(
        self, basis: Mapping[str, Any], *, run_ids: Collection[str], address_id: str, key: bytes
    ) -> bool:
        """Whether a request holds about the address, a record it rests on or tells, or a person of its dossiers.

        `key`: under which people who asked are hidden (`screening.casework.upheld_requests.subject_key`).
        """
        if address_id in self.kept_out.addresses or self.disputed & told_records(basis):
            return True
        if not self.kept_out.persons:
            return False
        dossiers = [self.store.dossier(one, address_id) for one in sorted(set(run_ids))]
        people = [
            person
            for one in dossiers
            if one is not None
            for parties in (one.parties, one.cited_parties)
            for person in parties.select("name", "birth_date").rows()
        ]
        return bool(hashes_of(people, key) & self.kept_out.persons)

    def _vanished(self, basis: Mapping[str, Any], run_id: str, address_id: str) -> Change | None:
        """A record that the signal cites is not at the source any more, in a run that had that register.

        With the flag gone too, the source took back what the signal says: it is withdrawn. With the flag still there,
        the signal says too much: it is corrected, by an officer.
        """
        if self.records is None or self.last is None or self.last.run_id == run_id:
            return None
        gone = {
            record
            for record in basis["records"]
            if record.partition(":")[0] not in NUMBERED
            and record.partition(":")[0] in self.last.datasets
            and record not in self.records
        }
        if not gone:
            return None
        if address_id in self.last.flagged or not set(basis["indicators"]) <= self.last.codes:
            return Change(LostGround.GONE_RECORD, CORRECT, NoticeReason.GEGEVENS_ONJUIST, is_certain=False)
        return Change(LostGround.GONE_RECORD, WITHDRAW, NoticeReason.BRON_INGETROKKEN, is_certain=True)

    def _judged_later(self, basis: Mapping[str, Any], address_id: str, since: date) -> Change | None:
        """The address was judged otherwise in a later case that rests on one of the same rules: the last one counts."""
        reasons = [
            reason
            for day, indicator, reason in self.later.get(address_id, ())
            if day >= since and indicator in basis["indicators"]
        ]
        if not reasons:
            return None
        return Change(LostGround.JUDGED_OTHERWISE, WITHDRAW, reasons[-1], is_certain=False)

    def _said_otherwise(
        self, basis: Mapping[str, Any], told: Signal | None, run_id: str, address_id: str
    ) -> Change | None:
        """The last run says something else of the same records, address or people: it is corrected, by an officer."""
        if told is None or not self._is_otherwise(basis, told, run_id, address_id):
            return None
        return Change(LostGround.CHANGED_SOURCE, CORRECT, NoticeReason.GEGEVENS_ONJUIST, is_certain=False)

    def _is_otherwise(self, basis: Mapping[str, Any], told: Any, run_id: str, address_id: str) -> bool:
        if self.last is None or self.last.run_id == run_id or address_id not in self.now:
            return False
        now = self.now[address_id]
        return differs_from_source(told, basis, now, datasets=self.last.datasets, records=self.records)


def told_records(basis: Mapping[str, Any]) -> frozenset[str]:
    """Records that a signal rests on or tells of."""
    return frozenset({*basis.get("records", ()), *basis.get("facts", ())})


def _last_run(store: Store, addresses: Collection[str]) -> _LastRun | None:
    """The last run: whom it flags, which registers it had, and which rules ran. A stopped rule takes nothing back."""
    last = store.last_published()
    if last is None:
        return None
    told = store.summary(last.run_id)
    absent = {str(one["dataset"]) for one in told.get("unavailable", [])}  # type: ignore[attr-defined]
    inputs = {str(one["dataset"]) for one in told.get("inputs", [])}  # type: ignore[attr-defined]
    indicators = told.get("indicators", {})
    ran = indicators.get("run", []) if isinstance(indicators, dict) else []
    return _LastRun(
        run_id=last.run_id,
        flagged=_flagged(store, last.run_id, addresses),
        datasets=frozenset(inputs - absent),
        codes=frozenset(one["code"] if isinstance(one, dict) else str(one) for one in ran),
    )


def _flagged(store: Store, run_id: str, addresses: Collection[str]) -> frozenset[str]:
    """Which of these addresses a run flags: never all of its flags, of which there may be a million."""
    query = sa.select(flag.c.address_id).where(flag.c.run_id == run_id, flag.c.address_id.in_(set(addresses)))
    with guarded("reading which addresses are flagged"), store.engine.connect() as connection:
        return frozenset(connection.scalars(query))


def _judged_otherwise(
    store: Store, addresses: Collection[str]
) -> dict[str, tuple[tuple[date, str, NoticeReason], ...]]:
    """Address -> (day, indicator, reason) of flagged cases there in which no deviation was confirmed, oldest first."""
    query = (
        sa.select(review_case.c.address_id, review_case.c.outcome, review_case.c.concluded_on, case_fact.c.indicator)
        .join(case_fact, case_fact.c.case_id == review_case.c.case_id)
        .where(
            review_case.c.state == CaseState.CLOSED,
            review_case.c.arm == FLAGGED,
            review_case.c.outcome.in_([str(one) for one in _LATER]),
            review_case.c.address_id.in_(set(addresses)),
        )
        .order_by(review_case.c.concluded_on, review_case.c.case_id)
    )
    found: dict[str, tuple[tuple[date, str, NoticeReason], ...]] = {}
    with guarded("reading later judgements"), store.engine.connect() as connection:
        for row in connection.execute(query):
            one = (row.concluded_on, row.indicator, _LATER[ReviewOutcome(row.outcome)])
            found[row.address_id] = (*found.get(row.address_id, ()), one)
    return found
