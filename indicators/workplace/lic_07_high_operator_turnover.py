"""LIC-07: one place had more holders of the same permit type in three years than is usual in the municipality."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_PLACE = ("address_id", "zaaktype")
#: Whoever applied, or was refused, has held nothing: a date of entry is then a wish.
_HELD = ("verleend", "verlopen", "ingetrokken")


@indicator(
    code="LIC-07",
    version=3,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    name_nl="Hoge wisselfrequentie exploitanten",
    name_en="High operator turnover",
    rationale_nl="Op dit adres wisselde de houder van de vergunning vaker dan elders. Een zaak die steeds een nieuwe "
    "houder krijgt, is lastig te volgen. De gemeente kan dan niet goed zien wie er achter zit.",
    rationale_en="At this address the holder of the licence changed more often than elsewhere. A business that gets a "
    "new holder every time is hard to follow. The municipality cannot see well who is behind it.",
    ruled_out_nl=(
        "Eén houder kreeg de vergunning een paar keer opnieuw.",
        "Een houder zette de zaak om in een bv.",
        "De wissels liggen verder terug.",
        "Het gaat om vergunningen van verschillende soort.",
        "In de hele gemeente wisselen houders van deze vergunning vaak.",
        "Een besluit is vernietigd in bezwaar.",
        "Van een houder ontbreken nummer en geboortedatum: die kan iemand anders van de lijst zijn.",
        "De vergunning gold voor één gelegenheid, zoals een evenement.",
        "De vergunning is niet verleend: dan telt de begindatum die iemand wenst niet.",
        "Twee houders kunnen één en dezelfde zijn, door hun naam of die van wie het bedrijf leidt.",
    ),
    ruled_out_en=(
        "One holder got the licence again a few times.",
        "A holder turned the business into a private company.",
        "The changes lie further back.",
        "The permits are of different kinds.",
        "Everywhere in the municipality holders of this permit change often.",
        "A decision was annulled after an objection.",
        "Of a holder number and birth date are missing: it may be someone else on the list.",
        "The permit was for one occasion, such as an event.",
        "The permit was not granted: the date on which someone wishes to begin does not count.",
        "Two holders could be the same, by their names or those of the people who run the company.",
    ),
    innocent_nl=(
        "Er zitten steeds andere zaken voor korte tijd, zoals in een foodhal.",
        "De vergunning hangt aan een kort huurcontract.",
        "De markt is zwaar en zaken gaan snel weer dicht.",
    ),
    innocent_en=(
        "Different businesses stay for a short time, as in a food court.",
        "The licence depends on a short tenancy.",
        "The market is hard and businesses close soon.",
    ),
    checked_nl=(
        "De {houders} houders horen niet bij elkaar en kunnen niet dezelfde zijn.",
        "De vergunningen zijn alle verleend en van één soort: {zaaktype:word}.",
        "In de gemeente is {mediaan} gewoon.",
    ),
    checked_en=(
        "The {houders} holders are not related and cannot be the same.",
        "The licences were all granted and of one kind: {zaaktype:word}.",
        "In the municipality {mediaan} is usual.",
    ),
    decisive={"vergunningen": ("ingangsdatum",)},
    inputs={
        "vergunningen": columns(
            "record zaaknummer zaaktype is_one_off status bezwaar_uitkomst kvk_nummer address_id "
            "ingangsdatum_min ingangsdatum_max"
        ),
        "functionarissen": columns("record kvk_nummer functie datum_aanvang_min datum_einde_max"),
        "partijen": columns("record role kind party_id kvk_nummer birth_date"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "groepen": columns("kvk_nummer related_id"),
    },
    needs=("vergunningen",),  # the trade register adds which companies belong together
    params={
        "window_days": Param(
            1095,
            "days",
            "three years hold at most one or two changes in an ordinary business; 36 months are 1095 days",
            floor=365,
            ceiling=1095,
            label_nl="Vergunningen die ingingen in de laatste",
            label_en="Licences that began in the last",
            reason_nl="drie jaar tellen in een gewone zaak hooguit één of twee wissels; dat is 1095 dagen",
        ),
        "min_holders": Param(
            3,
            "holders",
            "two holders are one change, which every sale brings",
            floor=3,
            label_nl="Aantal houders, minstens",
            label_en="Number of holders, at least",
            reason_nl="twee houders is één wissel, en die hoort bij elke verkoop",
        ),
        "mad_factor": Param(
            3.0,
            "times",
            "so far above the median of the municipality is rare by chance",
            floor=2.0,
            label_nl="Boven het gewone aantal, zo vaak de gewone spreiding",
            label_en="Above the usual number, in times the usual spread (median absolute deviation)",
            reason_nl="zo ver boven het midden van de gemeente is zelden toeval",
        ),
    },
    evidence_nl=(
        "Op dit adres hadden {houders} verschillende houders een vergunning voor {zaaktype:word} "
        "({zaaknummers}). Geteld zijn vergunningen die ingingen in de laatste {window_days:span}. Gewoon "
        "in de gemeente is {mediaan}. Vanaf {vanaf} is het een aandachtspunt."
    ),
    evidence_en=(
        "At this address {houders} different holders had a licence for {zaaktype:word} ({zaaknummers}). "
        "Counted are licences that began in the last {window_days:span}. Usual in the municipality is "
        "{mediaan}. From {vanaf} on it is a flag."
    ),
)
def high_operator_turnover(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per object and permit type.

    Values: zaaktype, zaaknummers (list), houders, mediaan, grens (holders, by the spread), vanaf (holders from which
    there is a hit).

    Median and deviation are taken over the objects where a permit of that type began in the window: objects that
    stand empty would only lower them. Companies of one group, companies run by one person, and that person are one
    holder, so that a conversion into a company is no change; so are holders who could be one party.
    """
    start = readings.window_start(as_of, p.window_days)
    began = t.vergunningen.filter(
        pl.col("status").is_in(_HELD),
        pl.col("ingangsdatum_min") >= start,
        pl.col("ingangsdatum_max") <= as_of,
        pl.col("address_id").is_not_null(),
        ~readings.is_one_off(),
        ~readings.annulled(),
    ).select("record", "zaaknummer", *_PLACE, "kvk_nummer")
    # one permit at a place is one holder, whoever it is
    several = began.filter(pl.len().over(_PLACE) > 1)
    functions = t.functionarissen.filter(
        pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS), readings.possibly_in_function(as_of)
    )
    marks = readings.marks_of_holders(t, readings.holders_of(t, several), functions)
    holders = (
        readings.counted_as_one(marks.join(several.select("record", *_PLACE), on="record"), "record", _PLACE)
        .filter("is_known")
        .group_by(_PLACE)
        .agg(houders=pl.col("one_party").n_unique().cast(pl.Int64))
    )
    places = (
        began.sort("record")
        .group_by(_PLACE, maintain_order=True)
        .agg(zaaknummers=pl.col("zaaknummer"), record_ids=pl.col("record"))
        .join(holders, on=_PLACE, how="left")
        # whoever held it, somebody did
        .with_columns(pl.col("houders").fill_null(1))
    )
    deviation = (pl.col("houders") - pl.col("mediaan")).abs().median().over("zaaktype")
    return (
        places.with_columns(mediaan=pl.col("houders").median().over("zaaktype"))
        .with_columns(grens=pl.col("mediaan") + p.mad_factor * deviation)
        .filter(pl.col("houders") >= p.min_holders, pl.col("houders") >= pl.col("grens"))
        .with_columns(
            vanaf=pl.max_horizontal(pl.col("grens").ceil(), pl.lit(p.min_holders)).cast(pl.Int64),
            window_start=pl.lit(start),
            window_end=pl.lit(as_of),
        )
    )
