"""ADR-02: the BAG says that an object or its building is not in use, while a licence or company is active there."""

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: Statuses of an object, and of a building, at which nobody can be in business there.
_OBJECT_NOT_IN_USE = (
    "Verblijfsobject ingetrokken",
    "Plaats ingetrokken",
    "Verblijfsobject buiten gebruik",
    "Niet gerealiseerd verblijfsobject",
)
_BUILDING_NOT_IN_USE = ("Sloopvergunning verleend", "Pand gesloopt")
#: What makes two objects share one address.
_ADDRESS = ("straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "woonplaats")
_LICENCE = ("record", "key", "address_id", "status", "bezwaar_uitkomst", "ingangsdatum_max", "einddatum_min")


@indicator(
    code="ADR-02",
    version=3,
    cls="B",
    barrier=Barrier.VASTGOED,
    dataset="bag_adressen",
    purposes=("P-REG", "P-VERG"),
    powers=("bag",),
    name_nl="BAG-status strijdig met gebruik",
    name_en="BAG status conflict",
    rationale_nl=(
        "De BAG zegt dat het object niet in gebruik is of dat het pand weg is of weg mag. Toch staat er al een tijd "
        "een vergunning of een onderneming op dit adres. Eén van de registers klopt dan niet."
    ),
    rationale_en=(
        "The BAG says that the object is not in use, or that the building is gone or may go. Yet a licence or a "
        "company has been at this address for some time. One of the registers is wrong then."
    ),
    ruled_out_nl=(
        "De vergunning of de vestiging is er nog maar kort.",
        "De vestiging is geëindigd of de vergunning is niet meer geldig.",
        "Het object wordt verbouwd of is nog niet ingemeten.",
        "Het object is vernummerd of gesplitst: een ander object heeft nu dit adres.",
        "De vestiging is afgeschermd in het handelsregister.",
    ),
    ruled_out_en=(
        "The licence or the establishment has been there for a short time only.",
        "The establishment has ended or the licence is no longer valid.",
        "The object is being rebuilt or has not been measured yet.",
        "The object was renumbered or split: another object has this address now.",
        "The establishment is shielded in the trade register.",
    ),
    innocent_nl=(
        "De BAG loopt achter op de bouw.",
        "Het pand wordt later gesloopt en tot dan gebruikt.",
        "De onderneming is verhuisd en heeft dat nog niet gemeld.",
    ),
    innocent_en=(
        "The BAG lags behind the building work.",
        "The building will be demolished later and is used until then.",
        "The company has moved and has not reported it yet.",
    ),
    checked_nl=("Het is al {dagen_actief:span} zo.", "Geen ander object in de BAG heeft nu dit adres."),
    checked_en=("It has been so for {dagen_actief:span}.", "No other object in the BAG has this address now."),
    decisive={
        "vergunningen": ("ingangsdatum",),
        "seksinrichtingen": ("ingangsdatum",),
        "handelsregister": ("datum_aanvang",),
    },
    limits_nl=(
        "Sinds wanneer het object niet in gebruik is, staat niet in de levering.",
        "Welk object een ander opvolgt, staat er ook niet in. Alleen een gelijk adres is te zien.",
    ),
    limits_en=(
        "Since when the object has been out of use is not in the delivery.",
        "Nor is the object that succeeds another. Only an equal address can be seen.",
    ),
    inputs={
        "bag_adressen": ("record", "adresseerbaar_object_id", "status", "pand_status", "is_nevenadres", *_ADDRESS),
        "vergunningen": (*_LICENCE, "zaaktype"),
        "seksinrichtingen": _LICENCE,
        "handelsregister": columns("record kvk_nummer address_id datum_aanvang_max datum_einde_min afgeschermd"),
    },
    params={
        "grace_days": Param(
            90,
            "days",
            "the base registers have some time to follow what happens",
            floor=30,
            label_nl="Dagen dat de vergunning of vestiging er is, meer dan",
            label_en="Days that the licence or establishment has been there, more than",
            reason_nl="de basisregisters hebben tijd nodig om te volgen wat er gebeurt",
        )
    },
    evidence_nl=(
        "Volgens de BAG is {strijdig:word}.[{zaaknummers:!} Toch staat hier al {dagen_actief:span} een "
        "onderneming (KVK {kvk_nummers}).][{kvk_nummers:!} Toch geldt hier al {dagen_actief:span} een "
        "vergunning ({zaaknummers}).][ Toch geldt hier een vergunning ({zaaknummers}) en staat hier een "
        "onderneming (KVK {kvk_nummers}), al {dagen_actief:span}.]"
    ),
    evidence_en=(
        "The BAG says that {strijdig:word}.[{zaaknummers:!} Yet a company (KVK {kvk_nummers}) has been "
        "here for {dagen_actief:span}.][{kvk_nummers:!} Yet a licence ({zaaknummers}) has been valid here "
        "for {dagen_actief:span}.][ Yet a licence ({zaaknummers}) is valid and a company (KVK "
        "{kvk_nummers}) is here, for {dagen_actief:span}.]"
    ),
)
def bag_status_conflicts_with_use(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per object out of use with a licence or establishment: statuses, zaaknummers, kvk_nummers, dagen_actief.

    formats.md has no date of the BAG status and no id of a successor: counted are the days of the licence or the
    establishment, and another object in use at the same address is taken for the successor. Where the addresses of an
    object differ in status, one that is in use is enough to be silent.
    """
    before = as_of - timedelta(days=p.grace_days)
    valid = readings.licences(
        t, "address_id", "status", "bezwaar_uitkomst", "ingangsdatum_max", "einddatum_min"
    ).filter(readings.valid_licence(as_of), pl.col("ingangsdatum_max") < before)
    settled = t.handelsregister.filter(
        readings.active(as_of), ~readings.shielded(), pl.col("datum_aanvang_max") < before
    )
    nothing = pl.lit(None, dtype=pl.String)
    use = pl.concat(
        [
            valid.select("address_id", "record", number=nothing, case="key", since="ingangsdatum_max"),
            settled.select("address_id", "record", number="kvk_nummer", case=nothing, since="datum_aanvang_max"),
        ]
    ).filter(pl.col("address_id").is_not_null())
    object_out = pl.col("status").is_in(_OBJECT_NOT_IN_USE).fill_null(False)
    building_out = pl.col("pand_status").is_in(_BUILDING_NOT_IN_USE).fill_null(False)
    # few addresses are out of use: their objects are all that is worth sorting
    objects = t.bag_adressen.filter(object_out | building_out).select(address_id="adresseerbaar_object_id")
    out_of_use = (
        readings.by_object(readings.at_objects(t.bag_adressen, objects.join(use, on="address_id", how="semi")))
        .agg(
            (object_out | building_out).all().alias("is_out"),
            building_out.all().alias("is_building_out"),
            pl.col("record").first().alias("bag_record"),
            pl.col("status").first().alias("object_status"),
            pl.col("pand_status").first(),
            *(pl.col(column).first() for column in _ADDRESS),
        )
        .filter(pl.col("is_out"))
        .pipe(readings.computed)
    )
    replaced = (
        t.bag_adressen.filter(~object_out, ~building_out)
        .join(out_of_use, on="straatnaam", how="semi")
        .join(
            # a successor is an object that took the address over; a demolished building has none
            out_of_use.filter(~pl.col("is_building_out")),
            on=list(_ADDRESS),
            nulls_equal=True,
        )
        .select("address_id")
    )
    return (
        out_of_use.join(replaced, on="address_id", how="anti")
        .join(use, on="address_id")
        .group_by("address_id", "bag_record", "object_status", "pand_status")
        .agg(
            pl.col("case").drop_nulls().unique().sort().alias("zaaknummers"),
            pl.col("number").drop_nulls().unique().sort().alias("kvk_nummers"),
            (pl.lit(as_of) - pl.col("since")).dt.total_days().max().alias("dagen_actief"),
            pl.col("record").unique().sort().alias("records"),
        )
        .select(
            "address_id",
            "object_status",
            "pand_status",
            *(pl.when(pl.col(name).list.len() > 0).then(pl.col(name)) for name in ("zaaknummers", "kvk_nummers")),
            "dagen_actief",
            strijdig=pl.concat_list(
                pl.when(pl.col("object_status").is_in(_OBJECT_NOT_IN_USE)).then("object_status"),
                pl.when(pl.col("pand_status").is_in(_BUILDING_NOT_IN_USE)).then("pand_status"),
            ).list.drop_nulls(),
            record_ids=pl.concat_list("bag_record", "records"),
        )
    )
