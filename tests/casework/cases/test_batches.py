"""Very many cases are opened and ended in parts: officers work in between, and a kill on the way costs nothing."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import date
from threading import Event, Thread

import polars as pl
import pytest
import sqlalchemy as sa

from screening.casework.cases import batches as case_batches
from screening.casework.cases import opening
from screening.casework.cases.queue import next_case
from screening.casework.cases.sync import SyncReport, sync_cases
from screening.store import Store, Workspace, open_store, publish
from screening.store.schema.cases import case_fact, case_step, review_case
from tests.casework.caseload import ANNA, NOW, cases, later, night, published
from tests.faults.children import Driver

FLAGS, DRAWN = range(1, 31), range(40, 50)
BATCH = 7


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_batches, "BATCH_CASES", BATCH)
    monkeypatch.setattr(case_batches, "PAUSE_S", 0.001)


def rows(store: Store) -> list[sa.Row]:
    with store.engine.connect() as connection:
        return list(connection.execute(sa.select(review_case)))


def killed_until_done(driver: Driver, url: str, now: str) -> int:
    """How many attempts died before one got through."""
    for attempt in range(50):
        [answer] = driver.run({"do": "sync", "url": url, "batch": BATCH, "now": now})
        if answer["code"] == 0:
            return attempt
        assert answer["code"] == -signal.SIGKILL
    raise AssertionError("killed 50 times and still not done")


def test_killed_after_every_batch_it_goes_on_and_opens_each_once(
    url: str, workspace: Workspace, driver: Driver
) -> None:
    with open_store(url) as store:
        publish(store, workspace, night(flags=FLAGS, drawn=DRAWN))
        attempts = killed_until_done(driver, url, NOW.isoformat())
        assert attempts == -(-40 // BATCH), "each attempt leaves one batch more"
        made = rows(store)
        assert len({row.address_id for row in made}) == len(made) == 40
        assert {(row.opened_on, row.due_on, row.expires_on, row.run_id, row.version) for row in made} == {
            (made[0].opened_on, made[0].due_on, made[0].expires_on, made[0].run_id, 1)
        }
        assert sum(row.arm == "sample" for row in made) == 10
        assert sync_cases(store, now=NOW, again=True) == SyncReport()


def test_lapsing_that_was_killed_goes_on_and_makes_no_fact_known(
    url: str, workspace: Workspace, driver: Driver
) -> None:
    with open_store(url) as store:
        published(store, workspace, flags=FLAGS, drawn=DRAWN)
        after = later(days=70)
        assert killed_until_done(driver, url, after.isoformat()) == -(-40 // BATCH)
        assert {row.state for row in rows(store)} == {"lapsed"}
        with store.engine.connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(case_step)) == 40
            assert connection.scalar(sa.select(sa.func.count()).select_from(case_fact)) == 0


def test_a_part_of_the_cases_tells_nothing_of_the_arms(store: Store, workspace: Workspace) -> None:
    """What is there after one batch are the lowest of all random ids, whichever arm they are of."""
    publish(store, workspace, night(flags=FLAGS, drawn=DRAWN))
    seen: list[set[str]] = []
    insert_cases = opening._insert_cases

    def looking(connection, batch, **given):
        count = insert_cases(connection, batch, **given)
        seen.append(set(connection.scalars(sa.select(review_case.c.case_id))))
        return count

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_insert_cases", looking)
        sync_cases(store, now=NOW)
    in_order = sorted(seen[-1])
    assert [len(part) for part in seen] == [7, 14, 21, 28, 35, 40]
    assert all(part == set(in_order[: len(part)]) for part in seen)


def test_an_officer_takes_a_case_while_others_are_being_opened(
    store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, workspace, night(flags=FLAGS, drawn=DRAWN))
    paused, taken = Event(), Event()

    def pause(_seconds: float) -> None:
        paused.set()
        assert taken.wait(20), "the officer had to wait for the last batch"

    monkeypatch.setattr(case_batches, "sleep", pause)
    syncing = Thread(target=sync_cases, args=(store,), kwargs={"now": NOW})
    syncing.start()
    try:
        assert paused.wait(20)
        case = next_case(store, ANNA, now=NOW)
        assert case is not None
        assert len(rows(store)) == BATCH
    finally:
        taken.set()
        syncing.join()
    assert len(cases(store)) == 40
    assert sum(row.assignee == ANNA.account for row in rows(store)) == 1


def test_a_newer_run_ends_it_and_its_own_cases_are_opened(
    store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would turn cases back to the run before, of which the newer one has renewed them."""
    publish(store, workspace, night(flags=FLAGS, drawn=DRAWN))
    newer = night(as_of=date(2026, 11, 2), flags=range(1, 33), drawn=DRAWN)

    def publish_newer(_seconds: float) -> None:
        if len(store.runs()) == 1:
            publish(store, workspace, newer)

    monkeypatch.setattr(case_batches, "sleep", publish_newer)
    first = sync_cases(store, now=NOW)
    assert first.opened + first.sampled == BATCH
    second = sync_cases(store, now=NOW)
    assert second.opened + second.sampled > 0
    undecided = [row for row in rows(store) if row.concluded_on is None]
    assert {row.run_id for row in undecided} == {newer.run_id}
    assert len({row.address_id for row in undecided}) == len(undecided) == 32 + len(DRAWN)


def test_the_area_of_a_case_is_read_alike_by_both_databases(store: Store, workspace: Workspace) -> None:
    lines = {
        "Teststraat 1, 1234 AB Voorbeeld": "1234",
        "Teststraat 2, 1234AB Voorbeeld": "1234",
        "Straat, de 3, 1234 AB Voorbeeld": "1234",
        "Laan, 4321 ZZ genoemd 4, 1234 AB Voorbeeld": "1234",
        "Plein 1940 5, 1234 AB Voorbeeld": "1234",
        "Teststraat 6, Voorbeeld": None,
        "Teststraat 7, 0123 AB Voorbeeld": None,
        "Teststraat 8, 1234 Voorbeeld": None,
        "Straat 4321 ZZ genoemd 9": None,
        "9999010000000010": None,
    }
    bundle = night(flags=range(1, len(lines) + 1))
    flags = bundle.frames["flags.parquet"].with_columns(address=pl.Series(list(lines)))
    publish(store, workspace, replace(bundle, frames={**bundle.frames, "flags.parquet": flags}))
    sync_cases(store, now=NOW)
    assert {row.address: row.postcode4 for row in rows(store)} == lines
