"""HOU-02: reports or an inspection speak of rooms let one by one in a dwelling that has no permit for it."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="HOU-02",
    version=3,
    cls="B",
    barrier=Barrier.HUISVESTING,
    dataset="meldingen",
    purposes=("P-WON",),
    powers=("boete_wonen",),
    name_nl="Kamergewijze verhuur zonder vergunning",
    name_en="Unpermitted room letting",
    rationale_nl="Een woning die per kamer wordt verhuurd, heeft een vergunning nodig. Meldingen of een controle "
    "wijzen op zulk gebruik. Een vergunning is er niet.",
    rationale_en="A dwelling that is let room by room needs a permit. Reports or an inspection point to such use. "
    "There is no permit.",
    ruled_out_nl=(
        "Alle meldingen komen van één melder.",
        "Er is maar één melding die telt.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "De controle vond niets bijzonders.",
        "Er is een geldige vergunning voor omzetting of kamerverhuur.",
        "Het adres heeft in de BAG geen woonfunctie.",
        "Een geldige vergunning met een onduidelijk adres kan bij deze plek horen.",
    ),
    ruled_out_en=(
        "All reports come from one reporter.",
        "There is only one report that counts.",
        "The reports were unfounded or cancelled.",
        "The inspection found nothing out of the ordinary.",
        "There is a valid permit for conversion or room letting.",
        "In the BAG the address has no residential function.",
        "A valid permit whose address is not clear could belong to this place.",
    ),
    innocent_nl=(
        "Er woont een gezin met volwassen kinderen.",
        "Een bewoner verhuurt zelf één kamer.",
        "Een mantelzorger woont tijdelijk in.",
        "De buren hebben een conflict.",
        "Een latere controle vond niets bijzonders en de verhuur is gestopt.",
    ),
    innocent_en=(
        "A family lives there with grown-up children.",
        "A resident lets a single room.",
        "A carer lives in for a time.",
        "The neighbours have a dispute.",
        "A later inspection found nothing out of the ordinary and the letting has stopped.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "Het adres heeft in de BAG een woonfunctie.",
        "Er is geen geldige vergunning met een onduidelijk adres die hier kan horen.",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "In the BAG the address has a residential function.",
        "No valid permit with an unclear address could belong here.",
    ),
    inputs={
        "meldingen": readings.report_columns("subcategorie"),
        "controles": columns("record address_id bevinding datum_min datum_max"),
        "vergunningen": (
            *readings.PLACE,
            *columns("is_room_letting status bezwaar_uitkomst kvk_nummer vestigingsnummer ingangsdatum_min"),
            *columns("einddatum_max"),
        ),
        "handelsregister": columns("kvk_nummer vestigingsnummer address_id"),
        "bag_adressen": columns("adresseerbaar_object_id gebruiksdoelen"),
    },
    needs=("meldingen", "vergunningen", "bag_adressen"),  # inspections are a second way to a hit
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
            2,
            "reports",
            "one report is an incident",
            floor=2,
            label_nl="Meldingen over woningdelen, minstens",
            label_en="Reports on shared housing, at least",
            reason_nl="één melding is een incident",
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
        "[In de laatste {window_days:span} {meldingen:=was|waren} er {meldingen:melding|meldingen} van "
        "{melders:melder|melders} over woningdelen. ][Bij {controles:controle|controles} in de laatste "
        "{window_days:span} waren er meer kamers of personen dan vergund. ]Het adres is een woning. Op "
        "{as_of} geldt er geen vergunning voor omzetting of kamerverhuur."
    ),
    evidence_en=(
        "[In the last {window_days:span} there {meldingen:=was|were} {meldingen:report|reports} by "
        "{melders:reporter|reporters} on shared housing. ][At {controles:inspection|inspections} in the "
        "last {window_days:span} there were more rooms or people than permitted. ]The address is a "
        "dwelling. On {as_of} no permit for conversion or room letting is valid there."
    ),
)
def unpermitted_room_letting(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per dwelling. Values: meldingen, melders (counts; empty where there is none), controles (count).

    Counts for meldingen where the reports reach the threshold, else for controles. Inspections are looked at in the
    same window as reports; a later one without a finding ends nothing and is for the officer to weigh. A permit with a
    partial date is given the benefit of the doubt, and so is one that could stand there; a pending one is no permit.
    """
    start = readings.window_start(as_of, p.window_days)
    reports = readings.counting_reports(t.meldingen, pl.col("subcategorie") == readings.SHARED_HOUSING)
    reports = readings.tally(reports, start, as_of)
    inspections = readings.over_permit_inspections(t.controles, start, as_of)
    permitted = (
        readings.wherever_it_could_stand(t, "vergunningen")
        .filter(readings.possibly_valid_licence(as_of), readings.is_room_letting())
        .select("address_id")
    )
    no_records = pl.lit([], dtype=pl.List(pl.String))
    is_pattern = (pl.col("meldingen") >= p.min_reports) & (pl.col("melders") >= p.min_reporters)
    evidence = (
        reports.join(inspections, on="address_id", how="full", coalesce=True)
        .with_columns(pl.col("meldingen", "melders", "controles").fill_null(0))
        .filter(is_pattern | (pl.col("controles") > 0))
        .join(permitted, on="address_id", how="anti")
        .pipe(readings.computed)  # used twice: the plan would hold it again at every use
    )
    dwellings = readings.dwellings(readings.at_objects(t.bag_adressen, evidence))
    return evidence.join(dwellings, on="address_id", how="semi").select(
        "address_id",
        # the sentence leaves out what did not happen
        pl.when(pl.col("meldingen") > 0).then(pl.col("meldingen", "melders")),
        "controles",
        dataset=pl.when(is_pattern).then(pl.lit("meldingen")).otherwise(pl.lit("controles")),
        # a report below the threshold is counted in the sentence, but the hit does not rest on it
        record_ids=pl.concat_list(
            pl.when(is_pattern).then("report_records").otherwise(no_records).fill_null(no_records),
            pl.col("inspection_records").fill_null(no_records),
        ),
        window_start=pl.lit(start),
        window_end=pl.lit(as_of),
    )
