"""Errors of the matching are the same for every kind of name: a few people in every run, the whole in the long one.

Measured at the strong level by who shares a party. False matches are asked of a register of one pool alone, where
family names are shared most; missed ones of a register of all pools, as a municipality has it. In a register of tens
of thousands of people of whom four in ten bear one family name, an initial is too little to link by, and it should be.
"""

from __future__ import annotations

import ast
import random
import re
import tomllib
from pathlib import Path

import pytest

from tests.matching.fairness.measure import (
    PERTURBATIONS,
    Errors,
    Rate,
    measure_false,
    measure_missed,
    measure_one_initial,
    table,
)
from tests.matching.fairness.pools import POOLS

ROOT = Path(__file__).resolve().parents[3]
PRODUCTION = ("flows", "screening", "indicators", "data_contracts")


def measured(share: float) -> dict[str, Errors]:
    """Errors by pool, at this share of the full numbers of pairs."""
    missed = measure_missed(POOLS, 20261101, pairs=int(6_000 * share))
    result = {}
    for seed, (name, pool) in enumerate(POOLS.items()):
        wrong, household = measure_false(
            pool,
            seed,
            people=int(20_000 * share),
            random_pairs=int(60_000 * share),
            household_pairs=int(20_000 * share),
        )
        result[name] = Errors(wrong, household, missed[name])
    return result


@pytest.fixture(scope="module")
def few() -> dict[str, Errors]:
    return measured(0.1)


def gap(errors: dict[str, Errors]) -> float:
    shares = [found.all_missed.share for found in errors.values()]
    return max(shares) - min(shares)


def test_no_two_people_are_joined_in_any_pool(few: dict[str, Errors]) -> None:
    assert {name: found.random.errors for name, found in few.items() if found.random.errors} == {}
    # a twin with the same initial, written with it alone, is one in thousands
    assert {name: found.household.errors for name, found in few.items() if found.household.errors > 2} == {}


def test_no_pool_is_missed_more_often_than_another(few: dict[str, Errors]) -> None:
    assert gap(few) <= 0.05, table(few)
    assert max(found.all_missed.share for found in few.values()) <= 0.05


def test_twins_siblings_and_a_parent_of_one_initial_stay_apart_in_every_pool() -> None:
    rates = {name: measure_one_initial(pool, 7, families=100) for name, pool in POOLS.items()}
    assert {name: rate.n > 2_000 for name, rate in rates.items()} == dict.fromkeys(POOLS, True)
    assert {name: rate.errors for name, rate in rates.items() if rate.share > 0.002} == {}


@pytest.mark.goal("F6", reached="at most 5 points between groups")
@pytest.mark.goal("F3", reached="60,000 random and 20,000 household pairs of each of 8 groups, within the bounds")
@pytest.mark.long
def test_the_rates_hold_on_the_full_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    errors = measured(1.0)
    with capsys.disabled():
        print(f"\n{table(errors)}")
    assert all(found.random.n == 60_000 and found.household.n >= 20_000 for found in errors.values())
    assert max(found.random.wilson[1] for found in errors.values()) <= 0.0001
    assert max(found.household.wilson[1] for found in errors.values()) <= 0.002
    assert gap(errors) <= 0.05


# ---------------------------------------------------------------- the instrument itself


def test_the_interval_is_wilsons() -> None:
    low, high = Rate(0, 60_000).wilson
    assert low == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(3.8414 / (60_000 + 3.8414), rel=1e-3)
    assert Rate(10, 100).wilson == pytest.approx((0.0552, 0.1744), abs=1e-4)


def test_a_pool_has_hundreds_of_names_and_a_perturbation_changes_the_name() -> None:
    dice = random.Random(5)
    assert len(POOLS) >= 8
    for pool in POOLS.values():
        assert len(set(pool.given)) + len(set(pool.family)) >= 200
        for perturb in PERTURBATIONS.values():
            written = {perturb(pool.draw(dice), dice) for _ in range(50)}
            assert len(written) > 10


def test_the_table_shows_n_beside_every_rate() -> None:
    line = table({"pool": Errors(Rate(1, 1000), Rate(2, 2000), {"typo": Rate(3, 300)})})
    assert "random 0.100 % [0.018-0.564] n=1000" in line
    assert "typo 1.0 % n=300" in line


# ---------------------------------------------------------------- the product cannot know


def test_production_code_cannot_see_the_pools() -> None:
    """The pools live in the tests, which no product module imports and no wheel carries."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert packages["packages"] == list(PRODUCTION)
    files = [path for package in PRODUCTION for path in (ROOT / package).rglob("*.py")]
    assert len(files) > 50
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "tests" for name in imported), path


def test_the_matching_names_no_origin() -> None:
    """No module of the matching may know where a name comes from, nor may its stored weights."""
    words = {word for name in POOLS for word in name.split() if word != "and"} - {"dutch"}
    words |= {"nationality", "ethnic", "origin_group"}
    paths = [p for p in (ROOT / "screening" / "matching").rglob("*") if p.suffix in (".py", ".json")]
    text = "".join(path.read_text(encoding="utf-8") for path in paths).lower()
    assert [word for word in sorted(words) if re.search(rf"\b{word}\b", text)] == []
