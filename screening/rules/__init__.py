"""The engine of the indicators: declaration, registry, evaluation, review rule, sample. Rules are handed in."""

from screening.base.vocabulary import Barrier
from screening.rules import readings
from screening.rules.declare import Indicator, Param, columns, indicator
from screening.rules.evaluate import Activation, Evaluation, NotRun, evaluate
from screening.rules.foreign_rules import load_extension
from screening.rules.groups import company_groups
from screening.rules.registry import load_indicators
from screening.rules.review import review
from screening.rules.sensitive import Sensitive
from screening.rules.tables import Params, Tables

__all__ = [
    "Activation",
    "Barrier",
    "Evaluation",
    "Indicator",
    "NotRun",
    "Param",
    "Params",
    "Sensitive",
    "Tables",
    "columns",
    "company_groups",
    "evaluate",
    "indicator",
    "load_extension",
    "load_indicators",
    "readings",
    "review",
]
