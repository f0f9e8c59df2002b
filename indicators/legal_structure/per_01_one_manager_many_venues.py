"""PER-01: one person is named on the licences of many venues of different holders at the same time."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_SHARED = columns("is_location_bound address_id status ingangsdatum_max einddatum_min bezwaar_uitkomst kvk_nummer")


@indicator(
    code="PER-01",
    version=4,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="leidinggevenden",
    purposes=("P-VERG",),
    powers=("toezicht", "intrekken"),
    name_nl="Eén leidinggevende op veel adressen",
    name_en="One manager, many venues",
    rationale_nl=(
        "Een leidinggevende moet toezicht houden in de zaak. Dat lukt niet op veel plekken tegelijk. Staat één "
        "persoon bij veel verschillende houders op de vergunning, dan is niet duidelijk wie er echt leiding geeft."
    ),
    rationale_en=(
        "A manager has to supervise the business. That cannot be done at many places at once. If one person is named "
        "on the licences of many different holders, it is not clear who really manages."
    ),
    ruled_out_nl=(
        "Alle zaken horen bij één houder of één groep, zoals bij een keten met een rayonmanager.",
        "De persoon werkte er na elkaar en niet tegelijk.",
        "De namen zijn gelijk, maar de geboortedatum ontbreekt of verschilt.",
        "De zaken zitten in hetzelfde pand of in panden die samen één geheel zijn.",
        "De vergunning is niet meer geldig of hoort niet bij een plek.",
        "De houders kunnen door hun naam, of die van wie het bedrijf leidt, één en dezelfde zijn.",
    ),
    ruled_out_en=(
        "All venues belong to one holder or one group, as with a chain and its area manager.",
        "The person worked there one after the other, not at the same time.",
        "The names are the same, but the birth date is missing or differs.",
        "The venues are in the same building, or in buildings that are connected.",
        "The licence is no longer valid or is not bound to a place.",
        "The holders could be the same, by their names or those of the people who run the company.",
    ),
    innocent_nl=(
        "De persoon valt in bij bevriende zaken of in het bedrijf van familie.",
        "De persoon werkt voor een bureau dat leidinggevenden uitleent.",
        "De lijst is oud en de persoon werkt niet meer op alle adressen.",
    ),
    innocent_en=(
        "The person fills in at venues of friends or in a family business.",
        "The person works for an agency that provides managers.",
        "The list is old and the person no longer works at all addresses.",
    ),
    checked_nl=(
        "De {houders:houder hoort|houders horen} niet bij één groep en kunnen niet dezelfde zijn.",
        "De persoon staat op alle lijsten op {as_of}, dus tegelijk.",
        "De zaken zitten in {panden:pand|panden} die los van elkaar staan.",
        "De geboortedatum is bekend en gelijk.",
    ),
    checked_en=(
        "The {houders:holder is|holders are} not of one group and cannot be the same.",
        "The person is on all the lists on {as_of}, so at one time.",
        "The venues are in {panden:building|buildings} that stand apart.",
        "The birth date is known and the same.",
    ),
    decisive={
        "leidinggevenden": ("datum_van",),
        "vergunningen": ("ingangsdatum",),
        "seksinrichtingen": ("ingangsdatum",),
    },
    inputs={
        "leidinggevenden": columns("record zaaknummer datum_van_max datum_tot_min"),
        "vergunningen": ("record", "key", "zaaktype", *_SHARED),
        "seksinrichtingen": ("record", "key", *_SHARED),
        "bag_adressen": columns("adresseerbaar_object_id pand_id"),
        "functionarissen": columns("record kvk_nummer functie datum_aanvang_min datum_einde_max"),
        "partijen": columns("record mention dataset role kind party_id kvk_nummer birth_date"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "groepen": columns("kvk_nummer related_id"),
    },
    needs=("leidinggevenden", "vergunningen", "seksinrichtingen", "bag_adressen", "functionarissen"),
    params={
        "min_buildings": Param(
            4,
            "buildings",
            "so many places cannot be supervised by one person",
            floor=3,
            label_nl="Aantal panden, minstens",
            label_en="Number of buildings, at least",
            reason_nl="zoveel plekken kan één mens niet leiden",
        ),
        "min_holders": Param(
            3,
            "holders",
            "working for three holders that have nothing to do with each other is rare in the trade",
            floor=2,
            label_nl="Of: panden en houders los van elkaar, minstens",
            label_en="Or: buildings and unrelated holders, at least",
            reason_nl="werken voor drie houders die los van elkaar staan is zeldzaam in dit vak",
        ),
    },
    evidence_nl=(
        "Op {as_of} staat dezelfde persoon op vergunningen van {houders:houder|houders}, in "
        "{panden:pand|panden}. De houders staan los van elkaar. Eén van de zaken is dit adres "
        "({zaaknummers})."
    ),
    evidence_en=(
        "On {as_of} the same person is named on licences of {houders:holder|holders}, in "
        "{panden:building|buildings}. The holders are not related. One of the venues is this address "
        "({zaaknummers})."
    ),
)
def one_manager_many_venues(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per person and venue: panden, houders, zaaknummers; the person is known by mentions, not by name.

    Objects that share a pand, by themselves or through objects between them, are one building and count once. A group
    is one holder, and so are companies that one person runs, that person, and holders who could be one party.
    """
    licences = readings.licences(t, *_SHARED).filter(
        readings.valid_licence(as_of), readings.is_location_bound(), pl.col("address_id").is_not_null()
    )
    people = t.partijen.filter(pl.col("dataset") == "leidinggevenden", pl.col("kind") == "person").select(
        "record", "mention", "party_id"
    )
    named = (
        t.leidinggevenden.filter(readings.on_list(as_of))
        .select("record", key="zaaknummer")
        .join(people, on="record")
        .join(licences.select("key", "address_id", licence="record"), on="key")
        # few are on so many lists: only for these is it worth looking up buildings and holders
        .filter(pl.len().over("party_id") >= min(p.min_buildings, p.min_holders))
        .pipe(readings.computed)
    )
    buildings = readings.buildings(t.bag_adressen, objects=named)
    held = licences.join(named, left_on="record", right_on="licence", how="semi")
    marks = readings.marks_of_holders(t, readings.holders_of(t, held), _functions(t, as_of)).select(
        "mark", "is_known", licence="record"
    )
    holders = (
        readings.counted_as_one(
            named.select("party_id", "licence").unique().join(marks, on="licence"), "licence", ("party_id",)
        )
        .filter("is_known")
        .group_by("party_id")
        .agg(houders=pl.col("one_party").n_unique())
    )
    named = (
        named.join(buildings, on="address_id", how="left")
        # a berth or pitch stands in no building: it is a place of its own
        .with_columns(building=pl.coalesce("building", "address_id"))
        .pipe(readings.computed)
    )
    busy = (
        named.group_by("party_id")
        .agg(
            pl.col("building").n_unique().alias("panden"),
            pl.col("record").unique().sort().alias("rows"),
            pl.col("mention").unique().sort().alias("mentions"),
            pl.col("licence").unique().sort().alias("licences"),
        )
        .join(holders, on="party_id")
        .filter(
            ((pl.col("panden") >= p.min_buildings) & (pl.col("houders") > 1))
            | ((pl.col("panden") >= p.min_holders) & (pl.col("houders") >= p.min_holders))
        )
    )
    return (
        named.join(busy, on="party_id")
        .group_by("party_id", "address_id", "panden", "houders", "rows", "licences")
        .agg(pl.col("key").unique().sort().alias("zaaknummers"), pl.col("mentions").first())
        .select(
            "address_id", "panden", "houders", "zaaknummers", "mentions", record_ids=pl.concat_list("rows", "licences")
        )
    )


def _functions(t: Tables, as_of: date) -> pl.LazyFrame:
    return t.functionarissen.filter(
        pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS), readings.possibly_in_function(as_of)
    )
