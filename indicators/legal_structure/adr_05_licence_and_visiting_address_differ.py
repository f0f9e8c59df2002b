"""ADR-05: the holder of a permit that is bound to a place has its establishment elsewhere only."""

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="ADR-05",
    version=3,
    cls="C",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    purposes=("P-REG", "P-VERG"),
    powers=("voorschrift", "intrekken"),
    name_nl="Vergunningadres ≠ bezoekadres",
    name_en="Licence vs visiting address",
    rationale_nl=(
        "De vergunning hoort bij een plek, maar de houder staat al een tijd alleen op een ander adres ingeschreven. "
        "Dan kan het zijn dat iemand anders de zaak voert."
    ),
    rationale_en=(
        "The permit is bound to a place, but for some time the holder has been registered at another address only. It "
        "may be that someone else runs the business."
    ),
    ruled_out_nl=(
        "De houder heeft ook een vestiging op het vergunde adres, of op een nevenadres daarvan.",
        "De vestiging is nog maar kort ergens anders.",
        "De vergunning is nog maar kort van kracht.",
        "Een vestiging van de houder is afgeschermd in het handelsregister.",
        "De vergunning hoort niet bij een plek of is niet geldig.",
        "Van een vestiging is niet bekend waar die is.",
        "De houder heeft alleen een postbus; dat ziet een andere indicator.",
    ),
    ruled_out_en=(
        "The holder also has an establishment at the licensed address, or at a second address of it.",
        "The establishment has been elsewhere for a short time only.",
        "The permit has been in force for a short time only.",
        "An establishment of the holder is shielded in the trade register.",
        "The permit is not bound to a place or is not valid.",
        "Of one establishment it is not known where it is.",
        "The holder has a post box only; another indicator sees that.",
    ),
    innocent_nl=(
        "Het kantoor is elders en de zaak is niet apart ingeschreven.",
        "De zaak gebruikt een ander object in hetzelfde pand.",
        "De verhuizing is gemeld, maar nog niet verwerkt.",
    ),
    innocent_en=(
        "The office is elsewhere and the business has not been registered separately.",
        "The business uses another object in the same building.",
        "The move was reported, but has not been processed yet.",
    ),
    checked_nl=(
        "De vergunning geldt op {as_of}.",
        "Van alle vestigingen van KVK {kvk_nummer} is bekend waar zij zijn.",
        "Dit is al {dagen_verschil:span} zo.",
    ),
    checked_en=(
        "The licence is valid on {as_of}.",
        "It is known where all establishments of KVK {kvk_nummer} are.",
        "This has been so for {dagen_verschil:span}.",
    ),
    decisive={"vergunningen": ("ingangsdatum",), "handelsregister": ("datum_aanvang",)},
    inputs={
        "vergunningen": columns(
            "record key zaaktype is_location_bound status bezwaar_uitkomst ingangsdatum_max einddatum_min "
            "address_id kvk_nummer"
        ),
        "handelsregister": columns(
            "record kvk_nummer address_id address_note datum_aanvang_max datum_einde_min datum_einde_max afgeschermd"
        ),
    },
    params={
        "grace_days": Param(
            90,
            "days",
            "a move takes some time to be reported and taken in",
            floor=30,
            label_nl="Dagen dat de adressen verschillen, meer dan",
            label_en="Days that the addresses differ, more than",
            reason_nl="een verhuizing melden en verwerken kost tijd",
        )
    },
    evidence_nl=(
        "Op {as_of} geldt hier een vergunning die bij een plek hoort ({zaaknummers}, voor "
        "{zaaktypen:word}). De houder (KVK {kvk_nummer}) heeft al {dagen_verschil:span} alleen "
        "vestigingen op een ander adres."
    ),
    evidence_en=(
        "On {as_of} a permit that is bound to a place is valid here ({zaaknummers}, for "
        "{zaaktypen:word}). For {dagen_verschil:span} its holder (KVK {kvk_nummer}) has had "
        "establishments at another address only."
    ),
)
def licence_and_visiting_address_differ(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address and holder: zaaknummers, zaaktypen, kvk_nummer, dagen_verschil.

    The addresses differ since the last of: the start of the permit, the end of the holder's last establishment here,
    the start of its first establishment elsewhere. A post box is no visiting address; an establishment without an
    object in the BAG, also one out of town, may not be compared, and one that is shielded is skipped with its holder.
    """
    before = as_of - timedelta(days=p.grace_days)
    permits = t.vergunningen.filter(
        readings.valid_licence(as_of),
        readings.is_location_bound(),
        pl.col("address_id").is_not_null(),
        pl.col("kvk_nummer").is_not_null(),
    )
    own = t.handelsregister.join(permits, on="kvk_nummer", how="semi")
    is_live = ~readings.ended_before(as_of)
    elsewhere = (
        own.filter(is_live, ~readings.post_box())
        .group_by("kvk_nummer")
        .agg(
            (pl.col("address_id").is_null() | readings.shielded()).any().alias("is_unsure"),
            pl.col("address_id").alias("places"),
            # one that may not have begun yet bears no hit
            pl.col("datum_aanvang_max").filter(readings.active(as_of)).min().alias("elsewhere_since"),
            pl.col("record").filter(readings.active(as_of)).sort().alias("establishments"),
        )
        .filter(~pl.col("is_unsure"), pl.col("establishments").list.len() > 0)
    )
    left = (
        own.filter(~is_live)
        .group_by("kvk_nummer", "address_id")
        .agg(pl.col("datum_einde_max").max().alias("left_on"))
        .filter(pl.col("address_id").is_not_null())
    )
    return (
        permits.join(elsewhere, on="kvk_nummer")
        .filter(~pl.col("places").list.contains(pl.col("address_id")))
        .join(left, on=["kvk_nummer", "address_id"], how="left")
        .with_columns(since=pl.max_horizontal("ingangsdatum_max", "left_on", "elsewhere_since"))
        .filter(pl.col("since") < before)
        .group_by("address_id", "kvk_nummer", "establishments")
        .agg(
            pl.col("key").unique().sort().alias("zaaknummers"),
            pl.col("zaaktype").unique().sort().alias("zaaktypen"),
            (pl.lit(as_of) - pl.col("since")).dt.total_days().max().alias("dagen_verschil"),
            pl.col("record").alias("permits"),
        )
        .select(
            "address_id",
            "zaaknummers",
            "zaaktypen",
            "kvk_nummer",
            "dagen_verschil",
            record_ids=pl.concat_list("permits", "establishments"),
        )
    )
