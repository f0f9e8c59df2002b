"""The store: runs on disk and in the database, whole or not at all. This is its door; what is behind it has modules."""

from screening.store.account_names import account
from screening.store.bundle import RunBundle
from screening.store.runs.publish import publish
from screening.store.runs.verify import read_run_file, verify_run
from screening.store.store import Dossier, PublishedRun, Store, open_store
from screening.store.workspace import Workspace

__all__ = [
    "Dossier",
    "PublishedRun",
    "RunBundle",
    "Store",
    "Workspace",
    "account",
    "open_store",
    "publish",
    "read_run_file",
    "verify_run",
]
