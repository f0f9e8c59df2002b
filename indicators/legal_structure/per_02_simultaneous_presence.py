"""PER-02: one person is the only manager of two venues that are open at the same time and lie far apart."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings
from screening.rules.hours import MINUTES_OF_DAY, both_open_from, opening_hours

_SHARED = (
    "is_location_bound",
    "address_id",
    "status",
    "bezwaar_uitkomst",
    "ingangsdatum_min",
    "ingangsdatum_max",
    "einddatum_min",
    "einddatum_max",
    "openingstijden",
)


@indicator(
    code="PER-02",
    version=3,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="leidinggevenden",
    purposes=("P-VERG",),
    powers=("toezicht", "intrekken"),
    name_nl="Onverenigbare gelijktijdigheid",
    name_en="Impossible simultaneous presence",
    rationale_nl="Als een zaak open is, moet er een leidinggevende zijn. Hier staat één persoon als enige op de lijst "
    "van zaken die tegelijk open zijn en ver uit elkaar liggen. Die kan niet op twee plekken zijn.",
    rationale_en="A manager must be present while a venue is open. Here one person alone is on the lists of two "
    "venues. They are open at the same time and lie far apart. That person cannot be at two places.",
    ruled_out_nl=(
        "Er staat nog iemand op de lijst van een van de zaken.",
        "De zaken liggen dicht bij elkaar.",
        "De zaken zijn niet tegelijk open.",
        "Van een zaak zijn de openingstijden niet bekend of niet te lezen.",
        "De namen zijn gelijk, maar het zijn verschillende personen.",
        "De persoon of de vergunning hoort op deze dag niet meer of nog niet bij de zaak.",
        "De vergunning hoort niet bij een plek.",
        "Van een adres is niet bekend waar het ligt.",
    ),
    ruled_out_en=(
        "Someone else is on the list of one of the venues.",
        "The venues lie close together.",
        "The venues are not open at the same time.",
        "The opening hours of a venue are not known or cannot be read.",
        "The names are the same, but they are different people.",
        "The person or the licence does not belong to the venue any more, or not yet, on this day.",
        "The licence is not bound to a place.",
        "It is not known where an address lies.",
    ),
    innocent_nl=(
        "Eén van de zaken is alleen open op afspraak.",
        "De openingstijden zijn oud.",
        "De lijst is niet compleet: een nieuwe leidinggevende is nog niet gemeld.",
    ),
    innocent_en=(
        "One of the venues is open by appointment only.",
        "The opening hours are out of date.",
        "The list is incomplete: a new manager has not been notified yet.",
    ),
    checked_nl=(
        "Niemand anders staat op de lijst van een van de zaken.",
        "Van elke zaak zijn plek en openingstijden bekend.",
        "De vergunningen gelden op {as_of}.",
        "Het is zeker dezelfde persoon, niet alleen dezelfde naam.",
    ),
    checked_en=(
        "Nobody else is on the list of one of the venues.",
        "Of each venue place and opening hours are known.",
        "The licences are valid on {as_of}.",
        "It is surely the same person, not the same name alone.",
    ),
    decisive={
        "leidinggevenden": ("datum_van",),
        "vergunningen": ("ingangsdatum",),
        "seksinrichtingen": ("ingangsdatum",),
    },
    inputs={
        "leidinggevenden": columns("record zaaknummer datum_van_min datum_van_max datum_tot_min datum_tot_max"),
        "vergunningen": ("record", "key", "zaaktype", *_SHARED),
        "seksinrichtingen": ("record", "key", *_SHARED),
        "bag_adressen": columns("adresseerbaar_object_id rd_x rd_y is_nevenadres record"),
        "partijen": columns("record mention dataset kind party_id"),
    },
    needs=("leidinggevenden", "vergunningen", "seksinrichtingen", "bag_adressen"),
    params={
        "max_distance_m": Param(
            2000,
            "m",
            "within it one can still walk from one venue to the other",
            floor=1000,
            label_nl="Afstand tussen de zaken, meer dan",
            label_en="Distance between the venues, more than",
            reason_nl="daarbinnen kun je nog van de ene zaak naar de andere lopen",
        )
    },
    evidence_nl=(
        "Op {as_of} staat op de lijst van deze zaak ({zaaknummers}) één persoon. Dezelfde persoon staat "
        "als enige op de lijst van een andere zaak ({andere_zaaknummers}). De zaken zijn op "
        "{dagen:dag|dagen} van de week tegelijk open. Zij liggen {afstand_m:distance} van elkaar (grens: "
        "{max_distance_m:distance})."
    ),
    evidence_en=(
        "On {as_of} the list of this venue ({zaaknummers}) has one person. The same person alone is on "
        "the list of another venue ({andere_zaaknummers}). The venues are open at the same time on "
        "{dagen:day|days} of the week. They lie {afstand_m:distance} apart (limit: "
        "{max_distance_m:distance})."
    ),
)
def simultaneous_presence(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per person and venue.

    Values: zaaknummers, andere_zaaknummers (lists), andere_zaken (count), dagen (of the week on which both are open at
    some moment), afstand_m (straight line to the nearest of the others).

    A venue is an object with location-bound licences in force; its list is that of all of them together, in any role,
    and so is everyone who may be on it: the reading that flags fewer. Whoever has no birth date there is someone else,
    until a person confirmed the link. The hours are those of the licences that name
    the person; a part of them that cannot be read raises nothing.
    """
    licences = readings.licences(t, *_SHARED).filter(readings.is_location_bound(), pl.col("address_id").is_not_null())
    valid = licences.filter(readings.valid_licence(as_of))
    # what is used more than once is cached: the plan would hold it again at every use
    named = (
        _alone(t, licences, as_of)
        .join(
            valid.select("address_id", "openingstijden", zaaknummer="key", licence="record"),
            on=["zaaknummer", "address_id"],
        )
        .pipe(readings.computed)
    )
    present = named.join(_places(readings.at_objects(t.bag_adressen, named)), on="address_id")
    pairs = (
        present.select("party_id", "address_id", "x", "y")
        .unique()
        .join(present.select("party_id", "address_id", "x", "y").unique(), on="party_id", suffix="_other")
        .filter(pl.col("address_id") != pl.col("address_id_other"))
        .with_columns(afstand=((pl.col("x") - pl.col("x_other")) ** 2 + (pl.col("y") - pl.col("y_other")) ** 2).sqrt())
        .filter(pl.col("afstand") > p.max_distance_m)
        .select("party_id", "address_id", "address_id_other", "afstand")
        .pipe(readings.computed)
    )
    together = pairs.join(_open_together(present, pairs), on=["party_id", "address_id", "address_id_other"])
    venues = named.group_by("party_id", "address_id").agg(
        zaaknummers=pl.col("zaaknummer").unique().sort(),
        records=pl.concat_list("record", "licence").list.explode(keep_nulls=False, empty_as_null=False).unique(),
        mentions=pl.col("mention").unique(),
    )
    others = venues.select(pl.all().name.suffix("_other")).rename({"party_id_other": "party_id"})
    flat = {"keep_nulls": False, "empty_as_null": False}
    return (
        together.join(others, on=["party_id", "address_id_other"])
        .group_by("party_id", "address_id")
        .agg(
            andere_zaken=pl.col("address_id_other").n_unique().cast(pl.Int64),
            andere_zaaknummers=pl.col("zaaknummers_other").list.explode(**flat).unique().sort(),
            dagen=pl.col("dagen").max(),
            afstand_m=pl.col("afstand").min().round().cast(pl.Int64),
            records_other=pl.col("records_other").list.explode(**flat),
            mentions_other=pl.col("mentions_other").list.explode(**flat),
        )
        .join(venues, on=["party_id", "address_id"])
        .select(
            "address_id",
            "zaaknummers",
            "andere_zaken",
            "andere_zaaknummers",
            "dagen",
            "afstand_m",
            record_ids=pl.concat_list("records", "records_other"),
            mentions=pl.concat_list("mentions", "mentions_other").list.unique().list.sort(),
        )
    )


def _alone(t: Tables, licences: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The rows of lists whose person is surely at work at an object, alone, and is so elsewhere too.

    Columns: `record`, `mention`, `party_id`, `zaaknummer`, `address_id`. Alone: nobody else may be at work there.
    """
    people = t.partijen.filter(pl.col("dataset") == "leidinggevenden", pl.col("kind") == "person")
    possible = licences.filter(readings.possibly_valid_licence(as_of)).select("address_id", zaaknummer="key")
    open_end = pl.col("datum_tot_max").is_null()
    on_list = (
        t.leidinggevenden.filter(pl.col("datum_van_min") <= as_of, open_end | (pl.col("datum_tot_max") >= as_of))
        .join(possible, on="zaaknummer")
        .join(people.select("record", "mention", "party_id"), on="record", how="left")
        # a row without a known person may be anyone: it is someone else
        .with_columns(who=pl.coalesce("party_id", "record"))
        .pipe(readings.computed)
    )
    lone = (
        on_list.group_by("address_id")
        .agg(who=pl.col("who").min(), last=pl.col("who").max())
        .filter(pl.col("who") == pl.col("last"))
    )
    twice = lone.group_by("who").len().filter(pl.col("len") > 1)
    return (
        on_list.filter(pl.col("datum_van_max") <= as_of, open_end | (pl.col("datum_tot_min") >= as_of))
        .join(lone, on=["address_id", "who"], how="semi")
        .join(twice, on="who", how="semi")
        .select("record", "mention", "party_id", "zaaknummer", "address_id")
    )


def _places(bag_adressen: pl.LazyFrame) -> pl.LazyFrame:
    """Where an object lies, by its main address: `address_id`, `x`, `y` (metres)."""
    return readings.by_object(bag_adressen.filter(pl.col("rd_x").is_not_null(), pl.col("rd_y").is_not_null())).agg(
        x=pl.col("rd_x").first(), y=pl.col("rd_y").first()
    )


def _open_together(venues: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Of `pairs` those that are open at one moment: `dagen`, on how many days of the week that is so."""
    pair = ["party_id", "address_id", "address_id_other"]
    week = (
        venues.join(pairs, on=["party_id", "address_id"], how="semi")
        .select("party_id", "address_id", "openingstijden")
        .join(opening_hours(venues), on="openingstijden")
        .drop("openingstijden")
        .unique()
        .pipe(readings.computed)
    )
    return (
        pairs.select(pair)
        .join(week, on=["party_id", "address_id"])
        .join(
            week.select(pl.all().name.suffix("_other")).rename({"party_id_other": "party_id"}),
            on=["party_id", "address_id_other"],
        )
        .with_columns(since=both_open_from("opens", "open_minutes", "opens_other", "open_minutes_other"))
        .filter(pl.col("since").is_not_null())
        .group_by(pair)
        .agg(dagen=(pl.col("since") // MINUTES_OF_DAY).n_unique().cast(pl.Int64))
    )
