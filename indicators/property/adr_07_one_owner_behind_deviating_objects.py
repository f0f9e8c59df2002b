"""ADR-07: one owner, a company, of several objects in different buildings that each have a deviation of their own.

Class C: who owns is no sign of what tenants do, and only objects with a hit of their own are raised. Municipalities
that look into misuse of property ask for the owner behind several addresses (CCV, dossier Vastgoedcriminaliteit).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="ADR-07",
    version=2,
    cls="C",
    barrier=Barrier.VASTGOED,
    dataset="eigendom",
    purposes=("P-VERG", "P-WON"),
    powers=("toezicht", "bibob", "verhuurvergunning"),
    after=("A", "B"),
    name_nl="Eén eigenaar achter meer adressen met een afwijking",
    name_en="One owner behind several deviating objects",
    rationale_nl="Eén bedrijf bezit panden op verschillende plekken. In meer van die panden is er zelf iets mis, bij "
    "gebruikers die los van elkaar staan. Dat kan iets zeggen over hoe de eigenaar verhuurt. Eigendom alleen zegt "
    "niets. Het telt alleen mee naast andere signalen.",
    rationale_en="One company owns property at different places. At several of these something is wrong by itself, "
    "with users who are not related. That may say something about how the owner lets. Ownership alone says nothing. It "
    "counts only beside other signals.",
    ruled_out_nl=(
        "Het adres heeft zelf geen sterk signaal.",
        "Er zijn maar twee gebouwen met zo’n signaal.",
        "De adressen liggen in hetzelfde gebouw.",
        "De eigenaar is een corporatie, een stichting of de overheid.",
        "De eigenaar is een mens.",
        "Bij een eigenaar van heel veel adressen zijn een paar signalen toeval. Ook onduidelijke adressen tellen.",
        "De signalen gaan over één partij, of over partijen die bij elkaar horen of dezelfde kunnen zijn.",
        "De eigenaar heeft het pand niet meer, of nog niet.",
        "De eigenaar bezit alleen een ander recht, zoals vruchtgebruik.",
    ),
    ruled_out_en=(
        "The object has no strong signal of its own.",
        "There are only two buildings with such a signal.",
        "The objects are in one building.",
        "The owner is a housing corporation, a foundation or a public body.",
        "The owner is a human being.",
        "With an owner of very many objects a few signals are chance. Unclear addresses count too.",
        "The signals are about one party, or about parties that are related or could be the same.",
        "The owner does not have the property any more, or not yet.",
        "The owner holds another right only, such as a usufruct.",
    ),
    innocent_nl=(
        "De eigenaar verhuurt op afstand en weet niet wat huurders doen.",
        "De panden staan in een straat waar vaker wordt gecontroleerd.",
        "De eigenaar kocht panden waar al iets mis was, om ze op te knappen.",
        "Een beheerder regelt de verhuur voor de eigenaar.",
    ),
    innocent_en=(
        "The owner lets from afar and does not know what tenants do.",
        "The properties stand in a street that is inspected more often.",
        "The owner bought properties where something was wrong already, to do them up.",
        "A manager sees to the letting for the owner.",
    ),
    checked_nl=(
        "De eigenaar is een bv of nv.",
        "De {gebouwen:adres ligt|adressen liggen} in verschillende gebouwen.",
        "Een zwak aandachtspunt alleen telt niet.",
    ),
    checked_en=(
        "The owner is a private or public limited company.",
        "The {gebouwen:address lies|addresses lie} in different buildings.",
        "A weak flag alone does not count.",
    ),
    decisive={"eigendom": ("datum_van",)},
    inputs={
        "treffers": columns("address_id indicator class record_ids"),
        "eigendom": columns(
            "record aard_recht kvk_nummer rechtsvorm address_id datum_van_min datum_van_max datum_tot_min datum_tot_max"
        ),
        "bag_adressen": columns("adresseerbaar_object_id pand_id"),
        "partijen": columns("record role kind party_id kvk_nummer birth_date"),
        "functionarissen": columns("record kvk_nummer functie"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "groepen": columns("kvk_nummer related_id"),
    },
    needs=("eigendom", "bag_adressen"),
    params={
        "min_buildings": Param(
            3,
            "buildings",
            "two properties of one owner with a deviation are chance",
            floor=3,
            label_nl="Aantal gebouwen met een eigen afwijking, minstens",
            label_en="Number of buildings with a deviation of their own, at least",
            reason_nl="twee panden van één eigenaar met een afwijking is toeval",
        ),
        "min_share": Param(
            0.1,
            "share of the owner's objects",
            "an owner of hundreds of objects has some with a deviation like anybody",
            floor=0.05,
            label_nl="Deel van de adressen van de eigenaar, minstens",
            label_en="Share of the objects of the owner, at least",
            reason_nl="een eigenaar van honderden adressen heeft er als ieder ander een paar met een afwijking",
        ),
        "min_parties": Param(
            2,
            "parties",
            "deviations of one user say something about that user, not about the owner",
            floor=2,
            label_nl="Aantal partijen, minstens",
            label_en="Number of parties, at least",
            reason_nl="afwijkingen van één gebruiker zeggen iets over die gebruiker, niet over de eigenaar",
        ),
    },
    evidence_nl=(
        "Van de eigenaar van dit pand (KVK {eigenaar}) hebben {objecten:adres|adressen} in {gebouwen:gebouw|gebouwen} "
        "een eigen aandachtspunt; dit is er één van. De eigenaar bezit hier {bezit:adres|adressen}. Het gaat om "
        "{partijen:partij|partijen} die los van elkaar staan."
    ),
    evidence_en=(
        "Of the owner of this property (KVK {eigenaar}) {objecten:address has|addresses have} a flag of their own, in "
        "{gebouwen:building|buildings}; this is one of them. The owner has {bezit:address|addresses} here. They are "
        "about {partijen:party|parties} that are not related."
    ),
)
def one_owner_behind_deviating_objects(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per owner and object with an A or B of its own: eigenaar, objecten, gebouwen, bezit, partijen (counts).

    An owner is one KVK number of a limited company: the companies of a group count apart, which flags less. Who shares
    the ownership counts as an owner. Objects that the BAG does not have stand in no building that is known, and count
    for nothing.
    """
    owned = t.eigendom.filter(
        pl.col("aard_recht") == "eigendom",
        pl.col("rechtsvorm").is_in(readings.COMMERCIAL_OWNERS),
        readings.holds_on(as_of),
    ).drop_nulls(["kvk_nummer", "address_id"])
    portfolios = (
        owned.group_by("kvk_nummer")
        .agg(bezit=pl.col("address_id").n_unique().cast(pl.Int64))
        .join(_possibly_owned(t, as_of), on="kvk_nummer")
    )
    # a deviation of the object itself: HOU-05 tells of its lessor
    hits = t.treffers.filter(pl.col("class").is_in(["A", "B"]), pl.col("indicator") != "HOU-05")
    deviating = owned.join(hits, on="address_id", how="semi")
    objects = (
        deviating.group_by("kvk_nummer", "address_id")
        .agg(rights=pl.col("record").unique().sort())
        .join(readings.buildings(t.bag_adressen, objects=deviating), on="address_id")
        .join(portfolios, on="kvk_nummer")
        .with_columns(
            objecten=pl.len().over("kvk_nummer").cast(pl.Int64),
            gebouwen=pl.col("building").n_unique().over("kvk_nummer").cast(pl.Int64),
        )
        .filter(pl.col("gebouwen") >= p.min_buildings, pl.col("objecten") >= p.min_share * pl.col("misschien_bezit"))
        .pipe(readings.computed)
    )
    parties = readings.parties_of_hits(t, hits, objects, "kvk_nummer")
    # of the other objects only the rights: who uses those is no part of the dossier of this one
    named = (
        hits.join(objects, on="address_id", how="semi")
        .select("address_id", hit_records="record_ids")
        .explode("hit_records")
        .drop_nulls()
        .group_by("address_id")
        .agg(pl.col("hit_records").unique().sort())
    )
    all_rights = objects.explode("rights").group_by("kvk_nummer").agg(all_rights=pl.col("rights").unique().sort())
    return (
        objects.join(parties, on="kvk_nummer")
        .filter(pl.col("partijen") >= p.min_parties)
        .join(all_rights, on="kvk_nummer")
        .join(named, on="address_id")
        .select(
            "address_id",
            "objecten",
            "gebouwen",
            "bezit",
            "partijen",
            eigenaar="kvk_nummer",
            record_ids=pl.concat_list("all_rights", "hit_records"),
        )
    )


def _possibly_owned(t: Tables, as_of: date) -> pl.LazyFrame:
    """Per `kvk_nummer` `misschien_bezit`: the objects that it may own, each right whose address is not clear as one.

    The share is of these: an address that was not found, or a day that is known in part, never raises it.
    """
    could_hold = (pl.col("datum_van_min") <= as_of).fill_null(True) & (
        pl.col("datum_tot_max").is_null() | (pl.col("datum_tot_max") > as_of)
    )
    return (
        t.eigendom.filter(pl.col("aard_recht") == "eigendom", could_hold)
        .drop_nulls("kvk_nummer")
        .group_by("kvk_nummer")
        .agg(misschien_bezit=pl.coalesce("address_id", "record").n_unique().cast(pl.Int64))
    )
