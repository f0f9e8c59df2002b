"""Nuisance reports and inspections: which count, of which kind, how many and by how many reporters."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from screening.rules.readings.plans import computed

#: A reporter counts once in so many days.
REPORTER_GAP_DAYS = 30

BUSINESS_CATEGORY = "overlast-bedrijven-en-horeca"
VISITOR_TYPE = "overlast-door-bezoekers-niet-op-terras"
SHARED_HOUSING = "woningdelen-spookburgers"
#: What an inspection finds where more rooms or people are let than the permit allows.
OVER_PERMIT = ("meer_kamers_dan_vergund", "meer_personen_dan_vergund")


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


def report_columns(*kind: str) -> tuple[str, ...]:
    """The columns that `counting_reports` needs, with those that its `kind` reads: for the `inputs` of a rule."""
    return (
        *("record", "melding_id", "hoofdmelding_id", "datum_melding"),
        *kind,
        *("address_id", "status", "bevinding", "melder_token"),
    )


def counting_reports(
    meldingen: pl.LazyFrame, kind: pl.Expr | None = None, *, objects: pl.LazyFrame | None = None
) -> pl.LazyFrame:
    """The reports that count, each once; the columns of `meldingen` and `reporter`.

    Cancelled and unfounded reports are out; a child counts with its parent (so it is dropped; children whose parent is
    not in the frame count once together, as the earliest); `kind` keeps a category and `objects` (`address_id`) the
    objects that matter; then one token counts once in 30 days at an address: the earliest counts, and the next that is
    at least 30 days later. An empty token is a reporter of its own. Reports without a day or without an address are
    out. Needs `record`, `melding_id`, `hoofdmelding_id`, `datum_melding`, `address_id`, `status`, `bevinding`,
    `melder_token`, and what `kind` reads.
    """
    names = meldingen.collect_schema().names()
    parent = pl.col("hoofdmelding_id")
    top = meldingen.filter(parent.is_null())
    children = meldingen.filter(parent.is_not_null()).pipe(computed)
    # few reports have a parent: of all others none is held to look for it
    parents = meldingen.select(hoofdmelding_id="melding_id").join(children, on="hoofdmelding_id", how="semi")
    orphans = (
        children.join(parents, on="hoofdmelding_id", how="anti")
        .filter(report_counts(), pl.col("datum_melding").is_not_null())
        .sort("datum_melding", "melding_id")
        .unique("hoofdmelding_id", keep="first", maintain_order=True)
    )
    kept = pl.concat([top, orphans]).filter(
        report_counts(), pl.col("datum_melding").is_not_null(), pl.col("address_id").is_not_null()
    )
    if kind is not None:
        kept = kept.filter(kind)
    if objects is not None:
        kept = kept.join(objects, on="address_id", how="semi")
    token = pl.coalesce(pl.col("melder_token"), pl.lit("?") + pl.col("record"))
    ranked = kept.with_columns(reporter=token).sort("address_id", "reporter", "datum_melding", "melding_id")
    counts = (
        pl.struct(new=pl.struct("address_id", "reporter").rle_id(), day=pl.col("datum_melding").cast(pl.Int32))
        .map_batches(_first_of_each_gap, return_dtype=pl.Boolean)
        .alias("_counts")
    )
    return ranked.with_columns(counts).filter("_counts").select(*names, "reporter")


def _first_of_each_gap(rows: pl.Series) -> pl.Series:
    """True for the first row of a group and for each that is 30 days past the last True one.

    What counts depends on what counted before, which no window expression can say: one pass over two columns of
    whole numbers.
    """
    groups, days = (rows.struct.field(name).to_numpy() for name in ("new", "day"))
    counts = np.ones(len(rows), dtype=bool)
    soon = (groups[1:] == groups[:-1]) & (days[1:] - days[:-1] < REPORTER_GAP_DAYS)
    # most reporters report once: only where one follows too soon does it matter what counted before
    places = np.flatnonzero(np.isin(groups, groups[1:][soon]))
    group, last = None, 0
    for place, number, day in zip(places.tolist(), groups[places].tolist(), days[places].tolist(), strict=True):
        counts[place] = number != group or day - last >= REPORTER_GAP_DAYS
        if counts[place]:
            group, last = number, day
    return pl.Series(counts, dtype=pl.Boolean)


def tally(reports: pl.LazyFrame, start: date, as_of: date, **more: pl.Expr) -> pl.LazyFrame:
    """One row per address with counting reports from `start` to `as_of`, both in.

    Columns: `address_id`, `meldingen`, `melders` (counts), `report_records` (sorted), and `more` over the reports of an
    address.
    """
    return (
        reports.filter(pl.col("datum_melding").is_between(start, as_of))
        .group_by("address_id")
        .agg(
            meldingen=pl.len().cast(pl.Int64),
            melders=pl.col("reporter").n_unique().cast(pl.Int64),
            report_records=pl.col("record").sort(),
            **more,
        )
    )


def business_reports_after(meldingen: pl.LazyFrame, ends: pl.LazyFrame) -> pl.LazyFrame:
    """Per licence that ended the reports of business type at its object after that day.

    Columns: `record` (of the licence), `meldingen` (count), `melders` (distinct reporter tokens; a report without
    one adds none, since it may come from anybody), `report_records`.

    `ends`: `record`, `address_id`, `ended` (out), `last_day` (in). Needs what `counting_reports` needs.
    """
    return (
        counting_reports(meldingen, is_business_report(), objects=ends)
        .select("address_id", "datum_melding", "melder_token", report="record")
        .join(ends, on="address_id")
        .filter(pl.col("datum_melding") > pl.col("ended"), pl.col("datum_melding") <= pl.col("last_day"))
        .group_by("record")
        .agg(
            meldingen=pl.len().cast(pl.Int64),
            melders=pl.col("melder_token").drop_nulls().n_unique().cast(pl.Int64),
            report_records=pl.col("report").sort(),
        )
    )


def in_operation_after(controles: pl.LazyFrame, ends: pl.LazyFrame) -> pl.LazyFrame:
    """As `business_reports_after`, the inspections that found the business in operation.

    Columns: `controles` (count), `inspection_records`. Needs `record`, `address_id`, `bevinding`, `datum_min`,
    `datum_max`.
    """
    return (
        controles.filter(pl.col("bevinding") == "in_bedrijf")
        .select("address_id", "datum_min", "datum_max", inspection="record")
        .join(ends, on="address_id")
        .filter(pl.col("datum_min") > pl.col("ended"), pl.col("datum_max") <= pl.col("last_day"))
        .group_by("record")
        .agg(controles=pl.len().cast(pl.Int64), inspection_records=pl.col("inspection").sort())
    )


def over_permit_inspections(controles: pl.LazyFrame, start: date, as_of: date) -> pl.LazyFrame:
    """Per address the inspections, surely from `start` to `as_of`, that found more let than permitted.

    Columns: `controles` (count), `inspection_records`. Needs `record`, `address_id`, `bevinding`, `datum_min`,
    `datum_max`.
    """
    return (
        controles.filter(
            pl.col("address_id").is_not_null(),
            pl.col("bevinding").is_in(OVER_PERMIT),
            pl.col("datum_min") >= start,
            pl.col("datum_max") <= as_of,
        )
        .group_by("address_id")
        .agg(controles=pl.len().cast(pl.Int64), inspection_records=pl.col("record").sort())
    )
