"""A case: an address to review, opened for a flag or drawn at random; nothing here says which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.base.vocabulary import CaseState, Purpose, ReviewOutcome
from screening.casework.cases.independence import is_free_to_read, is_with_others
from screening.casework.cases.surroundings import network_of, surroundings
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import is_undecided, review_case
from screening.store.store import Dossier, PublishedRun, Store
from screening.store.workspace import Workspace


@dataclass(frozen=True)
class Case:
    """A case as an officer may know it before any reading, without whether rules flagged it or it was drawn.

    `case_id` is random. `run_id`: the run whose dossier it shows. `expires_on`: the last day on which it can be
    handled. `locked_by`, `locked_until`: who has it open now; both are None once the lock has ended. `version`: a
    decision must repeat it. `purpose`: the purpose for which the assignee works on it. `sensitive` decides who sees the
    case; do not show it: the case may be sensitive because of a rule that the officer may not know yet.
    """

    case_id: str
    address_id: str
    address: str
    sensitive: bool
    run_id: str
    opened_on: date
    due_on: date
    expires_on: date
    state: CaseState
    round: int
    outcome: ReviewOutcome | None
    concluded_on: date | None
    assignee: str | None
    purpose: Purpose | None
    locked_by: str | None
    locked_until: datetime | None
    version: int


@dataclass(frozen=True)
class CaseMaterial:
    """The material that an officer reads before any rule is shown, in one form for flagged and drawn addresses.

    `records`: the records at the address, as in Dossier. `parties`: DOSSIER_PARTIES of them. `links`: LINKS between two
    of these parties. `sources`: SOURCE_AGES of the run.

    `network`: NETWORK without `address_id`, by `place`: one row a record (`dataset`, `key`) at another licensed or
    registered business address (`place_id`, `place`, its point `rd_x`, `rd_y` in metres RD, which can be absent), and
    a party of this dossier that leads to it (`mention`, as in `parties`). `step` 1: the party itself has a `role` there
    (from `role_starts` until `role_ends`); 2: it holds the office `via_role` (`via_starts`, `via_ends`) in the company
    `via_name` (`via_key`: its KVK number), which has the `role` there. `kind`: of a licence its `zaaktype`, empty of an
    establishment. `name`: of the business. `starts`, `ends`: of the licence or the establishment. Dates are texts as
    precise as the register has them ("2026-05"), empty where there is none. `left_out`: how many addresses more this
    party leads to that are not listed; `all_left_out`: all parties together, at least. The same rule for flagged and
    drawn (docs/decisions/0049).

    `surroundings`: SURROUNDINGS, the map: `is_own` the address itself, the others are the objects of the BAG around it,
    nearest first, those on one point as one. `place`: "Reigerlaan 77"; `house_number`: "77" or "77-A – 77-F"; `uses`, a
    list, and `status` in words of the BAG; `rd_x`, `rd_y`: metres RD; `outline`: list of (x, y), empty where the BAG
    of the town came without.
    """

    run: PublishedRun
    records: list[dict[str, object]]
    parties: pl.DataFrame
    links: pl.DataFrame
    sources: pl.DataFrame
    network: pl.DataFrame
    surroundings: pl.DataFrame


CASE_COLUMNS = tuple(review_case.c[name] for name in Case.__dataclass_fields__)


def as_case(row: sa.Row[Any], now: datetime) -> Case:
    """A row with CASE_COLUMNS as a Case; a lock that is over is left out."""
    values = {name: row._mapping[name] for name in Case.__dataclass_fields__}
    if values["locked_until"] is not None and values["locked_until"] <= now:
        values["locked_by"] = values["locked_until"] = None
    values["state"] = CaseState(values["state"])
    values["outcome"] = values["outcome"] and ReviewOutcome(values["outcome"])
    values["purpose"] = values["purpose"] and Purpose(values["purpose"])
    return Case(**values)


def visible_to(viewer: Viewer, day: date) -> sa.ColumnElement[bool]:
    """The condition on review_case under which a viewer may see it: undecided and not past its term, or closed.

    An undecided one is not for somebody who came along on a first look there and did not read it.
    """
    is_there = sa.or_(sa.and_(is_undecided(day), is_free_to_read(viewer)), review_case.c.state == CaseState.CLOSED)
    return sa.and_(is_there, allowed_by_roles(viewer))


def allowed_by_roles(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on review_case that comes of the viewer's roles alone."""
    if not viewer.may_see_cases:
        return sa.false()
    return viewer.may_see(review_case.c.sensitive)


def get_case(store: Store, viewer: Viewer, case_id: str, *, now: datetime) -> Case | None:
    """The case, or None: alike for one that is not there, is over undecided, or is not this viewer's to see."""
    query = sa.select(*CASE_COLUMNS).where(review_case.c.case_id == case_id, visible_to(viewer, day_of(now)))
    with guarded("reading a case"), store.engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else as_case(row, now)


def is_with_colleague(store: Store, viewer: Viewer, case: Case) -> bool:
    """Whether a case that the viewer may see is not theirs to open now (`is_with_others`)."""
    query = sa.select(sa.exists().where(review_case.c.case_id == case.case_id, is_with_others(viewer)))
    with guarded("reading a case"), store.engine.connect() as connection:
        return bool(connection.scalar(query))


def case_dossier(store: Store, case: Case) -> Dossier:
    """Return the dossier that a case shows, hits included. StoreError when its run was deleted from the store."""
    dossier = store.dossier(case.run_id, case.address_id)
    if dossier is None:
        raise StoreError("The run of this case is not in the store any more: its dossier cannot be shown.")
    return dossier


def material(
    store: Store, case: Case, workspace: Workspace | None = None, *, dossier: Dossier | None = None
) -> CaseMaterial:
    """Return the part of the case's dossier for the own reading. StoreError when its run was deleted from the store.

    `workspace`: where the map of the town is; without it the map has no neighbours. `dossier`: where it was read.
    """
    dossier = dossier or case_dossier(store, case)
    mentions = dossier.parties["mention"].implode()
    return CaseMaterial(
        run=dossier.run,
        records=dossier.records,
        parties=dossier.parties,
        # A link that a hit cites and that leads elsewhere would tell that there is a hit.
        links=dossier.links.filter(pl.col("left").is_in(mentions) & pl.col("right").is_in(mentions)),
        sources=dossier.sources,
        network=network_of(store, case.run_id, case.address_id),
        surroundings=surroundings(store, workspace, case.address_id, dossier.records),
    )
