"""HOU-03: a letting or lodging permit allows more people than the floor area has room for."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="HOU-03",
    version=3,
    cls="B",
    barrier=Barrier.HUISVESTING,
    dataset="vergunningen",
    purposes=("P-WON",),
    powers=("boete_wonen",),
    asks_norm=True,
    name_nl="Vergunde personen per m² onder norm",
    name_en="Density below norm",
    rationale_nl="De vergunning staat meer personen toe dan past bij de norm van de gemeente. Die norm staat in een "
    "beleidsregel. Alleen vergunde aantallen tellen, geen bewoners.",
    rationale_en="The permit allows more people than fit the norm of the municipality. That norm stands in a policy "
    "rule. Only permitted numbers count, no residents.",
    ruled_out_nl=(
        "De oppervlakte is onbekend: de BAG zegt 1 of 999999 m².",
        "De vergunning is niet geldig.",
        "De ruimte is precies gelijk aan de norm.",
        "De vergunning noemt geen aantal personen.",
        "Het gaat om een gewoon huishouden zonder vergunning voor verhuur.",
    ),
    ruled_out_en=(
        "The area is unknown: the BAG says 1 or 999999 m².",
        "The permit is not valid.",
        "The space equals the norm exactly.",
        "The permit names no number of people.",
        "It is an ordinary household without a letting permit.",
    ),
    innocent_nl=(
        "De oppervlakte in de BAG klopt niet.",
        "Het verblijf omvat meer objecten dan dit ene adres.",
        "Er verblijven minder personen dan de vergunning toestaat.",
        "De vergunning is van voor de norm, of de gemeente week er met reden van af.",
    ),
    innocent_en=(
        "The area in the BAG is wrong.",
        "The accommodation covers more objects than this one address.",
        "Fewer people stay there than the permit allows.",
        "The permit is from before the norm, or the municipality departed from it for a reason.",
    ),
    checked_nl=(
        "De oppervlakte is bekend: {oppervlakte_m2} m².",
        "De vergunning noemt {max_personen:persoon|personen}.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "The floor area is known: {oppervlakte_m2} m².",
        "The permit names {max_personen:person|people}.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"vergunningen": ("ingangsdatum",)},
    limits_nl=("Voor nieuwbouw kan een hogere norm gelden. Het bouwjaar staat niet in de levering.",),
    limits_en=("A higher norm can hold for new buildings. The year of building is not in the delivery.",),
    inputs={
        "vergunningen": columns(
            "record zaaknummer zaaktype is_letting status bezwaar_uitkomst address_id max_personen "
            "ingangsdatum_max einddatum_min"
        ),
        "bag_adressen": columns("record adresseerbaar_object_id oppervlakte is_nevenadres"),
    },
    params={
        "min_m2_lodging": Param(
            10,
            "m² a person",
            "only a made-up municipality runs with it; a real one fills in the norm of its policy rule",
            floor=5,
            ceiling=15,
            label_nl="Ruimte bij logies, minstens",
            label_en="Space in lodging, at least",
            reason_nl="een voorbeeld: elke gemeente vult de norm van haar eigen beleidsregel in",
        ),
        "min_m2_letting": Param(
            12,
            "m² a person",
            "only a made-up municipality runs with it; a real one fills in the norm of its policy rule",
            floor=5,
            ceiling=15,
            label_nl="Ruimte in een woning, minstens",
            label_en="Space in a dwelling, at least",
            reason_nl="een voorbeeld: elke gemeente vult de norm van haar eigen beleidsregel in",
        ),
    },
    evidence_nl=(
        "Vergunning {zaaknummer} voor {zaaktype:word} staat {max_personen:persoon|personen} toe. Volgens "
        "de BAG is er {oppervlakte_m2} m². Dat is {m2_per_persoon} m² per persoon; de norm van de gemeente is "
        "{norm_m2_per_persoon} m²."
    ),
    evidence_en=(
        "Permit {zaaknummer} for {zaaktype:word} allows {max_personen:person|people}. The BAG says there "
        "are {oppervlakte_m2} m². That is {m2_per_persoon} m² a person; the norm of the municipality is "
        "{norm_m2_per_persoon} m²."
    ),
)
def density_below_norm(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid letting or lodging permit below the norm of its kind.

    Values: zaaknummer, zaaktype, max_personen, oppervlakte_m2, m2_per_persoon, norm_m2_per_persoon.
    """
    permits = t.vergunningen.filter(readings.valid_licence(as_of), readings.is_letting(), pl.col("max_personen") > 0)
    norm = pl.when(pl.col("zaaktype") == "logies").then(float(p.min_m2_lodging)).otherwise(float(p.min_m2_letting))
    return (
        permits.join(readings.floor_areas(readings.at_objects(t.bag_adressen, permits)), on="address_id")
        .with_columns(norm_m2_per_persoon=norm, m2_per_persoon=pl.col("oppervlakte_m2") / pl.col("max_personen"))
        .filter(pl.col("m2_per_persoon") < pl.col("norm_m2_per_persoon"))
        .select(
            "address_id",
            "zaaknummer",
            "zaaktype",
            "max_personen",
            "oppervlakte_m2",
            "m2_per_persoon",
            "norm_m2_per_persoon",
            record_ids=pl.concat_list("record", "bag_record"),
        )
    )
