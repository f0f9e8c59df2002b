"""Every rule by itself: names of another origin, words in a trade name, an equal name alone, reports of one person.

The rules are handed their own cases. What the matching makes of names is in test_name_swap and test_name_alone.
"""

from __future__ import annotations

import pytest

from flows.catalogue import all_indicators
from screening.base.word_lists import words_of_origin
from screening.rules.examination.names import changed_by_a_name_alone, changed_by_names, changed_by_trade_names
from screening.rules.examination.poisoning import hits_by_planted_reports
from screening.synthetic.name_pools import POOLS
from tests.indicators.conftest import CASES

PLACED = list(enumerate(case for cases in CASES.values() for case in cases))
WORDS = words_of_origin()
NAMES = [[*pool.given, *pool.family] for pool in POOLS.values()]
#: One case in 25 of each rule; all of them in the long run.
FEW = {n for rule in all_indicators() for n in [n for n, case in PLACED if case.indicator.code == rule.code][2::25]}


def some(keep):
    return [
        pytest.param(number, case, id=case.id, marks=() if number in FEW else pytest.mark.long)
        for number, case in PLACED
        if keep(case)
    ]


NAMED = some(lambda case: {"partijen", "handelsnamen"} & case.indicator.inputs.keys())
REPORTED = some(lambda case: "meldingen" in case.indicator.inputs and not case.spec["expect"])


@pytest.mark.parametrize(("number", "case"), NAMED)
def test_names_change_no_hit_of_a_rule(number, case):
    start = number % len(WORDS)
    words = [*WORDS[start:], *WORDS[:start]]
    assert changed_by_names(case, NAMES[number % len(NAMES)]) == []
    assert changed_by_trade_names(case, words) == []
    assert changed_by_a_name_alone(case) == []


@pytest.mark.parametrize(("number", "case"), REPORTED)
def test_reports_of_one_person_make_no_hit_of_a_rule(number, case):
    assert hits_by_planted_reports(case) == []
