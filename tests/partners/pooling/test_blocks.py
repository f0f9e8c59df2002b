"""No subtraction leaves a municipality: quarters, rules and subsets are attacked, exactly and with all that is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest

from screening.base.vocabulary import ReviewOutcome
from screening.partners.pooling.blocks import LEAST_CASES, LEAST_TOWNS, blocks_by_series, total_of
from screening.partners.pooling.counts import NOTHING, CaseCounts, TownCounts, case_counts
from screening.partners.pooling.result import make_result
from tests.partners.pooling.made_up_towns import PARAMETERS, QUARTERS, file_of, growing_towns

TOWNS = ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"]
#: Town, place of the quarter: what a town added to a series in it.
Cell = tuple[str, int]
#: An outcome that no made-up case has.
MARK = ReviewOutcome.DATA_FOUT


def _told(quarters: Mapping[str, Sequence[TownCounts]], series: str) -> list[dict[Cell, int]]:
    """Of each quarter which cells the sum of a series holds.

    Seen from outside: one case of a cell gets an outcome that no other case has, and the sum of that outcome tells.
    """
    marked = {
        (file.code, place): _with_mark(quarters, file, quarter, series)
        for place, (quarter, files) in enumerate(sorted(quarters.items()))
        for file in files
        if _grown(quarters, file, quarter, series)
    }
    told: list[dict[Cell, int]] = []
    for last in sorted(quarters):
        sums = {
            cell: total_of(
                blocks_by_series({name: files for name, files in town.items() if name <= last}).get(series, [])
            ).of(MARK)
            for cell, town in marked.items()
        }
        told.append({cell: count for cell, count in sums.items() if count})
    return told


def _grown(
    quarters: Mapping[str, Sequence[TownCounts]], file: TownCounts, quarter: str, series: str
) -> ReviewOutcome | None:
    """An outcome of which a town has more cases than in any quarter before."""
    earlier = [
        other.by_series().get(series, NOTHING)
        for name, files in quarters.items()
        if name < quarter
        for other in files
        if other.code == file.code
    ]
    now = file.by_series().get(series, NOTHING)
    return next((one for one in now.outcomes if all(now.of(one) > before.of(one) for before in earlier)), None)


def _with_mark(
    quarters: Mapping[str, Sequence[TownCounts]], file: TownCounts, quarter: str, series: str
) -> dict[str, list[TownCounts]]:
    outcome = _grown(quarters, file, quarter, series)
    assert outcome is not None
    return {
        name: [_marked(one, series, outcome) if one.code == file.code and name >= quarter else one for one in files]
        for name, files in quarters.items()
    }


def _marked(file: TownCounts, series: str, outcome: ReviewOutcome) -> TownCounts:
    counts = file.by_series()[series]
    changed = case_counts({**counts.outcomes, outcome: counts.of(outcome) - 1, MARK: 1}, counts.read, counts.deviating)
    if series == "sample":
        return file.model_copy(update={"sample": changed})
    rules = [rule.model_copy(update={"counts": changed}) if rule.series == series else rule for rule in file.rules]
    return file.model_copy(update={"rules": tuple(rules)})


def _found_alone(told: Sequence[Mapping[Cell, int]]) -> set[str]:
    """The towns of which something can be computed from what was told: a combination of sums that holds it alone."""
    cells = sorted({cell for sums in told for cell in sums})
    found: set[str] = set()
    for town in {town for town, _ in cells}:
        others = [cell for cell in cells if cell[0] != town]
        rows = [[Fraction(sums.get(cell, 0)) for cell in cells] for sums in told]
        away = [[row[cells.index(cell)] for cell in others] for row in rows]
        if _rank(rows) > _rank(away):
            found.add(town)
    return found


def _rank(rows: Sequence[Sequence[Fraction]]) -> int:
    left, rank = [list(row) for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[rank:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for row in left[rank + 1 :]:
            factor = row[column] / pivot[column]
            for place, value in enumerate(pivot):
                row[place] -= factor * value
        rank += 1
    return rank


@pytest.mark.parametrize("seed", range(3))
def test_no_sum_of_what_was_told_is_of_one_town(seed: int) -> None:
    quarters = growing_towns(seed, TOWNS)
    for series, blocks in blocks_by_series(quarters).items():
        assert all(len(block.parts) >= LEAST_TOWNS for block in blocks)
        assert all(sum(part.counts.decided for part in block.parts) >= LEAST_CASES for block in blocks)
        told = _told(quarters, series)
        assert any(told)
        assert _found_alone(told) == set()
        assert all(len({town for town, _ in held}) >= LEAST_TOWNS for held in told if held)


def test_the_attack_finds_a_town_where_all_are_simply_added_up() -> None:
    """Sums over all towns of the quarter, five and more of them: the sixth town is what they differ by."""
    quarter = [{(town, 0): 1 for town in TOWNS[:5]}, {(town, 0): 1 for town in TOWNS[:6]}]
    assert _found_alone(quarter) == {TOWNS[5]}


@pytest.mark.parametrize("seed", range(3))
def test_two_towns_of_every_block_can_change_places_and_nothing_that_is_told_changes(seed: int) -> None:
    """Estimates included: so whoever knows three of five towns still cannot tell the other two from each other."""
    quarters = growing_towns(seed, TOWNS[:5])
    told = [make_result(quarters, quarter, "Verwerker").content() for quarter in sorted(quarters)]
    assert b'"high"' in told[-1]
    for left, right in (("0001", "0005"), ("0002", "0003")):
        swapped = {quarter: [_renamed(file, left, right) for file in files] for quarter, files in quarters.items()}
        assert swapped != quarters
        assert [make_result(swapped, quarter, "Verwerker").content() for quarter in sorted(swapped)] == told


def _renamed(file: TownCounts, left: str, right: str) -> TownCounts:
    return file.model_copy(update={"code": {left: right, right: left}.get(file.code, file.code)})


def test_a_rule_is_compared_with_what_was_drawn_since_it_ran() -> None:
    two, six = case_counts({MARK: 2}, 2, 0), case_counts({MARK: 6}, 6, 0)
    quarters = {
        QUARTERS[0]: [file_of(town, QUARTERS[0], two, {}) for town in TOWNS[:5]],
        QUARTERS[1]: [file_of(town, QUARTERS[1], six, {"LIC-02": two}) for town in TOWNS[:5]],
    }
    (block,) = blocks_by_series(quarters)[f"LIC-02|1|{PARAMETERS}"]
    assert [part.sample.decided for part in block.parts] == [4] * 5


def _quarters(*additions: Sequence[int]) -> dict[str, list[TownCounts]]:
    """Quarter -> files of a rule, from what each town adds in each quarter."""
    sums: list[CaseCounts] = [NOTHING] * len(TOWNS)
    quarters = {}
    for quarter, added in zip(QUARTERS, additions, strict=False):
        numbers = [*added, *[0] * (len(TOWNS) - len(added))]
        sums = [total.plus(case_counts({MARK: number}, number, 0)) for total, number in zip(sums, numbers, strict=True)]
        files = [(town, counts) for town, counts in zip(TOWNS, sums, strict=True) if counts.decided]
        quarters[quarter] = [file_of(town, quarter, NOTHING, {"LIC-02": counts}) for town, counts in files]
    return quarters


@pytest.mark.parametrize(
    ("additions", "told"),
    [
        ([[3, 3, 3, 3]], []),  # four towns
        ([[1, 1, 1, 1, 1]], []),  # five cases
        ([[2, 2, 2, 2, 2]], [10]),
        ([[2, 2, 2, 2, 2], [9, 0, 0, 0, 0]], [10]),  # of one town alone: it waits
        ([[2, 2, 2, 2, 2], [9, 0, 0, 0, 0], [0, 1, 1, 1, 1]], [10, 13]),
        ([[2, 2, 2, 2, 2], [0, 0, 0, 0, 0, 40]], [10]),  # a sixth town joins: it waits for four others
    ],
)
def test_a_block_waits_for_five_towns_with_ten_new_cases(additions: list[list[int]], told: list[int]) -> None:
    blocks = blocks_by_series(_quarters(*additions)).get(f"LIC-02|1|{PARAMETERS}", [])
    assert [sum(part.counts.decided for part in block.parts) for block in blocks] == told


@pytest.mark.parametrize("number", [1, 3, 9, 10, 11, 27])
def test_two_rules_with_the_same_cases_leave_ten_values_of_a_town_that_has_only_one(number: int) -> None:
    """What is told of both is in tens: who knows that they point at the same cases elsewhere knows no more."""
    four = case_counts({MARK: 4}, 4, 0)
    both = [file_of(town, QUARTERS[0], NOTHING, {"LIC-02": four, "ADR-01": four}) for town in TOWNS[:5]]
    sixth = file_of(TOWNS[5], QUARTERS[0], NOTHING, {"ADR-01": case_counts({MARK: number}, number, 0)})
    rules = {rule.code: rule.decided for rule in make_result({QUARTERS[0]: [*both, sixth]}, QUARTERS[0], "V").rules}
    possible = {
        value
        for value in range(100)
        for others in range(rules["LIC-02"], rules["LIC-02"] + 10)
        if rules["ADR-01"] <= others + value <= rules["ADR-01"] + 9
    }
    assert number in possible
    assert len(possible) >= 10
