"""NUI-06: the text of reports held terms of a published word list on the use of premises. Off without such a list."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, indicator, readings


@indicator(
    code="NUI-06",
    version=2,
    cls="C",
    barrier=Barrier.HUISVESTING,
    dataset="meldingen",
    purposes=("P-OO",),
    powers=("toezicht", "zorgplicht"),
    sensitive=True,
    name_nl="Termensignaal meldingstekst (uit)",
    name_en="Lexicon hit (off)",
    rationale_nl="Meldingen beschrijven het gebruik van een adres met woorden uit een vaste lijst. De tekst zelf is "
    "niet bewaard, alleen het kenmerk van de term. Dit is een zwak signaal. Het telt alleen mee naast andere.",
    rationale_en="Reports describe the use of an address in words of a fixed list. The text itself is not kept, only "
    "the id of the term. This is a weak signal. It counts only beside others.",
    ruled_out_nl=(
        "Alle meldingen komen van één melder.",
        "De term staat maar in één melding.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "De melding gaat over iets anders, zoals afval op straat.",
        "De melding is te lang geleden.",
    ),
    ruled_out_en=(
        "All reports come from one reporter.",
        "The term stands in one report only.",
        "The reports were unfounded or cancelled.",
        "The report is about something else, such as waste in the street.",
        "The report was too long ago.",
    ),
    innocent_nl=(
        "De melder vertelt door wat een ander zei.",
        "Het woord staat in een zin die het ontkent.",
        "Het woord slaat op een ander adres.",
    ),
    innocent_en=(
        "The reporter repeats what someone else said.",
        "The word stands in a sentence that denies it.",
        "The word is about another address.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
    ),
    limits_nl=("De tekst is niet bewaard. Of een zin het woord ontkent, is niet te zien.",),
    limits_en=("The text was not kept. Whether a sentence denies the word cannot be seen.",),
    inputs={"meldingen": (*readings.report_columns("hoofdcategorie", "subcategorie"), "termen")},
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
            "one text can repeat a rumour",
            floor=2,
            label_nl="Meldingen met een term, minstens",
            label_en="Reports with a term, at least",
            reason_nl="één tekst kan een gerucht herhalen",
        ),
        "min_reporters": Param(
            2,
            "reporters",
            "one reporter alone makes no pattern",
            floor=2,
            label_nl="Verschillende melders, minstens",
            label_en="Different reporters, at least",
            reason_nl="één melder alleen maakt geen patroon",
        ),
    },
    evidence_nl=(
        "In de laatste {window_days:span} stond in {meldingen:melding|meldingen} van "
        "{melders:melder|melders} een term uit de vaste woordenlijst. Kenmerken van de termen: {termen}. "
        "De tekst van de meldingen is niet bewaard."
    ),
    evidence_en=(
        "In the last {window_days:span} {meldingen:report|reports} by {melders:reporter|reporters} held a "
        "term of the fixed word list. Ids of the terms: {termen}. The text of the reports is not kept."
    ),
)
def lexicon_hit(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address. Values: meldingen, melders (counts), termen (list of term ids).

    The definition names no number: two reports by two reporters are the fewest that the common rules of domain
    reference 2.6 let count. Only relevant reports are looked at, or a mattress among the waste would count as one in a
    house. A report counts once, however many terms it holds.
    """
    start = readings.window_start(as_of, p.window_days)
    holds_term = (pl.col("termen").list.len() > 0).fill_null(False)
    return (
        readings.tally(
            readings.counting_reports(t.meldingen, readings.is_relevant_report() & holds_term),
            start,
            as_of,
            termen=pl.col("termen").explode().drop_nulls().unique().sort(),
        )
        .rename({"report_records": "record_ids"})
        .filter(pl.col("meldingen") >= p.min_reports, pl.col("melders") >= p.min_reporters)
        .with_columns(window_start=pl.lit(start), window_end=pl.lit(as_of))
    )
