"""ORG-07: the only address of the holder of a permit that is bound to a place is a post box."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Params, Tables, columns, indicator, readings


@indicator(
    code="ORG-07",
    version=3,
    cls="C",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    purposes=("P-VERG",),
    powers=("toezicht", "intrekken"),
    name_nl="Locatiegebonden vergunning, brievenbusadres",
    name_en="Letterbox holder",
    rationale_nl=(
        "De vergunning hoort bij een plek, maar de houder heeft alleen een postbus. Dan is de houder nergens te "
        "bezoeken en is niet te zien wie er in de zaak staat."
    ),
    rationale_en=(
        "The permit is bound to a place, but the holder has a post box only. Nobody can be visited then, and it cannot "
        "be seen who runs the business."
    ),
    ruled_out_nl=(
        "De houder heeft ook een vestiging op het vergunde adres.",
        "De houder heeft ergens een gewoon adres.",
        "De vergunning hoort niet bij een plek, zoals bij een evenement.",
        "De vergunning is niet geldig.",
        "Van een vestiging is het adres niet bekend.",
    ),
    ruled_out_en=(
        "The holder also has an establishment at the licensed address.",
        "The holder has an ordinary address somewhere.",
        "The permit is not bound to a place, as with an event.",
        "The permit is not valid.",
        "The address of an establishment is not known.",
    ),
    innocent_nl=("Het is een klein bedrijf zonder kantoor.", "De vestiging op dit adres is nog niet ingeschreven."),
    innocent_en=(
        "It is a small firm without an office.",
        "The establishment at this address has not been registered yet.",
    ),
    checked_nl=("KVK {kvk_nummer} heeft nergens een gewoon adres.", "De vergunning geldt op {as_of}."),
    checked_en=("KVK {kvk_nummer} has an ordinary address nowhere.", "The licence is valid on {as_of}."),
    decisive={"vergunningen": ("ingangsdatum",), "handelsregister": ("datum_aanvang",)},
    limits_nl=("Er is geen lijst van verzameladressen. Alleen een postbus is te zien.",),
    limits_en=("There is no list of collective addresses. Only a post box can be seen.",),
    inputs={
        "vergunningen": columns(
            "record key zaaktype is_location_bound status bezwaar_uitkomst ingangsdatum_max einddatum_min "
            "address_id kvk_nummer"
        ),
        "handelsregister": columns(
            "record kvk_nummer address_note datum_aanvang_max datum_einde_min datum_einde_max afgeschermd"
        ),
    },
    evidence_nl=(
        "Op {as_of} geldt hier een vergunning die bij een plek hoort ({zaaknummers}, voor "
        "{zaaktypen:word}). De houder (KVK {kvk_nummer}) staat in het handelsregister alleen met een "
        "postbus. Een vestiging op dit adres is er niet."
    ),
    evidence_en=(
        "On {as_of} a permit that is bound to a place is valid here ({zaaknummers}, for "
        "{zaaktypen:word}). Its holder (KVK {kvk_nummer}) is in the trade register with a PO box only. "
        "There is no establishment at this address."
    ),
)
def letterbox_holder(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address and holder: zaaknummers, zaaktypen, kvk_nummer.

    Every establishment of the holder that has not surely ended is at a post box; one at any other address, also one
    that could not be read, is enough to be silent. Collective addresses (`verzameladres`) are not read: formats.md
    has no list of them.
    """
    permits = t.vergunningen.filter(
        readings.valid_licence(as_of), readings.is_location_bound(), pl.col("address_id").is_not_null()
    )
    boxed = (
        t.handelsregister.filter(~readings.ended_before(as_of))
        .join(permits, on="kvk_nummer", how="semi")
        .group_by("kvk_nummer")
        .agg(
            readings.post_box().all().alias("is_boxed"),
            # a shielded establishment is named nowhere
            pl.col("record").filter(readings.active(as_of), ~readings.shielded()).sort().alias("establishments"),
        )
        .filter("is_boxed", pl.col("establishments").list.len() > 0)
    )
    return (
        permits.join(boxed, on="kvk_nummer")
        .group_by("address_id", "kvk_nummer", "establishments")
        .agg(
            pl.col("key").unique().sort().alias("zaaknummers"),
            pl.col("zaaktype").unique().sort().alias("zaaktypen"),
            pl.col("record").alias("permits"),
        )
        .select(
            "address_id",
            "zaaknummers",
            "zaaktypen",
            "kvk_nummer",
            record_ids=pl.concat_list("permits", "establishments"),
        )
    )
