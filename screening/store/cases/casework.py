"""Case work in one place: everything that pages, runs and exports use of it."""

from screening.store.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError
from screening.store.cases.case import Case, CaseMaterial, EarlierCase, get_case, material
from screening.store.cases.history import (
    JUDGED_OUTCOMES,
    ConfirmedCase,
    Step,
    confirmed_cases,
    history,
    judged_outcomes,
)
from screening.store.cases.judging import (
    GROUNDS,
    LEAST_CHARACTERS,
    LEAST_WORDS,
    REFER_TO,
    TOO_ALIKE,
    Judged,
    judge,
    similarity_to_own,
)
from screening.store.cases.queue import QueueFilter, QueuePage, assign, next_case, queue, release
from screening.store.cases.readings import (
    DOSSIER,
    WHY_NOT,
    Readiness,
    Reveal,
    mark_opened,
    readiness,
    record_own_reading,
    reveal,
)
from screening.store.cases.snoozes import SNOOZES, snoozes
from screening.store.cases.sync import SyncReport, sync_cases
from screening.store.viewer import DEFAULT_POLICY, CasePolicy, Viewer, day_of

__all__ = [
    "DEFAULT_POLICY",
    "DOSSIER",
    "GROUNDS",
    "JUDGED_OUTCOMES",
    "LEAST_CHARACTERS",
    "LEAST_WORDS",
    "REFER_TO",
    "SNOOZES",
    "TOO_ALIKE",
    "WHY_NOT",
    "Case",
    "CaseMaterial",
    "CasePolicy",
    "ConfirmedCase",
    "ConflictError",
    "EarlierCase",
    "Judged",
    "MotivationError",
    "NotAllowedError",
    "NotReadyError",
    "QueueFilter",
    "QueuePage",
    "Readiness",
    "Reveal",
    "Step",
    "SyncReport",
    "Viewer",
    "assign",
    "confirmed_cases",
    "day_of",
    "get_case",
    "history",
    "judge",
    "judged_outcomes",
    "mark_opened",
    "material",
    "next_case",
    "queue",
    "readiness",
    "record_own_reading",
    "release",
    "reveal",
    "similarity_to_own",
    "snoozes",
    "sync_cases",
]
