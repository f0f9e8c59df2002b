"""Fit the weights of `screening.matching.addresses.probability` on spelling variants of synthetic municipalities.

    python -m benchmarks.addresses.fit [--count 20000]

Writes probability.yaml beside the module. The variants are those of `draw_variants`, those whose truth is not
written among them, and one in ten is an address of another municipality, of which none is the right answer. A weight
is the lower end of its interval, so that an address promises rather too little than too much.
"""

from __future__ import annotations

import argparse
import random
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.addresses.drafts import keyboard_slip
from benchmarks.addresses.variants import draw_variants
from screening.matching import addresses
from screening.matching.addresses import AddressIndex
from screening.matching.addresses.parse import WRITTEN
from screening.matching.addresses.probability import EVIDENCE
from screening.matching.addresses.verdicts import weigh_parts
from screening.synthetic import generate

#: One municipality a seed: a single one has few of the numbers at which its units decide.
FIT_SEEDS = range(7, 87, 10)
#: 97.5 % of the normal distribution: weights at the lower end of their 95 % intervals.
_Z = 1.959964
#: Share of addresses that are those of another municipality.
FOREIGN_SHARE = 0.1
#: Towns of other municipalities, one of them a letter away from ours, and how far their postcodes are from ours.
FOREIGN_TOWNS = (("Anderstad", 1234), ("Oldorp", 10), ("Elders", 2870))
#: What our second town is called here: a short name, which a letter makes another.
SHORT_TOWN = "Oudorp"

_HEAD = """\
# Weights in log-odds of what speaks for an address, fitted on {rows:,} spelling variants of synthetic municipalities
# with `python -m benchmarks.addresses.fit`; not to be changed by hand. `base`: an address written as it is registered.
"""


def synthetic_bag(seed: int, count: int = 8000) -> pl.DataFrame:
    """The addresses of a synthetic municipality, in the canonical columns as text."""
    bag = generate(seed, count, as_of=date(2026, 11, 1)).tables["bag_adressen"]
    # Some rows are spoiled on purpose, for the contract to refuse.
    is_sound = pl.col("postcode").str.contains(r"^[1-9][0-9]{3}[A-Z]{2}$") & pl.col("huisnummer").str.contains(
        r"^[0-9]+$"
    )
    bag = bag.filter(is_sound & pl.col("adresseerbaar_object_id").str.contains(r"^[0-9]{16}$"))
    return bag.drop_nulls("straatnaam").with_columns(is_nevenadres=pl.col("is_nevenadres") == "ja")


def confusing_bag(seed: int, count: int = 8000) -> pl.DataFrame:
    """The synthetic addresses with what makes real ones hard to tell apart.

    One number in eight has up to four units beside the bare number, one object in thirty took the place of a withdrawn
    one, one in fifty is withdrawn, and one street in eight has a neighbour whose name is one letter different.
    """
    chance = random.Random(seed)  # noqa: S311 - the same municipality for the same seed
    rows = []
    neighbours: dict[str, str] = {}
    for row in synthetic_bag(seed, count).sort("nummeraanduiding_id").iter_rows(named=True):
        street = row["straatnaam"]
        if street not in neighbours:
            neighbours[street] = keyboard_slip(street, chance, first=1) if chance.random() < 0.12 else street
        # The even numbers are those of the neighbour, behind the first 30 also the odd ones.
        number = int(row["huisnummer"])
        row["straatnaam"] = neighbours[street] if number % 2 == 0 or number > 30 else street
        rows.append(row)
        if chance.random() < 0.12:
            rows.extend(
                _another(row, len(rows) + more, huisletter=letter)
                for more, letter in enumerate("abcd"[: chance.randint(1, 4)])
            )
        if chance.random() < 0.02:
            row["status"] = "Verblijfsobject ingetrokken"
        elif chance.random() < 0.03:
            rows.append(_another(row, len(rows), status="Verblijfsobject ingetrokken"))
    bag = pl.DataFrame(rows, infer_schema_length=None)
    towns = bag["woonplaats"].value_counts(sort=True)["woonplaats"].to_list()
    return bag.with_columns(pl.col("woonplaats").replace(towns[1], SHORT_TOWN))


def _another(row: dict[str, object], serial: int, **changes: str) -> dict[str, object]:
    """A further address and object made after another."""
    own = {"nummeraanduiding_id": f"9998200{serial:09d}", "adresseerbaar_object_id": f"9998010{serial:09d}"}
    return {**row, **own, **changes}


def foreign_bag(seed: int, ours: pl.DataFrame) -> pl.DataFrame:
    """The addresses of other municipalities: other towns and postcodes, and one street name in four is one of ours."""
    bag = synthetic_bag(seed)
    place = pl.col("straatnaam").rank("dense").cast(pl.Int64)
    names = ours["straatnaam"].unique().sort()
    towns, shifts = ([town[at] for town in FOREIGN_TOWNS] for at in (0, 1))
    which = place % len(FOREIGN_TOWNS)
    shifted = pl.col("postcode").str.slice(0, 4).cast(pl.Int64) + which.replace_strict(range(3), shifts)
    namesake = place.replace_strict(range(1, len(names) + 1), names, default=pl.col("straatnaam"))
    return bag.with_columns(
        postcode=shifted.clip(1000, 9999).cast(pl.String) + pl.col("postcode").str.slice(4),
        woonplaats=which.replace_strict(range(3), towns),
        straatnaam=pl.when(place % 4 == 0).then(namesake).otherwise("straatnaam"),
    )


def labelled_parts(bag: pl.DataFrame, foreign: pl.DataFrame | None, count: int, seed: int) -> pl.DataFrame:
    """One row a written address that an object was found or offered for: the levels of evidence, score, is_true."""
    drawn = draw_variants(bag, count, seed)
    if foreign is not None:
        strange = draw_variants(foreign, int(count * FOREIGN_SHARE), seed + 1).with_columns(
            drawn=pl.lit(None, pl.String)
        )
        drawn = pl.concat([drawn, strange])
    drawn = drawn.with_row_index("qid")
    parts = weigh_parts(drawn.select("qid", *WRITTEN), AddressIndex.build(bag))
    parts = parts.filter(pl.len().over("qid") == 1).join(drawn.select("qid", "form", "done", "drawn"), on="qid")
    named = pl.coalesce("object", "candidate")
    return parts.filter(named.is_not_null()).with_columns(is_true=(named == pl.col("drawn")).fill_null(False))


def fit_weights(parts: pl.DataFrame, penalty: float = 1.0) -> dict[str, dict[str, float]]:
    """Weights of a logistic regression on the levels, the first of each kind at 0, with a ridge on the others.

    Worse evidence never raises a probability: a weight above 0 is set to 0 and the rest fitted again. Each of the rest
    is the lower end of its 95 % interval beside the others. A level that no variant has takes the weight of the one
    before it.
    """
    columns = [(kind, level) for kind, levels in EVIDENCE.items() for level in range(1, len(levels))]
    seen = np.column_stack([np.ones(parts.height), *((parts[kind] == level).to_numpy() for kind, level in columns)])
    truth, weights = parts["is_true"].to_numpy().astype(float), np.zeros(seen.shape[1])
    free = seen.any(axis=0)
    while True:
        weights[:] = 0.0
        weights[free], errors = _newton(seen[:, free], truth, penalty)
        raising = free & (weights > 0)
        raising[0] = False
        if not raising.any():
            break
        free &= ~raising
    weights[free] -= _Z * errors
    fitted: dict[str, dict[str, float]] = {"base": {"log_odds": round(float(weights[0]), 2)}}
    for place, (kind, level) in enumerate(columns, start=1):
        levels = fitted.setdefault(kind, {EVIDENCE[kind][0]: 0.0})
        before = levels[EVIDENCE[kind][level - 1]]
        levels[EVIDENCE[kind][level]] = min(round(float(weights[place]), 2), 0.0) if seen[:, place].any() else before
    return fitted


def _newton(seen: np.ndarray, truth: np.ndarray, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest weights, and the standard error of each while the others stay what they are."""
    weights = np.zeros(seen.shape[1])
    weights[0] = 4.0
    ridge = np.diag([1e-6, *[penalty] * (len(weights) - 1)])
    curve = ridge
    for _ in range(60):
        chance = 1 / (1 + np.exp(-seen @ weights))
        slope = seen.T @ (truth - chance) - ridge @ weights
        curve = (seen * (chance * (1 - chance))[:, None]).T @ seen + ridge
        weights = weights + np.clip(np.linalg.solve(curve, slope), -1, 1)
    return weights, 1 / np.sqrt(np.diag(curve))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.addresses.fit", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="variants of each municipality")
    count = parser.parse_args().count
    bags = {seed: confusing_bag(seed) for seed in FIT_SEEDS}
    drawn = (labelled_parts(bag, foreign_bag(seed + 1, bag), count, seed) for seed, bag in bags.items())
    parts = pl.concat(drawn, how="vertical_relaxed")
    weights = fit_weights(parts)
    lines = [
        f"{kind}: {{{', '.join(f'{level}: {weight}' for level, weight in levels.items())}}}\n"
        for kind, levels in weights.items()
    ]
    target = Path(addresses.__file__).parent / "probability.yaml"
    target.write_text(_HEAD.format(rows=parts.height) + "".join(lines), encoding="utf-8")
    print(target.read_text(encoding="utf-8"))
    for kind in EVIDENCE:
        names = dict(enumerate(EVIDENCE[kind]))
        table = parts.group_by(pl.col(kind).replace_strict(names).alias(kind)).agg(pl.len(), pl.col("is_true").mean())
        print(table.sort(kind))


if __name__ == "__main__":
    main()
