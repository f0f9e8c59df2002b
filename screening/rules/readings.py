"""The words of the field as Polars expressions and small frames: one reading of "valid", "annulled", "counts"."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from screening.rules.tables import Tables
from screening.vocabulary import AddressNote, Dataset

#: A date column as it is, and its first and last possible day: a hit that carries all three is told as "mei 2026".
BOUNDS = ("", "_min", "_max")
#: Types whose licence is bound to a place. A sex establishment is too, but for an escort business.
LOCATION_BOUND = ("exploitatie", "alcohol", "terras", "logies", "speelautomaten", "coffeeshop")
#: Types that let or lodge.
LETTING = ("kamerverhuur", "omzetting", "verhuur_wgv", "toeristische_verhuur", "logies")
#: Within each of these groups two types are related; a type is always related to itself.
RELATED_GROUPS = (("exploitatie", "alcohol", "terras", "speelautomaten", "coffeeshop"), LETTING)
#: Line of business -> first two digits of its SBI codes, the same in the 2008 and 2025 versions.
SBI_LINE = {"horeca": "56", "logies": "55", "speelautomaten": "92"}
#: Lines of business that need a location-bound licence: the list that a municipality would change (LIC-05).
LICENSABLE_LINES = ("horeca", "logies", "speelautomaten")
#: Type of permit -> line of business. A type that is absent is not judged by line.
LINE_OF_TYPE = {
    "exploitatie": "horeca",
    "alcohol": "horeca",
    "terras": "horeca",
    "logies": "logies",
    "speelautomaten": "speelautomaten",
}
#: Legal forms of which the company is a party of its own, apart from the people behind it.
LEGAL_PERSONS = ("bv", "nv", "stichting", "vereniging", "cooperatie")
#: The word for a sex-establishment licence where it stands among permits.
SEX_LICENCE = "seksinrichting"
#: A reporter counts once in so many days.
REPORTER_GAP_DAYS = 30

BUSINESS_CATEGORY = "overlast-bedrijven-en-horeca"
VISITOR_TYPE = "overlast-door-bezoekers-niet-op-terras"
SHARED_HOUSING = "woningdelen-spookburgers"


def dated(column: str) -> tuple[str, ...]:
    """The columns of a date with its bounds, for a hit: its sentence says as much of a partial date as is known."""
    return tuple(f"{column}{bound}" for bound in BOUNDS)


def between(name: str, first: pl.Expr, last: pl.Expr) -> dict[str, pl.Expr]:
    """A date `name` that lies between two bounds, with these bounds: for a hit on a date made of several others."""
    return {name: pl.when(first == last).then(first), f"{name}_min": first, f"{name}_max": last}


# ---------------------------------------------------------------- licences and decisions


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


def related_types(left: str, right: str) -> pl.Expr:
    """Whether the permit types in columns `left` and `right` are the same or related."""
    together = pl.col(left) == pl.col(right)
    for group in RELATED_GROUPS:
        together = together | (pl.col(left).is_in(group) & pl.col(right).is_in(group))
    return together.fill_null(False)


def line_of(column: str = "zaaktype") -> pl.Expr:
    """Line of business of a permit type; null where the type is not judged by line."""
    return pl.col(column).replace_strict(LINE_OF_TYPE, default=None, return_dtype=pl.String)


def has_line(line: str, column: str = "sbi_codes") -> pl.Expr:
    """Whether any SBI code of the establishment belongs to `line` (a key of SBI_LINE)."""
    prefix = SBI_LINE[line]
    return pl.col(column).list.eval(pl.element().str.starts_with(prefix)).list.any().fill_null(False)


def licences(t: Tables, *columns: str) -> pl.LazyFrame:
    """Permits and sex-establishment licences as one frame, for the rules that read both.

    One row per licence: `record`, `key` (case number or licence id), `zaaktype` (SEX_LICENCE for the latter),
    `is_location_bound`, and `columns`, which both data sets must declare. Needs `record`, `key` and `zaaktype` /
    `type` declared; a table that is not declared is left out.
    """
    parts = []
    if Dataset.VERGUNNINGEN in t:
        parts.append(
            t[Dataset.VERGUNNINGEN].select(
                "record",
                "key",
                "zaaktype",
                pl.col("zaaktype").is_in(LOCATION_BOUND).fill_null(False).alias("is_location_bound"),
                *columns,
            )
        )
    if Dataset.SEKSINRICHTINGEN in t:
        parts.append(
            t[Dataset.SEKSINRICHTINGEN].select(
                "record",
                "key",
                pl.lit(SEX_LICENCE).alias("zaaktype"),
                (pl.col("type") != "escort").fill_null(False).alias("is_location_bound"),
                *columns,
            )
        )
    return pl.concat(parts)


# ---------------------------------------------------------------- measures


def counting_measure() -> pl.Expr:
    """A measure that was not annulled. Needs `status`."""
    return (pl.col("status") != "vernietigd").fill_null(True)


# ---------------------------------------------------------------- establishments


def ended_before(day: date) -> pl.Expr:
    """The establishment had surely ended before `day`. Needs `datum_einde_max`."""
    return (pl.col("datum_einde_max") < day).fill_null(False)


def active(as_of: date) -> pl.Expr:
    """The establishment had surely begun and not ended on `as_of`. Needs `datum_aanvang_max`, `datum_einde_min`."""
    return (pl.col("datum_aanvang_max") <= as_of).fill_null(False) & (
        pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") > as_of)
    )


def post_box() -> pl.Expr:
    """The address is a post box: it has no object, and nobody can be visited there. Needs `address_note`."""
    return (pl.col("address_note") == AddressNote.POST_BOX).fill_null(False)


def shielded() -> pl.Expr:
    """A shielded establishment places no hit at its address and is named nowhere. Needs `afgeschermd`."""
    return pl.col("afgeschermd").fill_null(False)


# ---------------------------------------------------------------- objects


def dwellings(bag_adressen: pl.LazyFrame) -> pl.LazyFrame:
    """`address_id` of each object that has woonfunctie among its functions.

    Needs `adresseerbaar_object_id`, `gebruiksdoelen`.
    """
    is_dwelling = pl.col("gebruiksdoelen").list.contains("woonfunctie").fill_null(False)
    return bag_adressen.filter(is_dwelling).select(address_id="adresseerbaar_object_id").unique()


def surely_no_dwellings(bag_adressen: pl.LazyFrame) -> pl.LazyFrame:
    """One row per object of which functions are known and none is woonfunctie.

    Columns: `address_id`, `gebruiksdoelen` (sorted), `bag_record` (its main address). The gate of the indicators on sex
    establishments that are off for homes: an object without a known function (a berth, a pitch) may be a home. Needs
    `record`, `adresseerbaar_object_id`, `gebruiksdoelen`, `is_nevenadres`.
    """
    return (
        # a second address repeats its object
        bag_adressen.sort(pl.col("is_nevenadres").fill_null(False), "record")
        .group_by(address_id="adresseerbaar_object_id", maintain_order=True)
        .agg(
            bag_record=pl.col("record").first(),
            gebruiksdoelen=pl.col("gebruiksdoelen")
            .list.explode(keep_nulls=False, empty_as_null=False)
            .drop_nulls()
            .unique()
            .sort(),
        )
        .filter(pl.col("gebruiksdoelen").list.len() > 0, ~pl.col("gebruiksdoelen").list.contains("woonfunctie"))
    )


# ---------------------------------------------------------------- reports


def is_business_report() -> pl.Expr:
    """Business type: all of nuisance by businesses and horeca."""
    return (pl.col("hoofdcategorie") == BUSINESS_CATEGORY).fill_null(False)


def is_visitor_report() -> pl.Expr:
    """Visitor type: nuisance by visitors, not on a terrace."""
    return (pl.col("subcategorie") == VISITOR_TYPE).fill_null(False)


def is_relevant_report() -> pl.Expr:
    """Relevant: housing, noise, visitors, other horeca businesses."""
    sub = pl.col("subcategorie")
    return (
        (pl.col("hoofdcategorie") == "wonen")
        | sub.str.starts_with("geluidsoverlast-")
        | sub.is_in([VISITOR_TYPE, "overig-horecabedrijven"])
    ).fill_null(False)


def report_counts() -> pl.Expr:
    """Neither cancelled nor found unfounded. Needs `status`, `bevinding`."""
    return (pl.col("status") != "geannuleerd").fill_null(True) & (pl.col("bevinding") != "ongegrond").fill_null(True)


def counting_reports(meldingen: pl.LazyFrame, where: pl.Expr | None = None) -> pl.LazyFrame:
    """The reports that count, each once; the columns of `meldingen` and `reporter`.

    Cancelled and unfounded reports are out; a child counts with its parent (so it is dropped; children whose parent is
    not in the frame count once together, as the earliest); `where` keeps a category; then one token counts once in 30
    days at an address: the earliest counts, and the next that is at least 30 days later. An empty token is a reporter
    of its own. Reports without a day or without an address are out. Needs `record`, `melding_id`, `hoofdmelding_id`,
    `datum_melding`, `address_id`, `status`, `bevinding`, `melder_token`, and what `where` reads.
    """
    names = meldingen.collect_schema().names()
    parent = pl.col("hoofdmelding_id")
    known = meldingen.select(hoofdmelding_id=pl.col("melding_id")).unique()
    top = meldingen.filter(parent.is_null())
    orphans = (
        meldingen.filter(parent.is_not_null())
        .join(known, on="hoofdmelding_id", how="anti")
        .filter(report_counts(), pl.col("datum_melding").is_not_null())
        .sort("datum_melding", "melding_id")
        .unique("hoofdmelding_id", keep="first", maintain_order=True)
    )
    kept = pl.concat([top, orphans]).filter(
        report_counts(), pl.col("datum_melding").is_not_null(), pl.col("address_id").is_not_null()
    )
    if where is not None:
        kept = kept.filter(where)
    token = pl.coalesce(pl.col("melder_token"), pl.lit("?") + pl.col("record"))
    ranked = kept.with_columns(reporter=token).sort("address_id", "reporter", "datum_melding", "melding_id")
    counts = (
        pl.struct(
            new=pl.struct("address_id", "reporter").rle_id(),
            day=pl.col("datum_melding").cast(pl.Int32),
        )
        .map_batches(_first_of_each_gap, return_dtype=pl.Boolean)
        .alias("_counts")
    )
    return ranked.with_columns(counts).filter("_counts").select(*names, "reporter")


def _first_of_each_gap(rows: pl.Series) -> pl.Series:
    """True for the first row of a group and for each that is 30 days past the last True one.

    What counts depends on what counted before, which no window expression can say: one pass over two columns of
    whole numbers.
    """
    groups, days = rows.struct.field("new").to_list(), rows.struct.field("day").to_list()
    counts, group, last = [], None, 0
    for here, day in zip(groups, days, strict=True):
        new = here != group or day - last >= REPORTER_GAP_DAYS
        if new:
            group, last = here, day
        counts.append(new)
    return pl.Series(counts, dtype=pl.Boolean)


def window_start(as_of: date, days: int) -> date:
    """First day of a window of `days` that ends on `as_of`, both ends in."""
    return as_of - timedelta(days=days)
