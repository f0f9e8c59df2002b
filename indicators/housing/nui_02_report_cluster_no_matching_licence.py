"""NUI-02: several people report about the use of a dwelling, and no letting permit accounts for it."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_SUBCATEGORIES = ("woonfraude", readings.SHARED_HOUSING)


@indicator(
    code="NUI-02",
    version=3,
    cls="B",
    barrier=Barrier.HUISVESTING,
    dataset="meldingen",
    purposes=("P-OO", "P-WON"),
    powers=("toezicht", "zorgplicht"),
    name_nl="Meldingencluster zonder passende vergunning",
    name_en="Report cluster, no matching licence",
    rationale_nl="Meerdere melders wijzen op verhuur of woningdelen. Voor dit adres is geen vergunning voor verhuur "
    "bekend. Het gebruik kan anders zijn dan in de registers staat.",
    rationale_en="Several reporters point to letting or shared housing. No letting permit is known for this address. "
    "The use may differ from what the registers say.",
    ruled_out_nl=(
        "Alle meldingen komen van één melder.",
        "Eén melder blijft melden: die telt eens per 30 dagen.",
        "Een deelmelding telt mee met de hoofdmelding.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "De meldingen gaan over iets anders, zoals geluid.",
        "Er is een geldige vergunning voor verhuur of logies.",
        "Een geldige vergunning met een onduidelijk adres kan bij deze plek horen.",
    ),
    ruled_out_en=(
        "All reports come from one reporter.",
        "One reporter keeps reporting: they count once in 30 days.",
        "A child report counts with its parent.",
        "The reports were unfounded or cancelled.",
        "The reports are about something else, such as noise.",
        "There is a valid permit for letting or lodging.",
        "A valid permit whose address is not clear could belong to this place.",
    ),
    innocent_nl=(
        "Er woont familie of een mantelzorger in.",
        "De woning is onderverhuurd en dat mag.",
        "De buren hebben een conflict.",
        "Buren melden vanuit een vooroordeel.",
    ),
    innocent_en=(
        "Family or a carer lives in.",
        "The dwelling is sublet with consent.",
        "The neighbours have a dispute.",
        "Neighbours report out of prejudice.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "Wie vaker meldde, telt eens per 30 dagen.",
        "Er is geen geldige vergunning met een onduidelijk adres die hier kan horen.",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "Who reported more often counts once per 30 days.",
        "No valid permit with an unclear address could belong here.",
    ),
    limits_nl=("Aanloop heeft bij meldingen over wonen geen eigen code en telt niet mee.",),
    limits_en=("Visitors have no code of their own among reports on housing and do not count.",),
    inputs={
        "meldingen": readings.report_columns("subcategorie"),
        "vergunningen": (
            *readings.PLACE,
            *columns("is_letting status bezwaar_uitkomst kvk_nummer vestigingsnummer ingangsdatum_min einddatum_max"),
        ),
        "handelsregister": columns("kvk_nummer vestigingsnummer address_id"),
    },
    needs=("meldingen", "vergunningen"),  # the trade register says where a permit without a clear address could stand
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
        "In de laatste {window_days:span} {meldingen:=was|waren} er {meldingen:melding|meldingen} van "
        "{melders:melder|melders} over onrechtmatige bewoning of woningdelen. Op {as_of} geldt hier geen "
        "vergunning voor verhuur of logies."
    ),
    evidence_en=(
        "In the last {window_days:span} there {meldingen:=was|were} {meldingen:report|reports} by "
        "{melders:reporter|reporters} on unlawful occupation or shared housing. On {as_of} no permit for "
        "letting or lodging is valid here."
    ),
)
def report_cluster_no_matching_licence(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address. Values: meldingen, melders (counts).

    "Aanloop" (visitors) has no code of its own among the housing reports and does not count. Any letting permit that
    may be valid and could stand there matches: a partial date is given the benefit of the doubt.
    """
    start = readings.window_start(as_of, p.window_days)
    permitted = (
        readings.wherever_it_could_stand(t, "vergunningen")
        .filter(readings.possibly_valid_licence(as_of), readings.is_letting())
        .select("address_id")
    )
    return (
        readings.tally(
            readings.counting_reports(t.meldingen, pl.col("subcategorie").is_in(_SUBCATEGORIES)), start, as_of
        )
        .rename({"report_records": "record_ids"})
        .filter(pl.col("meldingen") >= p.min_reports, pl.col("melders") >= p.min_reporters)
        .join(permitted, on="address_id", how="anti")
        .with_columns(window_start=pl.lit(start), window_end=pl.lit(as_of))
    )
