"""The same databases as the tests of the store."""

from tests.store.conftest import (  # noqa: F401 - fixtures
    driver,
    empty_url,
    postgres,
    postgresql_template,
    sqlite_store,
    sqlite_template,
    store,
    url,
    workspace,
)
