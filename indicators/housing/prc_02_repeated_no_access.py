"""PRC-02: inspectors were refused entry on several visits. Weak by law: to refuse is a right."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="PRC-02",
    version=2,
    cls="C",
    barrier=Barrier.HUISVESTING,
    dataset="controles",
    purposes=("P-WON",),
    powers=("toezicht",),
    name_nl="Herhaald geen toegang",
    name_en="Repeated no access",
    rationale_nl="Bij een controle kwam de toezichthouder er meerdere keren niet in. Wat er binnen is, is dus niet "
    "gezien. Weigeren mag, en daarom telt dit alleen mee naast andere signalen.",
    rationale_en="Several times an inspector was not let in. So what is inside has not been seen. To refuse is "
    "allowed, and therefore this counts only beside other signals.",
    ruled_out_nl=(
        "Er was niemand aanwezig.",
        "Het gaat om een of twee bezoeken.",
        "De bezoeken zijn over een lange tijd gespreid.",
        "Twee keer op één dag telt als één bezoek.",
    ),
    ruled_out_en=(
        "No one was in.",
        "It is about one or two visits.",
        "The visits are spread over a long time.",
        "Twice on one day counts as one visit.",
    ),
    innocent_nl=(
        "Een bewoner mag de toegang tot een woning weigeren.",
        "De bewoner begreep niet wie er aan de deur stond.",
        "Het bezoek kwam slecht uit.",
    ),
    innocent_en=(
        "A resident may refuse entry to a dwelling.",
        "The resident did not understand who was at the door.",
        "The visit came at a bad time.",
    ),
    checked_nl=("Er was {bezoeken:keer|keer} iemand aanwezig.", "Twee keer op één dag telt als één bezoek."),
    checked_en=("Somebody was present {bezoeken:time|times}.", "Twice on one day counts as one visit."),
    decisive={"controles": ("datum",)},
    inputs={"controles": columns("record address_id situatie datum_min datum_max")},
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
        "min_visits": Param(
            3,
            "visits",
            "fewer can be chance",
            floor=3,
            label_nl="Bezoeken zonder medewerking, minstens",
            label_en="Visits without cooperation, at least",
            reason_nl="minder kan toeval zijn",
        ),
    },
    evidence_nl=(
        "In de laatste {window_days:span} {bezoeken:=was|waren} er {bezoeken:bezoek|bezoeken} waarbij "
        "iemand geen medewerking gaf. Wie er woont, mag de toegang weigeren."
    ),
    evidence_en=(
        "In the last {window_days:span} there {bezoeken:=was|were} {bezoeken:visit|visits} on which "
        "somebody gave no cooperation. Who lives there may refuse entry."
    ),
)
def repeated_no_access(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address. Values: bezoeken (count of days on which entry was refused).

    A visit whose date is partial counts only where all of it lies in the window.
    """
    start = readings.window_start(as_of, p.window_days)
    return (
        t.controles.filter(
            pl.col("situatie") == "geen_medewerking",
            pl.col("address_id").is_not_null(),
            pl.col("datum_min") >= start,
            pl.col("datum_max") <= as_of,
        )
        .group_by("address_id")
        .agg(bezoeken=pl.col("datum_max").n_unique().cast(pl.Int64), record_ids=pl.col("record").sort())
        .filter(pl.col("bezoeken") >= p.min_visits)
        .with_columns(window_start=pl.lit(start), window_end=pl.lit(as_of))
    )
