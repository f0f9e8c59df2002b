"""SEX-04: a licensed sex establishment has had no manager with a valid period for more than a month."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="SEX-04",
    version=2,
    cls="A",
    barrier=Barrier.WERKPLEK,
    dataset="seksinrichtingen",
    purposes=("P-VERG",),
    powers=("toezicht", "intrekken"),
    sensitive=True,
    name_nl="Seksinrichting zonder geldige beheerder",
    name_en="Venue without valid manager",
    rationale_nl="Een beheerder heeft de feitelijke leiding in de inrichting. Zonder beheerder ziet niemand ter "
    "plaatse toe op de regels.",
    rationale_en="A manager has actual charge of the establishment. Without one, nobody on the spot sees to the rules.",
    ruled_out_nl=(
        "Een nieuwe beheerder begon op tijd.",
        "De exploitant staat zelf als beheerder vermeld.",
        "Er was pas kort geen beheerder.",
        "De vergunning is niet meer geldig.",
        "Bij deze vergunning is nooit een beheerder vermeld: dan ontbreken de gegevens.",
    ),
    ruled_out_en=(
        "A new manager began in time.",
        "The operator is listed as manager.",
        "There has been no manager for a short time only.",
        "The licence is not valid any more.",
        "No manager was ever listed for this licence: the data are missing then.",
    ),
    innocent_nl=("De wijziging is gemeld maar nog niet verwerkt.", "De inrichting is tijdelijk dicht."),
    innocent_en=(
        "The change was notified but has not been processed yet.",
        "The establishment is closed for the time being.",
    ),
    checked_nl=(
        "Geen nieuwe beheerder en geen exploitant staat als beheerder vermeld.",
        "Eerder stond er wel een beheerder bij: er ontbreken geen gegevens.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "No new manager is listed, nor the operator as one.",
        "A manager was listed earlier: no data are missing.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"seksinrichtingen": ("ingangsdatum",), "leidinggevenden": ("datum_tot", "datum_van")},
    inputs={
        "seksinrichtingen": columns(
            "record vergunning_id status bezwaar_uitkomst address_id ingangsdatum_min ingangsdatum_max einddatum_min"
        ),
        "leidinggevenden": columns("record zaaknummer rol datum_van_min datum_tot_min datum_tot_max"),
    },
    params={
        "max_days_without": Param(
            30,
            "days",
            "a successor must be found and screened",
            floor=14,
            label_nl="Dagen zonder beheerder, meer dan",
            label_en="Days without a manager, more than",
            reason_nl="een opvolger moet worden gevonden en getoetst",
        )
    },
    evidence_nl=(
        "Bij vergunning {vergunning_id} staat al {dagen_zonder_beheerder:span} geen geldige beheerder. De "
        "laatste dag met een beheerder, of de eerste van de vergunning, was {sinds}. Toegestaan is "
        "{max_days_without:span}."
    ),
    evidence_en=(
        "Licence {vergunning_id} has had no valid manager for {dagen_zonder_beheerder:span}. The last day "
        "with a manager, or the first of the licence, was {sinds}. Allowed is {max_days_without:span}."
    ),
)
def venue_without_valid_manager(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid licence. Values: vergunning_id, sinds (date), dagen_zonder_beheerder, beheerders (count).

    The role `exploitant` is no manager; an operator who manages has a row `beheerder` too.
    """
    begun = pl.col("datum_van_min") <= as_of
    is_open = pl.col("datum_tot_max").is_null() | (pl.col("datum_tot_max") >= as_of)
    managers = (
        t.leidinggevenden.filter(pl.col("rol") == "beheerder")
        .group_by("zaaknummer")
        .agg(
            # a date not known in full may still be running: it is given the benefit of the doubt
            has_manager=(begun & is_open).any(),
            last_end_min=pl.col("datum_tot_min").filter(begun).max(),
            last_end_max=pl.col("datum_tot_max").filter(begun).max(),
            beheerders=pl.len().cast(pl.Int64),
            manager_records=pl.col("record").sort(),
        )
    )
    return (
        t.seksinrichtingen.filter(readings.valid_licence(as_of), pl.col("address_id").is_not_null())
        .join(managers, left_on="vergunning_id", right_on="zaaknummer")
        .with_columns(
            **readings.between(
                "sinds",
                pl.max_horizontal("last_end_min", "ingangsdatum_min"),
                pl.max_horizontal("last_end_max", "ingangsdatum_max"),
            )
        )
        .with_columns(dagen_zonder_beheerder=(pl.lit(as_of) - pl.col("sinds_max")).dt.total_days())
        .filter(~pl.col("has_manager"), pl.col("dagen_zonder_beheerder") > p.max_days_without)
        .select(
            "address_id",
            "vergunning_id",
            *readings.dated("sinds"),
            "dagen_zonder_beheerder",
            "beheerders",
            record_ids=pl.concat_list("record", "manager_records"),
        )
    )
