"""HOU-05: a corporate landlord was sanctioned at several buildings; its other objects with a signal of their own."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: Decisions that are a sanction. A warning is none, and to refuse a permit is none.
_SANCTIONS = ("sluiting", "last_onder_dwangsom", "gedragsaanwijzing_151d", "intrekking", "bestuurlijke_boete")
#: Every indicator that can be an object's own; but for ADR-03 (data quality) and ADR-04, which looks at this one.
_OWN = (
    *(f"LIC-{number:02}" for number in range(1, 10)),
    *(f"SEX-{number:02}" for number in range(1, 6)),
    *(f"PER-{number:02}" for number in range(1, 5)),
    *(f"ORG-{number:02}" for number in range(1, 9)),
    *(f"NUI-{number:02}" for number in range(1, 7)),
    *("HOU-01", "HOU-02", "HOU-03", "HOU-04", "HOU-06"),
    *("ADR-01", "ADR-02", "ADR-05", "PRC-01", "PRC-02"),
)


@indicator(
    code="HOU-05",
    version=4,
    cls="B",
    barrier=Barrier.VASTGOED,
    dataset="maatregelen",
    purposes=("P-WON",),
    powers=("verhuurvergunning",),
    after=_OWN,
    leans_on="eigen_signalen",
    name_nl="Verhuurder (rechtspersoon) met meerdere maatregelen",
    name_en="Repeat corporate landlord",
    rationale_nl="Een bedrijf dat verhuurt, kreeg in korte tijd maatregelen op meer dan één pand. Dit adres is ook van "
    "die verhuurder en heeft zelf ook een signaal. Eigendom alleen zegt niets.",
    rationale_en="A company that lets was sanctioned at more than one building within a short time. This address is of "
    "the same landlord and has a signal of its own. Ownership alone says nothing.",
    ruled_out_nl=(
        "Het adres heeft zelf geen enkel signaal.",
        "Er is maar één maatregel.",
        "De maatregelen gaan over hetzelfde pand.",
        "De maatregelen zijn vernietigd.",
        "De maatregelen zijn te lang geleden.",
        "Het was een waarschuwing of een weigering.",
        "De verhuurder is een mens of een eenmanszaak.",
        "Het adres heeft zelf al zo’n maatregel.",
        "De vergunning voor dit adres is niet geldig.",
    ),
    ruled_out_en=(
        "The address has no signal of its own at all.",
        "There is one measure only.",
        "The measures are about the same building.",
        "The measures were annulled.",
        "The measures were too long ago.",
        "It was a warning or a refusal.",
        "The landlord is a human being or a sole trader.",
        "The address itself has such a measure already.",
        "The permit for this address is not valid.",
    ),
    innocent_nl=(
        "De verhuurder heeft heel veel panden.",
        "De maatregelen gaan over wat huurders deden.",
        "Het beheer is intussen in andere handen.",
    ),
    innocent_en=(
        "The landlord has very many buildings.",
        "The measures are about what tenants did.",
        "Others manage the buildings by now.",
    ),
    checked_nl=(
        "De verhuurder is een rechtspersoon.",
        "De maatregelen zijn niet vernietigd en gaan over {panden:pand|panden}.",
        "Op dit adres zelf is zo’n maatregel niet genomen.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "The lessor is a legal person.",
        "The measures were not annulled and are about {panden:building|buildings}.",
        "No such measure was taken at this address itself.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"maatregelen": ("datum",), "vergunningen": ("ingangsdatum",), "handelsregister": ("datum_aanvang",)},
    inputs={
        "maatregelen": columns("record maatregel_id type status address_id betrokkene_kvk datum_min datum_max"),
        "vergunningen": columns(
            "record zaaknummer is_letting status bezwaar_uitkomst kvk_nummer verhuurder_kvk address_id "
            "ingangsdatum_max "
            "einddatum_min"
        ),
        "handelsregister": columns("record kvk_nummer rechtsvorm afgeschermd"),
        "bag_adressen": columns("adresseerbaar_object_id pand_id"),
        "treffers": columns("address_id indicator"),
    },
    params={
        "window_days": Param(
            730,
            "days",
            "after two years an old measure may not follow a landlord any more",
            floor=180,
            ceiling=730,
            label_nl="Venster voor maatregelen",
            label_en="Window for measures",
            reason_nl="na twee jaar mag een oude maatregel een verhuurder niet meer volgen",
        ),
        "min_buildings": Param(
            2,
            "buildings",
            "one building can be an incident",
            floor=2,
            label_nl="Panden met een maatregel, minstens",
            label_en="Buildings with a measure, at least",
            reason_nl="één pand kan een incident zijn",
        ),
    },
    evidence_nl=(
        "De verhuurder (rechtspersoon, KVK {verhuurder_kvk}) kreeg in {window_days:span} "
        "{maatregelen:maatregel|maatregelen} op {panden:ander pand|andere panden} ({maatregel_ids}). Voor "
        "dit adres geldt vergunning {zaaknummers}. Het adres heeft ook een eigen aandachtspunt: "
        "{eigen_signalen:word}."
    ),
    evidence_en=(
        "The lessor (legal person, KVK {verhuurder_kvk}) got {maatregelen:measure|measures} at "
        "{panden:other building|other buildings} in {window_days:span} ({maatregel_ids}). For this "
        "address permit {zaaknummers} is valid. The address has a flag of its own too: "
        "{eigen_signalen:word}."
    ),
    feedback_risk="high: earlier decisions of the municipality are the signal. An object without a signal of its own "
    "is never raised, and a measure counts for 24 months.",
    feedback_risk_nl=(
        "hoog: eerdere besluiten van de gemeente zijn het signaal. Een adres zonder eigen signaal telt nooit mee. "
        "Een maatregel telt twee jaar."
    ),
)
def repeat_corporate_landlord(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per lessor and other permitted object with a hit of its own.

    Values: verhuurder_kvk, maatregelen, panden (counts), maatregel_ids, zaaknummers, eigen_signalen (lists).

    The lessor: `verhuurder_kvk` of a valid permit of any type, or the holder of a valid letting permit when the
    register knows it as a legal person. A lessor whom the register knows as a natural person's business is none. The
    sanctions are decisions against that very number: those against a group, a director or a tenant do not count. Their
    objects must be in the BAG, or their building is not known. No guilt by ownership: without a hit of another
    indicator at the object itself nothing is raised, and the codes of these hits stand in the sentence.
    """
    start = readings.window_start(as_of, p.window_days)
    measures = t.maatregelen.filter(
        readings.counting_measure(),
        pl.col("type").is_in(_SANCTIONS),
        pl.col("address_id").is_not_null(),
        pl.col("betrokkene_kvk").is_not_null(),
        pl.col("datum_min") >= start,
        pl.col("datum_max") <= as_of,
    )
    sanctions = measures.join(
        readings.buildings(readings.at_objects(t.bag_adressen, measures)), on="address_id"
    ).select("record", "maatregel_id", "address_id", "building", lessor="betrokkene_kvk")
    repeated = (
        sanctions.group_by("lessor")
        .agg(
            maatregelen=pl.len().cast(pl.Int64),
            panden=pl.col("building").n_unique().cast(pl.Int64),
            maatregel_ids=pl.col("maatregel_id").sort(),
            sanctions=pl.col("record").sort(),
        )
        .filter(pl.col("panden") >= p.min_buildings)
        .pipe(readings.computed)
    )
    own = t.treffers.group_by("address_id").agg(eigen_signalen=pl.col("indicator").unique().sort())
    return (
        _let_objects(t, as_of, repeated)
        .join(repeated, on="lessor")
        .join(sanctions, on=["lessor", "address_id"], how="anti")
        .join(own, on="address_id")
        .select(
            "address_id",
            "maatregelen",
            "panden",
            "maatregel_ids",
            "zaaknummers",
            "eigen_signalen",
            verhuurder_kvk="lessor",
            record_ids=pl.concat_list("sanctions", "permits"),
            window_start=pl.lit(start),
            window_end=pl.lit(as_of),
        )
    )


def _let_objects(t: Tables, as_of: date, lessors: pl.LazyFrame) -> pl.LazyFrame:
    """One row per lessor (KVK number of a legal person) and object, of `lessors` at least.

    Columns: `permits` (records, and the row of the register where it says that the holder is a legal person),
    `zaaknummers`.
    """
    forms = (
        t.handelsregister.join(lessors, left_on="kvk_nummer", right_on="lessor", how="semi")
        .group_by("kvk_nummer")
        .agg(
            is_legal_person=pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS).fill_null(False).all(),
            known_from=pl.col("record").filter(~readings.shielded()).min(),
        )
    )
    valid = t.vergunningen.filter(readings.valid_licence(as_of), pl.col("address_id").is_not_null())
    columns = ("address_id", "record", "zaaknummer")
    named = (
        valid.select(*columns, lessor="verhuurder_kvk")
        .drop_nulls("lessor")
        .join(forms, left_on="lessor", right_on="kvk_nummer", how="left")
        # the column holds legal persons only, also those that this register does not know
        .filter(pl.col("is_legal_person").fill_null(True))
        .select(*columns, "lessor", known_from=pl.lit(None, dtype=pl.String))
    )
    holding = (
        valid.filter(readings.is_letting())
        .select(*columns, lessor="kvk_nummer")
        .drop_nulls("lessor")
        .join(forms, left_on="lessor", right_on="kvk_nummer", how="left")
        .filter(pl.col("is_legal_person").fill_null(False))
        .select(*columns, "lessor", "known_from")
    )
    return (
        pl.concat([named, holding])
        .group_by("lessor", "address_id")
        .agg(
            permits=pl.concat([pl.col("record"), pl.col("known_from").drop_nulls()]).unique().sort(),
            zaaknummers=pl.col("zaaknummer").unique().sort(),
        )
    )
