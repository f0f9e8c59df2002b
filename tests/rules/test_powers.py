"""Every rule of this version serves a power of the municipality, of the one list that cases use too."""

from __future__ import annotations

import pytest

from flows.catalogue import all_indicators
from screening.base.errors import RuleDefinitionError
from screening.base.powers import POWERS
from screening.rules.versions import content_hash

#: Rules that no municipality can activate: what they see is another authority's to supervise.
WITHOUT_POWER = {"ORG-10"}


def test_every_indicator_serves_a_power_that_a_law_gives():
    for rule in all_indicators():
        powers = [POWERS[code] for code in rule.powers]
        assert powers or rule.code in WITHOUT_POWER, f"{rule.code} serves no power"
        assert all(power.law for power in powers), f"{rule.code} serves a power without a law"
        elsewhere = [power.code for power in powers if power.barriers and rule.barrier not in power.barriers]
        assert not elsewhere, f"{rule.code} serves powers that help at other barriers only"


def test_a_rule_serves_the_powers_that_it_declares_lightest_first(declare):
    assert declare(powers=("sluiten", "toezicht")).powers == ("toezicht", "sluiten")
    assert declare().powers == ()
    assert declare(powers=("bibob",)).declaration()["powers"] == ["bibob"]


@pytest.mark.parametrize("powers", [("aanhouden",), "sluiten", ("sluiten", "")])
def test_a_power_that_no_municipality_has_is_refused(declare, powers):
    with pytest.raises(RuleDefinitionError, match="powers must be of"):
        declare(powers=powers)


def test_naming_a_power_asks_no_new_approval_of_a_rule(declare):
    assert content_hash(declare(powers=("sluiten",))) == content_hash(declare(powers=("toezicht",)))
