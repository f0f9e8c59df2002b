"""Agreement by chance: counted exactly, and without what the matches add to it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from screening import linking as e
from screening.linking.encode import encode
from screening.linking.metrics import at, threshold_table
from screening.linking.nonmatches import LEAST_LEFT, count_agreement, without_matches


def companies(seed: int) -> tuple[pl.DataFrame, e.Settings]:
    """Companies whose names are unique to them but for a letter; one in ten is written down twice."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(6_000):
        name = f"{''.join(rng.choice(list('abdeiklmnoprst'), 9))} {rng.choice(['bv', 'holding', 'beheer'])}"
        for member in (name, name[:4] + "xq"[int(rng.integers(2))] + name[5:]):
            party = len(rows)
            for _copy in range(1 + (rng.random() < 0.1)):
                town = party * 7 % 40 if rng.random() < 0.9 else int(rng.integers(40))
                sector = party * 13 % 300 if rng.random() < 0.9 else int(rng.integers(300))
                rows.append((member, f"town {town}", f"sector {sector}", party))
    records = pl.DataFrame(rows, schema=["name", "town", "sector", "party"], orient="row").with_row_index("id")
    settings = e.Settings(
        comparisons=(
            e.Comparison("name", (e.equal(frequency="name"), e.similar("jaro_winkler", 0.9))),
            e.Comparison("town", (e.equal(),)),
            e.Comparison("sector", (e.equal(),)),
        ),
        blocking=(("name",), ("name:4", "town")),
        training=(("name",), ("town", "sector")),
    )
    return records, settings


def test_agreement_on_equal_values_is_counted_exactly(persons: pl.DataFrame, settings: e.Settings) -> None:
    counted = count_agreement(encode(persons, settings), settings)
    sizes = persons["given"].drop_nulls().value_counts()["count"].cast(pl.Float64)
    wanted = float((sizes * (sizes - 1)).sum() / (sizes.sum() * (sizes.sum() - 1)))
    assert counted["given"][0] == pytest.approx(wanted, rel=0.01)


def test_u_is_near_what_records_of_two_parties_share(persons: pl.DataFrame, model: e.LinkModel) -> None:
    size = persons.drop_nulls("given").group_by("given").len()["len"].cast(pl.Float64)
    own = persons.drop_nulls("given").group_by("given", "party").len()["len"].cast(pl.Float64)
    filled = float(persons["given"].count())
    of_two = float((size**2).sum() - (own**2).sum()) / filled**2
    assert model.u["given"][0] == pytest.approx(of_two, rel=0.03)


def test_what_matches_add_is_taken_off_and_a_little_is_left() -> None:
    u = without_matches({"a": (0.3, 0.7), "b": (1e-6, 1.0)}, {"a": (0.9, 0.1), "b": (0.9, 0.1)}, 0.2)
    assert u["a"][0] == pytest.approx((0.3 - 0.18) / 0.8)
    assert u["b"][0] == pytest.approx(1e-6 * LEAST_LEFT, rel=0.3)
    assert all(sum(chances) == pytest.approx(1) for chances in u.values())


def test_a_key_unique_to_a_party_wins_and_a_near_one_does_not() -> None:
    records, settings = companies(seed=1)
    model, linked = e.train_and_link(records, settings)
    rows = linked.pairs.filter(pl.col("level_name") == 0)
    assert len(rows) > 800
    assert (rows["log_odds"] > 0).mean() > 0.94
    assert model.prior_bits + model.weights("name")[1] < 0 < model.prior_bits + model.weights("name")[0] + 4
    assert at(threshold_table(linked.pairs, records.select("id", "party")), 0.0)["f1"] > 0.93
