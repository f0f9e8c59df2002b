"""A run is published whole, once, with the same bytes for the same content; what may not be stored is not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from screening.base.errors import StoreError
from screening.base.frames import EVIDENCE, FLAGS, PREPARED_FILES, RUN_FILES
from screening.store import Store, Workspace, publish, verify_run
from screening.store.runs.publish import heal, make_visible, write_run
from screening.store.schema.runs import RUN_TABLES, dossier_record, evidence, flag, run
from tests.databases import on_sqlite
from tests.store.bundles import NAME, SAMPLED_NAME, UNFLAGGED_NAME, address, make_bundle, make_run_id


def bytes_of(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def test_a_run_is_in_the_directory_and_in_the_store(store: Store, workspace: Workspace) -> None:
    bundle = make_bundle()
    published = publish(store, workspace, bundle)
    directory = workspace.runs / bundle.run_id
    assert {path.name for path in directory.iterdir()} == {*RUN_FILES, *PREPARED_FILES, "run.json", "run.html"}
    assert [path.name for path in workspace.runs.iterdir()] == [bundle.run_id]
    assert not published.already
    assert published.published_seq == 1
    assert store.runs() == [published]
    assert store.last_published() == published
    flags = pl.read_parquet(directory / "flags.parquet")
    assert flags.schema == pl.Schema(FLAGS)
    assert_frame_equal(store.flags(bundle.run_id), flags)
    assert verify_run(store, workspace, bundle.run_id) == published


def test_every_file_has_its_schema_and_order_also_when_the_bundle_has_no_rows_for_it(
    sqlite_store: Store, workspace: Workspace
) -> None:
    publish(sqlite_store, workspace, make_bundle(frames={}, dossier_records=None, dossier_parties=None))
    directory = next(workspace.runs.iterdir())
    for name, (schema, _) in RUN_FILES.items():
        frame = pl.read_parquet(directory / name)
        assert frame.schema == pl.Schema(schema), name
        assert frame.is_empty(), name


def test_the_same_run_twice_touches_nothing(store: Store, workspace: Workspace) -> None:
    first = publish(store, workspace, make_bundle())
    before = bytes_of(workspace.runs / first.run_id)
    again = publish(store, workspace, make_bundle(shuffle=5, measured={"timings": {"publish": 99.0}}))
    assert again.already
    assert (again.run_id, again.digest, again.published_seq) == (first.run_id, first.digest, 1)
    assert bytes_of(workspace.runs / first.run_id) == before
    assert len(store.runs()) == 1
    assert [path.name for path in workspace.runs.iterdir()] == [first.run_id]


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_rerun_says_that_the_published_run_was_damaged_since(store: Store, workspace: Workspace, harm: str) -> None:
    bundle = make_bundle()
    publish(store, workspace, bundle)
    flags = workspace.runs / bundle.run_id / "flags.parquet"
    if harm == "changed":
        content = bytearray(flags.read_bytes())
        content[len(content) // 2] ^= 1
        flags.write_bytes(content)
    else:
        flags.unlink()
    with pytest.raises(StoreError, match=r"flags\.parquet: (damaged|is missing)"):
        publish(store, workspace, make_bundle())
    assert [path.name for path in workspace.runs.iterdir()] == [bundle.run_id]


@pytest.mark.parametrize(
    "changes",
    [{"meta": {"indicators": {"LIC-04": 2}}}, {"declarations": []}, {"dossier_records": None}, {"frames": {}}],
    ids=["run.json differs", "a declaration differs", "a dossier differs", "a file differs"],
)
@on_sqlite
def test_the_same_id_with_other_content_is_refused(store: Store, workspace: Workspace, changes: dict) -> None:
    first = publish(store, workspace, make_bundle())
    before = bytes_of(workspace.runs / first.run_id)
    with pytest.raises(StoreError, match="published with other content"):
        publish(store, workspace, make_bundle(**changes))
    assert bytes_of(workspace.runs / first.run_id) == before
    assert verify_run(store, workspace, first.run_id) == first


def test_shuffled_rows_give_the_same_bytes(tmp_path: Path) -> None:
    from screening.store import open_store

    seen = set()
    for seed in (None, 1, 2, 3):
        workspace = Workspace(tmp_path / f"var{seed}")
        with open_store(workspace) as store:
            published = publish(store, workspace, make_bundle(shuffle=seed))
        seen.add((published.digest, tuple(bytes_of(workspace.runs / published.run_id).items())))
    assert len(seen) == 1


def test_only_flagged_and_sampled_addresses_are_stored(sqlite_store: Store, workspace: Workspace) -> None:
    bundle = make_bundle()
    publish(sqlite_store, workspace, bundle)
    flagged = set(sqlite_store.flags(bundle.run_id)["address_id"])
    assert flagged == {address(n) for n in range(3, 61, 3)}
    assert set(sqlite_store.evidence(bundle.run_id)["address_id"]) == flagged
    everything = b"".join(path.read_bytes() for path in workspace.path.rglob("*") if path.is_file())
    assert NAME.encode() in everything
    assert SAMPLED_NAME.encode() in everything
    assert UNFLAGGED_NAME.encode() not in everything
    files = b"".join(path.read_bytes() for path in workspace.runs.rglob("*") if path.is_file())
    assert NAME.encode() not in files
    assert SAMPLED_NAME.encode() not in files, "display names are for the store only"


def test_the_database_itself_refuses_evidence_of_an_unflagged_address(store: Store, workspace: Workspace) -> None:
    bundle = make_bundle()
    publish(store, workspace, bundle)
    row = store.evidence(bundle.run_id).row(0, named=True)
    stray = row | {"run_id": bundle.run_id, "position": 10_000, "address_id": address(1)}
    with store.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(evidence.insert(), stray)


@pytest.mark.parametrize("number", [1, 2], ids=["neither flagged nor drawn", "drawn"])
def test_the_database_itself_refuses_records_of_an_address_without_a_dossier(
    store: Store, workspace: Workspace, number: int
) -> None:
    bundle = make_bundle()
    publish(store, workspace, bundle)
    with store.engine.begin() as connection:
        row = dict(connection.execute(sa.select(dossier_record)).mappings().first())
    stray = row | {"address_id": address(number), "key": "Z-stray"}
    with store.engine.connect() as connection:
        if number == 2:
            connection.execute(dossier_record.insert(), stray)
        else:
            with pytest.raises(sa.exc.IntegrityError):
                connection.execute(dossier_record.insert(), stray)


def test_a_sampled_address_that_is_flagged_is_refused(sqlite_store: Store, workspace: Workspace) -> None:
    drawn = pl.DataFrame({"address_id": [address(3)], "drawn_on": [date(2026, 11, 1)]})
    with pytest.raises(StoreError, match=r"sample\.parquet: an address in it is flagged"):
        publish(sqlite_store, workspace, make_bundle(frames=dict(make_bundle().frames) | {"sample.parquet": drawn}))
    assert sqlite_store.runs() == []


@pytest.mark.parametrize("column", ["omschrijving", "melder_token"])
def test_a_column_that_may_never_be_stored_stops_the_publication(
    sqlite_store: Store, workspace: Workspace, column: str
) -> None:
    records = make_bundle().dossier_records.with_columns(fields=pl.lit(json.dumps({column: "x"})))
    with pytest.raises(StoreError, match=f"column {column} may not be stored"):
        publish(sqlite_store, workspace, make_bundle(dossier_records=records))
    assert list(workspace.runs.iterdir()) == []
    assert sqlite_store.runs() == []


def test_a_frame_of_another_shape_is_named_without_its_value(sqlite_store: Store, workspace: Workspace) -> None:
    flags = make_bundle().frames["flags.parquet"].with_columns(first_flagged=pl.lit(NAME))
    with pytest.raises(StoreError, match=r"flags\.parquet") as caught:
        publish(sqlite_store, workspace, make_bundle(frames={"flags.parquet": flags}))
    assert NAME not in str(caught.value)


def test_a_database_error_holds_no_value(store: Store, workspace: Workspace) -> None:
    # A party without an id breaks a NOT NULL; databases like to quote the row.
    parties = make_bundle().dossier_parties.with_columns(party_id=pl.lit(None, dtype=pl.String))
    with pytest.raises(StoreError, match=r"IntegrityError|NotNullViolation") as caught:
        publish(store, workspace, make_bundle(dossier_parties=parties))
    error: BaseException | None = caught.value
    while error is not None:
        assert NAME not in str(error) or error.__suppress_context__
        error = None if error.__suppress_context__ else error.__context__
    assert NAME not in str(caught.value)
    assert store.runs() == []
    with store.engine.connect() as connection:  # a failed run clears up after itself
        assert connection.scalar(sa.select(sa.func.count()).select_from(run)) == 0
    assert list(workspace.runs.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frames": {"adressen.parquet": pl.DataFrame()}}, "not a file of a run"),
        ({"extra": {"../run.html": b""}}, "cannot be the name"),
        ({"extra": {"run.json": b""}}, "cannot be the name"),
        ({"run_id": "../x"}, "run id"),
        ({"meta": {"timings": 1}}, "measured and as content"),
    ],
)
def test_a_bundle_with_a_wrong_name_is_refused(changes: dict, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        make_bundle(**changes)


def test_publications_are_counted_whatever_their_date(store: Store, workspace: Workspace) -> None:
    days = [date(2026, 11, 3), date(2026, 11, 1), date(2026, 11, 2)]
    for day in days:
        publish(store, workspace, make_bundle(9, day))
    assert [published.as_of for published in store.runs()] == days
    assert [published.published_seq for published in store.runs()] == [1, 2, 3]
    assert store.last_published().as_of == date(2026, 11, 3)
    assert store.last_published(before=date(2026, 11, 3)).as_of == date(2026, 11, 2)
    assert store.last_published(before=date(2026, 11, 1)) is None


def test_rows_that_are_not_all_there_are_not_published(store: Store, workspace: Workspace) -> None:
    bundle = make_bundle()
    write_run(store, workspace.runs / ".partial-x", bundle)
    with store.engine.begin() as connection:
        gone = evidence.c.position == 0
        connection.execute(evidence.delete().where(gone))
    with pytest.raises(StoreError, match="rows are missing"):
        make_visible(store, bundle.run_id, "")
    assert store.runs() == []
    with pytest.raises(StoreError, match="not published"):
        store.flags(bundle.run_id)


def test_unpublished_rows_are_seen_by_nobody_and_cleared(store: Store, workspace: Workspace) -> None:
    bundle = make_bundle()
    write_run(store, workspace.runs / bundle.run_id, bundle)
    assert store.runs() == []
    assert store.last_published() is None
    with pytest.raises(StoreError, match="not published"):
        store.dossier(bundle.run_id, address(3))
    with workspace.lock():
        assert heal(store, workspace) == [bundle.run_id]
    assert list(workspace.runs.iterdir()) == []
    with store.engine.connect() as connection:
        for table in (run, *RUN_TABLES):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0, table.name


def test_clearing_up_needs_the_lock(sqlite_store: Store, workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="lock"):
        heal(sqlite_store, workspace)


def test_a_directory_of_another_store_is_left_alone(sqlite_store: Store, workspace: Workspace) -> None:
    foreign = workspace.runs / make_run_id(date(2020, 1, 1), 1)
    foreign.mkdir(mode=0o700)
    publish(sqlite_store, workspace, make_bundle())
    assert foreign.is_dir()


def test_a_store_from_before_the_run_takes_the_same_run_in_again(tmp_path: Path) -> None:
    from screening.store import open_store

    workspace = Workspace(tmp_path / "var")
    with open_store(workspace) as store:
        first = publish(store, workspace, make_bundle())
    for path in workspace.path.glob("store.sqlite*"):
        path.unlink()
    with open_store(workspace) as store:
        again = publish(store, workspace, make_bundle())
        assert again.digest == first.digest
        assert not again.already
        verify_run(store, workspace, again.run_id)
    for path in workspace.path.glob("store.sqlite*"):
        path.unlink()
    with open_store(workspace) as store, pytest.raises(StoreError, match="does not know it"):
        publish(store, workspace, make_bundle(declarations=[]))


def test_publishing_while_another_holds_the_workspace_is_refused_by_the_lock(
    sqlite_store: Store, workspace: Workspace
) -> None:
    with workspace.lock():  # this process's own lock is used, not asked for again
        publish(sqlite_store, workspace, make_bundle())
    assert not workspace.is_held


def test_lists_and_json_come_back_as_they_went_in(store: Store, workspace: Workspace) -> None:
    bundle = make_bundle()
    publish(store, workspace, bundle)
    written = pl.read_parquet(workspace.runs / bundle.run_id / "evidence.parquet").filter(
        pl.col("address_id") == address(3)
    )
    read = store.evidence(bundle.run_id, address(3))
    assert read.schema == pl.Schema(EVIDENCE)
    assert_frame_equal(read, written.with_columns(pl.col("links").fill_null([])))


def test_lazy_frames_are_accepted(sqlite_store: Store, workspace: Workspace) -> None:
    eager = make_bundle()
    lazy = make_bundle(frames={name: frame.lazy() for name, frame in eager.frames.items()})
    first = publish(sqlite_store, workspace, eager)
    assert publish(sqlite_store, workspace, lazy).digest == first.digest


def test_more_rows_than_a_batch_are_all_loaded(sqlite_store: Store, workspace: Workspace) -> None:
    bundle = make_bundle(33_000)
    publish(sqlite_store, workspace, bundle)
    with sqlite_store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(flag)) == 11_000
    verify_run(sqlite_store, workspace, bundle.run_id)


def test_a_commit_of_a_killed_publisher_that_is_still_on_its_way_is_waited_for(
    store: Store, workspace: Workspace
) -> None:
    """PostgreSQL carries out the COMMIT of a client that was killed after sending it; 1 in some 200 kills met it."""
    from concurrent.futures import ThreadPoolExecutor

    from screening.store.engine import publishing

    bundle = make_bundle()
    write_run(store, workspace.runs / bundle.run_id, bundle)
    with ThreadPoolExecutor() as pool:
        with publishing(store.engine) as late:
            late.execute(run.update().values(state="published", published_seq=1, published_at=bundle.finished_at))
            again = pool.submit(publish, store, workspace, bundle)
            with pytest.raises(TimeoutError):
                again.result(timeout=0.5)
        assert again.result(timeout=30).already
    verify_run(store, workspace, bundle.run_id)


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        ({"municipality": "A"}, {"municipality": "B"}, True),
        ({"municipality": "A"}, {"municipality": "A"}, False),
        ({"meta": {"municipality_code": "0344"}}, {"meta": {"municipality_code": "0307"}}, True),
        (
            {"municipality": "A", "meta": {"municipality_code": "0344"}},
            {"municipality": "Gemeente A", "meta": {"municipality_code": "0344"}},
            False,
        ),
    ],
    ids=["another name", "the same", "another code", "the same code under another name"],
)
def test_a_store_serves_one_municipality(
    store: Store, workspace: Workspace, first: dict, second: dict, is_refused: bool
) -> None:
    done = publish(store, workspace, make_bundle(9, **first))
    later = make_bundle(9, date(2026, 11, 2), **second)
    if not is_refused:
        publish(store, workspace, later)
        assert len(store.runs()) == 2
        return
    with pytest.raises(StoreError, match="another municipality"):
        publish(store, workspace, later)
    assert store.runs() == [done]
    assert [path.name for path in workspace.runs.iterdir()] == [done.run_id]


def test_of_two_municipalities_that_begin_in_an_empty_store_one_is_published(
    store: Store, workspace: Workspace
) -> None:
    """The last look is in the transaction that makes a run visible."""
    mine, theirs = make_bundle(9, municipality="A"), make_bundle(9, date(2026, 11, 2), municipality="B")
    write_run(store, workspace.path / "elsewhere", mine)
    with store.engine.begin() as connection:
        connection.execute(run.update().values(state="published", published_seq=1, published_at=datetime.now(UTC)))
    write_run(store, workspace.path / "elsewhere too", theirs)
    with pytest.raises(StoreError, match="another municipality"):
        make_visible(store, theirs.run_id, "")
    assert [one.run_id for one in store.runs()] == [mine.run_id]


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", None], ids=["empty", "a list", "no text", "no file"])
def test_a_directory_of_this_run_that_cannot_be_read_is_left_alone(
    sqlite_store: Store, workspace: Workspace, content: bytes | None
) -> None:
    bundle = make_bundle(9)
    left = workspace.runs / bundle.run_id
    left.mkdir(mode=0o700)
    if content is not None:
        (left / "run.json").write_bytes(content)
    with pytest.raises(StoreError, match="the store does not know it"):
        publish(sqlite_store, workspace, bundle)
    assert left.is_dir()
    assert sqlite_store.runs() == []


def test_a_run_whose_rows_were_cleared_away_is_not_published(sqlite_store: Store) -> None:
    with pytest.raises(StoreError, match="rows are missing"):
        make_visible(sqlite_store, "0" * 24, "")
    assert sqlite_store.runs() == []
