"""Case work in one place: everything that pages, runs and exports use of it."""

from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError
from screening.casework.cases.case import Case, CaseMaterial, EarlierCase, get_case, material
from screening.casework.cases.history import (
    JUDGED_OUTCOMES,
    ConfirmedCase,
    Step,
    confirmed_cases,
    history,
    judged_outcomes,
)
from screening.casework.cases.judging import (
    GROUNDS,
    LEAST_CHARACTERS,
    LEAST_WORDS,
    REFER_TO,
    TOO_ALIKE,
    Judged,
    judge,
    similarity_to_own,
)
from screening.casework.cases.queue import QueueFilter, QueuePage, assign, next_case, queue, release
from screening.casework.cases.readings import (
    DOSSIER,
    WHY_NOT,
    Readiness,
    Reveal,
    mark_opened,
    readiness,
    record_own_reading,
    reveal,
)
from screening.casework.cases.snoozes import SNOOZES, snoozes
from screening.casework.cases.sync import SyncReport, sync_cases
from screening.casework.viewer import DEFAULT_POLICY, CasePolicy, Viewer
from screening.civil_time import day_of

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
