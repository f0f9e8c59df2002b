"""HOU-08: an employment agency that is a legal person is registered at an object that is nothing but a dwelling.

Weak by itself: a director may have a desk at home. Never a sole trader or a partnership, whose address is that of a
person. Sources: Huisvestingswet 2014 art. 21 and the local plan (use of a dwelling); the Arbeidsinspectie on agencies
and on housing of migrant workers (nlarbeidsinspectie.nl); VNG and RIEC on agencies that also house; CBS, Standaard
Bedrijfsindeling 78.20 in the versions of 2008 and 2025.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="HOU-08",
    version=1,
    cls="C",
    barrier=Barrier.HUISVESTING,
    dataset="handelsregister",
    purposes=("P-WON",),
    powers=("omgevingsplan", "boete_wonen"),
    name_nl="Uitzendbureau op het adres van een woning",
    name_en="Employment agency at a dwelling",
    rationale_nl="Op dit adres staat een uitzendbureau. Volgens de BAG is het alleen een woning. Werk en slapen "
    "kunnen daar door elkaar lopen. Vaak is er een gewone reden, dus dit telt alleen mee naast andere signalen.",
    rationale_en="An employment agency stands at this address. The BAG says it is a dwelling and nothing else. Work "
    "and sleep may mix there. Often the reason is ordinary, so this counts only beside other signals.",
    ruled_out_nl=(
        "Het is een eenmanszaak, een vof of een maatschap.",
        "Het pand is ook iets anders dan een woning.",
        "Het bedrijf doet ander werk, zoals het zoeken van vast personeel.",
        "Het bureau staat er nog niet lang.",
        "Het bureau is weg.",
        "Het bureau is afgeschermd.",
    ),
    ruled_out_en=(
        "It is a sole trader or a partnership.",
        "The building is also something else than a dwelling.",
        "The business does other work, such as finding permanent staff.",
        "The agency has not been there for long.",
        "The agency has gone.",
        "The agency is shielded.",
    ),
    innocent_nl=(
        "De bestuurder woont er en werkt thuis.",
        "Het is alleen een adres voor de post.",
        "De code in het handelsregister klopt niet meer.",
        "De gemeente staat een kantoor aan huis hier toe.",
    ),
    innocent_en=(
        "The director lives there and works at home.",
        "It is an address for the post only.",
        "The code in the trade register is no longer right.",
        "The municipality allows an office at home here.",
    ),
    checked_nl=(
        "Het bureau is een rechtspersoon, en geen eenmanszaak of vof.",
        "In de BAG heeft het adres alleen een woonfunctie.",
        "Het bureau staat er al {dagen:span}.",
    ),
    checked_en=(
        "The agency is a legal person, and no sole trader or partnership.",
        "In the BAG the address has a residential function only.",
        "The agency has been there for {dagen:span}.",
    ),
    decisive={"handelsregister": ("datum_aanvang",)},
    limits_nl=("Wie er woont of slaapt, leest de regel niet.",),
    limits_en=("Who lives or sleeps there, the rule does not read.",),
    inputs={
        "handelsregister": (
            *columns("record vestigingsnummer address_id rechtsvorm sbi_codes sbi_versie afgeschermd datum_einde_min"),
            *readings.dated("datum_aanvang"),
        ),
        "bag_adressen": columns("record adresseerbaar_object_id is_nevenadres gebruiksdoelen"),
    },
    params={
        "min_days": Param(
            180,
            "days",
            "a start at home is ordinary; after half a year an agency has an office",
            floor=90,
            label_nl="Dagen sinds het bureau begon, meer dan",
            label_en="Days since the agency began, more than",
            reason_nl="thuis beginnen is gewoon; na een half jaar heeft een bureau een kantoor",
        )
    },
    evidence_nl=(
        "Op dit adres staat al {dagen:span} een uitzendbureau, sinds {datum_aanvang}, met SBI-code {sbi_codes:sbi}. "
        "Het adres heeft in de BAG alleen een woonfunctie."
    ),
    evidence_en=(
        "An employment agency has stood at this address for {dagen:span}, since {datum_aanvang}, with SBI code "
        "{sbi_codes:sbi}. In the BAG the address has a residential function only."
    ),
)
def agency_at_a_dwelling(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per establishment. Values: vestigingsnummer, sbi_codes (list), sbi_versie, datum_aanvang, dagen."""
    agencies = t.handelsregister.filter(
        readings.is_agency(),
        pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS),
        ~readings.shielded(),
        readings.active(as_of),
        pl.col("address_id").is_not_null(),
        pl.col("datum_aanvang_max") < as_of - timedelta(days=p.min_days),
    ).pipe(readings.computed)  # used twice: the plan would hold it again at every use
    objects = readings.functions_of_objects(readings.at_objects(t.bag_adressen, agencies))
    homes = objects.filter(pl.col("gebruiksdoelen") == ["woonfunctie"]).select("address_id", "bag_record")
    return agencies.join(homes, on="address_id").select(
        "address_id",
        "vestigingsnummer",
        "sbi_codes",
        "sbi_versie",
        *readings.dated("datum_aanvang"),
        dagen=(pl.lit(as_of) - pl.col("datum_aanvang_max")).dt.total_days(),
        record_ids=pl.concat_list("record", "bag_record"),
    )
