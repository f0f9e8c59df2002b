"""LIC-05: an establishment in a line of business that needs a licence, at an object where none is in force."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="LIC-05",
    version=2,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="handelsregister",
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
        "De naam klinkt als horeca, maar de code in het register is anders.",
        "De vestiging is afgeschermd.",
        "Een vergunning met een onduidelijk adres kan bij deze plek horen.",
    ),
    ruled_out_en=(
        "A licence is in force at the address, even if someone else holds it.",
        "The establishment is still new.",
        "The establishment has closed.",
        "The business is in a line that needs no licence.",
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
            "afgeschermd",
            *readings.dated("datum_aanvang"),
            "datum_einde_min",
        ),
        "vergunningen": (
            *readings.PLACE,
            *columns("zaaktype status bezwaar_uitkomst kvk_nummer vestigingsnummer ingangsdatum_min einddatum_max"),
        ),
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
        ),
        "licensable_lines": Param(
            tuple(readings.SBI_LINE.values()),
            "SBI codes",
            "the first two digits of the lines for which local rules ask a licence; a municipality may ask it of fewer",
            choices=tuple(readings.SBI_LINE.values()),
            label_nl="Branches met een vergunningplicht",
            label_en="Lines of business that need a licence",
            reason_nl="de eerste twee cijfers van branches met een vergunningplicht; een gemeente kan er minder kiezen",
        ),
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

    Any valid location-bound permit at the object satisfies the rule, whoever holds it and whatever its line; one whose
    dates are known in part is given the benefit of the doubt, and so is one that could stand there. Sex businesses have
    no code of their own and are never looked for here (domain reference, LIC-05).
    """
    licensed = (
        readings.wherever_it_could_stand(t, "vergunningen")
        .filter(readings.possibly_valid_licence(as_of), pl.col("zaaktype").is_in(readings.LOCATION_BOUND))
        .select("address_id")
    )
    lines = tuple(line for line, code in readings.SBI_LINE.items() if code in p.codes("licensable_lines"))
    return (
        t.handelsregister.filter(
            readings.active(as_of),
            ~readings.shielded(),
            pl.col("address_id").is_not_null(),
            pl.col("datum_aanvang_max") < as_of - timedelta(days=p.grace_days),
        )
        .join(licensed, on="address_id", how="anti")
        .with_columns(branche=readings.lines_of_business(lines))
        .filter(pl.col("branche").list.len() > 0)
        .select(
            "address_id",
            "vestigingsnummer",
            "branche",
            "sbi_codes",
            "sbi_versie",
            *readings.dated("datum_aanvang"),
            dagen=(pl.lit(as_of) - pl.col("datum_aanvang_max")).dt.total_days(),
            record_ids=pl.concat_list("record"),
        )
    )
