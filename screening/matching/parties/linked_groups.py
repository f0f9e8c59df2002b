"""Links between groups: pairs that the engine scored, their level, and what was compared, as data without a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from screening.base.vocabulary import LinkLevel
from screening.linking import LinkModel, Veto
from screening.linking.clusters import torn, with_judged_vetoes
from screening.linking.compare import MISSING
from screening.linking.encode import Records
from screening.linking.nightly import Changes, LinkedNight
from screening.linking.pair_ranges import RangeWorkers
from screening.linking.scorer import Scorer, below
from screening.matching.parties.link_levels import MOST_PROBABLE, PROBABLE_BITS, STRONG_BITS

#: How alike the values are at a level (0-1); None: it tells nothing about likeness. A level that is not here: 0.
SIMILARITY: Mapping[str, float | None] = {
    "equal": 1.0,
    "sound": 0.9,
    "slip": 0.9,
    "slip_unheard": 0.9,
    "slip_short": 0.8,
    "slip_first": 0.8,
    "doubtful": 0.75,
    "two_slips": 0.75,
    "name": 1.0,
    "order": 1.0,
    "name_slip": 0.9,
    "doubled": 0.9,
    "equal_several": None,
    "initials": None,
    "subset": None,
    "overlap": None,
    "swapped": 0.5,
    "business": 1.0,
    "near": 0.97,
    "alike": 0.92,
    "somewhat_alike": 0.87,
    "core": 0.8,
    "missing": None,
}
#: Initials that fit each other are compatible: that is no likeness of names.
COMPATIBLE = ("equal_several", "initials", "subset", "overlap")

DECIDED: dict[str, pl.DataType] = {
    "left": pl.Int64(),
    "right": pl.Int64(),
    "log_odds": pl.Float64(),
    "level": pl.String(),
    "comparisons": pl.String(),
}


@dataclass(frozen=True)
class LinkedGroups:
    """`pairs`: `left`, `right`, `log_odds`, `is_vetoed` and levels of all that was kept. `links`: DECIDED.

    `left_out`: probable links that a bound left out.
    """

    pairs: pl.DataFrame
    links: pl.DataFrame
    left_out: int


def link_groups(
    compared: LinkedNight, *, bare: pl.Series, themselves: pl.Series, apart: pl.DataFrame, silent: tuple[Veto, ...] = ()
) -> LinkedGroups:
    """The links between the groups of one kind of party.

    Args:
        compared: the groups, whose ids are their numbers, and their pairs.
        bare: groups without an independent key: their pairs are probable at most, and only the best few are kept.
        themselves: groups of which two mentions are linked to each other, so that a pair with itself is decided too.
        apart: pairs of groups (`left`, `right`) that a person told apart.
        silent: vetoes whose pairs are no question to anybody; those of others can be probable, for a person to see.
    """
    model, records = compared.model, compared.records
    scorer = Scorer(model, records)
    pairs = with_judged_vetoes(compared.pairs, STRONG_BITS, apart)
    ambiguous = torn(pairs, STRONG_BITS).with_columns(is_torn=True)
    pairs = pairs.join(ambiguous, on=["left", "right"], how="left", maintain_order="left")
    held = below(pairs["log_odds"].to_numpy(), STRONG_BITS)
    pairs = pairs.with_columns(
        log_odds=pl.when(pl.col("is_torn").fill_null(False)).then(pl.Series(held)).otherwise("log_odds")
    ).drop("is_torn")
    likely = pairs.filter(pl.col("log_odds") >= PROBABLE_BITS)
    if silent:
        judge = Scorer(replace(model, settings=replace(model.settings, vetoes=silent)), records)
        likely = likely.filter(~pl.Series(judge.vetoed(scorer.compare(*_rows(records, likely)))))
    kept, left_out = _best_probable(likely, bare)
    own = scorer.frame([scorer.score(*_rows(records, pl.DataFrame({"left": themselves, "right": themselves})), 0)])
    own = own.filter(pl.col("log_odds") >= PROBABLE_BITS)
    decided = pl.concat([kept, own.select(kept.columns)]).sort("left", "right")
    return LinkedGroups(pairs, _decided(scorer, records, decided), left_out)


def _rows(records: Records, pairs: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    order = records.ids.to_numpy()
    left, right = (np.searchsorted(order, pairs[side].to_numpy()).astype(np.int32) for side in ("left", "right"))
    return left, right


@dataclass(frozen=True)
class ComparedGroups:
    """The pairs of all groups, CUT_BLOCKS, and how many candidate pairs were compared on this night."""

    linked: LinkedNight
    cut: pl.DataFrame
    candidates: int


def compare_groups(model: LinkModel, changes: Changes, workers: RangeWorkers | None = None) -> ComparedGroups:
    """The pairs of all groups, those carried over among them.

    Pairs with the independent key are kept down to the floor, others only from probable on: nothing of theirs is
    averaged. `workers`: see `link_encoded`.
    """
    rules = model.settings.blocking
    few = tuple(rule for rule in rules if any(key.endswith(":missing") for key in rule))
    many = tuple(rule for rule in rules if rule not in few)
    # the notes of the run say which blocks were cut
    parts = [
        changes.link(replace(model, settings=replace(model.settings, blocking=blocking, floor=floor)), workers)
        for blocking, floor in ((many, model.settings.floor), (few, PROBABLE_BITS))
    ]
    pairs = pl.concat([part.pairs for part in parts]).unique(["left", "right"], keep="first", maintain_order=True)
    pairs = pairs.drop("probability", "rule")
    if changes.carried is not None:
        pairs = pl.concat([changes.carried, pairs])
    linked = LinkedNight(model, changes.records, changes.marks, pairs.sort("left", "right"))
    return ComparedGroups(linked, pl.concat([part.cut for part in parts]), sum(part.compared for part in parts))


def _best_probable(pairs: pl.DataFrame, bare: pl.Series) -> tuple[pl.DataFrame, int]:
    """The pairs without those of a bare group beyond its best few, and how many that leaves out."""
    held = bare.implode()
    is_loose = pl.col("log_odds") < STRONG_BITS
    loose = pairs.filter(is_loose & (pl.col("left").is_in(held) | pl.col("right").is_in(held)))
    ranked = loose.sort(["log_odds", "left", "right"], descending=[True, False, False]).with_columns(
        of_left=pl.int_range(pl.len()).over("left"), of_right=pl.int_range(pl.len()).over("right")
    )
    of_left = pl.col("left").is_in(held) & (pl.col("of_left") < MOST_PROBABLE)
    of_right = pl.col("right").is_in(held) & (pl.col("of_right") < MOST_PROBABLE)
    out = ranked.filter(~(of_left | of_right)).select("left", "right")
    return pairs.join(out, on=["left", "right"], how="anti"), out.height


def _decided(scorer: Scorer, records: Records, pairs: pl.DataFrame) -> pl.DataFrame:
    """DECIDED of these pairs: their level, and field by field how alike they are and what that weighs."""
    compared = scorer.compare(*_rows(records, pairs))
    fields: dict[str, pl.Expr] = {}
    columns: dict[str, object] = {}
    settings = scorer.model.settings
    for index, (weight, rare) in enumerate(scorer.parts(compared)):
        c = settings.comparisons[index]
        names = {number: _spoken(c.name, name) for number, name in enumerate(c.level_names)} | {int(MISSING): "missing"}
        columns[f"level_{c.name}"] = compared.levels[index]
        columns[f"weight_{c.name}"] = weight + rare
        columns[f"name_{c.name}"] = [names[level] for level in compared.levels[index].tolist()]
    texts = {f"name_{c.name}": pl.String for c in settings.comparisons}
    frame = pl.DataFrame(columns, schema_overrides=texts)
    for c in settings.comparisons:
        name = pl.col(f"name_{c.name}")
        for field in _fields(c.name):
            is_own = (name == "business") == (field == "business") if c.name == "birth_date" else pl.lit(True)
            similarity = pl.when(is_own).then(name.replace_strict(SIMILARITY, default=0.0, return_dtype=pl.Float64))
            fields[field] = pl.struct(
                similarity=similarity,
                weight=pl.when(is_own).then(f"weight_{c.name}").otherwise(0.0).round(2),
                relation=pl.when(name.is_in(COMPATIBLE)).then(pl.lit("compatible")),
            )
    text = pl.struct(expression.alias(field) for field, expression in fields.items()).struct.json_encode()
    level = pl.when(pl.col("log_odds") >= STRONG_BITS).then(pl.lit(str(LinkLevel.STRONG)))
    decided = pl.concat([pairs.select("left", "right", "log_odds"), frame.select(comparisons=text)], how="horizontal")
    decided = decided.with_columns(level=level.otherwise(pl.lit(str(LinkLevel.PROBABLE))))
    return decided.select(pl.col(c).cast(t) for c, t in DECIDED.items()).sort("left", "right")


def _spoken(comparison: str, level: str) -> str:
    """The level as SIMILARITY knows it: equal initials are no equal names."""
    return "initials" if comparison == "given_names" and level == "equal" else level


def _fields(comparison: str) -> tuple[str, ...]:
    if comparison == "birth_date":
        return ("birth_date", "business")
    return () if comparison == "reading" else (comparison,)
