"""HOU-01: reports or an inspection speak of more people or rooms than a room-letting permit allows."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="HOU-01",
    version=3,
    cls="B",
    barrier=Barrier.HUISVESTING,
    dataset="vergunningen",
    purposes=("P-WON",),
    powers=("boete_wonen",),
    name_nl="Kamerverhuurvergunning + overbewoningssignaal",
    name_en="Room-letting permit + overcrowding signs",
    rationale_nl="Er is een vergunning voor kamers, en meldingen of een controle wijzen op meer bewoning dan vergund.",
    rationale_en="There is a permit for rooms, and reports or an inspection point to more occupation than permitted.",
    ruled_out_nl=(
        "Alle meldingen komen van één melder.",
        "Er zijn minder meldingen dan de drempel.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "De controle vond niets bijzonders.",
        "De vergunning is niet geldig.",
    ),
    ruled_out_en=(
        "All reports come from one reporter.",
        "There are fewer reports than the threshold.",
        "The reports were unfounded or cancelled.",
        "The inspection found nothing out of the ordinary.",
        "The permit is not valid.",
    ),
    innocent_nl=(
        "Het is gewoon geluid van een studentenhuis.",
        "De buren hebben een conflict.",
        "Het aantal kamers of personen is intussen hersteld.",
    ),
    innocent_en=(
        "It is the ordinary noise of a student house.",
        "The neighbours have a dispute.",
        "The number of rooms or people has been put right since.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "The licence is valid on {as_of}.",
    ),
    decisive={"vergunningen": ("ingangsdatum",)},
    limits_nl=("Meldingen over brandveiligheid hebben geen eigen code en tellen niet mee.",),
    limits_en=("Reports on fire safety have no code of their own and do not count.",),
    inputs={
        "vergunningen": columns(
            "record zaaknummer is_room_letting status bezwaar_uitkomst address_id ingangsdatum_max einddatum_min"
        ),
        "meldingen": readings.report_columns("hoofdcategorie", "subcategorie"),
        "controles": columns("record address_id bevinding datum_min datum_max"),
    },
    needs=("vergunningen", "meldingen"),  # inspections are a second way to a hit
    params={
        "window_days": Param(
            180,
            "days",
            "half a year shows a pattern and not an incident",
            floor=30,
            ceiling=365,
            label_nl="Venster",
            label_en="Window",
            reason_nl="een half jaar laat een patroon zien en geen incident",
        ),
        "min_reports": Param(
            3,
            "reports",
            "fewer are an incident",
            floor=2,
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
    },
    evidence_nl=(
        "Voor de kamers geldt vergunning {zaaknummers}.[ Bij {controles:controle|controles} in de laatste "
        "{window_days:span} waren er meer kamers of personen dan de vergunning toestaat.][ {meldingen:=Er "
        "was|Er waren} in de laatste {window_days:span} {meldingen:melding|meldingen} van "
        "{melders:melder|melders} over woningdelen, geluid of afval.][{meldingen:!} Er waren geen "
        "meldingen.]"
    ),
    evidence_en=(
        "The rooms are under permit {zaaknummers}.[ At {controles:inspection|inspections} in the last "
        "{window_days:span} there were more rooms or people than the permit allows.][ {meldingen:=There "
        "was|There were} in the last {window_days:span} {meldingen:report|reports} by "
        "{melders:reporter|reporters} on shared housing, noise or waste.][{meldingen:!} There were no "
        "reports.]"
    ),
)
def overcrowding_at_permitted_rooms(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address with a valid permit. Values: zaaknummers (list), meldingen, melders, controles (counts)."""
    start = readings.window_start(as_of, p.window_days)
    permits = (
        t.vergunningen.filter(readings.valid_licence(as_of), readings.is_room_letting())
        .sort("record")
        .group_by("address_id", maintain_order=True)
        .agg(zaaknummers=pl.col("zaaknummer"), permit_records=pl.col("record"))
    )
    reports = readings.counting_reports(t.meldingen, _is_overcrowding_report(), objects=permits)
    reports = readings.tally(reports, start, as_of)
    inspections = readings.over_permit_inspections(t.controles, start, as_of)
    no_records = pl.lit([], dtype=pl.List(pl.String))
    is_pattern = (pl.col("meldingen") >= p.min_reports) & (pl.col("melders") >= p.min_reporters)
    return (
        permits.join(reports, on="address_id", how="left")
        .join(inspections, on="address_id", how="left")
        .with_columns(pl.col("meldingen", "melders", "controles").fill_null(0))
        .filter(is_pattern | (pl.col("controles") > 0))
        .select(
            "address_id",
            "zaaknummers",
            "meldingen",
            "melders",
            "controles",
            # a report below the threshold is counted in the sentence, but the hit does not rest on it
            record_ids=pl.concat_list(
                "permit_records",
                pl.when(is_pattern).then("report_records").otherwise(no_records).fill_null(no_records),
                pl.col("inspection_records").fill_null(no_records),
            ),
            window_start=pl.lit(start),
            window_end=pl.lit(as_of),
        )
    )


def _is_overcrowding_report() -> pl.Expr:
    """Shared housing, noise or waste. Fire safety belongs here too, but no register has a code for it."""
    return (
        (pl.col("subcategorie") == readings.SHARED_HOUSING)
        | pl.col("subcategorie").str.starts_with("geluidsoverlast-")
        | (pl.col("hoofdcategorie") == "afval")
    ).fill_null(False)
