"""HOU-04: the holder of a letting permit is also a temporary employment agency, or of one group with it."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Params, Tables, columns, indicator, readings

#: First two digits of the SBI codes of labour recruitment and provision of personnel, in both versions.
_AGENCY_SBI = "78"


@indicator(
    code="HOU-04",
    version=3,
    cls="C",
    barrier=Barrier.HUISVESTING,
    dataset="vergunningen",
    purposes=("P-WON",),
    powers=("verhuurvergunning",),
    name_nl="Werkgever is ook verhuurder",
    name_en="Employer is also landlord",
    rationale_nl="Een uitzendbureau verhuurt ook de woonruimte. Wie zijn werk verliest, kan dan ook zijn woning "
    "verliezen. Dit is een zwak signaal. Het telt alleen mee naast andere.",
    rationale_en="An employment agency also lets the living space. Who loses the job can then lose the home too. This "
    "is a weak signal. It counts only beside others.",
    ruled_out_nl=(
        "De houder werkt in een andere branche.",
        "Het uitzendbureau is gestopt.",
        "Het uitzendbureau heet hetzelfde, maar heeft een ander KVK-nummer.",
        "Het uitzendbureau is geen rechtspersoon.",
        "De vergunning is niet geldig, of is niet voor verhuur.",
        "De vestiging is afgeschermd.",
    ),
    ruled_out_en=(
        "The holder is in another line of business.",
        "The agency has stopped.",
        "The agency has the same name but another KVK number.",
        "The agency is no legal person.",
        "The permit is not valid, or is not for letting.",
        "The establishment is shielded.",
    ),
    innocent_nl=("De huisvesting heeft het keurmerk SNF.", "De huur en het werk zijn los van elkaar geregeld."),
    innocent_en=("The accommodation is SNF certified.", "The tenancy and the job are arranged apart from each other."),
    checked_nl=(
        "Het uitzendbureau is actief en een rechtspersoon.",
        "De band blijkt uit KVK-nummer {kvk_uitzender}, niet uit een naam.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "The agency is active and a legal person.",
        "The tie follows from KVK number {kvk_uitzender}, not from a name.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"vergunningen": ("ingangsdatum",), "handelsregister": ("datum_aanvang",)},
    inputs={
        "vergunningen": columns(
            "record zaaknummer zaaktype is_letting status bezwaar_uitkomst kvk_nummer address_id "
            "ingangsdatum_max einddatum_min"
        ),
        "handelsregister": columns(
            "record kvk_nummer vestigingsnummer rechtsvorm sbi_codes datum_aanvang_max datum_einde_min afgeschermd"
        ),
        "groepen": columns("kvk_nummer group_id"),
    },
    evidence_nl=(
        "De houder van vergunning {zaaknummer} voor {zaaktype:word} bemiddelt ook in personeel, zelf of "
        "met een bedrijf van dezelfde groep (KVK {kvk_uitzender}). Dat bedrijf is een uitzendbureau of "
        "bemiddelt in werk."
    ),
    evidence_en=(
        "The holder of permit {zaaknummer} for {zaaktype:word} also places staff, itself or with a "
        "company of the same group (KVK {kvk_uitzender}). That company is an employment agency."
    ),
)
def employer_is_also_landlord(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid letting or lodging permit. Values: zaaknummer, zaaktype, vestigingsnummers, kvk_uitzender.

    The establishment may lie anywhere. Holder and agency are one by KVK number, or by a chain of legal persons
    (group_id); a shared director alone makes no group here.
    """
    group = pl.coalesce("group_id", "kvk_nummer").alias("group")
    is_agency = pl.col("sbi_codes").list.eval(pl.element().str.starts_with(_AGENCY_SBI)).list.any().fill_null(False)
    agencies = (
        t.handelsregister.filter(
            is_agency, readings.active(as_of), ~readings.shielded(), pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS)
        )
        .join(t.groepen, on="kvk_nummer", how="left")
        .select(group, "kvk_nummer", "vestigingsnummer", agency="record")
    )
    return (
        t.vergunningen.filter(
            readings.valid_licence(as_of),
            readings.is_letting(),
            pl.col("address_id").is_not_null(),
            pl.col("kvk_nummer").is_not_null(),
        )
        .join(t.groepen, on="kvk_nummer", how="left")
        .select("record", "address_id", "zaaknummer", "zaaktype", group)
        .join(agencies, on="group")
        .group_by("record", "address_id", "zaaknummer", "zaaktype")
        .agg(
            vestigingsnummers=pl.col("vestigingsnummer").drop_nulls().unique().sort(),
            kvk_uitzender=pl.col("kvk_nummer").unique().sort(),
            agencies=pl.col("agency").unique().sort(),
        )
        .select(
            "address_id",
            "zaaknummer",
            "zaaktype",
            "vestigingsnummers",
            "kvk_uitzender",
            record_ids=pl.concat_list("record", "agencies"),
        )
    )
