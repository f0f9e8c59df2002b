"""What people add to the figures of a year: the lead's estimate of hours, and the signatures under exact acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from screening.base.errors import StoreError
from screening.base.vocabulary import Role
from screening.casework.case_errors import ConflictError, NotAllowedError, or_conflict
from screening.casework.figures.published_yield import PublishedYield, acts_digest, publish_yield
from screening.casework.figures.yearly_yield import CountedYears
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.yields import EXACT, HOURS, yield_decided
from screening.store.store import Store

#: Who signs that acts are told exactly: one of each, two people.
SIGNERS = (Role.LEAD, Role.AUDITOR)
#: More hours than a department has in a year are a typing error.
MOST_HOURS = 100_000


@dataclass(frozen=True)
class YieldDecisions:
    """What was decided of a year. `hours`: the last estimate. `signed`: as whom the digest was signed, and by whom."""

    hours: int | None
    signed: dict[Role, str]

    @property
    def is_signed(self) -> bool:
        """Whether lead and auditor signed."""
        return set(self.signed) == set(SIGNERS)


def yield_decisions(store: Store, year: int, digest: str | None) -> YieldDecisions:
    """Read what was decided of a year, and who signed under this digest."""
    query = yield_decided.select().where(yield_decided.c.year == year).order_by(yield_decided.c.id)
    with guarded("reading decisions about figures"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
    hours = [row.hours for row in rows if row.kind == HOURS]
    signed = {Role(row.role): row.account for row in rows if row.kind == EXACT and row.digest == digest}
    return YieldDecisions(hours[-1] if hours else None, signed)


@dataclass(frozen=True)
class YearAsTold:
    """The figures of a year as they are told now. `to_sign`: the exact acts of a year that is over, for who signs."""

    report: PublishedYield
    decisions: YieldDecisions
    to_sign: Mapping[str, int]


def year_as_told(store: Store, counted: CountedYears, year: int) -> YearAsTold:
    """The figures of a year as they are told now, and what was decided of them."""
    gathered = counted.yield_of(year)
    decisions = yield_decisions(store, year, acts_digest(gathered))
    report = publish_yield(gathered, is_signed=decisions.is_signed, hours=decisions.hours)
    return YearAsTold(report, decisions, gathered.acts if gathered.is_whole else {})


def record_hours(store: Store, viewer: Viewer, year: int, hours: int, *, now: datetime) -> None:
    """Record how many hours a year took, as the lead estimates it. NotAllowedError for anybody else."""
    if Role.LEAD not in viewer.roles:
        raise NotAllowedError("The lead estimates the hours.")
    if not 0 <= hours <= MOST_HOURS:
        raise StoreError(f"Hours are a whole number from 0 to {MOST_HOURS}.")
    _record(store, {"year": year, "kind": HOURS, "role": str(Role.LEAD), "hours": hours}, viewer, now)


def sign_acts(store: Store, viewer: Viewer, year: int, digest: str, *, now: datetime) -> None:
    """Sign that the acts of this digest are told exactly, as lead or as auditor, whichever did not sign yet.

    Raises:
        NotAllowedError: the viewer is neither.
        ConflictError: the numbers are others, the year goes on, or the viewer or their role signed before.

    """
    gathered = CountedYears(store, now=now).yield_of(year)
    if digest != acts_digest(gathered):
        raise ConflictError("The numbers are not those that the page showed, or the year is not over.")
    signed = yield_decisions(store, year, digest).signed
    roles = [role for role in SIGNERS if role in viewer.roles]
    if not roles:
        raise NotAllowedError("Lead and auditor sign figures.")
    open_roles = [role for role in roles if role not in signed]
    if not open_roles:
        raise ConflictError("Somebody with your role signed these numbers before.")
    _record(store, {"year": year, "kind": EXACT, "role": str(open_roles[0]), "digest": digest}, viewer, now)


def _record(store: Store, values: dict[str, object], viewer: Viewer, now: datetime) -> None:
    with (
        guarded("recording a decision about figures"),
        or_conflict("You signed these numbers before."),
        writing(store.engine) as connection,
    ):
        connection.execute(yield_decided.insert().values(**values, account=viewer.account, at=now))
