"""A store of before sampled addresses had dossiers goes on with what it holds."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command

from screening.store import open_store
from screening.store.engine import alembic_config
from screening.store.schema.runs import dossier_address, dossier_record, flag, run
from tests.store.bundles import address

_RUN = "a" * 24


def _at_revision(url: str, revision: str) -> sa.Engine:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), revision)
    return engine


def test_flagged_addresses_of_before_keep_their_dossier(url: str, workspace) -> None:
    workspace.path.mkdir(parents=True, exist_ok=True)
    engine = _at_revision(url, "0003")
    record = {"dataset": "vergunningen", "key": "Z3", "fields": '{"n": 3}', "source_date": date(2026, 10, 31)}
    with engine.begin() as connection:
        connection.execute(
            run.insert().values(
                run_id=_RUN,
                as_of=date(2026, 11, 1),
                municipality="X",
                code_version="0",
                state="published",
                published_seq=1,
                published_at=sa.func.current_timestamp(),
                digest="d",
                row_counts={},
                summary={},
            )
        )
        connection.execute(
            flag.insert(),
            {
                "run_id": _RUN,
                "address_id": address(3),
                "address": "Teststraat 3",
                "reason": "A",
                "indicator_codes": [],
                "barriers": [],
                "datasets": [],
                "sensitive": False,
                "first_flagged": date(2026, 11, 1),
            },
        )
        connection.execute(dossier_record.insert(), {"run_id": _RUN, "address_id": address(3), **record})
    engine.dispose()
    with open_store(url) as store:
        dossier = store.dossier(_RUN, address(3))
        assert (dossier.kind, dossier.address) == ("flag", "Teststraat 3")
        assert [(one["key"], one["fields"], one["source_date"]) for one in dossier.records] == [
            ("Z3", {"n": 3}, date(2026, 10, 31))
        ]
        stray = {"run_id": _RUN, "address_id": address(4), **record}
        with store.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.execute(dossier_record.insert(), stray)
        with store.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.execute(dossier_address.insert(), {"run_id": _RUN, "address_id": address(4), "kind": "other"})
