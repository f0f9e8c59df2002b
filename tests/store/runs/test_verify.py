"""A damaged run is found, named, and never read as if it were whole."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.frames import PREPARED_FILES, RUN_FILES
from screening.store import Store, Workspace, open_store, publish, read_run_file, verify_run
from screening.store.bundle import content_digest
from screening.store.files import sha256_of
from screening.store.runs.verify import read_identities, run_root_digest
from screening.store.schema.runs import (
    dossier_address,
    dossier_party,
    dossier_place,
    dossier_record,
    evidence,
    flag,
    indicator_declaration,
    run,
    run_file,
    sample,
    source_age,
)
from tests.store.bundles import make_bundle

FILES = [*RUN_FILES, *PREPARED_FILES, "run.json", "run.html"]


@pytest.fixture
def directory(sqlite_store: Store, workspace: Workspace) -> Path:
    """The directory of a published run."""
    return workspace.runs / publish(sqlite_store, workspace, make_bundle()).run_id


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_in_any_file_is_found_and_the_file_named(
    sqlite_store: Store, workspace: Workspace, directory: Path, name: str
) -> None:
    content = (directory / name).read_bytes()
    chance = random.Random(name)
    for _ in range(10):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        (directory / name).write_bytes(damaged)
        with pytest.raises(StoreError, match=f"{name}: damaged"):
            verify_run(sqlite_store, workspace, directory.name)
        if name in (*RUN_FILES, *PREPARED_FILES):
            with pytest.raises(StoreError, match=f"{name}: damaged"):
                read_run_file(sqlite_store, workspace, directory.name, name)
    (directory / name).write_bytes(content)
    verify_run(sqlite_store, workspace, directory.name)


def test_a_missing_file_and_a_stray_one_are_found(sqlite_store: Store, workspace: Workspace, directory: Path) -> None:
    (directory / "stray.txt").write_text("x")
    with pytest.raises(StoreError, match=r"stray\.txt: does not belong"):
        verify_run(sqlite_store, workspace, directory.name)
    (directory / "stray.txt").unlink()
    (directory / "identities.parquet").unlink()
    with pytest.raises(StoreError, match=r"identities\.parquet: is missing"):
        verify_run(sqlite_store, workspace, directory.name)
    with pytest.raises(StoreError, match=r"identities\.parquet: cannot be read"):
        read_identities(sqlite_store, workspace, directory.name)


def test_a_directory_that_is_gone_is_found(sqlite_store: Store, workspace: Workspace, directory: Path) -> None:
    directory.rename(workspace.path / "elsewhere")
    with pytest.raises(StoreError, match="files are gone"):
        verify_run(sqlite_store, workspace, directory.name)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        (flag, "reason", "BB"),
        (evidence, "explanation_nl", "iets anders"),
        (evidence, "record_ids", ["vergunningen:X"]),
        (indicator_declaration, "declaration", "{}"),
        (dossier_address, "address", "een ander adres"),
        (dossier_place, "row_number", 7),
        (sample, "drawn_on", date(2026, 1, 1)),
        (dossier_record, "fields", "{}"),
        (dossier_party, "name", "iemand anders"),
        (source_age, "age_days", 0),
    ],
)
def test_a_changed_row_is_found_and_its_table_named(
    store: Store, workspace: Workspace, table: sa.Table, column: str, value: object
) -> None:
    run_id = publish(store, workspace, make_bundle()).run_id
    with store.engine.begin() as connection:
        connection.execute(table.update().values({column: value}))
    with pytest.raises(StoreError, match=f"table {table.name} "):
        verify_run(store, workspace, run_id)


def test_a_row_that_is_gone_is_found(store: Store, workspace: Workspace) -> None:
    run_id = publish(store, workspace, make_bundle()).run_id
    with store.engine.begin() as connection:
        connection.execute(evidence.delete().where(evidence.c.position == 3))
    with pytest.raises(StoreError, match="table evidence "):
        verify_run(store, workspace, run_id)


def test_another_digest_in_the_store_is_found(sqlite_store: Store, workspace: Workspace, directory: Path) -> None:
    with sqlite_store.engine.begin() as connection:
        connection.execute(run.update().values(digest="0" * 64))
    with pytest.raises(StoreError, match="do not say the same"):
        verify_run(sqlite_store, workspace, directory.name)


def test_the_root_digest_covers_content_and_every_file(sqlite_store: Store, workspace: Workspace) -> None:
    run_id = publish(sqlite_store, workspace, make_bundle(9)).run_id
    roots = {run_root_digest(sqlite_store, run_id)}
    for change in (
        run.update().values(digest="ab" * 32),
        run_file.update().where(run_file.c.name == "run.html").values(sha256="ab" * 32),
        run_file.delete().where(run_file.c.name == "run.json"),
    ):
        with sqlite_store.engine.begin() as connection:
            connection.execute(change)
        roots.add(run_root_digest(sqlite_store, run_id))
    assert len(roots) == 4


def test_the_same_run_elsewhere_has_the_same_root_digest(sqlite_store: Store, tmp_path: Path) -> None:
    bundle = make_bundle(9)
    run_id = publish(sqlite_store, Workspace(tmp_path / "var"), bundle).run_id
    with open_store(Workspace(tmp_path / "other")) as other:
        publish(other, Workspace(tmp_path / "other"), bundle)
        assert run_root_digest(other, run_id) == run_root_digest(sqlite_store, run_id)


def test_a_run_that_is_not_published_cannot_be_verified(sqlite_store: Store, workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="not published"):
        verify_run(sqlite_store, workspace, "0" * 24)


def test_run_json_names_the_hash_of_every_data_file(directory: Path) -> None:
    assert set(json.loads((directory / "run.json").read_text())["files"]) == {*RUN_FILES, *PREPARED_FILES}


def test_a_run_of_before_a_table_is_whole_and_has_no_row_in_it(sqlite_store: Store, workspace: Workspace) -> None:
    """Such a run has no digest of the table."""
    published = publish(sqlite_store, workspace, make_bundle(9))
    directory = workspace.runs / published.run_id
    document = json.loads((directory / "run.json").read_text())
    del document["stored"][dossier_place.name]
    content = json.dumps(document).encode()
    (directory / "run.json").write_bytes(content)
    with sqlite_store.engine.begin() as connection:
        connection.execute(run.update().values(summary=document, digest=content_digest(document)))
        connection.execute(run_file.update().where(run_file.c.name == "run.json").values(sha256=sha256_of(content)))
    with pytest.raises(StoreError, match="table dossier_place "):
        verify_run(sqlite_store, workspace, published.run_id)
    with sqlite_store.engine.begin() as connection:
        connection.execute(dossier_place.delete())
    verify_run(sqlite_store, workspace, published.run_id)


def test_a_file_that_a_run_never_had_is_told_by_its_name(
    sqlite_store: Store, workspace: Workspace, directory: Path
) -> None:
    (directory / "stray.parquet").write_bytes((directory / "links.parquet").read_bytes())
    with pytest.raises(StoreError, match=r"stray\.parquet: run .* has no such file"):
        read_run_file(sqlite_store, workspace, directory.name, "stray.parquet")
