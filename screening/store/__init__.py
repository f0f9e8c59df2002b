"""The store: published runs on disk and in the database, judgements, governance of rules, the lock of a workspace."""

from screening.store.account_names import account
from screening.store.bundle import DOSSIER_PARTIES, DOSSIER_PLACES, DOSSIER_RECORDS, SOURCE_AGES, RunBundle
from screening.store.rules.governance import (
    DOSSIER_STEPS,
    Governance,
    RuleVersion,
    activate,
    approve,
    governance,
    history,
    propose,
    resume,
    stop,
    stops,
)
from screening.store.runs.identity import run_id
from screening.store.runs.publish import heal, publish
from screening.store.runs.verify import identities, read_run_file, verify_run
from screening.store.schema.rules import ALL_RULES
from screening.store.store import FIRST_FLAGGED, Dossier, PublishedRun, Store, open_store
from screening.store.workspace import Workspace

__all__ = [
    "ALL_RULES",
    "DOSSIER_PARTIES",
    "DOSSIER_PLACES",
    "DOSSIER_RECORDS",
    "DOSSIER_STEPS",
    "FIRST_FLAGGED",
    "SOURCE_AGES",
    "Dossier",
    "Governance",
    "PublishedRun",
    "RuleVersion",
    "RunBundle",
    "Store",
    "Workspace",
    "account",
    "activate",
    "approve",
    "governance",
    "heal",
    "history",
    "identities",
    "open_store",
    "propose",
    "publish",
    "read_run_file",
    "resume",
    "run_id",
    "stop",
    "stops",
    "verify_run",
]
