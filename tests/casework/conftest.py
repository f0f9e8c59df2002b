"""The same databases as the tests of the store."""

from tests.store.conftest import driver, postgres, sqlite_store, store, url, workspace  # noqa: F401 - fixtures
