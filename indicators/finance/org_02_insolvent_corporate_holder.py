"""ORG-02: a legal person that is bankrupt or has a suspension of payments holds a valid licence."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Params, Tables, columns, indicator, readings

_LICENCE = (
    "record",
    "key",
    "address_id",
    "status",
    "ingangsdatum_max",
    "einddatum_min",
    "bezwaar_uitkomst",
    "kvk_nummer",
)


@indicator(
    code="ORG-02",
    version=3,
    cls="B",
    barrier=Barrier.FINANCIEN,
    dataset="handelsregister",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    name_nl="Insolvente rechtspersoon-houder",
    name_en="Insolvent corporate holder",
    rationale_nl=(
        "De houder is een rechtspersoon die failliet is of uitstel van betaling heeft. De vergunning geldt nog. Dan "
        "beslist een curator of bewindvoerder mee en is niet duidelijk wie de zaak leidt."
    ),
    rationale_en=(
        "The holder is a legal person that is bankrupt or has a suspension of payments. The licence is still valid. An "
        "administrator has a say then, and it is not clear who runs the business."
    ),
    ruled_out_nl=(
        "De houder is een mens: een eenmanszaak, vof, maatschap of cv wordt hier nooit gelezen.",
        "De vergunning is niet meer geldig.",
        "Een ander bedrijf met dezelfde naam is failliet; alleen het KVK-nummer telt.",
        "De rijen in het handelsregister spreken elkaar tegen.",
    ),
    ruled_out_en=(
        "The holder is a natural person: a sole trader or partnership is never read here.",
        "The licence is no longer valid.",
        "Another company of the same name is bankrupt; only the KVK number counts.",
        "The rows in the trade register contradict one another.",
    ),
    innocent_nl=(
        "De curator zet de zaak voort met een goede reden.",
        "Er is een doorstart en de nieuwe houder heeft al een aanvraag gedaan.",
        "Het uitstel van betaling is net beëindigd.",
    ),
    innocent_en=(
        "The administrator continues the business for a good reason.",
        "There is a restart and the new holder has applied already.",
        "The suspension of payments has just ended.",
    ),
    checked_nl=(
        "De houder is een rechtspersoon: {rechtsvorm:word}.",
        "De vergunning geldt op {as_of}.",
        "Het register noemt KVK-nummer {kvk_nummer}, niet alleen een naam.",
        "Geen vestiging van dit nummer zegt iets anders.",
    ),
    checked_en=(
        "The holder is a legal person: {rechtsvorm:word}.",
        "The licence is valid on {as_of}.",
        "The register names KVK number {kvk_nummer}, not a name alone.",
        "No establishment of this number says otherwise.",
    ),
    decisive={
        "vergunningen": ("ingangsdatum",),
        "seksinrichtingen": ("ingangsdatum",),
        "handelsregister": ("datum_aanvang",),
    },
    inputs={
        "vergunningen": (*_LICENCE, "zaaktype"),
        "seksinrichtingen": _LICENCE,
        "handelsregister": columns("record kvk_nummer rechtsvorm faillissement surseance datum_einde_max afgeschermd"),
    },
    evidence_nl=(
        "Op {as_of} geldt hier een vergunning ({zaaknummers}). De houder is een rechtspersoon: "
        "{rechtsvorm:word}, KVK-nummer {kvk_nummer}. In het handelsregister staat: {insolventie:word}."
    ),
    evidence_en=(
        "On {as_of} a licence is valid here ({zaaknummers}). Its holder is a legal person: "
        "{rechtsvorm:word}, KVK number {kvk_nummer}. The trade register says: {insolventie:word}."
    ),
)
def insolvent_corporate_holder(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address and holder: zaaknummers, kvk_nummer, rechtsvorm, insolventie.

    Every establishment of a number that has not surely ended must say the same: a bankruptcy that stands on one of
    them and is denied on another is an error in the register. Debt of natural persons is never read.
    """
    says = pl.col("faillissement").fill_null(False) | pl.col("surseance").fill_null(False)
    denies = (~pl.col("faillissement") & ~pl.col("surseance")).fill_null(False)
    current = ~readings.ended_before(as_of)
    held = readings.licences(
        t, "address_id", "status", "ingangsdatum_max", "einddatum_min", "bezwaar_uitkomst", "kvk_nummer"
    ).filter(readings.valid_licence(as_of), pl.col("address_id").is_not_null())
    insolvent = (
        t.handelsregister.join(held, on="kvk_nummer", how="semi")
        .sort("record")
        .group_by("kvk_nummer", maintain_order=True)
        .agg(
            pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS).fill_null(False).all().alias("is_legal_person"),
            says.any().alias("says"),
            (denies & current).any().alias("denies"),
            pl.col("rechtsvorm").min(),
            pl.when(pl.col("faillissement").fill_null(False).any())
            .then(pl.lit("faillissement"))
            .otherwise(pl.lit("surseance"))
            .alias("insolventie"),
            # a shielded establishment is named nowhere
            pl.col("record").filter(says & ~readings.shielded()).alias("establishments"),
        )
        .filter("is_legal_person", "says", ~pl.col("denies"), pl.col("establishments").list.len() > 0)
    )
    return (
        held.join(insolvent, on="kvk_nummer")
        .group_by("address_id", "kvk_nummer", "rechtsvorm", "insolventie", "establishments")
        .agg(pl.col("key").unique().sort().alias("zaaknummers"), pl.col("record").alias("licences"))
        .select(
            "address_id",
            "zaaknummers",
            "kvk_nummer",
            "rechtsvorm",
            "insolventie",
            record_ids=pl.concat_list("licences", "establishments"),
        )
    )
