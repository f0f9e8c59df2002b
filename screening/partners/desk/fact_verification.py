"""Validate who is recorded as having verified a fact.

The person who prepares a signal may record their own verification. That of a judge of the case is valid when the store
knows that this judge opened the evidence, no later than on the recorded day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.casework.cases.history import ConfirmedCase
from screening.casework.cases.readings import HIT
from screening.partners.desk.content import Check
from screening.partners.desk.signal_source import SignalSource, collect_signal_source, numbered_datasets
from screening.store.engine import guarded
from screening.store.schema.cases import case_opened
from screening.store.schema.runs import evidence
from screening.store.store import Store

#: (account, record id) -> the day.
Opened = Mapping[tuple[str, str], date]


def opened_by_judges(store: Store, case: ConfirmedCase, material: SignalSource) -> Opened:
    """Find when each judge of a case first opened a hit that cites a record, in the run of the material.

    Other runs do not count: there the same record can say something that the judge never saw.
    """
    run_id = material.dossier.run.run_id
    cited = sa.select(evidence.c.position, evidence.c.record_ids).where(
        evidence.c.run_id == run_id, evidence.c.address_id == case.address_id
    )
    openings = (
        sa.select(case_opened.c.account, case_opened.c.item, case_opened.c.at)
        .where(
            case_opened.c.case_id == case.case_id,
            case_opened.c.run_id == run_id,
            case_opened.c.account.in_((case.first_by, case.second_by)),
        )
        .order_by(case_opened.c.at)
    )
    opened: dict[tuple[str, str], date] = {}
    with guarded("reading who opened the evidence"), store.engine.connect() as connection:
        records = {f"{HIT}{row.position}": row.record_ids for row in connection.execute(cited)}
        for row in connection.execute(openings):
            for record_id in records.get(row.item, ()):
                opened.setdefault((row.account, record_id), day_of(row.at))
    return opened


def changed_since_judged(store: Store, case: ConfirmedCase, material: SignalSource) -> Mapping[str, date]:
    """Map the records that changed since the judged run to the day of the run of the material."""
    run = material.dossier.run
    if run.run_id == case.run_id:
        return {}
    judged = store.dossier(case.run_id, case.address_id)
    was = () if judged is None else collect_signal_source(judged, confirmed_links=frozenset()).facts
    numbered = numbered_datasets()
    judged_facts = {(fact.dataset if fact.dataset in numbered else fact.record_id, fact.text) for fact in was}
    return {
        fact.record_id: run.as_of
        for fact in material.facts
        if (fact.dataset if fact.dataset in numbered else fact.record_id, fact.text) not in judged_facts
    }


def is_verification_valid(
    check: Check, record_id: str, opened: Opened, *, by: str, day: date, changed: Mapping[str, date] | None = None
) -> bool:
    """Whether a signal that `by` prepares on this day may state that a fact was verified.

    `changed`: see `changed_since_judged`. A changed record cannot have been verified before it changed.
    """
    own = (changed or {}).get(record_id, check.on)
    since = own if check.account == by else opened.get((check.account, record_id))
    return since is not None and since <= check.on <= day
