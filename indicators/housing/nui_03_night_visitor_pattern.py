"""NUI-03: most reports about visitors speak of the night, on several dates."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, indicator, readings

#: The night runs from the first hour to just before the second, in local time.
_NIGHT_FROM_HOUR, _NIGHT_TO_HOUR = 22, 6


@indicator(
    code="NUI-03",
    version=2,
    cls="C",
    barrier=Barrier.HUISVESTING,
    dataset="meldingen",
    purposes=("P-OO",),
    powers=("toezicht", "zorgplicht"),
    name_nl="Nachtelijk bezoekerspatroon",
    name_en="Night visitor pattern",
    rationale_nl="Steeds weer bezoek in de nacht past niet bij het gewone gebruik van de meeste adressen. Dit is een "
    "zwak signaal. Het telt alleen mee naast andere.",
    rationale_en="Visits night after night do not fit the ordinary use of most addresses. This is a weak signal. It "
    "counts only beside others.",
    ruled_out_nl=(
        "Het bezoek is vooral overdag.",
        "Het gaat om een paar nachten, zoals bij een feest.",
        "Er zijn te weinig meldingen.",
        "Alle meldingen komen van één melder.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "Het tijdstip van de overlast is niet bekend.",
    ),
    ruled_out_en=(
        "The visits are mostly in the daytime.",
        "It is about a few nights, as with a party.",
        "There are too few reports.",
        "All reports come from one reporter.",
        "The reports were unfounded or cancelled.",
        "The time of the nuisance is not known.",
    ),
    innocent_nl=(
        "De bewoners werken in ploegen.",
        "Het is een studentenhuis.",
        "Er is een taxistandplaats bij de deur.",
        "Het bezoek hoort bij een café in of naast het pand.",
    ),
    innocent_en=(
        "The residents work in shifts.",
        "It is a student house.",
        "There is a taxi rank at the door.",
        "The visitors belong to a bar in or beside the building.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "Van {nachtmeldingen:melding is|meldingen is} het tijdstip bekend: het was nacht.",
        "Het gaat om {nachtdata:nacht|nachten}.",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "Of {nachtmeldingen:report|reports} the time is known: it was night.",
        "It is about {nachtdata:night|nights}.",
    ),
    inputs={"meldingen": readings.report_columns("incident_van", "subcategorie")},
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
            5,
            "reports",
            "a share of fewer says little",
            floor=4,
            label_nl="Meldingen over bezoekers, minstens",
            label_en="Reports about visitors, at least",
            reason_nl="een deel van minder zegt weinig",
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
        "min_night_percent": Param(
            60,
            "percent",
            "well over half is a pattern of the night",
            floor=50,
            ceiling=100,
            label_nl="Deel van de meldingen dat over de nacht gaat, minstens",
            label_en="Share of the reports that is about the night, at least",
            reason_nl="ruim meer dan de helft is een patroon in de nacht",
        ),
        "min_dates": Param(
            4,
            "dates",
            "a party or a weekend is no pattern",
            floor=3,
            label_nl="Verschillende data in de nacht, minstens",
            label_en="Different dates in the night, at least",
            reason_nl="een feest of een weekend is geen patroon",
        ),
    },
    evidence_nl=(
        "In de laatste {window_days:span} {meldingen:=was|waren} er {meldingen:melding|meldingen} over "
        "bezoekers, van {melders:melder|melders}. Bij {nachtmeldingen} daarvan begon de overlast tussen "
        "22.00 en 6.00 uur, op {nachtdata} verschillende dagen."
    ),
    evidence_en=(
        "In the last {window_days:span} there {meldingen:=was|were} {meldingen:report|reports} about "
        "visitors, by {melders:reporter|reporters}. In {nachtmeldingen} of them the nuisance began "
        "between 22:00 and 06:00, on {nachtdata} different days."
    ),
)
def night_visitor_pattern(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address. Values: meldingen, melders, nachtmeldingen, nachtdata (counts).

    A report is of the night when its incident begins from 22:00 to before 06:00, local time. The moment of the report
    says nothing of the nuisance: without `incident_van` a report counts among all and not among those of the night.
    A date is that of the beginning. That reports come from two reporters at least follows from the common rules of
    domain reference 2.6 ("distinct reports by distinct reporters").
    """
    start = readings.window_start(as_of, p.window_days)
    hour = pl.col("incident_van").dt.hour()
    at_night = ((hour >= _NIGHT_FROM_HOUR) | (hour < _NIGHT_TO_HOUR)).fill_null(False)
    return (
        readings.tally(
            readings.counting_reports(t.meldingen, readings.is_visitor_report()),
            start,
            as_of,
            nachtmeldingen=at_night.sum().cast(pl.Int64),
            nachtdata=pl.col("incident_van").dt.date().filter(at_night).n_unique().cast(pl.Int64),
        )
        .rename({"report_records": "record_ids"})
        .filter(
            pl.col("meldingen") >= p.min_reports,
            pl.col("melders") >= p.min_reporters,
            # whole numbers compared crosswise, so that no division rounds a case on the edge
            pl.col("nachtmeldingen") * 100 >= pl.col("meldingen") * p.min_night_percent,
            pl.col("nachtdata") >= p.min_dates,
        )
        .with_columns(window_start=pl.lit(start), window_end=pl.lit(as_of))
    )
