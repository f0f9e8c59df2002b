"""ADR-06: the lessor on a permit is no owner of the object, holds no right on it and belongs to no owner.

Class C: a lease is in no register, so that a lessor who rents the object himself cannot be told from one who has
nothing to do with it. It is a question to ask beside other signals (CCV, dossier Vastgoedcriminaliteit: who owns, who
lets and who is in business are three questions).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: How the trade register calls mediation and management of real estate for others (SBI 68.31 and 68.32).
_LETS_FOR_OTHERS = "683"


@indicator(
    code="ADR-06",
    version=2,
    cls="C",
    barrier=Barrier.VASTGOED,
    dataset="eigendom",
    purposes=("P-VERG", "P-WON"),
    powers=("toezicht", "bibob", "verhuurvergunning"),
    name_nl="Verhuurder heeft in het Kadaster geen recht",
    name_en="Lessor is not on the property in the land register",
    rationale_nl="De vergunning noemt een bedrijf als verhuurder. Volgens het Kadaster is het adres helemaal van een "
    "ander bedrijf. Er is geen band tussen die twee te zien, en ook niet tussen de houder en de eigenaar. Wie verhuurt "
    "dan, en mag dat? Het telt alleen mee naast andere signalen.",
    rationale_en="The permit names a company as lessor. By the land register the whole address is of another company. "
    "No tie between the two can be seen, and none between holder and owner. Who lets then, and may they? It counts "
    "only beside other signals.",
    ruled_out_nl=(
        "De verhuurder is de eigenaar, of hoort bij de eigenaar.",
        "De verhuurder heeft of had een ander recht op het pand.",
        "De houder van de vergunning is de eigenaar, of hoort bij de eigenaar.",
        "Een deel van het pand is van iemand anders, misschien van een mens.",
        "Op het pand rust een ander recht, zoals erfpacht.",
        "De eigenaar is een corporatie, een stichting of de overheid.",
        "Het pand is rond de aanvraag verkocht.",
        "De verhuurder beheert of bemiddelt voor anderen.",
        "Van de verhuurder of de eigenaar is niet bekend wie er de leiding heeft.",
        "De verhuurder is een mens of een eenmanszaak.",
        "De vergunning is niet geldig.",
        "Wie de houder is, is niet zeker.",
    ),
    ruled_out_en=(
        "The lessor is the owner, or belongs to the owner.",
        "The lessor has or had another right on the property.",
        "The holder of the permit is the owner, or belongs to the owner.",
        "A share of the property is of somebody else, perhaps of a human being.",
        "Another right rests on the property, such as a long lease.",
        "The owner is a housing corporation, a foundation or a public body.",
        "The property was sold around the application.",
        "The lessor manages or mediates for others.",
        "Who runs the lessor or the owner is not known.",
        "The lessor is a human being or a sole trader.",
        "The permit is not valid.",
        "Who the holder is, is not certain.",
    ),
    innocent_nl=(
        "De verhuurder huurt het pand zelf en verhuurt het door, zoals een brouwerij. Dat staat in geen register.",
        "De eigenaar liet iemand anders verhuren, met een afspraak op papier.",
        "De vergunning noemt een verhuurder van eerder.",
        "De banden tussen de bedrijven lopen via het buitenland en staan niet in het handelsregister.",
    ),
    innocent_en=(
        "The lessor rents the property and lets it on, as a brewery does. That is in no register.",
        "The owner had somebody else let it, with an agreement on paper.",
        "The permit names a lessor of before.",
        "The ties between the companies run abroad and are not in the trade register.",
    ),
    checked_nl=(
        "De verhuurder en de eigenaar hebben geen bestuurder gemeen, ook niet iemand die dezelfde kan zijn.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "Lessor and owner have no director in common, nor anybody who could be the same.",
        "The permit is valid on {as_of}.",
    ),
    decisive={"vergunningen": ("datum_aanvraag",), "eigendom": ("datum_van",)},
    inputs={
        "vergunningen": columns(
            "record zaaknummer status bezwaar_uitkomst kvk_nummer verhuurder_kvk address_id datum_aanvraag_min "
            "ingangsdatum_max einddatum_min"
        ),
        "eigendom": columns(
            "record aard_recht belast aandeel_teller aandeel_noemer kvk_nummer rechtsvorm address_id address_note "
            "candidates candidate_id datum_van_min datum_van_max datum_tot_min datum_tot_max"
        ),
        "handelsregister": columns("record kvk_nummer rechtsvorm sbi_codes afgeschermd"),
        "functionarissen": columns("record kvk_nummer functie"),
        "partijen": columns("record role kind party_id kvk_nummer birth_date"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "groepen": columns("kvk_nummer related_id"),
    },
    params={
        "owned_days": Param(
            90,
            "days",
            "around a sale a permit still names the lessor of before",
            floor=30,
            label_nl="Dagen dat de eigenaar er bij de aanvraag al was, minstens",
            label_en="Days that the owner was there already at the application, at least",
            reason_nl="rond een verkoop noemt een vergunning nog de verhuurder van eerder",
        )
    },
    evidence_nl=(
        "Vergunning {zaaknummer} noemt als verhuurder het bedrijf met KVK-nummer {verhuurder_kvk}. Volgens het "
        "Kadaster is dit adres sinds {eigendom_sinds} helemaal van een ander (KVK {eigenaars}). De verhuurder staat "
        "daar niet bij. Het handelsregister laat geen band met de eigenaar zien."
    ),
    evidence_en=(
        "Permit {zaaknummer} names as lessor the company with KVK number {verhuurder_kvk}. By the land register this "
        "whole address has been of another since {eigendom_sinds} (KVK {eigenaars}). The lessor is not named there. "
        "The trade register shows no tie with the owner."
    ),
)
def owner_lessor_operator_do_not_fit(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid permit of which the lessor has nothing to do with the owner, as far as registers tell.

    Values: zaaknummer, verhuurder_kvk, eigenaars (KVK numbers), eigendom_sinds. What cannot be known rules out: a share
    that was left unread since it is of a human being, a right whose address is not clear, a company that nobody is
    known to run. Who could be the same counts as the same.
    """
    everywhere = readings.wherever_it_could_stand(t, "eigendom").pipe(readings.computed)
    with_a_right = everywhere.select("address_id", verhuurder_kvk="kvk_nummer")
    permits = (
        t.vergunningen.filter(readings.valid_licence(as_of))
        .drop_nulls(["verhuurder_kvk", "address_id"])
        .join(readings.whole_owners(everywhere, as_of), on="address_id")
        .filter(pl.col("eigendom_sinds_max") <= pl.col("datum_aanvraag_min") - timedelta(days=p.owned_days))
        .join(with_a_right, on=["address_id", "verhuurder_kvk"], how="anti")
        .pipe(readings.computed)
    )
    permits = permits.join(_letting_companies(t, permits), left_on="verhuurder_kvk", right_on="kvk_nummer").pipe(
        readings.computed
    )
    permits = _whose_companies_are_known(t, permits).pipe(readings.computed)
    return (
        permits.join(_that_fit(t, permits), on="record", how="anti")
        .join(_of_known_holders(t, permits), on="record", how="semi")
        .select(
            "address_id",
            "zaaknummer",
            "verhuurder_kvk",
            *readings.dated("eigendom_sinds"),
            eigenaars="owners",
            record_ids=pl.concat_list(pl.concat_list("record"), "rights", "companies"),
        )
    )


def _letting_companies(t: Tables, permits: pl.LazyFrame) -> pl.LazyFrame:
    """`kvk_nummer` of the lessors that the trade register knows as legal persons and that do not let for others."""
    lets_for_others = pl.col("sbi_codes").list.eval(pl.element().str.starts_with(_LETS_FOR_OTHERS)).list.any()
    return (
        t.handelsregister.join(permits, left_on="kvk_nummer", right_on="verhuurder_kvk", how="semi")
        .group_by("kvk_nummer")
        .agg(
            is_legal_person=pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS).fill_null(False).all(),
            lets_for_others=lets_for_others.fill_null(False).any(),
        )
        .filter("is_legal_person", ~pl.col("lets_for_others"))
        .select("kvk_nummer")
    )


def _running(t: Tables) -> pl.LazyFrame:
    """The functions by which somebody runs or owns a company, of whatever day: what rules a hit out is read widely."""
    return t.functionarissen.filter(pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS))


def _whose_companies_are_known(t: Tables, permits: pl.LazyFrame) -> pl.LazyFrame:
    """The permits of which lessor and owners are all in the trade register and run by somebody who is told there.

    Whoever is named there without a full birth date may be anyone, who runs the other company too. Adds `companies`: a
    record of each register for each of them.
    """
    sides = (
        permits.select("record", kvk_nummer=pl.concat_list(pl.concat_list("verhuurder_kvk"), "owners"))
        .explode("kvk_nummer")
        .pipe(readings.computed)
    )
    registered, run = (
        rows.join(sides, on="kvk_nummer", how="semi")
        for rows in (t.handelsregister.filter(~readings.shielded()), _running(t))
    )
    run = run.pipe(readings.computed)
    people = t.partijen.filter(pl.col("kind") == "person").join(run, on="record", how="semi").pipe(readings.computed)
    anyone = people.join(readings.known_persons(people, t.partijen), on="record", how="anti")
    unsure = run.join(anyone, on="record", how="semi")
    named = run.join(unsure, on="kvk_nummer", how="anti").group_by("kvk_nummer").agg(function=pl.col("record").min())
    traced = (
        registered.group_by("kvk_nummer")
        .agg(pl.col("record").min())
        .join(named, on="kvk_nummer")
        .select("kvk_nummer", traces=pl.concat_list("record", "function"))
    )
    of_permits = (
        sides.join(traced, on="kvk_nummer", how="left")
        .group_by("record")
        .agg(
            is_known=pl.col("traces").is_not_null().all(),
            companies=pl.col("traces").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
        )
        .filter("is_known")
        .select("record", "companies")
    )
    return permits.join(of_permits, on="record")


def _holders(t: Tables, permits: pl.LazyFrame) -> pl.LazyFrame:
    return readings.holders_of(t, permits.select("record", "kvk_nummer"), ("houder",))


def _of_known_holders(t: Tables, permits: pl.LazyFrame) -> pl.LazyFrame:
    return _holders(t, permits).group_by("record").agg(pl.col("is_known").all()).filter("is_known").select("record")


def _that_fit(t: Tables, permits: pl.LazyFrame) -> pl.LazyFrame:
    """`record` of the permits of which lessor or holder is, or could be, one with an owner or of one group with it."""
    nobody = pl.lit(None, dtype=pl.String)
    owners = permits.select("record", kvk_nummer="owners").explode("kvk_nummer")
    sides = pl.concat(
        [
            owners.select("record", "kvk_nummer", party_id=nobody, side=pl.lit("owner")),
            permits.select("record", kvk_nummer="verhuurder_kvk", party_id=nobody, side=pl.lit("user")),
            _holders(t, permits).select("record", "kvk_nummer", "party_id", side=pl.lit("user")),
        ]
    )
    marks = readings.marks_of_holders(t, sides, _running(t))
    unit = pl.concat_str("side", pl.coalesce("kvk_nummer", "party_id"), separator="\x1f")
    return (
        readings.counted_as_one(marks.with_columns(unit=unit), "unit", ("record",))
        .group_by("record", "one_party")
        .agg(sides=pl.col("side").n_unique())
        .filter(pl.col("sides") > 1)
        .select("record")
        .unique()
    )
