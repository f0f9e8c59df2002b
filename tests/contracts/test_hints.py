"""What is told of codes and dates that were not understood: enough to map them, and nothing about anybody."""

from __future__ import annotations

import pytest

from screening.base.errors import ContractStopError
from screening.contracts import check_threshold, validate
from tests.contracts.test_validation import CONTROLE


def test_what_stopped_a_delivery_is_told_without_a_value_about_a_person(contracts, table):
    often = [
        {**CONTROLE, "controle_id": f"A-{n}", "situatie": "Niet thuis", "datum": f"{n}/12/2025"} for n in range(10, 22)
    ]
    seldom = [{**CONTROLE, "controle_id": "B-1", "situatie": "W. Waterval"}]
    result = validate(table("controles", [*often, *seldom]), contracts["controles"])
    with pytest.raises(ContractStopError) as stopped:
        check_threshold(result, 0.05, "controles.csv")
    assert "Unknown codes in situatie: Niet thuis (12); not shown: 1 spelling." in str(stopped.value)
    assert "Not read in datum (9 is a digit, a is a word): 99/99/9999 (12)." in str(stopped.value)
    assert "Waterval" not in str(stopped.value)


def test_a_column_of_many_values_shows_none_of_them(contracts, table):
    rows = [{**CONTROLE, "controle_id": f"{n}-{k}", "situatie": f"Naam {n}"} for n in range(101) for k in range(10)]
    hint = validate(table("controles", rows), contracts["controles"]).hints[0]
    assert hint.en.startswith("Unknown codes in situatie: 101 spellings that occur too seldom")
