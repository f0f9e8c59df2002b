"""ADR-03: the address of a permit leads to no object in the BAG, or to more than one. A finding, never a hit."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Params, Tables, columns, indicator, readings


@indicator(
    code="ADR-03",
    version=2,
    cls="C",
    barrier=Barrier.VASTGOED,
    dataset="vergunningen",
    purposes=("P-REG",),
    powers=("bag",),
    is_finding=True,
    name_nl="Vergunningadres niet in BAG",
    name_en="Address not in BAG",
    rationale_nl=(
        "Een vergunning met een adres dat de BAG niet kent, valt buiten elke controle. Dit is een vraag over de "
        "kwaliteit van de gegevens, voor wie het register beheert. Er volgt geen aandachtspunt uit."
    ),
    rationale_en=(
        "A permit with an address that the BAG does not know escapes every check. This is a question of the quality of "
        "data, for those who keep the register. No flag follows from it."
    ),
    ruled_out_nl=("De vergunning is niet meer geldig en er loopt geen aanvraag.", "Het adres is gevonden."),
    ruled_out_en=("The permit is no longer valid and no application is pending.", "The address was found."),
    innocent_nl=(
        "Er is een tikfout gemaakt.",
        "Het gebouw is nieuw of het gaat om een terrein.",
        "De BAG mist het adres; dan hoort de gemeente dat te melden.",
    ),
    innocent_en=(
        "A typing error was made.",
        "The building is new or it is about a plot of land.",
        "The BAG lacks the address; the municipality should report that.",
    ),
    checked_nl=("Vergunning {zaaknummer} is niet afgelopen of afgewezen.",),
    checked_en=("Licence {zaaknummer} has not ended and was not refused.",),
    decisive={"vergunningen": ("ingangsdatum", "datum_aanvraag")},
    inputs={
        "vergunningen": columns(
            "record key zaaktype status bezwaar_uitkomst ingangsdatum_min einddatum_max address_id address_note"
        )
    },
    evidence_nl=(
        "Vergunning {zaaknummer} voor {zaaktype:word} geldt op {as_of} of is dan aangevraagd. Het adres "
        "hoort bij geen object in de BAG, of bij meer dan één."
    ),
    evidence_en=(
        "Licence {zaaknummer} for {zaaktype:word} is valid or applied for on {as_of}. The address belongs "
        "to no object in the BAG, or to more than one."
    ),
)
def permit_address_not_in_bag(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid or pending permit without an object: zaaknummer, zaaktype, reden (AddressNote).

    The domain reference has it a data-quality finding first and a weak signal after an analyst has looked. Only the
    first is here: a permit without an object has no address to flag. Every permit that may be valid is told of, also
    one whose address lies out of town: for a permit of this municipality that is as odd.
    """
    return t.vergunningen.filter(
        readings.possibly_valid_licence(as_of) | readings.pending(), pl.col("address_id").is_null()
    ).select("zaaktype", zaaknummer="key", reden="address_note", record_ids=pl.concat_list("record"))
