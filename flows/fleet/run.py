"""A night of every municipality of a fleet: one that fails stops no other, and all are told together."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from flows.configuration import load_configuration
from flows.fleet.fleet_digest import fleet_digest
from flows.fleet.fleet_file import FleetTables, MemberTable
from flows.fleet.pool import FleetNight, NightPool
from flows.night.guard import stripped
from flows.notify.channels import channels_of, send
from flows.notify.night import send_waiting, tell_of_dead_nights
from flows.notify.outbox import DigestOutbox
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.vocabulary import ExitCode
from screening.report.fleet import render_fleet
from screening.store import Workspace
from screening.store.files import make_directory, sync_directory, write_file
from screening.store.night_history import night_history
from screening.store.night_reports import NightReport, night_reports

#: Runs the night of each municipality, and gives what became of them in the order of the file.
RunAll = Callable[[NightPool, Sequence[MemberTable], date | None], Iterable[FleetNight]]


@dataclass(frozen=True)
class MemberState:
    """How one municipality stands. `last`: its last night; `last_good`: its last good one; `bad`: nights since."""

    name: str
    code: str
    last: NightReport | None
    last_good: NightReport | None
    bad: int
    review_address: str | None


@dataclass(frozen=True)
class FleetOutcome:
    """What became of a night of a fleet. `overview`: its page; `problems`: what could not be told or written."""

    nights: Sequence[FleetNight]
    overview: Path
    problems: Sequence[str]

    @property
    def exit_code(self) -> int:
        """0 where every night was good, else 4."""
        return ExitCode.OK if all(night.report.is_good for night in self.nights) else ExitCode.STALE_OR_MISSING


def run_in_threads(pool: NightPool, members: Sequence[MemberTable], as_of: date | None) -> list[FleetNight]:
    """Run each night in a process of the pool."""
    with ThreadPoolExecutor(len(members)) as threads:
        return list(threads.map(lambda member: pool.night(member, as_of), members))


def run_fleet(tables: FleetTables, *, as_of: date | None = None, run_all: RunAll = run_in_threads) -> FleetOutcome:
    """Run a night of every municipality, write the overview and tell who operates them.

    Args:
        tables: The fleet.
        as_of: The date as of which is screened, instead of each configured one.
        run_all: Runs the nights: in threads, as tasks of Prefect, or on a cluster.

    Raises:
        ConfigurationError: two municipalities share a workspace.
        DiskError: the overview cannot be written.
    """
    members = tables.municipality
    _require_own_workspaces(members)
    with NightPool(min(tables.fleet.at_once, len(members)), tables.fleet.most_minutes) as pool:
        nights = list(run_all(pool, members, as_of))
    overview = write_overview(tables)
    return FleetOutcome(nights, overview, _tell(tables, nights))


def member_states(tables: FleetTables) -> list[MemberState]:
    """How each municipality stands, by the reports in its workspace, in the order of the file."""
    return [_state(member) for member in tables.municipality]


def write_overview(tables: FleetTables) -> Path:
    """Write the page of all municipalities (counts only, 0600) and return its file."""
    rows = [
        {
            "name": state.name,
            "code": state.code,
            "kind": str(state.last.kind) if state.last else None,
            "as_of": state.last.as_of.isoformat() if state.last else None,
            "ended": state.last.ended.isoformat() if state.last else None,
            "last_good": state.last_good.as_of.isoformat() if state.last_good else None,
            "bad": state.bad,
            "doubted": [r.dataset for r in state.last.registers if r.verdict != "good"] if state.last else [],
            "flags": state.last.flags if state.last and state.last.has_published else None,
            "flags_new": state.last.flags_new if state.last else 0,
            "flags_lapsed": state.last.flags_lapsed if state.last else 0,
            "cases_waiting": state.last.cases_waiting if state.last else 0,
            "links_to_judge": state.last.links_to_judge if state.last else 0,
            "signals_waiting": state.last.signals_waiting if state.last else 0,
            "review_address": state.review_address,
        }
        for state in member_states(tables)
    ]
    folder = tables.fleet.folder
    make_directory(folder)
    page, partial = folder / "overview.html", folder / f".overview-{secrets.token_hex(4)}"
    write_file(partial, render_fleet(tables.fleet.name, rows, datetime.now(UTC)).encode())
    os.replace(partial, page)
    sync_directory(folder)
    return page


def _state(member: MemberTable) -> MemberState:
    try:
        settings = load_configuration(member.configuration)
    except BarrierError:
        return MemberState(member.configuration.parent.name, "", None, None, 0, None)
    history = night_history(night_reports(Workspace(settings.workspace, read_only=True)))
    return MemberState(
        settings.municipality.name,
        settings.municipality.code,
        history.last,
        history.last_good,
        len(history.not_good),
        settings.review.base_url,
    )


def _require_own_workspaces(members: Sequence[MemberTable]) -> None:
    folders: dict[Path, MemberTable] = {}
    for member in members:
        try:
            folder = load_configuration(member.configuration).workspace.resolve()
        except BarrierError:  # its own night says what is wrong with it
            continue
        if folder in folders:
            raise ConfigurationError(
                f"{member.configuration} and {folders[folder].configuration} name one workspace. Store, keys and "
                "review are of one municipality: give each its own [run] workspace."
            )
        folders[folder] = member


def send_waiting_messages(tables: FleetTables) -> list[str]:
    """Send what waits for the end of quiet hours or for a channel that failed: of the fleet and of each municipality.

    Returns what went wrong, a line each.
    """
    problems = _deliver(tables)
    for member in tables.municipality:
        try:
            settings = load_configuration(member.configuration)
            tell_of_dead_nights(settings)
            problems += send_waiting(settings)
        except Exception as error:  # one municipality keeps no other from being told; a library's text stays here
            problems.append(_problem(error))
    return problems


def _tell(tables: FleetTables, nights: Sequence[FleetNight]) -> list[str]:
    """Send the digest of the fleet, or keep it until the quiet hours are over; return what went wrong."""
    channels = channels_of(tables.notify)
    if not channels:
        return []
    digest = fleet_digest(tables.fleet.name, [night.report for night in nights], datetime.now(UTC))
    try:
        _outbox(tables).put(digest, channels)
    except BarrierError as error:
        return [str(error), *send(digest, channels).values()]
    return _deliver(tables)


def _deliver(tables: FleetTables) -> list[str]:
    """Send what waits for who operates the fleet, unless these are quiet hours; return what went wrong."""
    quiet = tables.notify.quiet
    if quiet and quiet.hold(datetime.now(UTC)):
        return []
    try:
        problems = _outbox(tables).deliver(channels_of(tables.notify))
    except Exception as error:  # also of a library of a channel; its text could hold an address
        return [_problem(error)]
    return [f"The digest did not arrive through {name}: {problem}." for name, problem in sorted(problems.items())]


def _outbox(tables: FleetTables) -> DigestOutbox:
    return DigestOutbox(tables.fleet.folder / "outbox")


def _problem(error: Exception) -> str:
    return str(error if isinstance(error, BarrierError) else stripped(error, "Telling of the nights"))
