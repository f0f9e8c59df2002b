"""HOU-09: a company that provides personnel is at an object of a holiday park where the plan allows no residence."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_TOURISM = "toeristische_verhuur"


@indicator(
    code="HOU-09",
    version=1,
    cls="C",
    barrier=Barrier.HUISVESTING,
    dataset="recreatieparken",
    purposes=("P-WON",),
    powers=("omgevingsplan", "verhuurvergunning"),
    name_nl="Uitzendbureau op een recreatiepark",
    name_en="Employment agency on a holiday park",
    rationale_nl="Een recreatiepark ligt vaak ver van het dorp. Wie daar via zijn werkgever woont, is van hem "
    "afhankelijk voor werk, bed en vervoer. De Actie-agenda Vakantieparken noemt dit. Het is een zwak signaal. "
    "Het telt alleen mee naast andere.",
    rationale_en="A holiday park often lies far from the village. Who lives there through an employer depends on it "
    "for work, bed and transport. The national agenda on holiday parks (Actie-agenda Vakantieparken) names this. It is "
    "a weak signal. It counts only beside others.",
    ruled_out_nl=(
        "Het bedrijf leent geen personeel uit.",
        "Het bedrijf is gestopt, of staat er nog maar kort.",
        "Het bedrijf is geen rechtspersoon.",
        "De vestiging is afgeschermd.",
        "Er is een geldige vergunning om hier mensen te huisvesten.",
        "Een geldige vergunning met een onduidelijk adres kan bij deze plek horen.",
        "Het omgevingsplan staat permanente bewoning toe, of dat is onbekend.",
        "Het object hoort niet bij een park, of niet meer.",
        "De houder van de toeristische vergunning heeft geen band met een uitzendbureau.",
    ),
    ruled_out_en=(
        "The company provides no personnel.",
        "The company has stopped, or has been there for a short time only.",
        "The company is no legal person.",
        "The establishment is shielded.",
        "There is a valid permit to house people here.",
        "A valid permit whose address is not clear could belong to this place.",
        "The plan allows permanent residence, or that is not clear.",
        "The object belongs to no park, or does so no longer.",
        "The holder of the tourist permit has no tie with an agency.",
    ),
    innocent_nl=(
        "Het bureau gebruikt het huisje alleen als kantoor.",
        "De gemeente staat de huisvesting toe en de vergunning staat nog niet in het systeem.",
        "Het bureau bezit het huisje voor de vakantie van zijn eigen mensen.",
        "Een nieuwe aanvraag is in behandeling.",
    ),
    innocent_en=(
        "The agency uses the cottage as an office only.",
        "The municipality allows the housing and the permit is not in the system yet.",
        "The agency owns the cottage for the holidays of its own people.",
        "A new application is being handled.",
    ),
    checked_nl=(
        "Het object staat op {as_of} op de lijst van park {park}, zonder permanente bewoning.",
        "Het bedrijf (KVK {kvk_uitzender}) is actief en een rechtspersoon.",
        "Op {as_of} is hier geen vergunning om mensen te huisvesten.",
    ),
    checked_en=(
        "On {as_of} the object is on the list of park {park}, without permanent residence.",
        "The company (KVK {kvk_uitzender}) is active and a legal person.",
        "On {as_of} there is no permit to house people here.",
    ),
    limits_nl=("Alleen objecten met een eigen adres in de BAG zijn te zien. Veel standplaatsen hebben dat niet.",),
    limits_en=("Only objects with an address of their own in the BAG can be seen. Many pitches have none.",),
    decisive={"handelsregister": ("datum_aanvang",), "vergunningen": ("ingangsdatum",)},
    inputs={
        "recreatieparken": (
            *readings.PLACE,
            *columns("record park permanente_bewoning datum_van_min datum_van_max datum_tot_min datum_tot_max"),
        ),
        "handelsregister": columns(
            "record kvk_nummer rechtsvorm sbi_codes datum_aanvang_max datum_einde_min afgeschermd address_id"
        ),
        "vergunningen": (
            *readings.PLACE,
            *columns("record zaaknummer zaaktype is_letting status bezwaar_uitkomst kvk_nummer verhuurder_kvk"),
            *columns("ingangsdatum_min ingangsdatum_max einddatum_min einddatum_max"),
        ),
        "groepen": columns("kvk_nummer group_id"),
    },
    params={
        "min_days": Param(
            90,
            "days",
            "a company that has just come may move on or apply for a permit",
            floor=30,
            ceiling=730,
            label_nl="Dagen sinds de vestiging begon, minstens",
            label_en="Days since the establishment began, at least",
            reason_nl="een bedrijf dat net begint kan nog verhuizen of een vergunning vragen",
        )
    },
    evidence_nl=(
        "Dit object hoort bij recreatiepark {park}. Het plan staat er geen permanente bewoning toe.[ Hier staat een "
        "bedrijf ingeschreven dat personeel uitleent ({vestigingen:vestiging|vestigingen}).][ Vergunning {zaaknummers} "
        "voor toeristische verhuur hoort bij een bedrijf dat personeel uitleent.] Het KVK-nummer is {kvk_uitzender}."
    ),
    evidence_en=(
        "This object belongs to holiday park {park}. The plan allows no permanent residence there.[ A company that "
        "provides personnel is registered here ({vestigingen:establishment|establishments}).][ Permit {zaaknummers} "
        "for tourist letting belongs to a company that provides personnel.] The KVK number is {kvk_uitzender}."
    ),
)
def agency_letting_on_a_holiday_park(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per object of a park. Values: park, vestigingen (count), zaaknummers, kvk_uitzender.

    Either an agency is established at the object, or a valid permit for tourist letting there is held or let by a
    company that is an agency, or of one group with an agency that is established anywhere. A park's manager alone is
    no tie: it would make every object of the park a hit. Source: Actie-agenda Vakantieparken (VNG, LIEC and others).
    """
    objects = _objects_without_residence(t, as_of)
    housed = readings.wherever_it_could_stand(t, "vergunningen").filter(
        readings.is_letting(), pl.col("zaaktype") != _TOURISM, readings.possibly_valid_licence(as_of)
    )
    objects = objects.join(housed, on="address_id", how="anti")
    agencies = t.handelsregister.filter(
        readings.provides_personnel(),
        readings.active(as_of),
        ~readings.shielded(),
        pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS),
        pl.col("datum_aanvang_max") <= readings.window_start(as_of, p.min_days),
    )
    no_permit = pl.lit(None, dtype=pl.String)
    established = agencies.select("address_id", "kvk_nummer", "record", is_here=pl.lit(True), zaaknummer=no_permit)
    signs = pl.concat([established, _permits_of_agencies(t, agencies, as_of)])
    return (
        signs.join(objects, on="address_id", how="semi")
        .group_by("address_id")
        .agg(
            vestigingen=pl.col("record").filter("is_here").n_unique().cast(pl.Int64),
            zaaknummers=pl.col("zaaknummer").drop_nulls().unique().sort(),
            kvk_uitzender=pl.col("kvk_nummer").unique().sort(),
            records=pl.col("record").unique().sort(),
        )
        .join(objects, on="address_id")
        .select(
            "address_id",
            "park",
            "kvk_uitzender",
            vestigingen=pl.when(pl.col("vestigingen") > 0).then("vestigingen"),
            zaaknummers=pl.when(pl.col("zaaknummers").list.len() > 0).then("zaaknummers"),
            record_ids=pl.concat_list("park_records", "records"),
        )
    )


def _objects_without_residence(t: Tables, as_of: date) -> pl.LazyFrame:
    """`address_id`, `park`, `park_records` of objects surely of a park, of which no row may allow residence."""
    surely = (pl.col("datum_van_max") <= as_of).fill_null(True) & (pl.col("datum_tot_min") >= as_of).fill_null(True)
    possibly = (pl.col("datum_van_min") <= as_of).fill_null(True) & (pl.col("datum_tot_max") >= as_of).fill_null(True)
    allowed = readings.wherever_it_could_stand(t, "recreatieparken").filter(
        possibly, pl.col("permanente_bewoning") != "niet_toegestaan"
    )
    return (
        t.recreatieparken.filter(surely, pl.col("address_id").is_not_null())
        .join(allowed, on="address_id", how="anti")
        .sort("record")
        .group_by("address_id", maintain_order=True)
        .agg(park=pl.col("park").min(), park_records=pl.col("record"))
    )


def _permits_of_agencies(t: Tables, agencies: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The valid permits for tourist letting of a company that is of one group with an agency, and its agencies."""
    group = pl.coalesce("group_id", "kvk_nummer").alias("group")
    grouped = agencies.join(t.groepen, on="kvk_nummer", how="left").select(group, "kvk_nummer", agency="record")
    permits = t.vergunningen.filter(
        pl.col("zaaktype") == _TOURISM, readings.valid_licence(as_of), pl.col("address_id").is_not_null()
    )
    held = permits.select("address_id", "record", "zaaknummer", kvk=pl.concat_list("kvk_nummer", "verhuurder_kvk"))
    tied = (
        held.explode("kvk")
        .drop_nulls("kvk")
        .join(t.groepen.rename({"kvk_nummer": "kvk"}), on="kvk", how="left")
        .with_columns(group=pl.coalesce("group_id", "kvk"))
        .join(grouped, on="group")
    )
    return pl.concat(
        tied.select("address_id", "kvk_nummer", record, is_here=pl.lit(False), zaaknummer="zaaknummer")
        for record in (pl.col("record"), pl.col("agency").alias("record"))
    )
