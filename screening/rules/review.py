"""The review rule: which addresses a person must look at (domain reference 2.1). No score, no sum, no ranking."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from screening.base.frames import FLAGS, conform
from screening.base.vocabulary import FlagReason, IndicatorClass
from screening.rules.declare import Indicator
from screening.rules.sensitive import Sensitive

_HAS_A = pl.col("class").list.contains(str(IndicatorClass.A))


@dataclass(frozen=True)
class Hit:
    """What the review rule sees of a hit. `records`: those it rests on; context records do not count.

    `leans_on`: the indicators of which a hit at the address made this one possible.
    """

    indicator: str
    cls: str
    barrier: str
    dataset: str
    records: frozenset[str]
    leans_on: frozenset[str] = frozenset()


def reason_to_review(hits: Iterable[Hit]) -> FlagReason | None:
    """The first clause that fires for the hits of one address, or None.

    A: one hit of class A. BB: two B from two data sets. BBC: three hits of B or C by three indicators, over two
    barriers and two data sets, not all C. Hits that share a record count once: the hits that make up a clause have no
    record in common, and none of them is possible by one of the others alone (decision 84).
    """
    distinct = sorted(
        set(hits), key=lambda hit: (hit.indicator, hit.dataset, sorted(hit.records), sorted(hit.leans_on))
    )
    if any(hit.cls == IndicatorClass.A for hit in distinct):
        return FlagReason.A
    strong = [hit for hit in distinct if hit.cls == IndicatorClass.B]
    for place, hit in enumerate(strong):
        if any(_apart(hit, other) and hit.dataset != other.dataset for other in strong[place + 1 :]):
            return FlagReason.BB
    return FlagReason.BBC if _three(_smallest(distinct)) else None


def _counted(rules: Mapping[str, Indicator], hit: tuple[str, str, str, str, Sequence[str], str]) -> Hit:
    """A hit as the rule counts it: with the records of its own data set and of those that its rule rests on.

    A hit that rests on reports counts as one from the reports, whatever register its rule belongs to. One person can
    file reports under many names, and must not make two registers of them (decision 0008).
    """
    code, cls, barrier, dataset, ids, values = hit
    rule = rules.get(code)
    of_reports = "meldingen:"
    own = (f"{dataset}:", of_reports, *(f"{name}:" for name in (rule.rests_on if rule else ())))
    counts = frozenset(record for record in ids if record.startswith(own))
    on_reports = any(record.startswith(of_reports) for record in counts)
    # a list of a hit is one text there (`wording.sentence.values_json`)
    leans_on = frozenset(json.loads(values)[rule.leans_on].split("|")) if rule and rule.leans_on else frozenset()
    return Hit(code, cls, barrier, "meldingen" if on_reports else dataset, counts, leans_on)


def _apart(hit: Hit, other: Hit) -> bool:
    leans = hit.leans_on == {other.indicator} or other.leans_on == {hit.indicator}
    return hit.indicator != other.indicator and not hit.records & other.records and not leans


def _smallest(hits: Sequence[Hit]) -> list[Hit]:
    """Without hits whose records include those of a like hit: what fires with the larger fires with the smaller."""

    def like(hit: Hit, other: Hit) -> bool:
        same = (hit.indicator, hit.cls, hit.barrier, hit.dataset, hit.leans_on) == (
            other.indicator,
            other.cls,
            other.barrier,
            other.dataset,
            other.leans_on,
        )
        return same and other.records < hit.records

    return [hit for hit in hits if not any(like(hit, other) for other in hits)]


def _three(hits: Sequence[Hit]) -> bool:
    for first, hit in enumerate(hits):
        for second in range(first + 1, len(hits)):
            two = hits[second]
            if not _apart(hit, two):
                continue
            for three in hits[second + 1 :]:
                trio = (hit, two, three)
                if (
                    _apart(hit, three)
                    and _apart(two, three)
                    and len({hit.barrier for hit in trio}) > 1
                    and len({hit.dataset for hit in trio}) > 1
                    and any(hit.cls == IndicatorClass.B for hit in trio)
                ):
                    return True
    return False


def review(
    evidence: pl.DataFrame,
    indicators: Iterable[Indicator],
    *,
    sensitive: Sensitive,
    display: pl.DataFrame,
    as_of: date,
    earlier: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per flagged address (FLAGS), sorted by address_id: a neutral order.

    `evidence`: EVIDENCE. `sensitive`: that of this night; a flag is sensitive when a hit of it rests on a sensitive
    record, and where one stands. `display`: `address_id`, `address` (as shown); an address without one shows its id.
    `earlier`: `address_id`, `first_flagged`, `sensitive` of addresses that were flagged before; a new flag dates from
    `as_of`, and so does one that is not sensitive after one that was: its date tells of no other.
    A flag cites every indicator that hits the address.
    """
    rules = {rule.code: rule for rule in indicators}
    is_at_address = pl.col("address_id").is_in(sensitive.addresses.implode())
    grouped = (
        evidence.with_columns(sensitive=pl.lit(sensitive.hits(evidence, rules.values())) | is_at_address)
        .group_by("address_id")
        .agg("indicator", "class", "barrier", "dataset", "record_ids", "values", pl.col("sensitive").any())
    )
    flagged = pl.concat([_of_class_a(grouped), _of_clauses(grouped, rules)])
    flags = flagged.select(
        "address_id",
        "reason",
        *(
            pl.col(name).list.unique().list.sort().alias(alias)
            for alias, name in (("indicator_codes", "indicator"), ("barriers", "barrier"), ("datasets", "dataset"))
        ),
        "sensitive",
    )
    shown = display.select("address_id", "address").unique("address_id", keep="first", maintain_order=True)
    flags = flags.join(shown, on="address_id", how="left").with_columns(
        pl.col("address").fill_null(pl.col("address_id"))
    )
    if earlier is None:
        flags = flags.with_columns(pl.lit(as_of).alias("first_flagged"))
    else:
        ordinary = flags.filter(~pl.col("sensitive"))["address_id"].implode()
        carried = earlier.filter(~pl.col("sensitive") | ~pl.col("address_id").is_in(ordinary))
        before = carried.group_by("address_id").agg(pl.col("first_flagged").min())
        flags = flags.join(before, on="address_id", how="left").with_columns(pl.col("first_flagged").fill_null(as_of))
    return conform(flags, FLAGS).sort("address_id")


def _of_class_a(grouped: pl.DataFrame) -> pl.DataFrame:
    """The addresses with a hit of class A, with their `reason`."""
    return grouped.filter(_HAS_A).with_columns(reason=pl.lit(str(FlagReason.A)))


def _of_clauses(grouped: pl.DataFrame, rules: Mapping[str, Indicator]) -> pl.DataFrame:
    """The other addresses for which a clause fires, with their `reason`; each clause takes two hits at least."""
    several = grouped.filter(~_HAS_A & (pl.col("indicator").list.len() > 1))
    reasons = [
        reason_to_review(_counted(rules, hit) for hit in zip(*columns, strict=True))
        for columns in several.select("indicator", "class", "barrier", "dataset", "record_ids", "values").iter_rows()
    ]
    return several.with_columns(reason=pl.Series(reasons, dtype=pl.String)).drop_nulls("reason")
