"""The store: published runs on disk and in the database, the judgements of people, the lock of a workspace."""

from screening.store.bundle import DOSSIER_PARTIES, DOSSIER_RECORDS, SOURCE_AGES, RunBundle
from screening.store.identity import run_id
from screening.store.judgements import (
    JUDGEMENTS,
    judgement_history,
    judgements,
    judgements_hash,
    record_judgement,
    undo_judgement,
)
from screening.store.publish import heal, publish
from screening.store.store import FIRST_FLAGGED, Dossier, PublishedRun, Store, open_store
from screening.store.verify import identities, read_run_file, verify_run
from screening.store.workspace import Workspace

__all__ = [
    "DOSSIER_PARTIES",
    "DOSSIER_RECORDS",
    "FIRST_FLAGGED",
    "JUDGEMENTS",
    "SOURCE_AGES",
    "Dossier",
    "PublishedRun",
    "RunBundle",
    "Store",
    "Workspace",
    "heal",
    "identities",
    "judgement_history",
    "judgements",
    "judgements_hash",
    "open_store",
    "publish",
    "read_run_file",
    "record_judgement",
    "run_id",
    "undo_judgement",
    "verify_run",
]
