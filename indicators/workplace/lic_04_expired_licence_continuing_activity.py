"""LIC-04: a permit has expired without a renewal filed in time, and the activity goes on."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="LIC-04",
    version=4,
    cls="A",
    barrier=Barrier.WERKPLEK,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("dwangsom", "bestuursdwang"),
    name_nl="Verlopen vergunning, activiteit loopt door",
    name_en="Expired licence, activity continues",
    rationale_nl="De vergunning is afgelopen en er is geen verlenging op tijd aangevraagd. Toch loopt de activiteit "
    "door. Een einddatum wordt makkelijk vergeten.",
    rationale_en="The licence has ended and no renewal was filed in time. Yet the activity goes on. An end date is "
    "easily forgotten.",
    ruled_out_nl=(
        "De verlenging is op tijd aangevraagd.",
        "De verlenging is verleend, ook als die later zelf afliep.",
        "De vestiging van de houder is al gesloten.",
        "De controle of melding is van voor de einddatum.",
        "Bij de controle was het bedrijf gesloten.",
        "Er is maar één melding, of één melder meldt twee keer binnen 30 dagen.",
        "De vestiging op het adres is van een ander bedrijf.",
        "De vergunning gold voor één gelegenheid, zoals een evenement.",
        "Een verlenging met een onduidelijk adres kan bij deze plek horen.",
        "De meldingen komen van één melder, of de bron houdt melders niet uit elkaar.",
    ),
    ruled_out_en=(
        "The renewal was filed in time.",
        "The renewal was granted, even if it has ended itself since.",
        "The holder's establishment has closed.",
        "The inspection or report dates from before the end date.",
        "At the inspection the business was closed.",
        "There is only one report, or one reporter reports twice within 30 days.",
        "The establishment at the address belongs to another company.",
        "The permit was for one occasion, such as an event.",
        "A renewal whose address is not clear could belong to this place.",
        "The reports come from one reporter, or the source does not tell reporters apart.",
    ),
    innocent_nl=("De verlenging is op papier aangevraagd.", "Er geldt overgangsrecht.", "Het register loopt achter."),
    innocent_en=("The renewal was filed on paper.", "Transitional law applies.", "The register lags behind."),
    checked_nl=(
        "Er is geen verlenging, ook niet met een onduidelijk adres.",
        "[De vestiging is van de houder zelf: {vestigingen:vestiging|vestigingen}.]",
        (
            "[{meldingen:=De melding is|De meldingen zijn} van na {einddatum}. De bron houdt "
            "{melders:melder|melders} uit elkaar.]"
        ),
        "[{controles:=De controle is|De controles zijn} van na {einddatum}.]",
    ),
    checked_en=(
        "There is no renewal, nor one with an unclear address.",
        "[The establishment is the holder’s own: {vestigingen:establishment|establishments}.]",
        (
            "[{meldingen:=The report is|The reports are} from after {einddatum}. The source tells "
            "{melders:reporter|reporters} apart.]"
        ),
        "[{controles:=The inspection is|The inspections are} from after {einddatum}.]",
    ),
    decisive={"vergunningen": ("einddatum",), "handelsregister": ("datum_aanvang",)},
    inputs={
        "vergunningen": (
            "record",
            "zaaknummer",
            "zaaktype",
            "is_one_off",
            "status",
            "bezwaar_uitkomst",
            "kvk_nummer",
            "vestigingsnummer",
            *readings.PLACE,
            "datum_aanvraag_min",
            "ingangsdatum_min",
            *readings.dated("einddatum"),
        ),
        "handelsregister": columns(
            "record kvk_nummer vestigingsnummer address_id afgeschermd datum_aanvang_max datum_einde_min"
        ),
        "meldingen": readings.report_columns("hoofdcategorie"),
        "controles": columns("record address_id bevinding datum_min datum_max"),
    },
    needs=("vergunningen",),  # each of the other three is a sign of its own
    params={
        "window_days": Param(
            90,
            "days",
            "activity so soon after the end belongs to this licence",
            floor=30,
            ceiling=180,
            label_nl="Dagen na het einde, hoogstens",
            label_en="Days after the end, at most",
            reason_nl="activiteit zo kort na het einde hoort bij deze vergunning",
        ),
        "min_reports": Param(
            2,
            "reports",
            "one report is an incident",
            floor=2,
            label_nl="Meldingen over het bedrijf, minstens",
            label_en="Reports about the business, at least",
            reason_nl="één melding is een incident",
        ),
        "min_reporters": Param(
            2,
            "reporters",
            "reports of one reporter alone show no activity",
            floor=2,
            label_nl="Verschillende melders, minstens",
            label_en="Different reporters, at least",
            reason_nl="meldingen van één melder alleen tonen geen activiteit aan",
        ),
    },
    evidence_nl=(
        "Vergunning {zaaknummer} voor {zaaktype:word} liep af op {einddatum}. Een verlenging op tijd is "
        "niet gevonden.[ Daarna, tot en met {window_end}, {meldingen:=kwam|kwamen} er "
        "{meldingen:melding|meldingen} over het bedrijf.][ Bij {controles:controle|controles} na "
        "{einddatum} was het bedrijf open.][{vestigingen:?} De vestiging van de houder staat hier nog "
        "ingeschreven.][{alleen_inschrijving:?} Of het bedrijf open is, is niet gezien: er was na "
        "{einddatum} geen melding over het bedrijf, en geen controle waarbij het open was.]"
    ),
    evidence_en=(
        "Licence {zaaknummer} for {zaaktype:word} ended on {einddatum}. No renewal filed in time was "
        "found.[ After that, up to {window_end}, {meldingen:report|reports} about the business came.][ At "
        "{controles:inspection|inspections} after {einddatum} the business was open.][{vestigingen:?} The "
        "establishment of the holder is still registered here.][{alleen_inschrijving:?} Whether the "
        "business is open was not seen: after {einddatum} there was no report about it, and no inspection "
        "that found it open.]"
    ),
)
def expired_licence_continuing_activity(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per expired permit.

    Values: zaaknummer, zaaktype, einddatum, vestigingsnummers (list), and the counts vestigingen, meldingen, melders,
    controles. `alleen_inschrijving`: nothing but the register points to activity.
    """
    expired = _expired(t, as_of).with_columns(
        last_day=pl.min_horizontal(pl.col("einddatum_min") + pl.duration(days=p.window_days), pl.lit(as_of))
    )
    ends = expired.select("record", "address_id", "kvk_nummer", ended="einddatum_max", last_day="last_day")
    establishments = _establishments(t.handelsregister, ends, as_of)
    is_pattern = (pl.col("meldingen") >= p.min_reports) & (pl.col("melders") >= p.min_reporters)
    # a report below the threshold is counted in the sentence, but the hit does not rest on it
    reports = readings.business_reports_after(t.meldingen, ends).with_columns(
        report_records=pl.when(is_pattern).then("report_records")
    )
    inspections = readings.in_operation_after(t.controles, ends)
    no_records = pl.lit([], dtype=pl.List(pl.String))
    return (
        expired.join(establishments, on="record", how="left")
        .join(reports, on="record", how="left")
        .join(inspections, on="record", how="left")
        .with_columns(pl.col("vestigingen", "meldingen", "melders", "controles").fill_null(0))
        .filter((pl.col("vestigingen") > 0) | is_pattern | (pl.col("controles") > 0))
        .select(
            "address_id",
            "zaaknummer",
            "zaaktype",
            *readings.dated("einddatum"),
            "vestigingsnummers",
            "vestigingen",
            "meldingen",
            "melders",
            "controles",
            alleen_inschrijving=(pl.col("meldingen") == 0) & (pl.col("controles") == 0),
            record_ids=pl.concat_list(
                "record",
                *(
                    pl.col(name).fill_null(no_records)
                    for name in ("establishment_records", "report_records", "inspection_records")
                ),
            ),
            window_start=pl.col("einddatum_max"),
            window_end=pl.col("last_day"),
        )
    )


def _expired(t: Tables, as_of: date) -> pl.LazyFrame:
    """Permits surely past their end date, without a renewal.

    A renewal is of the same type and object, filed on or before that date, pending or granted. It reaches further than
    what it renews; an older permit does not. One whose address is not clear is a renewal wherever it could stand.
    """
    standing = readings.wherever_it_could_stand(t, "vergunningen").filter(~readings.annulled())
    expired = t.vergunningen.filter(
        ~readings.annulled(),
        pl.col("status").is_in(["verleend", "verlopen"]),
        pl.col("einddatum_max") < as_of,
        ~readings.is_one_off(),
    )
    was_granted = pl.col("status").is_in(["verleend", "verlopen"]) | (
        (pl.col("status") == "ingetrokken") & pl.col("ingangsdatum_min").is_not_null()
    )
    renewals = standing.filter(readings.pending() | was_granted).select(
        "address_id", "zaaktype", filed="datum_aanvraag_min", renewal_end="einddatum_max"
    )
    renewed = (
        expired.select("record", "address_id", "zaaktype", "einddatum_max")
        .join(renewals, on=["address_id", "zaaktype"])
        .filter(
            pl.col("filed") <= pl.col("einddatum_max"),
            pl.col("renewal_end").is_null() | (pl.col("renewal_end") > pl.col("einddatum_max")),
        )
    )
    return expired.join(renewed, on="record", how="anti")


def _establishments(register: pl.LazyFrame, ends: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Per permit the establishments of its holder at the object that are active today and were so in the window."""
    return (
        register.filter(readings.active(as_of), ~readings.shielded())
        .rename({"record": "establishment"})
        .join(ends, on=["kvk_nummer", "address_id"])
        .filter(pl.col("datum_aanvang_max") <= pl.col("last_day"))
        .sort("establishment")
        .group_by("record", maintain_order=True)
        .agg(
            vestigingen=pl.len().cast(pl.Int64),
            vestigingsnummers=pl.col("vestigingsnummer").drop_nulls(),
            establishment_records=pl.col("establishment"),
        )
    )
