"""ADR-01: a valid permit is for an activity that none of the functions of the object in the BAG allows for."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Params, Tables, columns, indicator, readings


@indicator(
    code="ADR-01",
    version=4,
    cls="C",
    barrier=Barrier.VASTGOED,
    dataset="bag_adressen",
    purposes=("P-REG", "P-VERG"),
    powers=("omgevingsplan",),
    name_nl="Gebruiksdoel past niet bij activiteit",
    name_en="BAG function mismatch",
    rationale_nl=(
        "De BAG zegt waar een object voor mag worden gebruikt. De vergunning zegt wat er gebeurt. Passen die niet bij "
        "elkaar, dan klopt een van de twee registers niet of is het gebruik veranderd."
    ),
    rationale_en=(
        "The BAG says what an object may be used for. The permit says what goes on there. If the two do not fit, one "
        "of the registers is wrong or the use has changed."
    ),
    ruled_out_nl=(
        "Een van de andere gebruiksdoelen van het object past wel.",
        "De vergunning is niet geldig.",
        "De BAG noemt geen gebruiksdoel, zoals bij een ligplaats.",
        "Er is geen vaste functie voor dit soort vergunning.",
        "De vergunning kan voor verschillende branches zijn, en bij de branche van de houder past het gebruiksdoel.",
        "Er is geen vergunning, zoals bij een gewoon bedrijf aan huis.",
    ),
    ruled_out_en=(
        "Another of the functions of the object does fit.",
        "The permit is not valid.",
        "The BAG names no function, as with a berth.",
        "There is no fixed function for this type of permit.",
        "The permit can be for several lines of business, and the function fits the line of the holder.",
        "There is no permit, as with an ordinary business at home.",
    ),
    innocent_nl=(
        "De BAG is nog niet bijgewerkt; dat komt veel voor.",
        "Het omgevingsplan staat meer toe dan de BAG laat zien.",
        "Het bedrijf gebruikt ook een ander object in hetzelfde pand.",
    ),
    innocent_en=(
        "The BAG has not been brought up to date; that is common.",
        "The environment plan allows more than the BAG shows.",
        "The business also uses another object in the same building.",
    ),
    checked_nl=("De BAG noemt geen ander gebruiksdoel dan {gebruiksdoelen:word}.", "De vergunning geldt op {as_of}."),
    checked_en=("The BAG names no other function than {gebruiksdoelen:word}.", "The licence is valid on {as_of}."),
    decisive={"vergunningen": ("ingangsdatum",)},
    inputs={
        "vergunningen": columns(
            "record key zaaktype fitting_functions status bezwaar_uitkomst ingangsdatum_max einddatum_min address_id "
            "kvk_nummer"
        ),
        "handelsregister": columns("record kvk_nummer sbi_codes sbi_versie lines"),
        "branches": columns("branche permit_types functions"),
        "bag_adressen": columns("record adresseerbaar_object_id gebruiksdoelen is_nevenadres"),
    },
    needs=("vergunningen", "bag_adressen"),  # the trade register tells what a permit for several lines is for
    evidence_nl=(
        "Op {as_of} geldt hier een vergunning ({zaaknummers}, voor {zaaktypen:word}). Daarbij past het "
        "gebruiksdoel {passende_gebruiksdoelen:word}. De BAG noemt hier alleen: {gebruiksdoelen:word}."
    ),
    evidence_en=(
        "On {as_of} a permit is valid here ({zaaknummers}, for {zaaktypen:word}). The function that fits "
        "it is {passende_gebruiksdoelen:word}. The BAG names here only: {gebruiksdoelen:word}."
    ),
)
def function_does_not_fit_permit(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per object with valid permits that none of its functions fits: zaaknummers, zaaktypen, the functions.

    Only permits are judged, each by its own type: an establishment without one has LIC-05. A permit for several lines
    is judged by those that its holder has; where these are not known, a function that fits any of them is enough, and
    one line of which no function is known ends the matter. A terrace counts as horeca.
    """
    valid = t.vergunningen.filter(readings.valid_licence(as_of), pl.col("address_id").is_not_null())
    of_permits = (
        readings.lines_of_permits(valid, t.handelsregister, t.branches)
        .group_by("record")
        .agg(lines=pl.col("branche").sort().str.join("|"))
        .pipe(readings.computed)
    )
    # permits are for few different sets of lines: what fits is said once for each
    by_lines = (
        of_permits.select("lines")
        .unique()
        .with_columns(branche=pl.col("lines").str.split("|"))
        .explode("branche")
        .join(t.branches.select("branche", "functions"), on="branche")
        .group_by("lines")
        .agg(
            pl.col("functions").list.explode(keep_nulls=False, empty_as_null=False).drop_nulls().unique().sort(),
            is_judged=(pl.col("functions").list.len().fill_null(0) > 0).all(),
        )
    )
    permits = (
        valid.join(of_permits.join(by_lines, on="lines").drop("lines"), on="record", how="left")
        .with_columns(fitting=pl.when(pl.col("is_judged").is_null()).then("fitting_functions").otherwise("functions"))
        .filter(pl.col("is_judged").fill_null(True), pl.col("fitting").list.len() > 0)
        .pipe(readings.computed)
    )
    objects = readings.functions_of_objects(readings.at_objects(t.bag_adressen, permits))
    return (
        permits.join(objects, on="address_id")
        .filter(pl.col("gebruiksdoelen").list.set_intersection("fitting").list.len() == 0)
        .group_by("address_id", "bag_record", "gebruiksdoelen")
        .agg(
            pl.col("key").unique().sort().alias("zaaknummers"),
            pl.col("zaaktype").unique().sort().alias("zaaktypen"),
            pl.col("fitting").list.explode().unique().sort().alias("passende_gebruiksdoelen"),
            pl.col("record").unique().sort().alias("permits"),
        )
        .select(
            "address_id",
            "zaaknummers",
            "zaaktypen",
            "gebruiksdoelen",
            "passende_gebruiksdoelen",
            record_ids=pl.concat_list("bag_record", "permits"),
        )
    )
