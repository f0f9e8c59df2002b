"""ORG-04: many legal persons begin at one address in a short time, and one director stands in most of them."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="ORG-04",
    version=3,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    purposes=("P-REG", "P-VERG"),
    powers=("bibob",),
    name_nl="Serie-rechtspersonen op één adres",
    name_en="Serial entities at one address",
    rationale_nl=(
        "In korte tijd begonnen op dit adres veel rechtspersonen met bijna steeds dezelfde bestuurder. Daar is vaak "
        "een goede reden voor. Is die er niet, dan kan de ene rechtspersoon dienen om de andere te vervangen."
    ),
    rationale_en=(
        "Many legal persons began at this address in a short time, nearly all with the same director. Often there is a "
        "good reason for that. If there is none, one legal person may serve to replace another."
    ),
    ruled_out_nl=(
        "Het is een groot kantoor, zoals een gebouw met veel bedrijven.",
        "De rechtspersonen hebben verschillende bestuurders, zoals bij een gedeeld kantoor.",
        "De bestuurders heten hetzelfde, maar hebben niet dezelfde geboortedatum.",
        "Het gaat om eenmanszaken of om vennoten.",
        "De rechtspersonen begonnen verspreid over veel jaren.",
        "De rechtspersonen bestaan niet meer.",
        "Twee rechtspersonen kunnen één en dezelfde zijn, dubbel ingeschreven of anders geschreven.",
    ),
    ruled_out_en=(
        "It is a large office, such as a building with many businesses.",
        "The legal persons have different directors, as in a shared office.",
        "The directors have the same name, but not the same birth date.",
        "They are sole traders or partnerships.",
        "The legal persons began spread over many years.",
        "The legal persons no longer exist.",
        "Two legal persons could be the same, entered twice or spelled differently.",
    ),
    innocent_nl=(
        "Het is het adres van een accountant of een kantoor dat adressen verhuurt.",
        "Het is een groep met een eigen bv voor elk project.",
    ),
    innocent_en=(
        "It is the address of an accountant or of an office that lets addresses.",
        "It is a group with a company of its own for each project.",
    ),
    checked_nl=(
        "Het adres is geen groot kantoor.",
        "De bestuurder van {met_dezelfde_bestuurder} rechtspersonen is zeker dezelfde persoon.",
        "Dubbele inschrijvingen zijn als één geteld.",
    ),
    checked_en=(
        "The address is no large office.",
        "The director of {met_dezelfde_bestuurder} legal persons is surely the same person.",
        "Double registrations were counted as one.",
    ),
    decisive={"handelsregister": ("datum_aanvang",), "functionarissen": ("datum_aanvang",)},
    limits_nl=("Er is geen lijst van verzameladressen. Een groot kantoor valt af door zijn functie en oppervlakte.",),
    limits_en=("There is no list of collective addresses. A large office is left out by its function and area.",),
    inputs={
        "handelsregister": columns(
            "record kvk_nummer rechtsvorm address_id datum_aanvang_min datum_aanvang_max datum_einde_min afgeschermd"
        ),
        "functionarissen": columns("record kvk_nummer functie datum_aanvang_max datum_einde_min"),
        "partijen": columns("record mention kind party_id kvk_nummer"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "bag_adressen": columns("adresseerbaar_object_id gebruiksdoelen oppervlakte"),
    },
    params={
        "min_entities": Param(
            5,
            "legal persons",
            "a holding with a few companies is ordinary; five within two years is not",
            floor=4,
            label_nl="Aantal rechtspersonen, minstens",
            label_en="Number of legal persons, at least",
            reason_nl="een holding met een paar bedrijven is gewoon; vijf binnen twee jaar niet",
        ),
        "window_days": Param(
            730,
            "days",
            "two years: several companies in a short time is what a notary watches for",
            ceiling=1095,
            label_nl="Dagen waarbinnen zij begonnen",
            label_en="Days within which they began",
            reason_nl="twee jaar: veel bedrijven in korte tijd is waar ook een notaris op let",
        ),
        "min_share": Param(
            0.5,
            "share",
            "below half the companies have no director in common",
            floor=0.5,
            ceiling=1.0,
            label_nl="Deel met dezelfde bestuurder, minstens",
            label_en="Share with the same director, at least",
            reason_nl="onder de helft hebben de bedrijven geen bestuurder gemeen",
        ),
        "max_office_m2": readings.MAX_OFFICE_M2,
    },
    evidence_nl=(
        "Op dit adres begonnen {rechtspersonen} rechtspersonen tussen {window_start} en {window_end}. Die "
        "bestaan op {as_of} nog. Bij {met_dezelfde_bestuurder} ervan staat dezelfde bestuurder. Of dit "
        "een verzameladres is, staat niet in de gegevens."
    ),
    evidence_en=(
        "At this address {rechtspersonen} legal persons began between {window_start} and {window_end}. "
        "They still exist on {as_of}. Of these {met_dezelfde_bestuurder} have the same director. Whether "
        "this is an address of many companies is not in the data."
    ),
)
def serial_entities_at_one_address(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per object: the window of most legal persons with a shared director, both numbers, and the KVK numbers.

    A legal person begins when the first of its establishments did, and two that could be one count once. The share is
    of those in the same window. An office of unknown area may be a large one and is left out. formats.md has no allow-
    list of collective addresses (`verzameladres`), so none is read: the officer looks, and large offices are known by
    their function and area.
    """
    present = t.handelsregister.filter(
        readings.active(as_of),
        ~readings.shielded(),
        pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS),
        pl.col("address_id").is_not_null(),
    )
    crowded = (
        present.group_by("address_id")
        .agg(pl.col("kvk_nummer").n_unique())
        .filter(pl.col("kvk_nummer") >= p.min_entities)
    )
    present = present.join(crowded, on="address_id", how="semi").pipe(readings.computed)
    begun = (
        t.handelsregister.join(present, on="kvk_nummer", how="semi")
        .group_by("kvk_nummer")
        .agg(pl.col("datum_aanvang_min").min().alias("first_day"), pl.col("datum_aanvang_max").min().alias("last_day"))
        .drop_nulls()
    )
    entities = (
        present.join(
            readings.large_offices(t.bag_adressen, crowded, float(p.max_office_m2)), on="address_id", how="anti"
        )
        .group_by("address_id", "kvk_nummer")
        .agg(pl.col("record").sort().alias("establishments"))
        .join(begun, on="kvk_nummer")
        .join(readings.companies_as_one(t, present), on=["address_id", "kvk_nummer"])
    )
    windows = entities.select("address_id", window_start="first_day").unique()
    within = (
        windows.join(entities, on="address_id")
        .filter(
            pl.col("first_day") >= pl.col("window_start"),
            pl.col("last_day") <= pl.col("window_start") + pl.duration(days=p.window_days),
        )
        .with_columns(rechtspersonen=pl.col("one_party").n_unique().over("address_id", "window_start"))
        .filter(pl.col("rechtspersonen") >= p.min_entities)
    )
    shared = (
        within.join(_directors(t, as_of, within), on="kvk_nummer")
        .group_by("address_id", "window_start", "rechtspersonen", "party_id")
        .agg(
            pl.col("one_party").n_unique().alias("met_dezelfde_bestuurder"),
            pl.col("function").unique().sort().alias("functions"),
            pl.col("mention").unique().sort().alias("mentions"),
        )
        .filter(pl.col("met_dezelfde_bestuurder") >= p.min_share * pl.col("rechtspersonen"))
        # one hit an object: the window of most, then the earliest, then the director of most
        .sort(
            "rechtspersonen",
            "window_start",
            "met_dezelfde_bestuurder",
            pl.col("functions").list.first(),
            descending=[True, False, True, False],
        )
        .unique("address_id", keep="first", maintain_order=True)
    )
    return (
        shared.join(
            within.select("address_id", "window_start", "kvk_nummer", "last_day", "establishments"),
            on=["address_id", "window_start"],
        )
        .group_by("address_id", "window_start", "rechtspersonen", "met_dezelfde_bestuurder", "functions", "mentions")
        .agg(
            pl.col("last_day").max().alias("window_end"),
            pl.col("kvk_nummer").sort().alias("kvk_nummers"),
            pl.col("establishments").explode().unique().sort(),
        )
        .select(
            "address_id",
            "rechtspersonen",
            "met_dezelfde_bestuurder",
            "kvk_nummers",
            "window_start",
            "window_end",
            "mentions",
            record_ids=pl.concat_list("establishments", "functions"),
        )
    )


def _directors(t: Tables, as_of: date, companies: pl.LazyFrame) -> pl.LazyFrame:
    """One row per director in function: `kvk_nummer` of the company, `party_id`, `function` (record), `mention`."""
    # one party is one director; a legal person without its number may be any of that name
    people = t.partijen.filter((pl.col("kind") == "person") | pl.col("kvk_nummer").is_not_null())
    return (
        t.functionarissen.filter(pl.col("functie") == "bestuurder", readings.in_function(as_of))
        .join(companies, on="kvk_nummer", how="semi")
        .join(people.select("record", "mention", "party_id"), on="record")
        .select("kvk_nummer", "party_id", "mention", function="record")
    )
