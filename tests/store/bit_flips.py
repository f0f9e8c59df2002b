"""Single bits flipped in a database file, and what is served of it afterwards: the same, a refusal, or what it may not.

served = read_everything(workspace)                     # what people see of it
outcome_of(flipped(content, seed), workspace, served)   # SAME, REFUSED, or WRONG: another content or a raw error
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import product
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from screening.base.errors import BarrierError
from screening.base.vocabulary import ReviewOutcome, Role
from screening.casework.cases.case import get_case, material
from screening.casework.cases.history import case_history, confirmed_cases, judged_outcomes
from screening.casework.cases.queue import queue
from screening.casework.cases.readings import readiness, reveal
from screening.casework.cases.sync import sync_cases
from screening.casework.figures.statistics import dashboard
from screening.casework.links.judgements import judgements
from screening.casework.links.links_to_judge import get_link_pair, my_readings, next_link_pair
from screening.casework.tips.sightings import Sighting
from screening.casework.tips.tips import inbox, report_tip
from screening.casework.viewer import Viewer
from screening.casework.visits.lists import get_visit_list, visit_lists
from screening.casework.visits.planning import plan_visits
from screening.partners.desk.disclosures import disclosures
from screening.partners.desk.recipients import recipient_keys
from screening.partners.desk.signal_versions import signals
from screening.store import Store, Workspace, open_store, publish
from screening.store.engine import guarded
from screening.store.schema.base import metadata
from screening.store.sqlite_driver import Connection
from tests.casework.caseload import ANNA, BRAM, case_of, judged
from tests.casework.linked import link, rows
from tests.partners.desk.disclosed import DAY, NOW, prepared, recipient, whole_night

EVERY_ROLE = Viewer("anna", frozenset(Role))
POSTBOX = Viewer("cora", frozenset({Role.CONTACT_PERSON}))


class Outcome(StrEnum):
    """What became of a store of which a bit was flipped."""

    SAME = "same"
    REFUSED = "refused"
    WRONG = "wrong"
    RAW = "raw"


def served_town(workspace: Workspace) -> None:
    """A town at work: cases judged and not, a signal, a recipient, links to judge, a list of visits and a tip."""
    with open_store(workspace) as store:
        night = whole_night((1, 2, 3, 4), sensitive=(2,), drawn=(5,))
        publish(store, workspace, replace(night, links_to_judge=rows(range(4))))
        sync_cases(store, now=NOW)
        cases = {number: case_of(store, number, now=NOW).case_id for number in range(1, 6)}
        for number, viewer in product((1, 2), (ANNA, BRAM)):
            judged(store, viewer, cases[number], ReviewOutcome.BEVESTIGD_AFWIJKING, now=NOW)
        recipient(store)
        prepared(store, cases[1])
        plan_visits(store, ANNA, [cases[1]], for_date=DAY + timedelta(days=1), now=NOW)
        seen = Sighting(DAY, "1201AB", 1, observations=("transport",), text="Licht aan, ook overdag.")
        report_tip(store, Viewer("cees", frozenset({Role.COLLEAGUE})), seen, now=NOW)


def flipped(content: bytes, seed: int, *, among_data: bool = False) -> tuple[int, bytes]:
    """The content with one bit turned over, and the place of the bit. `among_data`: in a byte that is not zero."""
    chosen = random.Random(seed)
    place = chosen.randrange(8 * len(content))
    while among_data and not content[place // 8]:
        place = chosen.randrange(8 * len(content))
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return place, bytes(changed)


def pages_of(file: Path, name: str) -> list[int]:
    """The pages of a table or an index of a database, each by the place of its first byte."""
    with Connection(file) as opened:
        size = opened.database.pragma("page_size")
        rows = opened.execute("SELECT pageno FROM dbstat WHERE name = ?", (name,)).fetchall()
    return [(int(page) - 1) * size for (page,) in rows]


def damage(file: Path, name: str) -> None:
    """Flip a bit in the middle of each page of a table or an index."""
    places = [start + 2000 for start in pages_of(file, name)]
    with file.open("r+b") as content:
        for place in places:
            content.seek(place)
            (byte,) = content.read(1)
            content.seek(place)
            content.write(bytes([byte ^ 4]))


def read_everything(workspace: Workspace) -> dict[str, object]:
    """All that pages and commands read of a store, by name: a value, or the sentence of a refusal.

    A raw error is a value too, so that it differs from what was served before.
    """
    with open_store(workspace) as store:
        return read_store(store)


def read_store(store: Store) -> dict[str, object]:
    """As `read_everything`, of a store that is open."""
    return {name: _read(reading) for name, reading in _readings(store)}


def _read(reading: Callable[[], object]) -> object:
    try:
        return _plain(reading())
    except BarrierError as error:
        return Refusal(str(error))
    except Exception as error:
        return RawError(f"{type(error).__name__}: {error}")


class Refusal(str):
    """The words in which a reading was refused."""


class RawError(str):
    """An error that nobody put into words."""


def _readings(store: Store) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "runs", store.runs
    runs = _read(store.runs)
    for run_id in (run["run_id"] for run in runs) if isinstance(runs, list) else ():
        for name in ("summary", "files", "flags", "sample", "evidence", "declarations", "sources"):
            yield f"{name} of {run_id}", partial(getattr(store, name), run_id)
        for address_id in _ids(store, "dossier_address", "address_id"):
            yield f"dossier of {address_id}", partial(store.dossier, run_id, address_id)
    yield "the queue", lambda: queue(store, EVERY_ROLE, now=NOW)
    for table in (table for table in metadata.sorted_tables if not table.info.get("words")):
        yield f"table {table.name}", _rows_of(store, table)
    for case_id in _ids(store, "review_case", "case_id"):
        yield f"case {case_id}", lambda case_id=case_id: get_case(store, EVERY_ROLE, case_id, now=NOW)
        yield f"history {case_id}", lambda case_id=case_id: case_history(store, case_id)
        yield f"readiness {case_id}", lambda case_id=case_id: readiness(store, EVERY_ROLE, case_id)
        yield f"evidence {case_id}", lambda case_id=case_id: reveal(store, ANNA, case_id, now=NOW)
        yield f"material {case_id}", lambda case_id=case_id: _of_case(store, case_id)
    yield "confirmed cases", lambda: confirmed_cases(store)
    yield "outcomes", partial(judged_outcomes, store)
    yield "dashboard", lambda: dashboard(store, EVERY_ROLE, now=NOW)
    yield "judged links", partial(judgements, store)
    yield "readings of links", lambda: my_readings(store, EVERY_ROLE)
    yield "next link", lambda: next_link_pair(store, EVERY_ROLE)
    for number in range(4):
        yield f"link {number}", lambda number=number: get_link_pair(store, EVERY_ROLE, link(number))
    yield "lists of visits", lambda: visit_lists(store, ANNA)
    for list_id in _ids(store, "visit_list", "list_id"):
        yield f"list {list_id}", lambda list_id=list_id: get_visit_list(store, ANNA, list_id)
    yield "signals", lambda: signals(store)
    yield "disclosures", lambda: disclosures(store)
    yield "recipients", lambda: recipient_keys(store)
    yield "tips", lambda: inbox(store, POSTBOX, now=NOW)


def _of_case(store: Store, case_id: str) -> object:
    case = get_case(store, EVERY_ROLE, case_id, now=NOW)
    return None if case is None else material(store, case)


def _rows_of(store: Store, table: sa.Table) -> Callable[[], object]:
    def read() -> object:
        with guarded(f"reading {table.name}"), store.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key.columns))]

    return read


def _ids(store: Store, table: str, column: str) -> list[str]:
    ids = _read(_rows_of(store, metadata.tables[table]))
    place = list(metadata.tables[table].columns.keys()).index(column)
    return sorted(row[place] for row in ids) if isinstance(ids, list) else []


def _plain(content: object) -> object:
    """Frames as their rows, at every depth, so that two can be compared."""
    if isinstance(content, pl.DataFrame):
        return content.rows(named=True)
    if hasattr(content, "__dataclass_fields__"):
        return {name: _plain(getattr(content, name)) for name in content.__dataclass_fields__}
    if isinstance(content, Mapping):
        return {key: _plain(value) for key, value in content.items()}
    return [_plain(value) for value in content] if isinstance(content, list | tuple) else content


def outcome_of(content: bytes, file: Path, before: Mapping[str, object]) -> tuple[Outcome, str]:
    """Put the content in the place of a closed database and read all of it. Anew: its journal is gone.

    Returns:
        What became of it, and the first words of a refusal or the name of what was wrong.
    """
    for path in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        path.unlink(missing_ok=True)
    file.write_bytes(content)
    try:
        after = read_everything(Workspace(file.parent))
    except BarrierError as error:
        return Outcome.REFUSED, str(error)
    except Exception as error:
        return Outcome.RAW, f"opening: {type(error).__name__}"
    return compare(before, after)


def compare(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Outcome, str]:
    """What became of the readings: the worst of all."""
    refusals = [answer for answer in after.values() if isinstance(answer, Refusal)]
    for name, answer in after.items():
        if isinstance(answer, RawError):
            return Outcome.RAW, f"{name}: {answer}"
        if not isinstance(answer, Refusal) and (name not in before or answer != before[name]):
            return Outcome.WRONG, name
    if refusals:
        return Outcome.REFUSED, refusals[0]
    return (Outcome.SAME, "") if set(before) == set(after) else (Outcome.WRONG, "a reading is gone")
