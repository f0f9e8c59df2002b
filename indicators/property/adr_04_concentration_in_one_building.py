"""ADR-04: several objects of one building have a deviation of their own, from different parties."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="ADR-04",
    version=5,
    cls="C",
    barrier=Barrier.VASTGOED,
    dataset="bag_adressen",
    purposes=("P-VERG", "P-WON"),
    powers=("toezicht", "bibob"),
    after=("A", "B"),
    name_nl="Concentratie in één pand",
    name_en="Concentration in one building",
    rationale_nl=(
        "In één pand hebben meer objecten een afwijking, bij verschillende partijen. Dat kan iets zeggen over het pand "
        "of over wie het verhuurt. Het telt alleen mee naast andere signalen."
    ),
    rationale_en=(
        "Several objects in one building have a deviation, with different parties. That may say something about the "
        "building or about who lets it. It counts only beside other signals."
    ),
    ruled_out_nl=(
        "Het gaat om één partij, of om ondernemingen die bij elkaar horen.",
        "Er zijn maar twee objecten met een afwijking.",
        "Een object heeft alleen een zwak signaal.",
        "De objecten staan in verschillende panden.",
        "Wie de partijen zijn, is niet zeker.",
        "De partijen, of de mensen erachter, kunnen door hun naam één en dezelfde zijn.",
    ),
    ruled_out_en=(
        "It is one party, or companies that belong together.",
        "There are only two objects with a deviation.",
        "An object has a weak signal only.",
        "The objects are in different buildings.",
        "Who the parties are is not certain.",
        "The parties, or the people behind them, could be the same, by their names.",
    ),
    innocent_nl=(
        "Het is een groot pand, zoals een winkelcentrum, waar veel samenkomt.",
        "Eén zaak in het pand geeft overlast voor alle andere.",
    ),
    innocent_en=(
        "It is a large building, such as a shopping centre, where much comes together.",
        "One business in the building causes nuisance for all others.",
    ),
    checked_nl=(
        "De {partijen:partij hoort|partijen horen} niet bij elkaar en kunnen niet dezelfde zijn.",
        "De {objecten:adres ligt|adressen liggen} in één gebouw.",
        "Een zwak aandachtspunt alleen telt niet.",
    ),
    checked_en=(
        "The {partijen:party is|parties are} not related and cannot be the same.",
        "The {objecten:address lies|addresses lie} in one building.",
        "A weak flag alone does not count.",
    ),
    decisive={"vergunningen": ("ingangsdatum",)},
    inputs={
        "treffers": columns("address_id indicator class record_ids"),
        "bag_adressen": columns("record adresseerbaar_object_id pand_id is_nevenadres"),
        "partijen": columns("record role kind party_id kvk_nummer birth_date"),
        "functionarissen": columns("record kvk_nummer functie"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "groepen": columns("kvk_nummer related_id"),
    },
    needs=("bag_adressen",),
    params={
        "min_objects": Param(
            3,
            "objects",
            "two neighbours with a deviation are chance",
            floor=3,
            label_nl="Aantal objecten met een eigen afwijking, minstens",
            label_en="Number of objects with a deviation of their own, at least",
            reason_nl="twee buren met een afwijking is toeval",
        ),
        "min_parties": Param(
            2,
            "parties",
            "deviations of one party say something about that party, not about the building",
            floor=2,
            label_nl="Aantal partijen, minstens",
            label_en="Number of parties, at least",
            reason_nl="afwijkingen van één partij zeggen iets over die partij, niet over het pand",
        ),
    },
    evidence_nl=(
        "In dit gebouw hebben {objecten:adres|adressen} een eigen aandachtspunt; dit is er één van. Het "
        "gaat om {partijen:partij|partijen} die los van elkaar staan."
    ),
    evidence_en=(
        "In this building {objecten:address has|addresses have} a flag of their own; this is one of them. "
        "They are about {partijen:party|parties} that are not related."
    ),
)
def concentration_in_one_building(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per object with an A or B of its own, in a building of enough of them: pand_id, objecten, partijen.

    Parties are holders, operators, companies and who a measure concerns, as far as they are sure; companies of one
    group, a person and the companies they run, and parties that could be one are one party, and so are objects that
    share one. An object of which no party is known counts as an object and as no party. An object in two buildings is
    told of the fuller one.
    """
    hits = t.treffers.filter(pl.col("class").is_in(["A", "B"]))
    objects = (
        readings.by_object(readings.at_objects(t.bag_adressen, hits))
        .agg(pl.col("record").first().alias("bag_record"), pl.col("pand_id").explode().drop_nulls().unique().sort())
        .explode("pand_id")
        .drop_nulls("pand_id")
        .with_columns(objecten=pl.len().over("pand_id"))
        .filter(pl.col("objecten") >= p.min_objects)
        .pipe(readings.computed)  # used for each thing that is told: the plan would hold it again at every use
    )
    parties = readings.parties_of_hits(t, hits, objects, "pand_id")
    named = (
        hits.select("address_id", records="record_ids")
        .explode("records")
        .drop_nulls()
        .join(objects.select("address_id", "pand_id"), on="address_id")
        .group_by("pand_id")
        .agg(pl.col("records").unique().sort())
    )
    return (
        objects.join(parties, on="pand_id")
        .filter(pl.col("partijen") >= p.min_parties)
        .with_columns(bag_records=pl.col("bag_record").implode().over("pand_id"))
        .join(named, on="pand_id", how="left")
        .sort("objecten", "pand_id", descending=[True, False])
        .unique("address_id", keep="first", maintain_order=True)
        .select(
            "address_id",
            "pand_id",
            "objecten",
            "partijen",
            record_ids=pl.concat_list("bag_records", pl.col("records").fill_null(pl.lit([], dtype=pl.List(pl.String)))),
        )
    )
