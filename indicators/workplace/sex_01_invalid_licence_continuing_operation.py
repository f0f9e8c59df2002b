"""SEX-01: the licence of a sex establishment is not valid any more, and the operation goes on."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="SEX-01",
    version=3,
    cls="A",
    barrier=Barrier.WERKPLEK,
    dataset="seksinrichtingen",
    purposes=("P-VERG",),
    powers=("dwangsom", "sluiten"),
    sensitive=True,
    name_nl="Ongeldige sekslicentie, exploitatie loopt door",
    name_en="Invalid sex licence, operation continues",
    rationale_nl="De vergunning is ingetrokken, verlopen of geschorst. Toch loopt de exploitatie door. Zonder "
    "vergunning is er geen toezicht op veilige werkplekken.",
    rationale_en="The licence was withdrawn, expired or suspended. Yet the operation goes on. Without a licence nobody "
    "supervises whether the workplaces are safe.",
    ruled_out_nl=(
        "Er is een andere geldige vergunning voor deze inrichting.",
        "De exploitant trok de vergunning zelf in.",
        "Het besluit is vernietigd in bezwaar.",
        "De controle is van voor het einde van de vergunning.",
        "Bij de controle was de inrichting gesloten.",
        "Het signaal kwam te lang na het einde.",
        "Er is maar één melding.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "Een geldige vergunning met een onduidelijk adres kan bij deze inrichting horen.",
        "De meldingen komen van één melder, of de bron houdt melders niet uit elkaar.",
    ),
    ruled_out_en=(
        "There is another valid licence for this establishment.",
        "The operator gave up the licence.",
        "The decision was annulled after an objection.",
        "The inspection dates from before the licence ended.",
        "At the inspection the establishment was closed.",
        "The signal came too long after the end.",
        "There is only one report.",
        "The reports were unfounded or cancelled.",
        "A valid licence whose address is not clear could belong to this establishment.",
        "The reports come from one reporter, or the source does not tell reporters apart.",
    ),
    innocent_nl=(
        "De rechter hief de schorsing op.",
        "Er geldt overgangsrecht.",
        "Er is een afgesproken termijn om te sluiten.",
    ),
    innocent_en=(
        "A court lifted the suspension.",
        "Transitional law applies.",
        "A period for closing down was agreed.",
    ),
    checked_nl=(
        "Er is geen andere geldige vergunning, ook niet met een onduidelijk adres.",
        (
            "[{meldingen:=De melding is|De meldingen zijn} van na {niet_meer_geldig_sinds}. De bron houdt "
            "{melders:melder|melders} uit elkaar.]"
        ),
        "[{controles:=De controle is|De controles zijn} van na {niet_meer_geldig_sinds}.]",
        "Het einde is niet vernietigd en niet op verzoek van de exploitant.",
    ),
    checked_en=(
        "There is no other valid licence, nor one with an unclear address.",
        (
            "[{meldingen:=The report is|The reports are} from after {niet_meer_geldig_sinds}. The source "
            "tells {melders:reporter|reporters} apart.]"
        ),
        "[{controles:=The inspection is|The inspections are} from after {niet_meer_geldig_sinds}.]",
        "The end was not annulled and not at the request of the operator.",
    ),
    decisive={"seksinrichtingen": ("datum_besluit", "einddatum")},
    inputs={
        "seksinrichtingen": (
            "record",
            "vergunning_id",
            "status",
            "vervalreden",
            "bezwaar_uitkomst",
            "kvk_nummer",
            "vestigingsnummer",
            *readings.PLACE,
            *readings.dated("datum_besluit"),
            "ingangsdatum_min",
            *readings.dated("einddatum"),
        ),
        "handelsregister": columns("kvk_nummer vestigingsnummer address_id"),
        "meldingen": readings.report_columns("hoofdcategorie"),
        "controles": columns("record address_id bevinding datum_min datum_max"),
    },
    needs=("seksinrichtingen", "meldingen"),  # inspections are a second way to a hit
    params={
        "window_days": Param(
            180,
            "days",
            "later activity is judged afresh",
            floor=30,
            ceiling=365,
            label_nl="Dagen na het einde, hoogstens",
            label_en="Days after the end, at most",
            reason_nl="wat later gebeurt wordt opnieuw bekeken",
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
        "Vergunning {vergunning_id} ({status:word}) gold tot {niet_meer_geldig_sinds}. Toch is er daarna "
        "activiteit gezien, tot en met {window_end}.[ Bij {controles:controle|controles} was de "
        "inrichting open.][ Er {meldingen:=kwam|kwamen} {meldingen:melding|meldingen} over het bedrijf.]"
    ),
    evidence_en=(
        "Licence {vergunning_id} ({status:word}) was valid until {niet_meer_geldig_sinds}. Yet there was "
        "activity after that, up to {window_end}.[ At {controles:inspection|inspections} the "
        "establishment was open.][ {meldingen:report|reports} about the business came.]"
    ),
)
def invalid_licence_continuing_operation(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per licence that is not valid any more.

    Values: vergunning_id, status, niet_meer_geldig_sinds (date), and the counts controles, meldingen and melders.
    """
    valid = readings.wherever_it_could_stand(t, "seksinrichtingen").filter(readings.possibly_valid_licence(as_of))
    invalid = (
        t.seksinrichtingen.filter(~readings.annulled())
        .with_columns(
            **{f"niet_meer_geldig_sinds{bound}": _end_of_validity(bound) for bound in readings.BOUNDS},
            ended_min=_end_of_validity("_min"),
            ended=_end_of_validity("_max"),
        )
        .filter(pl.col("ended") < as_of)
        .with_columns(last_day=pl.min_horizontal(pl.col("ended_min") + pl.duration(days=p.window_days), pl.lit(as_of)))
        .join(valid, on="address_id", how="anti")
    )
    ends = invalid.select("record", "address_id", "ended", "last_day")
    inspections = readings.in_operation_after(t.controles, ends)
    reports = readings.business_reports_after(t.meldingen, ends)
    no_records = pl.lit([], dtype=pl.List(pl.String))
    is_pattern = (pl.col("meldingen") >= p.min_reports) & (pl.col("melders") >= p.min_reporters)
    return (
        invalid.join(inspections, on="record", how="left")
        .join(reports, on="record", how="left")
        .with_columns(pl.col("controles", "meldingen", "melders").fill_null(0))
        .filter((pl.col("controles") > 0) | is_pattern)
        .select(
            "address_id",
            "vergunning_id",
            "status",
            *readings.dated("niet_meer_geldig_sinds"),
            "controles",
            "meldingen",
            "melders",
            record_ids=pl.concat_list(
                "record",
                pl.col("inspection_records").fill_null(no_records),
                # a report below the threshold is counted in the sentence, but the hit does not rest on it
                pl.when(is_pattern).then("report_records").otherwise(no_records).fill_null(no_records),
            ),
            window_start=pl.col("ended"),
            window_end=pl.col("last_day"),
        )
    )


def _end_of_validity(bound: str) -> pl.Expr:
    """Last day of a licence: the decision that withdrew or suspended it, else its end date; null where it has none."""
    status = pl.col("status")
    decided = readings.withdrawn_by_authority() | (status == "geschorst")
    return (
        pl.when(decided)
        .then(readings.decision_date(bound))
        .when(status.is_in(["verlopen", "verleend"]))
        .then(pl.col(f"einddatum{bound}"))
    )
