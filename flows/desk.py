"""Where a municipality's store and its ledger are: in the workspace, or at the URL that the environment names."""

from __future__ import annotations

from flows.configuration import load as settings_module
from flows.configuration.load import LEDGER_URL, STORE_URL, Settings
from screening.errors import ConfigurationError, StoreError


def open_configured_store(settings: Settings):
    """The `screening.store.Store` of this municipality: at BARRIER_STORE_URL, else SQLite in the workspace.

    StoreError when it holds the runs of another municipality: one store serves one, so that nobody sees the other's.
    """
    from screening.store import Workspace, open_store

    store = open_store(settings_module.store_url() or Workspace(settings.workspace))
    try:
        other = _other_municipality(store, settings)
    except BaseException:
        store.close()
        raise
    if other:
        store.close()
        raise StoreError(
            f"The store holds runs of municipality {other}, and the configuration is that of "
            f"{settings.municipality_code}. A store serves one municipality: name another workspace, or another "
            f"database in {STORE_URL}."
        )
    return store


def open_configured_ledger(settings: Settings):
    """The `screening.ledger.Ledger` of this municipality: at BARRIER_LEDGER_URL, else SQLite in the workspace.

    ConfigurationError when it would share a database with the store: publishing a run may never hold up a reading.
    LedgerError when it cannot be opened.
    """
    from screening.ledger import open_ledger
    from screening.store import Workspace

    url, workspace = settings_module.ledger_url(), Workspace(settings.workspace)
    if not url:
        return open_ledger(workspace)
    if url == settings_module.store_url():
        raise ConfigurationError(
            f"{LEDGER_URL} names the database of the store ({STORE_URL}). The ledger is a database of its own."
        )
    return open_ledger(url, keys=workspace.path / "keys")


def _other_municipality(store, settings: Settings) -> str | None:
    """The code of another municipality whose runs the store holds; None where it holds none."""
    last = store.last_published()
    code = store.summary(last.run_id).get("municipality_code") if last else None
    return code if code not in {None, settings.municipality_code} else None
