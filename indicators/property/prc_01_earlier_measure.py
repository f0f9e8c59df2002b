"""PRC-01: a measure was taken at the object less than two years ago, and the same party is still there."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: A warning closes nothing and costs nothing: it is no measure to remember an address by.
_NO_MEASURE = ("waarschuwing",)


@indicator(
    code="PRC-01",
    version=2,
    cls="C",
    barrier=Barrier.VASTGOED,
    dataset="maatregelen",
    purposes=("P-VERG", "P-WON"),
    powers=("bibob", "intrekken"),
    name_nl="Eerdere bestuurlijke maatregel",
    name_en="Earlier administrative measure",
    rationale_nl="De gemeente nam hier kort geleden een maatregel, en dezelfde partij zit er nog. Dat is een zwak "
    "signaal. Het telt alleen mee naast andere, en het vervalt vanzelf.",
    rationale_en="The municipality took a measure here not long ago, and the same party is still there. That is a weak "
    "signal. It counts only beside others, and it lapses by itself.",
    ruled_out_nl=(
        "Er zit nu een ander, zonder band met de partij van toen.",
        "De maatregel is vernietigd.",
        "De maatregel is te lang geleden.",
        "Het was alleen een waarschuwing.",
        "De namen zijn gelijk, maar het KVK-nummer of de geboortedatum is anders of ontbreekt.",
        "De partij heeft er geen actieve vestiging en geen geldige vergunning meer.",
    ),
    ruled_out_en=(
        "Someone else is there now, without a tie to the party of then.",
        "The measure was annulled.",
        "The measure was too long ago.",
        "It was a warning only.",
        "The names are the same, but the KVK number or birth date differs or is missing.",
        "The party has no active establishment and no valid permit there any more.",
    ),
    innocent_nl=(
        "De partij heeft zich na de maatregel aan de regels gehouden.",
        "De maatregel ging over een bezoeker en niet over de zaak.",
    ),
    innocent_en=(
        "The party has kept to the rules since the measure.",
        "The measure was about a visitor and not about the business.",
    ),
    checked_nl=(
        "De maatregel is niet vernietigd en was meer dan een waarschuwing.",
        "De band met de partij van toen is zeker, niet alleen een naam.",
        "De maatregel is van de laatste {window_days:span}.",
    ),
    checked_en=(
        "The measure was not annulled and was more than a warning.",
        "The tie with the party of then is sure, not a name alone.",
        "The measure is of the last {window_days:span}.",
    ),
    decisive={
        "maatregelen": ("datum",),
        "vergunningen": ("ingangsdatum",),
        "handelsregister": ("datum_aanvang",),
        "functionarissen": ("datum_aanvang",),
    },
    inputs={
        "maatregelen": (
            "record",
            "maatregel_id",
            "type",
            "status",
            "address_id",
            "betrokkene_kvk",
            *readings.dated("datum"),
        ),
        "vergunningen": columns(
            "record zaaknummer status bezwaar_uitkomst kvk_nummer address_id ingangsdatum_max einddatum_min"
        ),
        "handelsregister": columns(
            "record kvk_nummer vestigingsnummer address_id datum_aanvang_max datum_einde_min afgeschermd"
        ),
        "functionarissen": columns("record kvk_nummer functie datum_aanvang_max datum_einde_min"),
        "partijen": columns("record mention role kind party_id"),
        "groepen": columns("kvk_nummer group_id"),
    },
    needs=("maatregelen", "vergunningen"),  # the trade register is a second way to see who is there
    params={
        "window_days": Param(
            730,
            "days",
            "after two years an old measure may not follow a party any more",
            floor=180,
            ceiling=730,
            label_nl="Zo lang telt een maatregel mee",
            label_en="So long a measure counts",
            reason_nl="na twee jaar mag een oude maatregel een partij niet meer volgen",
        )
    },
    evidence_nl=(
        "Op dit adres is[ op {datum_maatregel}] een maatregel genomen: {type_maatregel:word}, "
        "{maatregel_id}. Dezelfde of een verbonden partij is er nog[{vestigingsnummers:?}, met een "
        "vestiging][, met vergunning {zaaknummers}]. Dit telt mee tot en met {vervalt_na}."
    ),
    evidence_en=(
        "A measure was taken at this address[ on {datum_maatregel}]: {type_maatregel:word}, "
        "{maatregel_id}. The same or a related party is still there[{vestigingsnummers:?}, with an "
        "establishment][, with permit {zaaknummers}]. This counts up to and including {vervalt_na}."
    ),
    feedback_risk="high: an earlier decision of the municipality is itself the signal, so that a wrong decision would "
    "repeat itself. It decays: class C, alone it never flags, and it ends on its own 24 months after the measure, "
    "unless there is a new one.",
    feedback_risk_nl=(
        "hoog: een eerder besluit van de gemeente is zelf het signaal. Een fout besluit zou dus terugkomen. Het is "
        "klasse C en telt nooit alleen. Na twee jaar houdt het op."
    ),
)
def earlier_measure(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per measure.

    Values: maatregel_id, type_maatregel, datum_maatregel, vervalt_na (date), vestigingsnummers, zaaknummers (lists).

    There is no score that could shrink, so that decay is an end: the measure counts through `vervalt_na` (its date,
    the first day it can be, plus the window), which the reviewer sees, and from the day after it counts for nothing.
    The same party: one KVK number, companies of one group (group_id), the person of the measure, or
    a person who ran the company at the date of the measure. Present: an active establishment or a valid permit of one
    of these, or of a company that such a person runs today.
    """
    start = readings.window_start(as_of, p.window_days)
    measures = t.maatregelen.filter(
        readings.counting_measure(),
        ~pl.col("type").is_in(_NO_MEASURE),
        pl.col("address_id").is_not_null(),
        pl.col("datum_min") >= start,
        pl.col("datum_max") <= as_of,
    )
    present = _present(t, measures, as_of)
    ties = pl.concat([_by_number(t, measures, present), _by_person(t, measures, present, as_of)])
    named = present.select("present", "vestigingsnummer", "zaaknummer").unique()
    seen = (
        ties.join(named, on="present")
        .group_by("record")
        .agg(
            pl.col("vestigingsnummer").drop_nulls().unique().sort().alias("vestigingsnummers"),
            pl.col("zaaknummer").drop_nulls().unique().sort().alias("zaaknummers"),
            pl.col("present").unique().sort().alias("present_records"),
            pl.col("via").explode().drop_nulls().unique().sort(),
            pl.col("mentions").explode().drop_nulls().unique().sort(),
        )
    )
    return measures.join(seen, on="record").select(
        "address_id",
        "maatregel_id",
        "mentions",
        *(pl.when(pl.col(name).list.len() > 0).then(name).alias(name) for name in ("vestigingsnummers", "zaaknummers")),
        type_maatregel=pl.col("type"),
        **readings.dated_as("datum_maatregel", "datum"),
        vervalt_na=pl.col("datum_min") + pl.duration(days=p.window_days),
        record_ids=pl.concat_list("record", "present_records", "via"),
        window_start=pl.lit(start),
        window_end=pl.lit(as_of),
    )


def _present(t: Tables, measures: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Who is at the objects of the measures: `address_id`, `present` (record), `kvk_nummer`, and its own number."""
    objects = measures.select("address_id").unique()
    text = pl.lit(None, dtype=pl.String)
    establishments = (
        t.handelsregister.filter(readings.active(as_of), ~readings.shielded())
        .join(objects, on="address_id", how="semi")
        .select("address_id", "kvk_nummer", "vestigingsnummer", present="record", zaaknummer=text)
    )
    permits = (
        t.vergunningen.filter(readings.valid_licence(as_of))
        .join(objects, on="address_id", how="semi")
        .select("address_id", "kvk_nummer", vestigingsnummer=text, present="record", zaaknummer="zaaknummer")
    )
    return pl.concat([establishments, permits], how="diagonal")


def _by_number(t: Tables, measures: pl.LazyFrame, present: pl.LazyFrame) -> pl.LazyFrame:
    """`record`, `present`, `via`, `mentions`: the same KVK number, or one group."""
    group = pl.coalesce("group_id", "kvk_nummer").alias("group")
    party = measures.select("record", "address_id", kvk_nummer="betrokkene_kvk").drop_nulls("kvk_nummer")
    party = party.join(t.groepen, on="kvk_nummer", how="left").select("record", "address_id", group)
    there = present.drop_nulls("kvk_nummer").join(t.groepen, on="kvk_nummer", how="left")
    none = pl.lit([], dtype=pl.List(pl.String))
    return party.join(there.select("address_id", "present", group), on=["address_id", "group"]).select(
        "record", "present", via=none, mentions=none
    )


def _by_person(t: Tables, measures: pl.LazyFrame, present: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`record`, `present`, `via`, `mentions`: one person in the measure, or running its company, and here today."""
    people = t.partijen.filter(pl.col("kind") == "person").select("record", "mention", "role", "party_id")
    no_record = pl.lit(None, dtype=pl.String)
    runs = t.functionarissen.filter(
        pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS), pl.col("datum_aanvang_max") <= as_of
    ).select("kvk_nummer", "datum_aanvang_max", "datum_einde_min", function="record")
    involved = people.filter(pl.col("role") == "betrokkene").select("record", "mention", "party_id", function=no_record)
    # who ran the company on the day of the measure; of a partial date on each day it can be
    ran = (
        measures.select("record", "datum_min", "datum_max", kvk_nummer="betrokkene_kvk")
        .join(runs, on="kvk_nummer")
        .filter(
            pl.col("datum_aanvang_max") <= pl.col("datum_min"),
            pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") >= pl.col("datum_max")),
        )
        .join(people.select("mention", "party_id", function="record"), on="function")
        .select("record", "mention", "party_id", "function")
    )
    then = pl.concat([involved, ran]).join(measures.select("record", "address_id"), on="record")
    holders = people.filter(pl.col("role") == "houder").select("mention", "party_id", present="record")
    now = pl.concat(
        [
            present.select("address_id", "present")
            .join(holders, on="present")
            .select("address_id", "present", "mention", "party_id", function=no_record),
            present.select("address_id", "present", "kvk_nummer")
            .join(
                runs.filter(pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") >= as_of)), on="kvk_nummer"
            )
            .join(people.select("mention", "party_id", function="record"), on="function")
            .select("address_id", "present", "mention", "party_id", "function"),
        ]
    )
    return then.join(now, on=["address_id", "party_id"], suffix="_now").select(
        "record",
        "present",
        via=pl.concat_list("function", "function_now"),
        mentions=pl.concat_list("mention", "mention_now"),
    )
