"""SEX-05: visitors are reported at the office address of an escort licence that is more than an office."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_OFFICE = "kantoorfunctie"


@indicator(
    code="SEX-05",
    version=2,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="seksinrichtingen",
    purposes=("P-VERG",),
    powers=("toezicht", "intrekken"),
    sensitive=True,
    name_nl="Escortvergunning met locatiekenmerken",
    name_en="Escort licence used as venue",
    rationale_nl="Een escortbedrijf regelt afspraken en ontvangt op zijn adres geen klanten. Over dit adres komen wel "
    "meldingen van bezoekers. Dan past het gebruik misschien niet bij de vergunning.",
    rationale_en="An escort business arranges appointments and receives no clients at its address. Yet there are "
    "reports of visitors at this address. Its use may not fit the licence.",
    ruled_out_nl=(
        "Op het adres mag worden gewoond: dan kijkt deze regel niet.",
        "Van het adres is geen functie bekend: het kan een woning zijn.",
        "Het adres is alleen een kantoor.",
        "Er is maar één melding, of één melder.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "De meldingen gaan niet over bezoekers of zijn ouder.",
        "De escortvergunning is niet geldig.",
    ),
    ruled_out_en=(
        "People may live at the address: this rule does not look there.",
        "No function of the address is known: it may be a home.",
        "The address is an office only.",
        "There is only one report, or one reporter.",
        "The reports were unfounded or cancelled.",
        "The reports are not about visitors, or are older.",
        "The escort licence is not valid.",
    ),
    innocent_nl=(
        "De bezoekers kwamen voor een ander bedrijf in het pand.",
        "Het kantoor deelt een ingang met een zaak.",
        "De houder heeft voor deze plek een andere aanvraag lopen.",
    ),
    innocent_en=(
        "The visitors came for another business in the building.",
        "The office shares an entrance with a venue.",
        "The holder has another application pending for this place.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "Op het adres mag niet worden gewoond: de BAG noemt {gebruiksdoelen:word}.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "Nobody may live at the address: the BAG names {gebruiksdoelen:word}.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"seksinrichtingen": ("ingangsdatum",)},
    inputs={
        "seksinrichtingen": columns(
            "record vergunning_id type status bezwaar_uitkomst address_id ingangsdatum_max einddatum_min"
        ),
        "bag_adressen": columns("record adresseerbaar_object_id gebruiksdoelen is_nevenadres"),
        "meldingen": readings.report_columns("subcategorie"),
    },
    params={
        "window_days": Param(
            180,
            "days",
            "half a year shows use that goes on",
            floor=90,
            ceiling=180,
            label_nl="Meldingen in de laatste",
            label_en="Reports in the last",
            reason_nl="een half jaar laat gebruik zien dat doorgaat",
        ),
        "min_reports": Param(
            2,
            "reports",
            "one report is an incident",
            floor=2,
            label_nl="Aantal meldingen, minstens",
            label_en="Number of reports, at least",
            reason_nl="één melding is een incident",
        ),
        "min_reporters": Param(
            2,
            "reporters",
            "one reporter alone makes no pattern",
            floor=2,
            label_nl="Aantal melders, minstens",
            label_en="Number of reporters, at least",
            reason_nl="één melder alleen is geen patroon",
        ),
    },
    evidence_nl=(
        "Escortvergunning {vergunning_id} heeft dit adres als kantoor. De BAG noemt als functie: "
        "{gebruiksdoelen:word}. In de laatste {window_days:span} {meldingen:=was|waren} er "
        "{meldingen:melding|meldingen} over bezoekers, van {melders:melder|melders}."
    ),
    evidence_en=(
        "Escort licence {vergunning_id} has this address as its office. The BAG lists as function: "
        "{gebruiksdoelen:word}. In the last {window_days:span} there {meldingen:=was|were} "
        "{meldingen:report|reports} about visitors, by {melders:reporter|reporters}."
    ),
)
def escort_licence_as_venue(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid escort licence. Values: vergunning_id, gebruiksdoelen (list), meldingen, melders (counts).

    The definition names reports; that they come from two reporters is the reading that flags fewer (a reporter counts
    once in 30 days, but could wait). Off as soon as woonfunctie is among the functions, or none is known.
    """
    start = readings.window_start(as_of, p.window_days)
    escort = t.seksinrichtingen.filter(readings.valid_licence(as_of), pl.col("type") == "escort")
    objects = readings.surely_no_dwellings(readings.at_objects(t.bag_adressen, escort))
    offices = (
        escort.join(objects, on="address_id")
        .filter(pl.col("gebruiksdoelen") != [_OFFICE])
        .select("record", "vergunning_id", "address_id", "gebruiksdoelen", "bag_record")
    )
    visitors = readings.counting_reports(t.meldingen, readings.is_visitor_report(), objects=offices)
    reports = readings.tally(visitors, start, as_of).filter(
        pl.col("meldingen") >= p.min_reports, pl.col("melders") >= p.min_reporters
    )
    return offices.join(reports, on="address_id").select(
        "address_id",
        "vergunning_id",
        "gebruiksdoelen",
        "meldingen",
        "melders",
        record_ids=pl.concat_list("record", "bag_record", "report_records"),
        window_start=pl.lit(start),
        window_end=pl.lit(as_of),
    )
