"""The cases that a signal can be made of, and what it can hold."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.casework.cases.history import ConfirmedCase, confirmed_cases
from screening.casework.cases.independence import outcomes_to_hide
from screening.casework.cases.sensitive import became_sensitive
from screening.casework.cases.snoozes import known_hits
from screening.casework.viewer import CASE_ROLES, Viewer
from screening.partners.desk.content import confirmed_links
from screening.partners.desk.signal_source import SignalSource, collect_signal_source
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.desk.signal_versions import may_see_signal, signal_of
from screening.store.engine import guarded
from screening.store.schema.partners import riec_signal
from screening.store.schema.runs import FLAGGED
from screening.store.store import Dossier, Store


def cases_to_prepare(store: Store, viewer: Viewer) -> list[ConfirmedCase]:
    """List the confirmed cases of flagged addresses for which no signal was prepared yet, oldest first."""
    if not viewer.roles & CASE_ROLES:
        return []
    with guarded("reading the signals"), store.engine.connect() as connection:
        done = set(connection.scalars(sa.select(riec_signal.c.case_id)))
    cases = [
        case
        for case in confirmed_cases(store)
        if case.case_id not in done and case.arm == FLAGGED and may_see_signal(viewer, case.sensitive)
    ]
    hidden = outcomes_to_hide(store, viewer, {case.case_id for case in cases})
    return [case for case in cases if case.case_id not in hidden]


def confirmed_case(store: Store, viewer: Viewer, case_id: str) -> ConfirmedCase | None:
    """Read a confirmed case; None where it is absent, not confirmed, drawn at random or not visible to this viewer.

    It is not either where its outcome is still to be hidden from the viewer, but for who works on its signal.
    """
    case = next(iter(confirmed_cases(store, case_id)), None)
    if case is None or case.arm != FLAGGED or not may_see_signal(viewer, case.sensitive):
        return None
    is_hidden = outcomes_to_hide(store, viewer, [case_id]) and signal_of(store, viewer, case_id) is None
    return None if is_hidden else case


def signal_source_of_case(store: Store, viewer: Viewer, case_id: str) -> SignalSource | None:
    """Collect what a signal of this case can be made of.

    Returns:
        The contents of the run that the officers judged. Once the signal has left, or when a source has changed since:
        those of the last run, as far as it flags the address by a rule that they judged. None where `confirmed_case`
        gives None and for a viewer who does not prepare signals.

    Raises:
        StoreError: the run is not in the store any more.
    """
    case = confirmed_case(store, viewer, case_id)
    if case is None or not viewer.roles & CASE_ROLES:
        return None
    earlier = signal_of(store, viewer, case_id)
    dossier, links = store.dossier(case.run_id, case.address_id), confirmed_links(store)
    if dossier is None or dossier.flag is None:
        raise StoreError("The run that this case was judged on is not in the store any more: no signal can be made.")
    material, newer = collect_signal_source(dossier, confirmed_links=links), _still_flagged(store, case)
    if newer is None:
        return material
    has_left = earlier is not None and bool(earlier.batches)
    about = case.address_id, case.run_id
    if has_left or SignalValidity.read(store, [about]).has_moved_on(material, case.address_id):
        return collect_signal_source(newer, confirmed_links=links)
    return material


def _still_flagged(store: Store, case: ConfirmedCase) -> Dossier | None:
    """Read the dossier of the last run, with the hits that the officers judged and no others.

    A hit of the same rule on a record that they did not know is for a case of its own, as it is in the queue.

    Returns:
        None when no judged hit is left, and when the address became sensitive since: those who judged this case were
        perhaps not allowed to see that.
    """
    last = store.last_published()
    newer = None if last is None else store.dossier(last.run_id, case.address_id)
    if last is None or newer is None or newer.flag is None:
        return None
    judged = known_hits(store, last.run_id, {case.case_id: case.address_id})[case.case_id]
    hits = newer.evidence.select("indicator", "record_ids").iter_rows()
    same = newer.evidence.filter(pl.Series([(code, tuple(ids)) in judged for code, ids in hits], dtype=pl.Boolean))
    if same.is_empty() or (became_sensitive(store, newer.run.run_id, case.address_id) and not case.sensitive):
        return None
    return replace(newer, evidence=same)
