"""A ledger of an older version is brought up to date, and its entries still verify."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.base.errors import LedgerError
from screening.ledger import Ledger, SubjectKind, open_ledger, protections, verify_ledger
from screening.ledger.entry import entry_hash, genesis
from screening.ledger.schema import (
    SCHEMA_VERSION,
    WRITER_ROLE,
    ledger_identity,
    ledger_metadata,
    owning,
    processing_block,
)
from screening.store.engine import make_engine, writing
from tests.ledger.entries import NOW, entry
from tests.ledger.tampering import switched_off
from tests.ledger.test_ledger import as_owner

_OLD = ("at", "actor", "action", "object", "result", "origin", "case", "purpose")
_NEW = ("content", "os_user", "host", "session")


def as_of_version_1(ledger: Ledger, count: int) -> None:
    """Make of an empty ledger one as the first version left it, with entries of the first form."""
    previous = ledger.genesis
    with ledger.engine.begin() as connection, switched_off(connection):
        for name in _NEW:
            connection.exec_driver_sql(f"ALTER TABLE ledger_entry DROP COLUMN {name}")
        columns = ", ".join(f'"{name}"' for name in ("seq", *_OLD, "previous", "hash"))
        for number in range(1, count + 1):
            fields = entry(number).fields()
            digest = entry_hash(number, fields, previous)
            values = [number, *(fields[name] for name in _OLD), previous, digest]
            marks = ", ".join(f":v{place}" for place in range(len(values)))
            statement = sa.text(f"INSERT INTO ledger_entry ({columns}) VALUES ({marks})")
            connection.execute(statement, {f"v{place}": value for place, value in enumerate(values)})
            previous = digest
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE ledger_identity DISABLE TRIGGER USER")
        connection.execute(ledger_identity.update().values(schema_version=1))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE ledger_identity ENABLE TRIGGER USER")
    with owning(ledger.engine) as connection:
        processing_block.drop(connection)


def test_entries_of_the_first_form_verify_and_the_next_one_follows_them(ledger: Ledger, tmp_path: Path) -> None:
    as_of_version_1(ledger, 5)
    url = ledger.engine.url.render_as_string(hide_password=False)
    ledger.close()
    for _ in range(2):  # the second opening finds it up to date
        with open_ledger(url, keys=tmp_path) as again:
            again.write(entry(9))
            again.logboek.log_entry_of_many(entry(9), {SubjectKind.PARTY: ["P-1"]}, end=NOW)
            assert protections(again).missing == []
            checked = verify_ledger(again, [], [])
            assert checked.findings == []
            written = [line.entry for line in again.entries()]
    assert [line.os_user is None for line in written] == [True] * 5 + [False] * 2
    assert (checked.entries, written[0], written[5]) == (7, entry(1), entry(9))


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_a_login_that_owns_nothing_brings_no_older_ledger_up_to_date(ledger: Ledger, url: str) -> None:
    as_of_version_1(ledger, 2)
    name = "old_" + sa.make_url(url).query["options"].rpartition("=")[2]
    as_owner(ledger, f"CREATE ROLE {name} LOGIN PASSWORD 'x' IN ROLE {WRITER_ROLE}")
    try:
        with pytest.raises(LedgerError, match=r"older version.*the login that owns them"):
            open_ledger(sa.make_url(url).set(username=name, password="x").render_as_string(hide_password=False))
    finally:
        as_owner(ledger, f"DROP ROLE {name}")
    with open_ledger(url) as owner:
        assert verify_ledger(owner, [], []).entries == 2


def test_a_ledger_that_another_process_makes_meanwhile_is_used(tmp_path: Path) -> None:
    url, ledger_id = f"sqlite:///{tmp_path / 'ledger.sqlite'}", "ab" * 16
    other = make_engine(url, lambda _engine, _shown: None)
    with ThreadPoolExecutor() as beside, writing(other) as connection:
        opened = beside.submit(open_ledger, url, keys=tmp_path / "keys")
        assert not wait([opened], timeout=0.5).done, "it waits for the other"
        ledger_metadata.create_all(connection)
        identity = {"ledger_id": ledger_id, "genesis": genesis(ledger_id), "schema_version": SCHEMA_VERSION}
        connection.execute(ledger_identity.insert().values(identity))
    with opened.result() as ledger:
        assert ledger.ledger_id == ledger_id
    other.dispose()
