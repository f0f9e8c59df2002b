"""A PostgreSQL store behind a network that fails."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.store import Store, open_store
from tests.faults.net.proxy import LossyProxy


@pytest.fixture
def behind(postgres: str) -> Iterator[tuple[Store, LossyProxy]]:
    """A PostgreSQL store behind the proxy."""
    direct = sa.make_url(postgres)
    engine = sa.create_engine(direct, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA behind")
    folder = Path(tempfile.mkdtemp(prefix="barrier-proxy-"))  # a socket's path may not be long
    proxy = LossyProxy(folder, Path(direct.query["host"]))
    url = direct.update_query_dict({"host": str(folder), "options": "-csearch_path=behind"})
    with open_store(url.render_as_string(hide_password=False)) as store:
        yield store, proxy
    proxy.close()
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA behind CASCADE")
    engine.dispose()
    shutil.rmtree(folder)
