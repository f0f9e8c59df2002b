"""Permits and licences: their kinds, whether they are valid, decisions on them, and new applications."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules.readings.dates import BOUNDS
from screening.rules.tables import Tables

#: The word for a sex-establishment licence where it stands among permits.
SEX_LICENCE = "seksinrichting"


def annulled() -> pl.Expr:
    """An objection was upheld: the decision counts for nothing anywhere."""
    return (pl.col("bezwaar_uitkomst") == "gegrond").fill_null(False)


def valid_licence(as_of: date) -> pl.Expr:
    """Granted, in force on `as_of`, and not annulled. Of a partial date the bound that leaves it less sure is taken.

    Needs `status`, `ingangsdatum_max`, `einddatum_min`, `bezwaar_uitkomst`.
    """
    return (
        (pl.col("status") == "verleend")
        & (pl.col("ingangsdatum_max") <= as_of)
        & (pl.col("einddatum_min").is_null() | (pl.col("einddatum_min") >= as_of))
    ).fill_null(False) & ~annulled()


def possibly_valid_licence(as_of: date) -> pl.Expr:
    """As `valid_licence`, but a partial date is given the benefit of the doubt. For what a rule rules out.

    Needs `status`, `ingangsdatum_min`, `einddatum_max`, `bezwaar_uitkomst`.
    """
    return (
        (pl.col("status") == "verleend")
        & (pl.col("ingangsdatum_min") <= as_of)
        & (pl.col("einddatum_max").is_null() | (pl.col("einddatum_max") >= as_of))
    ).fill_null(False) & ~annulled()


def pending() -> pl.Expr:
    """An application that is not decided yet."""
    return pl.col("status").is_in(["aangevraagd", "in_behandeling"]).fill_null(False)


def withdrawn_by_authority() -> pl.Expr:
    """Withdrawn by the municipality and not annulled. Needs `status`, `vervalreden`, `bezwaar_uitkomst`."""
    return ((pl.col("status") == "ingetrokken") & (pl.col("vervalreden") == "ingetrokken_overheid")).fill_null(
        False
    ) & ~annulled()


def refused() -> pl.Expr:
    """Refused on other grounds than form or zoning, and not annulled: only these count as an earlier refusal.

    Needs `status`, `weigeringsgrond`, `bezwaar_uitkomst`.
    """
    curable = pl.col("weigeringsgrond").is_in(["formeel", "bestemming"]).fill_null(False)
    return (pl.col("status") == "geweigerd").fill_null(False) & ~curable & ~annulled()


def decision_date(bound: str = "") -> pl.Expr:
    """Date of a decision: refused or suspended `datum_besluit`; withdrawn `einddatum`, else `datum_besluit`.

    `bound`: "" (null unless the full date is known), "_min" or "_max".
    """
    decided, ended = pl.col(f"datum_besluit{bound}"), pl.col(f"einddatum{bound}")
    return (
        pl.when(pl.col("status").is_in(["geweigerd", "geschorst"]))
        .then(decided)
        .when(pl.col("status") == "ingetrokken")
        .then(pl.coalesce(ended, decided))
    )


def decision_dates(name: str) -> dict[str, pl.Expr]:
    """`decision_date` with its bounds, under this name: for a hit that tells of an earlier decision."""
    return {f"{name}{bound}": decision_date(bound) for bound in BOUNDS}


def decision_taken() -> dict[str, pl.Expr]:
    """What an earlier decision was (`besluit`, a code) and its ground (`grond`), which only a refusal has.

    A hit goes into dossiers, prints and signals, and nothing of Bibob does: that ground is told as one on the merits.
    Needs `status`, `vervalreden`, `weigeringsgrond`.
    """
    withdrawn = pl.when(withdrawn_by_authority()).then(pl.lit("ingetrokken_overheid"))
    ground = pl.col("weigeringsgrond").replace("bibob", "inhoudelijk")
    return {"besluit": withdrawn.otherwise("status"), "grond": pl.when(refused()).then(ground)}


def earlier_decisions(permits: pl.LazyFrame, start: date) -> pl.LazyFrame:
    """The permits that were refused, or withdrawn by the municipality, surely on or after `start`.

    Needs `status`, `vervalreden`, `weigeringsgrond`, `bezwaar_uitkomst`, `datum_besluit_min`, `einddatum_min`.
    """
    return permits.filter(refused() | withdrawn_by_authority(), decision_date("_min") >= start)


def new_applications(permits: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Applications at an object, pending or granted, filed by `as_of`; a grant that was annulled or has ended is none.

    Needs `status`, `bezwaar_uitkomst`, `address_id`, `datum_aanvraag_max`, `einddatum_min`.
    """
    has_ended = (pl.col("einddatum_min") < as_of).fill_null(False)
    return permits.filter(
        pending() | ((pl.col("status") == "verleend") & ~has_ended),
        ~annulled(),
        pl.col("address_id").is_not_null(),
        pl.col("datum_aanvraag_max") <= as_of,
    )


def judged_until(as_of: date) -> pl.Expr:
    """Until when whoever is behind an application belongs to it: who joins after the grant did not apply (PER-04).

    A pending application is judged as it is on `as_of`. Needs `status`, `datum_besluit_min`, `datum_aanvraag_min`.
    """
    return pl.when(pending()).then(pl.lit(as_of)).otherwise(pl.coalesce("datum_besluit_min", "datum_aanvraag_min"))


def is_location_bound() -> pl.Expr:
    """The licence is for a place; a sex establishment's is too, but for an escort business. Needs the column."""
    return pl.col("is_location_bound").fill_null(False)


def is_letting() -> pl.Expr:
    """The permit lets or lodges. Needs the column."""
    return pl.col("is_letting").fill_null(False)


def is_room_letting() -> pl.Expr:
    """The permit lets a dwelling room by room. Needs the column."""
    return pl.col("is_room_letting").fill_null(False)


def is_one_off() -> pl.Expr:
    """A permit for one occasion: nobody is in business under it, and its end is no end of a business."""
    return pl.col("is_one_off").fill_null(False)


def is_related(other: str) -> pl.Expr:
    """Whether the kind of the permit is that in column `other`, or related to it. Needs `related_types`, `zaaktype`."""
    is_same = pl.col("zaaktype") == pl.col(other)
    return (is_same | pl.col("related_types").list.contains(pl.col(other))).fill_null(False)


def licences(t: Tables, *columns: str) -> pl.LazyFrame:
    """Permits and sex-establishment licences as one frame, for the rules that read both.

    One row per licence: `record`, `key` (case number or licence id), `zaaktype` (SEX_LICENCE for the latter), and
    `columns`. Both data sets must declare these, `record` and `key`, and the permits `zaaktype`.
    """
    permits = t["vergunningen"].select("record", "key", "zaaktype", *columns)
    establishments = t["seksinrichtingen"].select("record", "key", pl.lit(SEX_LICENCE).alias("zaaktype"), *columns)
    return pl.concat([permits, establishments])


def counting_measure() -> pl.Expr:
    """A measure that was not annulled and is not suspended: such a one counts for nothing. Needs `status`."""
    return (~pl.col("status").is_in(["vernietigd", "geschorst"])).fill_null(True)
