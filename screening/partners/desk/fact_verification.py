"""Who verified a fact. Whoever prepares a signal answers for what they verified themself, and for nobody else.

That one of the two who judged the case verified it counts where the store saw them open this very piece of evidence, no
later than on the day that is stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from screening.casework.cases.history import ConfirmedCase
from screening.casework.cases.readings import HIT
from screening.civil_time import day_of
from screening.partners.desk.content import Check
from screening.partners.desk.signal_source import NUMBERED, SignalSource, collect_signal_source
from screening.store.engine import guarded
from screening.store.schema.cases import case_opened
from screening.store.schema.runs import evidence
from screening.store.store import Store

#: (account, record id) -> the day.
Opened = Mapping[tuple[str, str], date]


def opened_by_judges(store: Store, case: ConfirmedCase, material: SignalSource) -> Opened:
    """When each of the two who judged a case first opened a hit that cites a record: in the run of the material alone.

    In a later run the same record can say something else, which they never saw.
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
    found: dict[tuple[str, str], date] = {}
    with guarded("reading who opened the evidence"), store.engine.connect() as connection:
        records = {f"{HIT}{row.position}": row.record_ids for row in connection.execute(cited)}
        for row in connection.execute(openings):
            for record_id in records.get(row.item, ()):
                found.setdefault((row.account, record_id), day_of(row.at))
    return found


def changed_since_judged(store: Store, case: ConfirmedCase, material: SignalSource) -> Mapping[str, date]:
    """Record id -> the day of the run of the material, of facts that the run that was judged did not say so."""
    run = material.dossier.run
    if run.run_id == case.run_id:
        return {}
    judged = store.dossier(case.run_id, case.address_id)
    was = () if judged is None else collect_signal_source(judged, confirmed_links=frozenset()).facts
    said = {(one.dataset if one.dataset in NUMBERED else one.record_id, one.text) for one in was}
    return {
        one.record_id: run.as_of
        for one in material.facts
        if (one.dataset if one.dataset in NUMBERED else one.record_id, one.text) not in said
    }


def is_verification_valid(
    check: Check, record_id: str, opened: Opened, *, by: str, day: date, changed: Mapping[str, date] | None = None
) -> bool:
    """Whether a check may stand in a signal that `by` prepares on this day.

    `changed`: as `changed_since_judged` tells. What a register says anew was not verified before it said so.
    """
    own = (changed or {}).get(record_id, check.on)
    since = own if check.account == by else opened.get((check.account, record_id))
    return since is not None and since <= check.on <= day
