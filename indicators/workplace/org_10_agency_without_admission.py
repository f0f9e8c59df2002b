"""ORG-10: an agency at an address that is no dwelling is not in the register of admitted providers of personnel.

The municipality does not supervise admission: that is for the Arbeidsinspectie and the Nederlandse Autoriteit
Uitleenmarkt. Source: Wet toelating terbeschikkingstelling van arbeidskrachten (in force, transition: te controleren).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: What the authority decided so that a company may provide personnel, or so that it has the matter in hand.
_IN_HAND = ("toegelaten", "voorlopig_toegelaten", "ontheven", "geschorst")
#: Of a municipality that has set no day: nothing is concluded.
_NEVER = 99991231


@indicator(
    code="ORG-10",
    version=1,
    cls="C",
    barrier=Barrier.WERKPLEK,
    dataset="handelsregister",
    purposes=("P-VERG",),
    # no municipality supervises admission: without a power of its own the rule cannot be activated
    powers=(),
    name_nl="Uitzendbureau zonder toelating",
    name_en="Employment agency without admission",
    rationale_nl="Wie arbeidskrachten uitleent, heeft een toelating nodig. Dit bureau staat niet in het register. De "
    "gemeente houdt geen toezicht op de toelating, maar kan ernaar vragen. Dit telt alleen mee naast andere signalen.",
    rationale_en="Who provides personnel needs to be admitted. This agency is not in the register. The municipality "
    "does not supervise admission but can ask about it. This counts only beside other signals.",
    ruled_out_nl=(
        "Het bureau of een bedrijf van dezelfde groep is toegelaten, voorlopig toegelaten of ontheven.",
        "De toelating is geschorst: dan is de autoriteit al bezig.",
        "Het register is leeg geleverd.",
        "Het is een eenmanszaak, een vof of een maatschap.",
        "Het adres is een woning, of de functie is onbekend.",
        "Het bedrijf doet ander werk.",
        "Het bureau is weg, of staat er nog niet lang.",
        "Het bureau is afgeschermd.",
    ),
    ruled_out_en=(
        "The agency or a company of its group is admitted, admitted provisionally or exempt.",
        "The admission is suspended: then the authority is at work already.",
        "The register was delivered empty.",
        "It is a sole trader or a partnership.",
        "The address is a dwelling, or its function is not clear.",
        "The business does other work.",
        "The agency has gone, or has not been there for long.",
        "The agency is shielded.",
    ),
    innocent_nl=(
        "De aanvraag loopt en het overgangsrecht geldt nog.",
        "Het bureau leent niemand meer uit en de code is oud.",
        "De vorm van uitlenen valt buiten de wet.",
        "De levering van het register is ouder dan de toelating.",
    ),
    innocent_en=(
        "The application is being handled and the transition still applies.",
        "The agency provides nobody any more and its code is old.",
        "This form of providing falls outside the law.",
        "The delivery of the register is older than the admission.",
    ),
    checked_nl=(
        "KVK-nummer {kvk_uitzender} en de bedrijven van dezelfde groep staan op {as_of} niet in het register.",
        "Het bureau is een rechtspersoon. In de BAG is het adres geen woning.",
    ),
    checked_en=(
        "On {as_of} KVK number {kvk_uitzender} and the companies of its group are not in the register.",
        "The agency is a legal person. In the BAG the address is no dwelling.",
    ),
    limits_nl=(
        "Tot de dag die de gemeente instelt, volgt er niets uit het register.",
        "Een vrijwillig keurmerk zoals SNF of SNA wordt niet gelezen.",
    ),
    limits_en=(
        "Until the day that the municipality sets, nothing follows from the register.",
        "A voluntary mark such as SNF or SNA is not read.",
    ),
    decisive={"handelsregister": ("datum_aanvang",)},
    inputs={
        "handelsregister": (
            *columns("record kvk_nummer vestigingsnummer address_id rechtsvorm sbi_codes afgeschermd datum_einde_min"),
            *readings.dated("datum_aanvang"),
        ),
        "toegelaten_uitleners": columns("kvk_nummer status ingangsdatum_min einddatum_max"),
        "groepen": columns("kvk_nummer related_id"),
        "bag_adressen": columns("record adresseerbaar_object_id is_nevenadres gebruiksdoelen"),
    },
    params={
        "admission_from": Param(
            _NEVER,
            "day as yyyymmdd",
            "the municipality sets the first day after the transition; until then nothing is concluded",
            floor=20270101,
            ceiling=_NEVER,
            label_nl="Het register telt vanaf",
            label_en="The register counts from",
            reason_nl="de gemeente stelt de eerste dag na het overgangsrecht in; tot die dag volgt er niets uit",
        ),
        "min_days": Param(
            90,
            "days",
            "a company that has just begun may still be applying",
            floor=30,
            ceiling=730,
            label_nl="Dagen sinds het bureau begon, minstens",
            label_en="Days since the agency began, at least",
            reason_nl="een bedrijf dat net begint, kan nog met de aanvraag bezig zijn",
        ),
    },
    evidence_nl=(
        "Op dit adres staat sinds {datum_aanvang} een uitzendbureau (KVK {kvk_uitzender}). Op {as_of} staat het niet "
        "als toegelaten in het register van uitleners."
    ),
    evidence_en=(
        "An employment agency (KVK {kvk_uitzender}) has stood at this address since {datum_aanvang}. On {as_of} the "
        "register of providers does not name it as admitted."
    ),
)
def agency_without_admission(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per establishment. Values: vestigingsnummer, kvk_uitzender, datum_aanvang.

    An admission counts for every company that is related (related_id: the wider tie, since it only rules out), and one
    whose date is partial gets the benefit of the doubt. An empty register says nothing.
    """
    group = pl.coalesce("related_id", "kvk_nummer").alias("group")
    counts = pl.lit(int(f"{as_of:%Y%m%d}") >= p.admission_from)
    agencies = t.handelsregister.filter(
        counts,
        readings.is_agency(),
        readings.active(as_of),
        ~readings.shielded(),
        pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS),
        pl.col("address_id").is_not_null(),
        pl.col("datum_aanvang_max") <= readings.window_start(as_of, p.min_days),
    ).pipe(readings.computed)  # used twice: the plan would hold it again at every use
    in_hand = t.toegelaten_uitleners.filter(
        pl.col("status").is_in(_IN_HAND),
        (pl.col("ingangsdatum_min") <= as_of).fill_null(True),
        pl.col("einddatum_max").is_null() | (pl.col("einddatum_max") >= as_of),
    )
    admitted = in_hand.join(t.groepen, on="kvk_nummer", how="left").select(group).unique()
    offices = readings.surely_no_dwellings(readings.at_objects(t.bag_adressen, agencies))
    return (
        agencies.join(t.groepen, on="kvk_nummer", how="left")
        .with_columns(group)
        .join(admitted, on="group", how="anti")
        .join(t.toegelaten_uitleners.select(delivered=pl.len()), how="cross")
        .filter(pl.col("delivered") > 0)
        .join(offices, on="address_id")
        .select(
            "address_id",
            "vestigingsnummer",
            *readings.dated("datum_aanvang"),
            kvk_uitzender="kvk_nummer",
            record_ids=pl.concat_list("record", "bag_record"),
        )
    )
