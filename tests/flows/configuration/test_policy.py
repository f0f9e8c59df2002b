"""`[policy]`: what a municipality has against a barrier is read whole, and what it has not is not made up."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from flows.configuration.policy import read_policy
from screening.errors import ConfigurationError
from screening.review.policy_state import RAISES, PolicyRule, PolicyTopic, by_barrier
from screening.vocabulary import Barrier

WHOLE = """
[bibob]
rule = "Beleidsregel Bibob"
article = "art. 2"
partner = "Landelijk Bureau Bibob"
since = 2023-06-01

[prostitutie]
rule = "APV, hoofdstuk 3"
article = "art. 3:4"
duty = "vergunning voor elke seksinrichting"
partner = "team Vergunningen"
since = 2024-01-01
"""


def test_a_policy_is_read_in_the_order_of_the_topics() -> None:
    found = read_policy(tomllib.loads(WHOLE))
    assert list(found) == [PolicyTopic.PROSTITUTION, PolicyTopic.BIBOB]
    assert found[PolicyTopic.BIBOB] == PolicyRule(
        "Beleidsregel Bibob", "art. 2", "Landelijk Bureau Bibob", date(2023, 6, 1)
    )
    assert found[PolicyTopic.PROSTITUTION].duty == "vergunning voor elke seksinrichting"
    assert read_policy({}) == {}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[bibob]", "[hennep]", "policy.hennep is not known. Known are prostitutie, woonoverlast, verhuur, bibob"),
        ('partner = "team Vergunningen"\n', "", "policy.prostitutie.partner is missing"),
        ("duty", "plicht", "policy.prostitutie.plicht is not known"),
        ("2024-01-01", '"2024-01-01"', "policy.prostitutie.since must be a date"),
        ("2024-01-01", "2024-01-01T10:00:00", "policy.prostitutie.since must be a date"),
        ('"art. 3:4"', '" "', "policy.prostitutie.article must be a text"),
        ('"art. 3:4"', "34", "policy.prostitutie.article must be a text"),
        ('"art. 3:4"', '"a\\nb"', "policy.prostitutie.article must be a text"),
        ('"art. 3:4"', f'"{"x" * 201}"', "policy.prostitutie.article must be a text"),
        (WHOLE, 'bibob = "ja"', "policy.bibob must be a table"),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_key(old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read_policy(tomllib.loads(WHOLE.replace(old, new)))


def test_every_barrier_is_told_with_what_it_lacks() -> None:
    told = {one.barrier: one for one in by_barrier(read_policy(tomllib.loads(WHOLE)))}
    assert list(told) == list(Barrier)
    assert [topic for topic, _ in told[Barrier.WERKPLEK].rules] == [PolicyTopic.PROSTITUTION, PolicyTopic.BIBOB]
    assert told[Barrier.WERKPLEK].missing == ()
    assert told[Barrier.HUISVESTING].missing == (PolicyTopic.NUISANCE, PolicyTopic.LETTING)
    assert not told[Barrier.WERVING].in_reach
    assert {barrier for barriers in RAISES.values() for barrier in barriers} == {
        one.barrier for one in by_barrier({}) if one.in_reach
    }
