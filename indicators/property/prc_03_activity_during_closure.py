"""PRC-03: an inspection found a business in operation while an order that closes the premises is in force.

Activity is by inspection only: a report, an opening hour or an entry in a register says nothing of a shut door.
Sources: Gemeentewet art. 125, 174 and 174a, Opiumwet art. 13b, model-APV art. 2:30 and 2:41 (VNG) on closing and on
entering what is closed; the CCV on closing premises (hetccv.nl, theme georganiseerde criminaliteit).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="PRC-03",
    version=1,
    cls="A",
    barrier=Barrier.VASTGOED,
    dataset="controles",
    purposes=("P-OO", "P-VERG"),
    powers=("bestuursdwang", "intrekken"),
    name_nl="In bedrijf tijdens een sluiting",
    name_en="Activity during a closure",
    rationale_nl="De gemeente sloot dit pand voor een tijd. Die sluiting geldt nog. Toch zag een toezichthouder er "
    "een zaak die open was.",
    rationale_en="The municipality closed these premises for a time. That closure is still in force. Yet an inspector "
    "saw a business there that was open.",
    ruled_out_nl=(
        "De sluiting is vernietigd.",
        "De sluiting is geschorst.",
        "De sluiting is voorbij.",
        "Het is niet bekend hoe lang de sluiting duurt, en het besluit is oud.",
        "De controle was voor de sluiting, of in de eerste dagen erna.",
        "Van een open zaak is alleen gemeld, niet bij een controle gezien.",
        "Bij de controle was de zaak dicht.",
        "Na de sluiting is hier een nieuwe vergunning verleend.",
        "De maatregel is geen sluiting.",
    ),
    ruled_out_en=(
        "The closure was annulled.",
        "The closure is suspended.",
        "The closure is over.",
        "How long the closure lasts is not known, and the decision is old.",
        "The inspection was before the closure, or in the first days of it.",
        "An open business was only reported, and not seen at an inspection.",
        "At the inspection the business was closed.",
        "After the closure a new licence was granted here.",
        "The measure is no closure.",
    ),
    innocent_nl=(
        "Alleen een deel van het pand is dicht.",
        "Iemand ruimt op of verbouwt, en de gemeente vond dat goed.",
        "De sluiting is eerder opgeheven en dat staat nog niet in het register.",
    ),
    innocent_en=(
        "Only a part of the premises is closed.",
        "Someone clears or rebuilds the place, and the municipality agreed.",
        "The closure was lifted early and the register does not say so yet.",
    ),
    checked_nl=(
        "De sluiting is niet vernietigd en niet geschorst.",
        "De zaak is bij {controles:controle|controles} open gezien, na de eerste {grace_days:span}.",
        "Na de sluiting is hier geen vergunning verleend.",
    ),
    checked_en=(
        "The closure was not annulled and is not suspended.",
        "The business was seen open at {controles:inspection|inspections}, after the first {grace_days:span}.",
        "No licence was granted here after the closure.",
    ),
    decisive={"maatregelen": ("datum",), "controles": ("datum",)},
    limits_nl=(
        "Het register zegt niet welk deel van een pand dicht is.",
        "Een vergunning voor een seksbedrijf van na de sluiting leest de regel niet. Kijk dat eerst na.",
    ),
    limits_en=(
        "The register does not say which part of the premises is closed.",
        "A sex licence of after the closure the rule does not read. Check that first.",
    ),
    inputs={
        "maatregelen": columns(
            "record maatregel_id address_id type status datum datum_min datum_max datum_einde datum_einde_min "
            "datum_einde_max"
        ),
        "controles": columns("record address_id bevinding datum_min datum_max"),
        "vergunningen": (
            *readings.PLACE,
            *columns("is_location_bound status bezwaar_uitkomst kvk_nummer vestigingsnummer"),
            *columns("datum_besluit_max ingangsdatum_min einddatum_max"),
        ),
    },
    needs=("maatregelen", "controles"),
    params={
        "grace_days": Param(
            7,
            "days",
            "a closure often begins some days after the decision",
            floor=3,
            label_nl="Dagen na het besluit, meer dan",
            label_en="Days after the decision, more than",
            reason_nl="een sluiting gaat vaak pas een paar dagen na het besluit in",
        ),
        "open_end_days": Param(
            90,
            "days",
            "of a closure without an end nobody knows how long it lasts; three months is a short one",
            ceiling=180,
            label_nl="Dagen dat een sluiting zonder einddatum telt, hoogstens",
            label_en="Days that a closure without an end counts, at most",
            reason_nl="zonder einddatum is niet bekend hoe lang de sluiting duurt; drie maanden is een korte",
        ),
    },
    evidence_nl=(
        "Het pand is gesloten met een besluit van {datum_maatregel}, {maatregel_id}. De sluiting geldt nog op {as_of}"
        "[, tot en met {sluiting_tot}]. Bij {controles:controle|controles} tijdens de sluiting, het laatst op "
        "{laatste_controle}, was er een zaak in bedrijf."
    ),
    evidence_en=(
        "The premises were closed by a decision of {datum_maatregel}, {maatregel_id}. The closure is still in force on "
        "{as_of}[, up to and including {sluiting_tot}]. At {controles:inspection|inspections} during the closure, the "
        "last on {laatste_controle}, a business was in operation."
    ),
)
def activity_during_closure(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per closure. Values: maatregel_id, datum_maatregel, sluiting_tot, controles (count), laatste_controle.

    Of partial dates the bound that leaves the closure shorter and the inspection less sure to lie in it is taken.
    """
    days = pl.duration(days=1)
    closures = t.maatregelen.filter(
        pl.col("type") == "sluiting", readings.counting_measure(), pl.col("address_id").is_not_null()
    ).select(
        "address_id",
        "maatregel_id",
        measure="record",
        **readings.dated_as("datum_maatregel", "datum"),
        **readings.dated_as("sluiting_tot", "datum_einde"),
        begun=pl.col("datum_max") + days * p.grace_days,
        over=pl.coalesce("datum_einde_min", pl.col("datum_min") + days * p.open_end_days),
    )
    in_force = closures.filter(pl.col("begun") <= as_of, pl.col("over") >= as_of)
    inspections = t.controles.filter(pl.col("bevinding") == "in_bedrijf").select(
        "address_id", "datum_min", "datum_max", inspection="record"
    )
    granted = (
        readings.wherever_it_could_stand(t, "vergunningen")
        .filter(readings.possibly_valid_licence(as_of), readings.is_location_bound())
        .select("address_id", granted=pl.coalesce("datum_besluit_max", pl.lit(as_of)))
        .join(in_force, on="address_id")
        .filter(pl.col("granted") > pl.col("datum_maatregel_min"))
        .select("measure")
    )
    return (
        in_force.join(granted, on="measure", how="anti")
        .join(inspections, on="address_id")
        .filter(pl.col("datum_min") > pl.col("begun"), pl.col("datum_max") <= pl.min_horizontal("over", pl.lit(as_of)))
        .group_by(
            "address_id", "maatregel_id", "measure", *readings.dated("datum_maatregel"), *readings.dated("sluiting_tot")
        )
        .agg(
            controles=pl.len().cast(pl.Int64),
            laatste_controle=pl.col("datum_max").max(),
            inspections=pl.col("inspection").sort(),
        )
        .select(
            "address_id",
            "maatregel_id",
            *readings.dated("datum_maatregel"),
            *readings.dated("sluiting_tot"),
            "controles",
            "laatste_controle",
            record_ids=pl.concat_list("measure", "inspections"),
            window_start=pl.col("datum_maatregel_min"),
            window_end=pl.lit(as_of),
        )
    )
