"""How much an officer has to read: words in sight of a case, before the own reading and in all."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from screening.base.vocabulary import Role
from tests.review.conftest import Review, copy_workspace, review_on
from tests.review.words import (
    CaseWords,
    blocks_in_sight,
    open_cases,
    percentile,
    words_in_sight,
    words_of_case,
    words_of_town,
)

#: The most words: half of the cases have fewer, and all but one of twenty.
BEFORE, BEFORE_P95 = 350, 500
IN_ALL, IN_ALL_P95 = 900, 1200


def test_what_is_folded_hidden_or_not_chosen_is_not_in_sight() -> None:
    page = """<nav>menu</nav><main><h1>Twee woorden</h1><details><summary>Meer</summary><p>hier niet</p></details>
    <details open><summary>Open</summary>wel dit</details><p class="bs-visually-hidden">nooit</p><br>
    <div class="d-more"><input><label>pas na een keuze</label></div><select><option>nee</option>
    <option selected>ja</option></select><svg><title>titel</title><text>in beeld</text></svg></main>buiten"""
    assert blocks_in_sight(page) == ["Twee woorden", "Meer", "Open", "wel dit", "ja", "in beeld"]
    assert words_in_sight(page) == 9
    assert percentile(range(1, 101), 0.95) == 95


def test_few_words_stand_before_the_own_reading(review: Review) -> None:
    """Cases of the small town, up to the judgement; those of whole towns at length."""
    client = review.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
    cases = [words_of_case(client, case_id) for case_id in open_cases(review)[::6]]
    assert len(cases) >= 5
    assert statistics.median(case.before for case in cases) <= BEFORE
    assert statistics.median(case.in_all for case in cases) <= IN_ALL


@pytest.mark.long
def test_few_words_stand_in_every_case_of_a_town(town_workspace: Path, tmp_path: Path) -> None:
    with review_on(copy_workspace(town_workspace, tmp_path / "words")) as review:
        assert_short(words_of_town(review))


def assert_short(cases: list[CaseWords]) -> None:
    before, in_all = [case.before for case in cases], [case.in_all for case in cases]
    assert statistics.median(before) <= BEFORE
    assert percentile(before, 0.95) <= BEFORE_P95
    assert statistics.median(in_all) <= IN_ALL
    assert percentile(in_all, 0.95) <= IN_ALL_P95
