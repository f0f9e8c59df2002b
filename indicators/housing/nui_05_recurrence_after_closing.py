"""NUI-05: well-founded reports come back soon after a case was closed with a measure."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, indicator, readings


@indicator(
    code="NUI-05",
    version=2,
    cls="B",
    barrier=Barrier.HUISVESTING,
    dataset="meldingen",
    purposes=("P-OO",),
    powers=("zorgplicht", "sluiten"),
    name_nl="Herhaling na afsluiten",
    name_en="Recurrence after closing",
    rationale_nl="De gemeente nam een maatregel om de overlast te stoppen. Kort daarna kwamen er weer meldingen, en "
    "die waren gegrond. De maatregel werkt dan misschien niet.",
    rationale_en="The municipality took a measure to stop the nuisance. Soon after reports came in again, and they "
    "were well-founded. The measure may not work.",
    ruled_out_nl=(
        "De meldingen zijn van voor de maatregel, of van dezelfde dag.",
        "De meldingen kwamen lang na de maatregel.",
        "De meldingen zijn niet gegrond bevonden.",
        "Er is maar één nieuwe melding, of één melder meldt twee keer binnen 30 dagen.",
        "De maatregel is vernietigd.",
        "De meldingen gaan over iets anders dan het gebruik van het adres.",
    ),
    ruled_out_en=(
        "The reports date from before the measure, or from the same day.",
        "The reports came long after the measure.",
        "The reports were not found well-founded.",
        "There is one new report only, or one reporter reports twice within 30 days.",
        "The measure was annulled.",
        "The reports are about something other than the use of the address.",
    ),
    innocent_nl=(
        "Er wonen intussen andere mensen.",
        "De maatregel werkt pas na een tijd.",
        "Buren letten na de maatregel extra op.",
    ),
    innocent_en=(
        "Other people live there by now.",
        "The measure takes time to work.",
        "Neighbours are on the alert after the measure.",
    ),
    checked_nl=(
        "{meldingen:=De melding is|De meldingen zijn} van na de maatregel en gegrond bevonden.",
        "De maatregel is niet vernietigd.",
        "Wie vaker meldde, telt eens per 30 dagen.",
    ),
    checked_en=(
        "{meldingen:=The report is|The reports are} from after the measure and found to be founded.",
        "The measure was not annulled.",
        "Who reported more often counts once per 30 days.",
    ),
    decisive={"maatregelen": ("datum",)},
    limits_nl=("Wanneer een zaak is gesloten, staat in geen register. De datum van de maatregel telt.",),
    limits_en=("When a case was closed is in no register. The date of the measure counts.",),
    inputs={
        "meldingen": readings.report_columns("hoofdcategorie", "subcategorie"),
        "maatregelen": ("record", "maatregel_id", "type", "status", "address_id", *readings.dated("datum")),
    },
    params={
        "window_days": Param(
            180,
            "days",
            "so soon after a measure it is the same nuisance",
            floor=30,
            ceiling=365,
            label_nl="Dagen na de maatregel, hoogstens",
            label_en="Days after the measure, at most",
            reason_nl="zo kort na een maatregel is het dezelfde hinder",
        ),
        "min_reports": Param(
            2,
            "reports",
            "one report is an incident",
            floor=2,
            label_nl="Nieuwe gegronde meldingen, minstens",
            label_en="New well-founded reports, at least",
            reason_nl="één melding is een incident",
        ),
    },
    evidence_nl=(
        "Op dit adres is[ op {datum_maatregel}] een maatregel genomen: {type_maatregel:word}, "
        "{maatregel_id}. Binnen {window_days:span} daarna {meldingen:=kwam|kwamen} er {meldingen:gegronde "
        "melding|gegronde meldingen}."
    ),
    evidence_en=(
        "A measure was taken at this address[ on {datum_maatregel}]: {type_maatregel:word}, "
        "{maatregel_id}. Within {window_days:span} after it {meldingen:founded report|founded reports} "
        "came."
    ),
)
def recurrence_after_closing(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per measure. Values: maatregel_id, type_maatregel, datum_maatregel, meldingen (count).

    A case is closed on the date of its measure, whatever its kind. New are relevant reports from the day after. The
    window counts back from `as_of` too, or a recurrence of years ago would be raised for ever: reports lie in both.
    """
    start = readings.window_start(as_of, p.window_days)
    day = pl.col("datum_melding")
    measures = t.maatregelen.filter(
        readings.counting_measure(), pl.col("address_id").is_not_null(), pl.col("datum_min").is_not_null()
    ).select(
        "address_id",
        "maatregel_id",
        measure="record",
        type_maatregel=pl.col("type"),
        **readings.dated_as("datum_maatregel", "datum"),
        taken_from="datum_max",
        taken_to=pl.col("datum_min") + pl.duration(days=p.window_days),
    )
    reports = (
        readings.counting_reports(
            t.meldingen,
            readings.is_relevant_report() & (pl.col("bevinding") == "gegrond").fill_null(False),
            objects=measures,
        )
        .filter(day.is_between(start, as_of))
        .select("address_id", "datum_melding", "record")
    )
    return (
        measures.join(reports, on="address_id")
        .filter(day > pl.col("taken_from"), day <= pl.col("taken_to"))
        .group_by(
            "address_id",
            "measure",
            "maatregel_id",
            "type_maatregel",
            *readings.dated("datum_maatregel"),
            "taken_from",
            "taken_to",
        )
        .agg(meldingen=pl.len().cast(pl.Int64), report_records=pl.col("record").sort())
        .filter(pl.col("meldingen") >= p.min_reports)
        .select(
            "address_id",
            "maatregel_id",
            "type_maatregel",
            *readings.dated("datum_maatregel"),
            "meldingen",
            record_ids=pl.concat_list("measure", "report_records"),
            window_start=pl.max_horizontal("taken_from", pl.lit(start)),
            window_end=pl.min_horizontal("taken_to", pl.lit(as_of)),
        )
    )
