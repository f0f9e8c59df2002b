"""A rule in plain sentences, short enough to read, and never with a number of few."""

from __future__ import annotations

import re

import pytest

from screening.base.vocabulary import ReviewOutcome
from screening.partners.pooling.result import PooledDifference, PooledRule
from screening.partners.pooling.sentences import rule_sentences
from tests.partners.pooling.made_up_towns import PARAMETERS


def _rule(difference: PooledDifference | None) -> PooledRule:
    outcomes = {outcome: 0 for outcome in ReviewOutcome} | {ReviewOutcome.VERKLAARD: 90}
    return PooledRule(
        series=f"LIC-02|2|{PARAMETERS}", decided=130, outcomes=outcomes, read=120, deviating=40, difference=difference
    )


@pytest.mark.parametrize(
    ("difference", "last"),
    [
        (PooledDifference(low=4, high=31), "4 tot 31 procentpunt vaker"),
        (PooledDifference(low=-31, high=-4), "4 tot 31 procentpunt minder vaak"),
        (PooledDifference(low=-4, high=31), "tussen \N{MINUS SIGN}4 en 31 procentpunt"),
        (None, "nog geen gelote adressen"),
    ],
)
def test_what_a_rule_found_and_what_came_of_it(difference: PooledDifference | None, last: str) -> None:
    rule = _rule(difference)
    dutch, english = rule_sentences(rule, "nl"), rule_sentences(rule, "en")
    assert dutch[0] == "Mensen beoordeelden 130 tot 139 adressen die deze regel aanwees, in vijf gemeenten of meer."
    assert dutch[1:3] == (
        "Bij minder dan 10 bevestigden twee medewerkers een afwijking.",
        "Bij 90 tot 99 was er een gewone verklaring.",
    )
    assert last in dutch[-1]
    assert "fewer than 10" in english[1]
    assert len(dutch) == len(english) == 6
    assert max(len(re.findall(r"\w+", sentence)) for sentence in dutch) <= 21  # the numbers count as words
