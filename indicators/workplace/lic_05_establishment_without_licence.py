"""LIC-05: an establishment in a line of business that needs a licence, at an object where none is in force."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="LIC-05",
    version=4,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="handelsregister",
    purposes=("P-VERG",),
    powers=("dwangsom", "bestuursdwang"),
    name_nl="Vestiging zonder vereiste vergunning",
    name_en="Establishment without required licence",
    rationale_nl="Voor sommige soorten bedrijven is een vergunning nodig. Op dit adres staat zo'n bedrijf in het "
    "handelsregister. Een geldige vergunning voor deze plek is niet gevonden.",
    rationale_en="Some kinds of business need a licence. The trade register has such a business at this address. No "
    "valid licence for this place was found.",
    ruled_out_nl=(
        "Op het adres geldt een vergunning, ook als een ander die heeft.",
        "De vestiging is nog nieuw.",
        "De vestiging is gesloten.",
        "Het bedrijf werkt in een branche zonder vergunning.",
        "De plicht geldt niet op dit adres, of nog niet lang.",
        "De naam klinkt als horeca, maar de code in het register is anders.",
        "De vestiging is afgeschermd.",
        "Een vergunning met een onduidelijk adres kan bij deze plek horen.",
    ),
    ruled_out_en=(
        "A licence is in force at the address, even if someone else holds it.",
        "The establishment is still new.",
        "The establishment has closed.",
        "The business is in a line that needs no licence.",
        "The duty does not hold at this address, or not for long yet.",
        "The name sounds like horeca, but the code in the register is another.",
        "The establishment is shielded.",
        "A licence whose address is not clear could belong to this place.",
    ),
    innocent_nl=(
        "Op het adres is alleen een kantoor.",
        "Voor dit soort zaak is geen vergunning nodig.",
        "De code in het handelsregister klopt niet. Veel codes zijn in 2025 omgezet.",
    ),
    innocent_en=(
        "There is only an office at the address.",
        "This kind of business is exempt from the licence.",
        "The code in the trade register is wrong. Many codes were converted in 2025.",
    ),
    checked_nl=(
        "Geen houder heeft hier een geldige vergunning, ook niet met een onduidelijk adres.",
        "De vestiging is er al {dagen:span} en is niet gesloten.",
        "De branche volgt uit de code in het register, niet uit de naam.",
    ),
    checked_en=(
        "No holder has a valid permit here, nor one with an unclear address.",
        "The establishment has been there for {dagen:span} and is not closed.",
        "The line follows from the code in the register, not from the name.",
    ),
    decisive={"handelsregister": ("datum_aanvang",)},
    limits_nl=("Een ontheffing of vrijstelling staat in geen register.",),
    limits_en=("An exemption is in no register.",),
    inputs={
        "handelsregister": (
            "record",
            "kvk_nummer",
            "vestigingsnummer",
            "address_id",
            "sbi_codes",
            "sbi_versie",
            "lines",
            "afgeschermd",
            *readings.dated("datum_aanvang"),
            "datum_einde_min",
        ),
        "vergunningen": (
            *readings.PLACE,
            *columns("is_location_bound status bezwaar_uitkomst kvk_nummer vestigingsnummer ingangsdatum_min"),
            "einddatum_max",
        ),
        "branches": columns("branche needs_licence since"),
        "plichten": columns("address_id duty applies since"),
    },
    params={
        "grace_days": Param(
            90,
            "days",
            "an application and a new entry in the register take some time",
            floor=30,
            label_nl="Dagen sinds de vestiging begon, meer dan",
            label_en="Days since the establishment began, more than",
            reason_nl="een aanvraag doen en verwerken kost tijd",
        )
    },
    evidence_nl=(
        "Op dit adres is al {dagen:span} een vestiging actief, sinds {datum_aanvang}. De branche is "
        "{branche:word}, SBI-code {sbi_codes:sbi}. Die heeft een vergunning nodig. Op {as_of} geldt hier "
        "geen vergunning die bij een plek hoort."
    ),
    evidence_en=(
        "An establishment has been active at this address for {dagen:span}, since {datum_aanvang}. Its "
        "line is {branche:word}, SBI code {sbi_codes:sbi}. That needs a licence. On {as_of} no licence "
        "bound to a place is valid here."
    ),
)
def establishment_without_licence(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per establishment. Values: vestigingsnummer, branche, sbi_codes (list), sbi_versie, datum_aanvang, dagen.

    Which lines need a licence, and where, the municipality says. Any valid location-bound permit at the object
    satisfies the rule, whoever holds it and whatever its line; one whose dates are known in part is given the
    benefit of the doubt, and so is one that could stand there. Sex businesses have no code of their own and are
    never looked for here (domain reference, LIC-05).
    """
    licensed = (
        readings.wherever_it_could_stand(t, "vergunningen")
        .filter(readings.possibly_valid_licence(as_of), readings.is_location_bound())
        .select("address_id")
    )
    before = as_of - timedelta(days=p.grace_days)
    unlicensed = t.handelsregister.filter(
        readings.active(as_of),
        ~readings.shielded(),
        pl.col("address_id").is_not_null(),
        pl.col("datum_aanvang_max") < before,
    ).join(licensed, on="address_id", how="anti")
    lines = (
        readings.lines_of_establishments(unlicensed)
        .join(t.branches.filter("needs_licence").select("branche", asked_since="since"), on="branche")
        .join(unlicensed.select("record", "address_id"), on="record")
        .join(t.plichten.rename({"duty": "branche"}), on=["address_id", "branche"], how="left")
        # a duty that no area names holds everywhere; one that began since gives everybody the same time to apply
        .filter(
            pl.col("applies").fill_null(True),
            pl.max_horizontal("asked_since", "since").is_null() | (pl.max_horizontal("asked_since", "since") < before),
        )
        .group_by("record")
        .agg(pl.col("branche").unique().sort())
    )
    return unlicensed.join(lines, on="record").select(
        "address_id",
        "vestigingsnummer",
        "branche",
        "sbi_codes",
        "sbi_versie",
        *readings.dated("datum_aanvang"),
        dagen=(pl.lit(as_of) - pl.col("datum_aanvang_max")).dt.total_days(),
        record_ids=pl.concat_list("record"),
    )
