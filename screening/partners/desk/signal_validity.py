"""Whether a signal still holds after people confirmed it: one that left, and one that waits.

It does not when people rejected a link, a record vanished or changed at the source, the address was judged otherwise,
or a request was upheld. A signal that left is then called back or corrected (`corrections`); one that waits does not
leave (`signals`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from screening.base.vocabulary import CaseState, NoticeReason, ReviewOutcome
from screening.casework.data_subject_requests import ExcludedSubjects, load_excluded_subjects, upheld_records
from screening.casework.links.judgements import NEGATIVE, judgements
from screening.casework.person_hashes import person_hashes
from screening.partners.desk.signal_source import SignalSource, numbered_datasets
from screening.partners.desk.source_changes import (
    CurrentRecords,
    differs_from_source,
    load_current_records,
    whole_basis,
    whole_statement,
)
from screening.partners.signal.refuse import LostGround
from screening.partners.signal.signal import Signal
from screening.store.engine import guarded
from screening.store.runs.nights import PublishedNight, last_two_nights
from screening.store.schema.cases import case_fact, review_case
from screening.store.schema.runs import FLAGGED, flag
from screening.store.store import Store

WITHDRAW, CORRECT = "withdrawal", "correction"

#: Registers that place a signal and name who is there, whatever its facts cite.
_ALWAYS = frozenset({"bag_adressen", "handelsregister"})

#: The outcome of a later case about the same address and rule -> why a signal that left is withdrawn.
_LATER = {
    ReviewOutcome.ONJUISTE_KOPPELING: NoticeReason.ONJUISTE_KOPPELING,
    ReviewOutcome.DATA_FOUT: NoticeReason.GEGEVENS_ONJUIST,
    ReviewOutcome.VERKLAARD: NoticeReason.VERKLAARD,
}


@dataclass(frozen=True)
class Change:
    """Why a signal does not hold any more. `kind`: withdrawal or correction, of one that left.

    `is_certain`: it needs no judgement: a link was rejected, or two nights agree that the source dropped the record and
    that the flag is gone. `is_held`: only the last night says so, or a night on a doubted delivery: nothing is sent
    because of it until another night, or a person, agrees ("in controle").
    """

    lost: LostGround
    kind: str
    reason: NoticeReason
    is_certain: bool
    is_held: bool = False


@dataclass(frozen=True)
class _SourceNight:
    """What one night says of these signals. `flagged`: the flagged ones of their addresses; `records`: see `read`.

    `now`: the records of each address with a signal of an earlier run.
    """

    night: PublishedNight
    flagged: frozenset[str]
    records: Collection[str] | None
    now: Mapping[str, CurrentRecords]

    @classmethod
    def read(
        cls, store: Store, night: PublishedNight, about: Collection[tuple[str, str]], records: Collection[str] | None
    ) -> _SourceNight:
        addresses, run_id = {address_id for address_id, _ in about}, night.run.run_id
        # a signal of this run cannot differ from it: of a large batch that is most
        older = {address_id for address_id, of_run in about if of_run != run_id}
        return cls(
            night=night,
            flagged=_flagged(store, run_id, addresses),
            records=records,
            now=load_current_records(store, run_id, older) if older else {},
        )

    def change(
        self, basis: Mapping[str, Any], content: Signal | None, *, run_id: str, address_id: str
    ) -> Change | None:
        """What this night has otherwise than the signal, which is of another run; None where it agrees."""
        if self.night.run.run_id == run_id:
            return None
        change = self._vanished(basis, address_id)
        if change is None and content is not None and self.is_otherwise(basis, content, run_id, address_id):
            change = Change(LostGround.CHANGED_SOURCE, CORRECT, NoticeReason.GEGEVENS_ONJUIST, is_certain=False)
        return change

    def is_doubted(self, basis: Mapping[str, Any]) -> bool:
        """Whether a register was not good that the signal rests on, or that places it and names who is there."""
        registers = {record.partition(":")[0] for record in records_of_basis(basis)} | _ALWAYS
        return bool(registers & self.night.doubted or set(basis["indicators"]) & self.night.unseen)

    def is_otherwise(
        self, basis: Mapping[str, object], content: Signal | SimpleNamespace, run_id: str, address_id: str
    ) -> bool:
        """Whether it states another content than the signal."""
        if self.night.run.run_id == run_id or address_id not in self.now:
            return False
        return differs_from_source(content, basis, self.now[address_id], datasets=self.night.good, records=self.records)

    def _vanished(self, basis: Mapping[str, Any], address_id: str) -> Change | None:
        """Find cited records that are gone from their register, where it was good.

        Without a flag the signal is withdrawn: the source took it back. With a flag an officer corrects it.
        """
        if self.records is None:
            return None
        gone = {
            record
            for record in basis["records"]
            if record.partition(":")[0] not in numbered_datasets()
            and record.partition(":")[0] in self.night.good
            and record not in self.records
        }
        if not gone:
            return None
        if address_id in self.flagged or not set(basis["indicators"]) <= self.night.ran:
            return Change(LostGround.GONE_RECORD, CORRECT, NoticeReason.GEGEVENS_ONJUIST, is_certain=False)
        return Change(LostGround.GONE_RECORD, WITHDRAW, NoticeReason.BRON_INGETROKKEN, is_certain=True)


@dataclass(frozen=True)
class SignalValidity:
    """The current facts of the store, loaded once for several signals.

    `nights`: the last one, and the one before. `dates`: of every published run, by its id. `later`: what was judged, by
    address and by whether a sensitive signal asks: of a sensitive case nothing shows at another.
    """

    store: Store
    parted: frozenset[tuple[str, str]]
    nights: tuple[_SourceNight, ...]
    dates: Mapping[str, date]
    later: Mapping[tuple[str, bool], list[tuple[date, str, NoticeReason]]]
    kept_out: ExcludedSubjects
    disputed: frozenset[str]

    @classmethod
    def read(
        cls,
        store: Store,
        about: Collection[tuple[str, str]],
        *,
        records: Collection[str] | None = None,
        records_before: Collection[str] | None = None,
    ) -> SignalValidity:
        """Load everything that can make these signals invalid.

        Args:
            store: The store.
            about: A signal each: (address id, id of the run that it is made of).
            records: "dataset:key" of every record of the last published run; None where that is not known: then
                records that vanished go unnoticed.
            records_before: The same of the night before; None: then no record has vanished in two nights.

        Raises:
            StoreError: the database failed.
        """
        rows = judgements(store).select("left_fingerprint", "right_fingerprint", "judgement").rows()
        addresses = {address_id for address_id, _ in about}
        return cls(
            store=store,
            parted=frozenset((left, right) for left, right, judgement in rows if judgement == NEGATIVE),
            nights=tuple(
                _SourceNight.read(store, night, about, of_night)
                for night, of_night in zip(last_two_nights(store), (records, records_before), strict=False)
            ),
            dates={run.run_id: run.as_of for run in store.runs()},
            later=_judged_otherwise(store, addresses),
            kept_out=load_excluded_subjects(store),
            disputed=upheld_records(store),
        )

    def change(
        self,
        basis: Mapping[str, Any],
        content: Signal | None,
        *,
        run_id: str,
        address_id: str,
        since: date,
        sensitive: bool,
    ) -> Change | None:
        """Find the weightiest reason why a signal does not hold any more; None when it holds.

        `since`: the day from which judgements count. `content`: None when it is erased: then it is not compared with
        the last run. `sensitive`: whether the signal is.
        """
        if any(tuple(pair) in self.parted for pair in basis["links"]):
            return Change(LostGround.PARTED_LINK, WITHDRAW, NoticeReason.ONJUISTE_KOPPELING, is_certain=True)
        of_source = self._source_change(basis, content, run_id, address_id)
        judged = self._judged_later(basis, self.later.get((address_id, sensitive), ()), since)
        if judged is None or (of_source and of_source.lost == LostGround.GONE_RECORD and not of_source.is_held):
            return of_source
        return judged

    def has_moved_on(self, material: SignalSource, address_id: str) -> bool:
        """Whether the last run differs from anything that a signal of this material can state."""
        about = (whole_basis(material), whole_statement(material), material.dossier.run.run_id, address_id)
        return any(night.is_otherwise(*about) for night in self.nights[:1])

    def is_under_request(
        self, basis: Mapping[str, object], *, run_ids: Collection[str], address_id: str, key: bytes
    ) -> bool:
        """Whether a request was upheld about the address, a record of the signal or a person of its dossiers.

        `key`: under which people who asked are hidden (`screening.casework.person_hashes.subject_key`).
        """
        if address_id in self.kept_out.addresses or self.disputed & records_of_basis(basis):
            return True
        if not self.kept_out.persons:
            return False
        dossiers = [self.store.dossier(run_id, address_id) for run_id in sorted(set(run_ids))]
        people = [
            person
            for dossier in dossiers
            if dossier is not None
            for parties in (dossier.parties, dossier.cited_parties)
            for person in parties.select("name", "birth_date").rows()
        ]
        return bool(person_hashes(people, key) & self.kept_out.persons)

    def _source_change(
        self, basis: Mapping[str, Any], content: Signal | None, run_id: str, address_id: str
    ) -> Change | None:
        """What the last night has otherwise; held unless the night before agrees, on good deliveries.

        At once where a request about a record of it was upheld: then a person decided that the record is wrong.
        """
        changes = [night.change(basis, content, run_id=run_id, address_id=address_id) for night in self.nights]
        last = changes[0] if changes else None
        if last is None:
            return None
        agrees = len(changes) > 1 and all(change is not None and change.kind == last.kind for change in changes)
        # a night before that of the signal says nothing of what came after it
        agrees = agrees and self.dates.get(run_id, date.min) < self.nights[1].night.run.as_of
        is_good = not any(night.is_doubted(basis) for night in self.nights)
        if (agrees and is_good) or self.disputed & records_of_basis(basis):
            return last
        return replace(last, is_certain=False, is_held=True)

    @staticmethod
    def _judged_later(
        basis: Mapping[str, Any], later: Iterable[tuple[date, str, NoticeReason]], since: date
    ) -> Change | None:
        """Find the last case since then in which one of the same rules was judged otherwise."""
        reasons = [reason for day, rule, reason in later if day >= since and rule in basis["indicators"]]
        if not reasons:
            return None
        return Change(LostGround.JUDGED_OTHERWISE, WITHDRAW, reasons[-1], is_certain=False)


def records_of_basis(basis: Mapping[str, Any]) -> frozenset[str]:
    """Return the records that are the evidence of a signal or that it states as facts."""
    return frozenset({*basis.get("records", ()), *basis.get("facts", ())})


def _flagged(store: Store, run_id: str, addresses: Collection[str]) -> frozenset[str]:
    """Select the flagged ones of these addresses, never all flags of the run: there may be a million."""
    query = sa.select(flag.c.address_id).where(flag.c.run_id == run_id, flag.c.address_id.in_(set(addresses)))
    with guarded("reading which addresses are flagged"), store.engine.connect() as connection:
        return frozenset(connection.scalars(query))


def _judged_otherwise(
    store: Store, addresses: Collection[str]
) -> dict[tuple[str, bool], list[tuple[date, str, NoticeReason]]]:
    """Find (day, indicator, reason) of flagged cases without a confirmed deviation, oldest first.

    By address, and by who asks: a sensitive signal gets those of all its cases, another those of the cases that are not
    sensitive.
    """
    case = review_case.c
    query = (
        sa.select(case.address_id, case.sensitive, case.outcome, case.concluded_on, case_fact.c.indicator)
        .join(case_fact, case_fact.c.case_id == review_case.c.case_id)
        .where(
            review_case.c.state == CaseState.CLOSED,
            review_case.c.arm == FLAGGED,
            review_case.c.outcome.in_([str(outcome) for outcome in _LATER]),
            review_case.c.address_id.in_(set(addresses)),
        )
        .order_by(review_case.c.concluded_on, review_case.c.case_id)
    )
    judged: dict[tuple[str, bool], list[tuple[date, str, NoticeReason]]] = defaultdict(list)
    with guarded("reading later judgements"), store.engine.connect() as connection:
        for row in connection.execute(query):
            for sensitive in {True, row.sensitive}:
                reason = _LATER[ReviewOutcome(row.outcome)]
                judged[row.address_id, sensitive].append((row.concluded_on, row.indicator, reason))
    return judged
