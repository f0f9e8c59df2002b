"""NUI-01: many reports by several people about a licensed address, and many more than in the year before."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_YEAR_DAYS = 365


@indicator(
    code="NUI-01",
    version=3,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="meldingen",
    purposes=("P-OO", "P-VERG"),
    powers=("voorschrift", "intrekken"),
    name_nl="Meldingencluster op vergund adres",
    name_en="Report cluster, licensed address",
    rationale_nl="Meer meldingen dan anders over een adres met een vergunning. Er kan iets zijn veranderd in het "
    "gebruik.",
    rationale_en="More reports than usual about an address with a licence. Something may have changed in its use.",
    ruled_out_nl=(
        "Alle meldingen komen van één melder.",
        "Eén melder blijft melden: die telt eens per 30 dagen.",
        "Een deelmelding telt mee met de hoofdmelding.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "De meldingen gaan over iets anders dan het gebruik van het adres.",
        "Het waren er het jaar ervoor ook al zo veel.",
        "Het adres heeft geen geldige vergunning.",
        "De vergunning is er alleen voor bouwen of voor een evenement.",
    ),
    ruled_out_en=(
        "All reports come from one reporter.",
        "One reporter keeps reporting: they count once in 30 days.",
        "A child report counts with its parent.",
        "The reports were unfounded or cancelled.",
        "The reports are about something other than the use of the address.",
        "There were as many in the year before.",
        "The address has no valid licence.",
        "The licence is for building or for an event only.",
    ),
    innocent_nl=(
        "Er is werk aan de weg of een evenement in de buurt.",
        "De meldingen komen uit één conflict.",
        "Er zijn nieuwe buren.",
        "Een actie riep op om te melden.",
    ),
    innocent_en=(
        "There are road works or an event nearby.",
        "The reports stem from one dispute.",
        "There are new neighbours.",
        "A campaign called on people to report.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "Wie vaker meldde, telt eens per 30 dagen.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "Who reported more often counts once per 30 days.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"vergunningen": ("ingangsdatum",)},
    inputs={
        "meldingen": readings.report_columns("hoofdcategorie", "subcategorie"),
        "vergunningen": columns(
            "record zaaknummer is_location_bound is_letting status bezwaar_uitkomst address_id ingangsdatum_max "
            "einddatum_min"
        ),
    },
    params={
        "window_days": Param(
            90,
            "days",
            "a change in use shows within a season",
            floor=30,
            ceiling=180,
            label_nl="Venster",
            label_en="Window",
            reason_nl="ander gebruik is binnen een seizoen te merken",
        ),
        "min_reports": Param(
            4,
            "reports",
            "fewer are an incident",
            floor=3,
            label_nl="Meldingen, minstens",
            label_en="Reports, at least",
            reason_nl="minder is een incident",
        ),
        "min_reporters": Param(
            2,
            "reporters",
            "one reporter alone makes no pattern",
            floor=2,
            label_nl="Verschillende melders, minstens",
            label_en="Different reporters, at least",
            reason_nl="één melder alleen is geen patroon",
        ),
        "min_ratio": Param(
            3.0,
            "times",
            "so much above its own previous year is a change, not a habit",
            floor=1.5,
            label_nl="Meer dan in het jaar ervoor, minstens",
            label_en="More than in the year before, at least",
            reason_nl="zoveel meer dan het jaar ervoor is een verandering en geen gewoonte",
        ),
    },
    evidence_nl=(
        "In de laatste {window_days:span} {meldingen:=was|waren} er {meldingen:melding|meldingen} van "
        "{melders:melder|melders}.[ In het jaar daarvoor {meldingen_jaar_ervoor:=was|waren} het er "
        "{meldingen_jaar_ervoor}.][{meldingen_jaar_ervoor:!} In het jaar daarvoor waren er geen.][ Per "
        "dag is dat nu {keer_zo_veel} keer zo veel.] Op het adres geldt vergunning {zaaknummers}."
    ),
    evidence_en=(
        "In the last {window_days:span} there {meldingen:=was|were} {meldingen:report|reports} by "
        "{melders:reporter|reporters}.[ In the year before there {meldingen_jaar_ervoor:=was|were} "
        "{meldingen_jaar_ervoor}.][{meldingen_jaar_ervoor:!} In the year before there were none.][ A day "
        "that is {keer_zo_veel} times as many now.] Licence {zaaknummers} is valid at the address."
    ),
)
def report_cluster_licensed_address(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address.

    Values: meldingen, melders, meldingen_jaar_ervoor (counts), keer_zo_veel (how many times the reports a day of the
    year before; empty where that year had none), zaaknummers (list).
    """
    start = readings.window_start(as_of, p.window_days)
    year_start = readings.window_start(start, _YEAR_DAYS)
    day = pl.col("datum_melding")
    in_window = day.is_between(start, as_of)
    before = pl.col("meldingen_jaar_ervoor")
    licensed = (
        t.vergunningen.filter(readings.valid_licence(as_of), readings.is_location_bound() | readings.is_letting())
        .sort("record")
        .group_by("address_id", maintain_order=True)
        .agg(zaaknummers=pl.col("zaaknummer"), permit_records=pl.col("record"))
    )
    clusters = (
        readings.counting_reports(t.meldingen, readings.is_relevant_report(), objects=licensed)
        .group_by("address_id")
        .agg(
            meldingen=in_window.sum().cast(pl.Int64),
            melders=pl.col("reporter").filter(in_window).n_unique().cast(pl.Int64),
            meldingen_jaar_ervoor=((day >= year_start) & (day < start)).sum().cast(pl.Int64),
            report_records=pl.col("record").filter(in_window).sort(),
        )
        .filter(
            pl.col("meldingen") >= p.min_reports,
            pl.col("melders") >= p.min_reporters,
            # rates a day compared crosswise, so that no division rounds a case on the edge
            pl.col("meldingen") * _YEAR_DAYS >= p.min_ratio * p.window_days * before,
        )
    )
    return clusters.join(licensed, on="address_id").select(
        "address_id",
        "meldingen",
        "melders",
        "meldingen_jaar_ervoor",
        "zaaknummers",
        # nothing is no number of times more than nothing
        keer_zo_veel=pl.when(before > 0).then(pl.col("meldingen") * _YEAR_DAYS / (p.window_days * before)),
        record_ids=pl.concat_list("report_records", "permit_records"),
        window_start=pl.lit(start),
        window_end=pl.lit(as_of),
    )
