"""A sensitive case: what makes it so, what a dossier that is not holds of it (nothing), and what a later night does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.frames import LINKS, RECORDS, conform
from screening.base.vocabulary import ReviewOutcome
from screening.casework.case_errors import NotAllowedError
from screening.casework.case_policy import DEFAULT_POLICY
from screening.casework.cases.case import get_case
from screening.casework.cases.queue import QueueFilter, queue, release
from screening.casework.cases.readings import DOSSIER, mark_opened, reveal
from screening.casework.cases.sensitive import became_sensitive
from screening.casework.cases.sync import sync_cases
from screening.casework.cases.unseen import reopen_unseen, unseen_cases
from screening.store import Store, Workspace, publish
from screening.store.schema.cases import review_case
from tests.casework.caseload import (
    ANNA,
    BRAM,
    DAY,
    DIRK,
    EXPIRED,
    LEAD,
    NOW,
    case_of,
    judged,
    later,
    night,
    published,
    read,
)
from tests.store.bundles import address

#: A hit whose licence of a sex establishment stands at another address.
ELSEWHERE = (("PER-04", ("vergunningen:Z1", "seksinrichtingen:S9")),)
TOMORROW = DAY + timedelta(days=1)


def all_cases(store: Store) -> dict[str, sa.Row]:
    with store.engine.connect() as connection:
        return {row.address_id: row for row in connection.execute(review_case.select())}


def test_a_hit_on_a_licence_that_stands_elsewhere_makes_its_case_sensitive(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags={1: ELSEWHERE, 2: EXPIRED})
    assert {case.address_id for case in queue(store, DIRK, now=NOW).cases} == {address(2)}
    assert case_of(store, 1).sensitive
    last = store.last_published()
    assert [became_sensitive(store, last.run_id, address(n)) for n in (1, 2)] == [True, False]


def test_a_flag_that_hides_what_its_hit_rests_on_is_not_published(store: Store, workspace: Workspace) -> None:
    bundle = night(flags={1: ELSEWHERE})
    flags = bundle.frames["flags.parquet"].with_columns(sensitive=pl.lit(False))
    with pytest.raises(StoreError, match="rests on a sensitive record"):
        publish(store, workspace, replace(bundle, frames={**bundle.frames, "flags.parquet": flags}))
    # nor one that rests on a link to such a record
    bundle = night(flags={1: EXPIRED}, links=["L-1"])
    hidden = pl.DataFrame({"dataset": ["handelsregister"], "key": ["r9"]})
    with pytest.raises(StoreError, match="rests on a sensitive record"):
        publish(store, workspace, replace(bundle, sensitive_records=hidden))


def test_a_dossier_that_is_not_sensitive_holds_nothing_of_such_a_record(store: Store, workspace: Workspace) -> None:
    """Not the record, not its party, and no link to it in the count of what is not known; a sensitive one has all."""
    bundle = night(flags={1: EXPIRED, 2: ELSEWHERE}, drawn=[3])
    lines = [("leidinggevenden", f"r{n}", address(n)) for n in (1, 2, 3)]
    files = dict(bundle.frames)
    files["records.parquet"] = conform(
        pl.DataFrame(
            [{"dataset": "vergunningen", "key": f"Z{n}", "address_id": address(n), "row_number": n} for n in (1, 2, 3)]
            + [{"dataset": dataset, "key": key, "row_number": n} for n, (dataset, key, _) in enumerate(lines, 1)]
        ),
        RECORDS,
    )
    files["links.parquet"] = conform(
        pl.DataFrame(
            [
                {
                    "link_id": f"L-{n}-{end}",
                    "left": f"vergunningen:Z{n}:houder:person",
                    "right": right,
                    "level": "probable",
                }
                for n in (1, 2, 3)
                for end, right in (
                    ("plain", "handelsregister:r9:houder:person"),
                    ("hidden", "leidinggevenden:r7:beheerder:person"),
                )
            ]
        ),
        LINKS,
    )
    shown = pl.DataFrame(
        [{"address_id": place, "dataset": dataset, "key": key, "fields": "{}"} for dataset, key, place in lines],
        schema=bundle.dossier_records.schema,
    )
    hidden = pl.DataFrame({"dataset": "leidinggevenden", "key": ["r1", "r2", "r3", "r7"]})
    records = pl.concat([bundle.dossier_records, shown])
    publish(store, workspace, replace(bundle, frames=files, dossier_records=records, sensitive_records=hidden))
    dossiers = {n: store.dossier(bundle.run_id, address(n)) for n in (1, 2, 3)}
    assert {n: [row["key"] for row in dossier.records] for n, dossier in dossiers.items()} == {
        1: ["Z1"],
        2: ["r2", "Z2"],
        3: ["Z3"],
    }
    unknown = {n: dossier.places["probable_links"].explode().drop_nulls().to_list() for n, dossier in dossiers.items()}
    assert unknown == {1: ["L-1-plain"], 2: ["L-1-hidden", "L-1-plain", "L-2-hidden", "L-2-plain"], 3: ["L-3-plain"]}


def test_the_numbers_of_hits_have_no_gap_where_a_sensitive_one_is(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags={1: EXPIRED, 2: ELSEWHERE, 3: EXPIRED, 4: ELSEWHERE, 5: EXPIRED})
    for n in (1, 3, 5):
        read(store, DIRK, case_of(store, n).case_id)
    seen = [reveal(store, DIRK, case_of(store, n).case_id, now=NOW).evidence["position"].to_list() for n in (1, 3, 5)]
    assert seen == [[0], [1], [2]]


def test_a_case_that_a_night_makes_sensitive_shuts_for_who_held_it(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1, 2, 3])
    half_read, opened, closed = (case_of(store, n).case_id for n in (1, 2, 3))
    read(store, DIRK, half_read)
    mark_opened(store, DIRK, opened, DOSSIER, now=NOW)
    for officer in (ANNA, BRAM):
        judged(store, officer, closed, ReviewOutcome.BEVESTIGD_AFWIJKING)
    held = get_case(store, DIRK, half_read, now=NOW)
    assert (held.assignee, held.locked_by) == ("dirk", "dirk")
    again = later(days=1)
    published(store, workspace, as_of=TOMORROW, flags=dict.fromkeys((1, 2, 3), ELSEWHERE), now=again)
    for case_id in (half_read, opened):
        assert get_case(store, DIRK, case_id, now=again) is None
        with pytest.raises(NotAllowedError):
            release(store, DIRK, case_id, version=held.version, now=again)
        with pytest.raises(NotAllowedError):
            mark_opened(store, DIRK, case_id, DOSSIER, now=again)
        free = get_case(store, ANNA, case_id, now=again)
        assert (free.assignee, free.locked_by, free.purpose, free.sensitive) == (None, None, None, True)
        mark_opened(store, ANNA, case_id, DOSSIER, now=again)
    assert queue(store, DIRK, filters=QueueFilter(mine=True), now=again).total == 0
    # what two officers concluded rests on what they saw then, and on nothing sensitive
    assert get_case(store, DIRK, closed, now=again) is not None


def test_a_case_that_is_opened_again_is_as_sensitive_as_its_address_is_by_now(
    store: Store, workspace: Workspace
) -> None:
    published(store, workspace, flags=[1, 2])
    past = later(days=61)
    sync_cases(store, now=past)
    published(store, workspace, as_of=past.date(), flags={1: ELSEWHERE, 2: EXPIRED}, now=past)
    for case in unseen_cases(store, LEAD):
        reopen_unseen(store, LEAD, case.case_id, now=past, policy=DEFAULT_POLICY)
    assert {case.address_id for case in queue(store, DIRK, now=past).cases} == {address(2)}


def test_a_case_does_not_tell_of_a_sensitive_one_before_it(store: Store, workspace: Workspace) -> None:
    """The address was sensitive; its case ended; now it is flagged for something else."""
    published(store, workspace, flags={1: ELSEWHERE})
    judged(store, ANNA, case_of(store, 1).case_id, ReviewOutcome.DATA_FOUT)
    again = later(days=1)
    report = published(store, workspace, as_of=TOMORROW, flags=[1], now=again)
    assert (report.opened, report.reopened) == (1, 0)
    assert not case_of(store, 1, now=again).sensitive
