"""Parameters on the command line: a number, or codes between brackets; anything else is refused with what to write."""

from __future__ import annotations

import pytest

from flows.rules.rule_parameters import given_parameters
from screening.base.errors import ConfigurationError


def test_numbers_and_codes_are_told_apart() -> None:
    given = given_parameters(["grace_days=60", "min_share=0.5", "kinds=[55, 56]", "kinds_2=[92]"])
    assert given == {"grace_days": 60, "min_share": 0.5, "kinds": ("55", "56"), "kinds_2": ("92",)}


@pytest.mark.parametrize("text", ["grace_days=soon", "grace_days", "kinds=55,56", "kinds=[]"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="name=value"):
        given_parameters([text])


@pytest.mark.parametrize(
    "texts", [["days=30..90"], ["days=30:90"], ["days=30-90"], ["days=30,60"], ["days=30", "days=60"]]
)
def test_a_search_over_values_is_refused(texts: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="does not look for the one that fits the outcomes"):
        given_parameters(texts)
