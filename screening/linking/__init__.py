"""A linking engine: Fellegi–Sunter weights learned without labels, lossless bounds, explained pairs, nightly deltas."""

from screening.linking.assignment import best_of_each, one_to_one
from screening.linking.block import CutBlockWarning
from screening.linking.clusters import JudgedPairs, cluster
from screening.linking.delta import PreparedRecords, link_delta, load_prepared, prepare_records, save_prepared
from screening.linking.estimate import train
from screening.linking.levels import (
    Level,
    crossed,
    date_slip,
    edits,
    equal,
    initial,
    known,
    letters_shared,
    letters_within,
    prefix,
    same_year,
    similar,
    similar_tokens,
    swapped_date,
    within_days,
    within_km,
    within_metres,
    within_number,
    within_percent,
)
from screening.linking.linking import Linked, link, train_and_link
from screening.linking.measures import Measure, register_measure
from screening.linking.metrics import best, brier_score, calibration_table, expected_table, threshold_table
from screening.linking.model import LinkModel
from screening.linking.settings import Comparison, Gate, Settings, Veto
from screening.linking.waterfall import ExplainedField, Explanation, explain_pair

__all__ = [
    "Comparison",
    "CutBlockWarning",
    "ExplainedField",
    "Explanation",
    "Gate",
    "JudgedPairs",
    "Level",
    "LinkModel",
    "Linked",
    "Measure",
    "PreparedRecords",
    "Settings",
    "Veto",
    "best",
    "best_of_each",
    "brier_score",
    "calibration_table",
    "cluster",
    "crossed",
    "date_slip",
    "edits",
    "equal",
    "expected_table",
    "explain_pair",
    "initial",
    "known",
    "letters_shared",
    "letters_within",
    "link",
    "link_delta",
    "load_prepared",
    "one_to_one",
    "prefix",
    "prepare_records",
    "register_measure",
    "same_year",
    "save_prepared",
    "similar",
    "similar_tokens",
    "swapped_date",
    "threshold_table",
    "train",
    "train_and_link",
    "within_days",
    "within_km",
    "within_metres",
    "within_number",
    "within_percent",
]
