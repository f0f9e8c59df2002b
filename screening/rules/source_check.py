"""What the source of a rule from outside may ask for: expressions of Polars over the tables that it is handed."""

from __future__ import annotations

from screening.base.foreign.allowed import Allowed
from screening.base.word_lists import read_word_lists
from screening.rules import readings

_WORDS = read_word_lists("screening.rules", "source_words.yaml")

RULE = Allowed(
    kind="rule",
    modules={"polars": "pl"},
    names={
        "datetime": frozenset({"date", "timedelta"}),
        "screening.rules": frozenset({"Barrier", "Param", "Params", "Tables", "columns", "indicator", "readings"}),
        "screening.rules.hours": frozenset({"MINUTES_OF_DAY", "both_open_from", "opening_hours"}),
        "screening.rules.readings": frozenset(readings.__all__),
    },
    members={"pl": frozenset(_WORDS.words("polars")), "readings": frozenset(readings.__all__)},
    words=_WORDS,
)
