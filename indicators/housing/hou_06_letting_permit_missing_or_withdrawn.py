"""HOU-06: the letting permit under the Wet goed verhuurderschap has ended, and the letting seems to go on."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_TYPE = "verhuur_wgv"


@indicator(
    code="HOU-06",
    version=3,
    cls="B",
    barrier=Barrier.HUISVESTING,
    dataset="vergunningen",
    purposes=("P-WON",),
    powers=("verhuurvergunning",),
    name_nl="Verhuurvergunning ontbreekt/ingetrokken",
    name_en="Letting permit missing/withdrawn",
    rationale_nl="De vergunning om te verhuren is ingetrokken of afgelopen. Een nieuwe is er niet. Toch wijst een "
    "melding of een andere vergunning op verhuur.",
    rationale_en="The permit to let was withdrawn or has ended. There is no new one. Yet a report or another permit "
    "points to letting.",
    ruled_out_nl=(
        "Er is een nieuwe geldige verhuurvergunning.",
        "De intrekking is vernietigd.",
        "De houder gaf de vergunning zelf terug.",
        "Na het einde is er geen melding en geen andere vergunning.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "De meldingen zijn van voor het einde van de vergunning.",
        "De meldingen gaan niet over wonen.",
        "Een geldige verhuurvergunning met een onduidelijk adres kan bij deze plek horen.",
        "De plicht geldt niet meer op dit adres, volgens de gebieden van de gemeente.",
    ),
    ruled_out_en=(
        "There is a new valid letting permit.",
        "The withdrawal was annulled.",
        "The holder gave the permit up.",
        "After the end there is no report and no other permit.",
        "The reports were unfounded or cancelled.",
        "The reports date from before the end of the permit.",
        "The reports are not about housing.",
        "A valid letting permit whose address is not clear could belong to this place.",
        "The duty no longer holds at this address, by the areas of the municipality.",
    ),
    innocent_nl=(
        "Een nieuwe aanvraag is in behandeling.",
        "De eigenaar woont er nu zelf.",
        "Het adres valt niet meer onder de plicht.",
    ),
    innocent_en=(
        "A new application is being handled.",
        "The owner now lives there.",
        "The address no longer needs a permit.",
    ),
    checked_nl=(
        ("[{meldingen:=De melding is|De meldingen zijn} van na {einddatum}, en {meldingen:=gaat|gaan} over wonen.]"),
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "De vergunning eindigde niet op verzoek van de houder, en het einde is niet vernietigd.",
        "Er is geen geldige vergunning met een onduidelijk adres die hier kan horen.",
    ),
    checked_en=(
        "[{meldingen:=The report is|The reports are} from after {einddatum}, and on housing.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "The permit did not end at the request of the holder, and the end was not annulled.",
        "No valid permit with an unclear address could belong here.",
    ),
    decisive={"vergunningen": ("einddatum", "datum_besluit")},
    limits_nl=("Alleen wie een vergunning had, is hier te zien.",),
    limits_en=("Only who had a permit can be seen here.",),
    inputs={
        "vergunningen": (
            *readings.PLACE,
            *columns("record zaaknummer zaaktype is_letting status vervalreden bezwaar_uitkomst kvk_nummer"),
            *columns("vestigingsnummer"),
            *columns("datum_besluit_max ingangsdatum_min ingangsdatum_max einddatum_min einddatum_max"),
        ),
        "handelsregister": columns("kvk_nummer vestigingsnummer address_id"),
        "plichten": columns("address_id duty applies"),
        "meldingen": readings.report_columns("hoofdcategorie"),
    },
    needs=("vergunningen",),  # another permit is a sign of its own
    params={
        "window_days": Param(
            365,
            "days",
            "an older report says nothing of letting today",
            floor=90,
            ceiling=730,
            label_nl="Venster voor meldingen",
            label_en="Window for reports",
            reason_nl="een oudere melding zegt niets over verhuur nu",
        )
    },
    evidence_nl=(
        "Verhuurvergunning {zaaknummers} {zaaknummers:=is|zijn} ingetrokken of afgelopen, het laatst op "
        "{einddatum}. Op {as_of} is er geen nieuwe.[ Daarna {meldingen:=kwam|kwamen} er "
        "{meldingen:melding|meldingen} over wonen.][{andere_vergunningen:?} Er is wel een andere "
        "vergunning voor verhuur.]"
    ),
    evidence_en=(
        "Letting permit {zaaknummers} {zaaknummers:=was|were} withdrawn or ended, the last on "
        "{einddatum}. On {as_of} there is no new one.[ After that {meldingen:report|reports} on housing "
        "came.][{andere_vergunningen:?} There is another permit for letting.]"
    ),
)
def letting_permit_missing_or_withdrawn(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address. Values: zaaknummers (list), einddatum, meldingen and andere_vergunningen (counts).

    Only an object that had a permit is judged: one that never had is HOU-07's. Where areas of the municipality say
    that the duty does not hold, nothing is raised. A permit is in the way when it may be valid and could stand
    there (partial dates and addresses get the benefit of the doubt). A report counts after the last end and within
    the window; one is enough.
    """
    start = readings.window_start(as_of, p.window_days)
    permits = t.vergunningen.filter(pl.col("address_id").is_not_null())
    of_type = permits.filter(pl.col("zaaktype") == _TYPE)
    in_the_way = readings.wherever_it_could_stand(t, "vergunningen").filter(
        pl.col("zaaktype") == _TYPE, readings.possibly_valid_licence(as_of)
    )
    expired = (
        pl.col("status").is_in(["verleend", "verlopen"]) & (pl.col("einddatum_max") < as_of) & ~readings.annulled()
    )
    ended = (
        of_type.with_columns(
            end=pl.when(readings.withdrawn_by_authority())
            .then(readings.decision_date("_max"))
            .when(expired)
            .then("einddatum_max")
        )
        .filter(pl.col("end") <= as_of)
        .join(in_the_way, on="address_id", how="anti")
        .join(t.plichten.filter(pl.col("duty") == _TYPE, ~pl.col("applies")), on="address_id", how="anti")
        .sort("record")
        .group_by("address_id", maintain_order=True)
        .agg(zaaknummers=pl.col("zaaknummer"), einddatum=pl.col("end").max(), ended_records=pl.col("record"))
    )
    others = (
        permits.filter(readings.valid_licence(as_of), readings.is_letting(), pl.col("zaaktype") != _TYPE)
        .group_by("address_id")
        .agg(andere_vergunningen=pl.len().cast(pl.Int64), other_records=pl.col("record").sort())
    )
    reports = (
        readings.counting_reports(t.meldingen, pl.col("hoofdcategorie") == "wonen")
        .filter(pl.col("datum_melding").is_between(start, as_of))
        .select("address_id", "datum_melding", report="record")
        .join(ended.select("address_id", "einddatum"), on="address_id")
        .filter(pl.col("datum_melding") > pl.col("einddatum"))
        .group_by("address_id")
        .agg(meldingen=pl.len().cast(pl.Int64), report_records=pl.col("report").sort())
    )
    no_records = pl.lit([], dtype=pl.List(pl.String))
    return (
        ended.join(others, on="address_id", how="left")
        .join(reports, on="address_id", how="left")
        .with_columns(pl.col("meldingen", "andere_vergunningen").fill_null(0))
        .filter((pl.col("meldingen") > 0) | (pl.col("andere_vergunningen") > 0))
        .select(
            "address_id",
            "zaaknummers",
            "einddatum",
            "meldingen",
            "andere_vergunningen",
            record_ids=pl.concat_list(
                "ended_records",
                pl.col("other_records").fill_null(no_records),
                pl.col("report_records").fill_null(no_records),
            ),
            window_start=pl.max_horizontal("einddatum", pl.lit(start)),
            window_end=pl.lit(as_of),
        )
    )
