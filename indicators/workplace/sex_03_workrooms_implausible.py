"""SEX-03: a licence for more workrooms than fit in the floor area of the object."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="SEX-03",
    version=2,
    cls="C",
    barrier=Barrier.WERKPLEK,
    dataset="seksinrichtingen",
    purposes=("P-VERG",),
    powers=("voorschrift",),
    sensitive=True,
    name_nl="Werkruimten passen niet bij object",
    name_en="Workrooms implausible for premises",
    rationale_nl="In de vergunning staat hoeveel werkruimten er zijn. Voor zo veel ruimten is de oppervlakte in de BAG "
    "te klein. Dan klopt een van de twee gegevens niet.",
    rationale_en="The licence says how many workrooms there are. The floor area in the BAG is too small for so many. "
    "One of the two is not right then.",
    ruled_out_nl=(
        "De oppervlakte is onbekend.",
        "Het aantal werkruimten is niet ingevuld.",
        "De ruimten passen net.",
        "De vergunning is niet geldig.",
        "Het is een vergunning voor escort: die hoort niet bij een plek.",
    ),
    ruled_out_en=(
        "The floor area is unknown.",
        "The number of workrooms is not filled in.",
        "The rooms just fit.",
        "The licence is not valid.",
        "It is a licence for an escort business, which is not bound to a place.",
    ),
    innocent_nl=(
        "De oppervlakte in de BAG is fout.",
        "De inrichting bestaat uit meer dan één object.",
        "Werkruimten worden na elkaar gebruikt en zijn dubbel geteld.",
    ),
    innocent_en=(
        "The floor area in the BAG is wrong.",
        "The establishment consists of more than one object.",
        "Workrooms are used one after another and were counted twice.",
    ),
    checked_nl=(
        "De oppervlakte is bekend: {oppervlakte_m2} m².",
        "De vergunning noemt {aantal_werkruimten:werkruimte|werkruimten} en hoort bij een plek.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "The floor area is known: {oppervlakte_m2} m².",
        "The licence names {aantal_werkruimten:workroom|workrooms} and is bound to a place.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"seksinrichtingen": ("ingangsdatum",)},
    limits_nl=("Of de vergunning meer objecten noemt dan de BAG kent, staat in geen register.",),
    limits_en=("Whether the licence names more objects than the BAG knows is in no register.",),
    inputs={
        "seksinrichtingen": columns(
            "record vergunning_id type status bezwaar_uitkomst address_id aantal_werkruimten ingangsdatum_max "
            "einddatum_min"
        ),
        "bag_adressen": columns("record adresseerbaar_object_id oppervlakte is_nevenadres"),
    },
    params={
        "min_room_m2": Param(
            6,
            "m2",
            "a room for one person cannot well be smaller",
            floor=2,
            ceiling=6,
            label_nl="Oppervlakte per werkruimte, minstens",
            label_en="Floor area per workroom, at least",
            reason_nl="een kamer voor één mens kan niet goed kleiner zijn",
        )
    },
    evidence_nl=(
        "Vergunning {vergunning_id} is voor {aantal_werkruimten:werkruimte|werkruimten}. Met "
        "{min_room_m2} m² per ruimte is daarvoor {nodig_m2} m² nodig. Volgens de BAG heeft dit adres "
        "{oppervlakte_m2} m²."
    ),
    evidence_en=(
        "Licence {vergunning_id} is for {aantal_werkruimten:workroom|workrooms}. At {min_room_m2} m² a "
        "room they need {nodig_m2} m². The BAG gives this address {oppervlakte_m2} m²."
    ),
)
def workrooms_implausible(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid licence. Values: vergunning_id, aantal_werkruimten, nodig_m2, oppervlakte_m2.

    The second clause of the definition (a licence that lists more objects than the BAG has at the address) needs a
    list of objects in the licence, which no source carries: it is not evaluated.
    """
    objects = readings.floor_areas(readings.at_objects(t.bag_adressen, t.seksinrichtingen))
    return (
        t.seksinrichtingen.filter(readings.valid_licence(as_of), pl.col("type") != "escort")
        .join(objects, on="address_id")
        .with_columns(nodig_m2=pl.col("aantal_werkruimten") * p.min_room_m2)
        .filter(pl.col("nodig_m2") > pl.col("oppervlakte_m2"))
        .select(
            "address_id",
            "vergunning_id",
            "aantal_werkruimten",
            "nodig_m2",
            "oppervlakte_m2",
            record_ids=pl.concat_list("record", "bag_record"),
        )
    )
