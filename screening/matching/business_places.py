"""Licences and establishments that may be named in the dossier of another address, and why others may not.

A licensed or registered business address, never a natural person's home and never a shielded establishment. The lines
are drawn in docs/decisions/0049.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from screening.base.frames import known_date, schema_of
from screening.base.vocabulary import PartyKind
from screening.matching.parties.licence_holders import COMPANY_FORMS

Registers = Mapping[str, pl.LazyFrame]

#: One row a licence or establishment that may be named: what may be said of it, and the number of its company.
NAMED_RECORDS = schema_of("dataset key place_id kind name starts ends kvk_nummer")

#: What ended longer ago is not named: five years, as far as a dossier looks back on offices.
WINDOW_DAYS = 1826
#: Register of licences -> the column that says which kind.
LICENCES = {"vergunningen": "zaaktype", "seksinrichtingen": "type"}
#: Licences for which somebody was let do business. An application, a refusal and one of which the end is not known are
#: no fact of that kind.
_GRANTED = ("verleend", "verlopen", "ingetrokken", "geschorst")
#: Licences that people have for their own home or for one day: they make no business address of a dwelling.
_PRIVATE = ("omgeving", "evenement", "toeristische_verhuur")
_DWELLING = "woonfunctie"


def named_records(registers: Registers, sensitive: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """NAMED_RECORDS of a town.

    Args:
        registers: typed frames by data set, with `address_id`; a sensitive register that is not to be named is absent.
        sensitive: `dataset`, `key` of records that are not to be named.
        as_of: the date as of which is screened.
    """
    establishments = _establishments(registers)
    shielded = establishments.filter("is_shielded").select("place_id").drop_nulls().collect()["place_id"]
    companies = shielded_companies(registers)
    licences = _licences(registers, sensitive, as_of)
    named = pl.concat([licences.lazy(), establishments.filter(~pl.col("is_shielded"))], how="diagonal").filter(
        pl.col("place_id").is_not_null(),
        pl.col("last").is_null() | (pl.col("last") >= as_of - timedelta(days=WINDOW_DAYS)),
        # neither the company nor the place of a shielded establishment is named, by whatever record
        ~pl.col("kvk_nummer").is_in(companies.implode()).fill_null(False),
        ~pl.col("place_id").is_in(shielded.implode()),
    )
    placed = named.join(_uses(registers), on="place_id", how="left").collect()
    held = licences.filter("is_business").select("place_id", "kvk_nummer").drop_nulls().unique()
    placed = placed.join(
        held.with_columns(is_held=True), on=["place_id", "kvk_nummer"], how="left", maintain_order="left"
    )
    is_licence = pl.col("form").is_null()
    may_be_named = (
        pl.when(is_licence)
        .then(~pl.col("is_home") | pl.col("is_business"))
        .otherwise(
            pl.col("is_held").fill_null(False)
            | ~pl.col("has_dwelling")
            | (~pl.col("is_home") & pl.col("form").is_in(COMPANY_FORMS))
        )
    )
    return placed.filter(may_be_named.fill_null(False)).select(list(NAMED_RECORDS))


def shielded_companies(registers: Registers) -> pl.Series:
    """The KVK numbers of companies with a shielded establishment: none of their other places is named either."""
    return _establishments(registers).filter("is_shielded").select("kvk_nummer").drop_nulls().collect()["kvk_nummer"]


def _licences(registers: Registers, sensitive: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Licences that were granted: NAMED_RECORDS, `last`, and whether it makes a business address of a dwelling."""
    ends = pl.col("einddatum_max")
    withdrawn = pl.coalesce(ends, pl.when(pl.col("status") == "ingetrokken").then("datum_besluit_max"))
    is_valid = (
        (pl.col("status") == "verleend")
        & (pl.col("ingangsdatum_max") <= as_of)
        & (ends.is_null() | (pl.col("einddatum_min") >= as_of))
    )
    parts = [pl.DataFrame(schema={**NAMED_RECORDS, "last": pl.Date, "is_business": pl.Boolean})]
    for dataset, kind in LICENCES.items():
        if dataset not in registers:
            continue
        granted = registers[dataset].filter(
            pl.col("status").is_in(_GRANTED),
            pl.col("bezwaar_uitkomst").ne_missing("gegrond"),  # an annulled decision counts for nothing
            withdrawn.is_not_null() | pl.col("status").is_in(["verleend", "geschorst"]),
        )
        own = sensitive.lazy().filter(pl.col("dataset") == dataset).select("key")
        parts.append(
            granted.join(own, on="key", how="anti")
            .select(
                dataset=pl.lit(dataset),
                key="key",
                place_id="address_id",
                kind=kind,
                name="handelsnaam",
                starts=pl.coalesce(known_date("ingangsdatum"), known_date("datum_besluit")),
                ends=pl.coalesce(
                    known_date("einddatum"),
                    pl.when(pl.col("status") == "ingetrokken").then(known_date("datum_besluit")),
                ),
                kvk_nummer="kvk_nummer",
                last=withdrawn,
                is_business=is_valid.fill_null(False) & ~pl.col(kind).is_in(_PRIVATE).fill_null(True),
            )
            .collect()
        )
    return pl.concat(parts)


def _establishments(registers: Registers) -> pl.LazyFrame:
    """Establishments: NAMED_RECORDS without a kind, `last`, `form` (never null) and whether it is shielded."""
    if "handelsregister" not in registers:
        return pl.LazyFrame(
            schema={**NAMED_RECORDS, "last": pl.Date, "form": pl.String, "is_shielded": pl.Boolean}
        ).drop("kind")
    return registers["handelsregister"].select(
        dataset=pl.lit("handelsregister"),
        key="key",
        place_id="address_id",
        name=pl.coalesce(pl.col("handelsnamen").list.first(), "statutaire_naam"),
        starts=known_date("datum_aanvang"),
        ends=known_date("datum_einde"),
        kvk_nummer="kvk_nummer",
        last="datum_einde_max",
        form=pl.col("rechtsvorm").fill_null("overig"),
        is_shielded=pl.col("afgeschermd").fill_null(False),
    )


def _uses(registers: Registers) -> pl.LazyFrame:
    """Whether an object is a dwelling and nothing else (`is_home`), and whether there is one in it (`has_dwelling`).

    A berth or a pitch has no use in the BAG, and an object without one may be a home: it counts as one.
    """
    uses = pl.col("gebruiksdoelen").list
    return (
        registers["bag_adressen"]
        .select(
            place_id="adresseerbaar_object_id",
            is_home=uses.eval(pl.element() != _DWELLING).list.any().fill_null(False).not_(),
            has_dwelling=uses.contains(_DWELLING).fill_null(True) | (uses.len().fill_null(0) == 0),
        )
        .unique("place_id", keep="first", maintain_order=True)
    )


def with_holders_names(named: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Records with the name under which an organisation holds them, where the record has no trade name.

    `parties`: the mentions on them, with `name`. The name of a natural person who holds one is not told: that person
    is none of the dossier in which the record stands.
    """
    on = ["dataset", "key"]
    holders = parties.filter(pl.col("dataset").is_in(list(LICENCES))).select(*on, "kind", "name")
    people = holders.filter(pl.col("kind") == PartyKind.PERSON).drop("kind")
    organisations = holders.filter(pl.col("kind") == PartyKind.ORGANISATION).join(people, on=[*on, "name"], how="anti")
    names = organisations.group_by(on).agg(held_by=pl.col("name").min())
    held = named.join(names, on=on, how="left", maintain_order="left")
    return held.with_columns(name=pl.coalesce("name", "held_by")).drop("held_by")
