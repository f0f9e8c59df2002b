"""Parties that could be one: what a rule that counts different parties takes for one, so that no missed link is a hit.

A pair is here when a link between the two is probable, or when they are named at one address or in one building with
names that are alike and nothing tells them apart: no two full birth dates that differ by more than day and month
exchanged, no two numbers of the trade register. The net is wide on purpose: a pair says "not surely two", never "one".
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from screening.frames import COULD_BE_ONE, conform
from screening.linking import Settings
from screening.linking.compare import MISSING
from screening.linking.encode import encode
from screening.linking.scorer import Scorer
from screening.matching.parties.organisations import ORGANISATIONS, organisation_records
from screening.matching.parties.party_model import KindModel, default_model
from screening.matching.parties.persons import EXCLUDING_GIVEN, PERSONS, person_records
from screening.vocabulary import LinkLevel, PartyKind

#: A person at more addresses than this, such as the manager of a chain, does not make them one place.
MOST_ADDRESSES = 40
#: Given names that make two people sure; initials of which one fits only keep a link from being sure.
_TWO_PEOPLE = tuple(level for level in EXCLUDING_GIVEN if level != "overlap")
#: Initials are no given name that can have a slip.
_LEAST_LETTERS = 3
#: In a shorter half of a double name a slip makes many another name.
_LEAST_OF_HALF = 5

_SIDES = ["left_party_id", "right_party_id"]
_NAMES = ["left_name", "right_name"]


def could_be_one(
    parties: pl.DataFrame, links: pl.DataFrame, trade_names: pl.DataFrame, places: pl.DataFrame, judged: pl.DataFrame
) -> pl.DataFrame:
    """Pairs of different parties that could be one (COULD_BE_ONE, sorted, left < right).

    Args:
        parties: one row a mention, with `party_id` and the working columns of `extract_mentions`.
        links: LINKS of the night.
        trade_names: TRADE_NAMES of the night.
        places: `party_id`, `place`, as `places_of_parties` gives them.
        judged: `left`, `right` (fingerprints), `judgement`: whom a person told apart could not be one.
    """
    facts = _facts_of_parties(parties)
    met = _met(places, facts)
    pairs = pl.concat(
        [_linked(parties, links), _persons_alike(parties, met), _organisations_alike(parties, trade_names, met)]
    )
    pairs = pairs.join(_two_numbers(pairs, facts), on=_SIDES, how="anti").join(
        _told_apart(parties, judged), on=_SIDES, how="anti"
    )
    return conform(pairs.unique(), COULD_BE_ONE).sort(_SIDES)


def places_of_parties(parties: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per party and place where it is named: `party_id`, `place`.

    A place is a building, an object outside one, or the addresses at which one person is named: rules ask whether the
    licences of one manager have different holders. An officer is where the company is, and a manager where the licence
    is, since their own rows have no address. `parties`: one row a mention, with `party_id`.
    """
    placed = _addresses(parties, tables)
    persons = parties.filter(pl.col("kind") == PartyKind.PERSON).select("party_id").unique()
    return pl.concat([_buildings(placed, tables), _of_one_person(placed, persons)]).unique()


def _addresses(mentions: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    organisations = mentions.filter(pl.col("kind") == PartyKind.ORGANISATION)
    parts = [mentions.select("party_id", "address_id")]
    for dataset, column, target in (
        ("functionarissen", "kvk_nummer", organisations.select("address_id", kvk_nummer="register_kvk")),
        ("leidinggevenden", "zaaknummer", mentions.select("address_id", zaaknummer="key")),
    ):
        if dataset in tables:
            of_record = tables[dataset].select("key", column).drop_nulls()
            named = mentions.filter(pl.col("dataset") == dataset).select("party_id", "key").join(of_record, on="key")
            parts.append(named.join(target.drop_nulls().unique(), on=column).select("party_id", "address_id"))
    return pl.concat(parts).drop_nulls().unique()


def _buildings(placed: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    if "bag_adressen" not in tables:
        return placed.rename({"address_id": "place"})
    panden = (
        tables["bag_adressen"]
        .select(address_id="adresseerbaar_object_id", pand_id="pand_id")
        .join(placed.select("address_id").unique(), on="address_id", how="semi")
        .explode("pand_id")
        .unique()
    )
    return placed.join(panden, on="address_id", how="left").select(
        "party_id", place=pl.coalesce("pand_id", "address_id")
    )


def _of_one_person(placed: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The addresses at which one person is named, as one place; of a person at very many they say nothing."""
    at_addresses = placed.join(persons, on="party_id", how="semi")
    tied = at_addresses.filter(pl.len().over("party_id").is_between(2, MOST_ADDRESSES))
    tied = tied.select("address_id", place=pl.lit("person:") + pl.col("party_id"))
    return placed.join(tied, on="address_id").select("party_id", "place")


def _facts_of_parties(parties: pl.DataFrame) -> pl.DataFrame:
    """One row a party: `kind`, `birth_date` (null where none or several are facts) and `number` (of the register)."""
    rows = parties.select("party_id", "kind", "birth_date", number=pl.when("is_registered").then("register_kvk"))
    facts = ["birth_date", "number"]
    ends = rows.group_by("party_id").agg(
        pl.col("kind").first(), pl.col(facts).min(), pl.col(facts).max().name.suffix("_max")
    )
    only = (pl.when(pl.col(fact) == pl.col(f"{fact}_max")).then(fact).alias(fact) for fact in facts)
    return ends.select("party_id", "kind", *only)


def _met(places: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The pairs of parties of one kind at one place whom no key tells apart, with `same_birth_date`."""
    # who is alone at a place meets nobody
    there = places.filter(pl.len().over("place") > 1).join(facts, on="party_id")
    # a key joins at once; only who lacks it meets everybody there: thousands of companies can have one address
    key = pl.coalesce("number", pl.col("birth_date").cast(pl.String))
    there = there.with_columns(key=key, exchanged=pl.coalesce("number", _day_and_month_exchanged()))
    columns = ["place", "kind", "party_id", "key"]
    keyed, bare = there.drop_nulls("key"), there.filter(pl.col("key").is_null()).select(columns)
    both = [
        keyed.select(columns).join(keyed.select(columns), on=["place", "kind", "key"], suffix="_right", coalesce=False),
        keyed.drop_nulls("exchanged").join(
            keyed.select(columns), left_on=["place", "kind", "exchanged"], right_on=["place", "kind", "key"],
            suffix="_right", coalesce=False,
        ),
        bare.join(there.select(columns), on=["place", "kind"], suffix="_right", coalesce=False),
    ]  # fmt: skip
    met = pl.concat([pairs.select("kind", "party_id", "party_id_right", "key", "key_right") for pairs in both])
    return (
        # all but a pair of whom one has a key are here in either order
        met.filter(
            (pl.col("party_id") < pl.col("party_id_right"))
            | (pl.col("key").is_null() & pl.col("key_right").is_not_null())
        )
        .select(
            "kind",
            left_party_id=pl.min_horizontal("party_id", "party_id_right"),
            right_party_id=pl.max_horizontal("party_id", "party_id_right"),
            same_birth_date=((pl.col("key") == pl.col("key_right")) & (pl.col("kind") == PartyKind.PERSON)).fill_null(
                False
            ),
        )
        .unique()
    )


def _day_and_month_exchanged() -> pl.Expr:
    """The birth date with day and month exchanged, as text; null where that is no other date."""
    born = pl.col("birth_date").dt
    is_another = (born.day() <= 12) & (born.day() != born.month())
    return pl.when(is_another).then(pl.date(born.year(), born.day(), born.month())).cast(pl.String)


def _persons_alike(parties: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Persons whose family names are alike in some reading and whose given names do not exclude each other.

    With one full birth date at one place the family name may be quite another: it is the partner's, or misspelt.
    """
    persons = met.filter(pl.col("kind") == PartyKind.PERSON)
    names = parties.filter(pl.col("kind") == PartyKind.PERSON).select("party_id", name="name_normalised")
    met_there = pl.concat([persons[side] for side in _SIDES]).unique().implode()
    names = names.drop_nulls().filter(pl.col("party_id").is_in(met_there)).unique()
    # a machine that doubles letters makes two slips or more of one fault: "Yasmminna" is no other name than "Yasmina"
    single = names.with_columns(pl.col("name").map_elements(_with_single_letters, return_dtype=pl.String))
    whole, halves = pl.concat([names, single]).unique(), _halves(names)
    alone = names.filter(pl.col("name").str.contains(r"^\S+, "))
    named = pl.concat([_with_names(persons, *both) for both in ((whole, whole), (halves, alone), (alone, halves))])
    groups = _numbered(named)
    records = person_records(
        groups.select("group", name_normalised="name", birth_date=pl.lit(None, dtype=pl.Date)),
        pl.DataFrame(schema={"group": pl.Int64, "kvk_nummer": pl.String}),
    )
    compared = _compared(named, groups, records, PERSONS, default_model().persons)
    # of namesakes at one place there are many pairs, but one pair of names
    is_alike = ~pl.col("family_name").is_in(["else", "missing"]) & (pl.col("reading") != "loose")
    # what keeps a link from being sure does not make two people sure: "Piet" and "Peit"
    is_excluded = pl.col("given_names").is_in(_TWO_PEOPLE) & ~_given_names_within_a_slip(compared)
    compared = compared.filter(~is_excluded).select(*_NAMES, is_alike=is_alike)
    return named.join(compared, on=_NAMES).filter(pl.col("same_birth_date") | pl.col("is_alike")).select(_SIDES)


def _given_names_within_a_slip(pairs: pl.DataFrame) -> pl.Series:
    """Whether the first given names of two names, of three letters at least, are one edit apart at most."""
    left, right = (pairs[f"{side}_name"].str.extract(r", (\S+)").fill_null("") for side in ("left", "right"))
    edits = pl.Series(cpdist(left.to_list(), right.to_list(), scorer=OSA.distance, dtype=np.int32), dtype=pl.Int32)
    return (edits <= 1) & (left.str.len_chars() >= _LEAST_LETTERS) & (right.str.len_chars() >= _LEAST_LETTERS)


def _halves(names: pl.DataFrame) -> pl.DataFrame:
    """The words of double family names as whole names: a slip in a person's own half makes no other name either."""
    parts = pl.col("name").str.split_exact(", ", 1).struct
    words = names.select("party_id", half=parts.field("field_0").str.split(" "), given=parts.field("field_1"))
    words = words.filter(pl.col("half").list.len() > 1).explode("half").drop_nulls()
    words = words.filter(pl.col("half").str.len_chars() >= _LEAST_OF_HALF)
    return words.select("party_id", name=pl.concat_str("half", "given", separator=", ")).unique()


def _with_single_letters(name: str) -> str:
    return "".join(letter for letter, _ in groupby(name))


def _organisations_alike(parties: pl.DataFrame, trade_names: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Organisations that share a name, but for a slip, a blank, or a word like Holding."""
    companies = met.filter(pl.col("kind") == PartyKind.ORGANISATION)
    own = parties.filter(pl.col("kind") == PartyKind.ORGANISATION).select("record", "party_id", name="name_normalised")
    traded = own.select("record", "party_id").join(trade_names.select("record", name="name_key"), on="record")
    names = pl.concat([own, traded.select(own.columns)]).select("party_id", "name").drop_nulls().unique()
    named = _with_names(companies, names, names)
    groups = _numbered(named)
    records = organisation_records(
        groups.select("group", name_key="name", address_id=pl.lit(None, dtype=pl.String)),
        groups.select(
            "group",
            register_kvk=pl.lit(None, dtype=pl.String),
            alive_from=pl.lit(None, dtype=pl.Date),
            alive_to=pl.lit(None, dtype=pl.Date),
            is_registered=False,
        ),
    )
    compared = _compared(named, groups, records, ORGANISATIONS, default_model().organisations)
    alike = compared.filter(~pl.col("trade_name").is_in(["else", "missing"]))
    return named.join(alike, on=_NAMES, how="semi").select(_SIDES)


def _numbered(named: pl.DataFrame) -> pl.DataFrame:
    """The distinct names of pairs, each a group of its own: `group`, `name`."""
    names = pl.concat([named["left_name"], named["right_name"]]).unique().sort()
    return pl.DataFrame({"group": pl.int_range(len(names), eager=True, dtype=pl.Int64), "name": names})


def _compared(
    named: pl.DataFrame, groups: pl.DataFrame, records: pl.DataFrame, settings: Settings, model: KindModel
) -> pl.DataFrame:
    """Each pair of names (_NAMES) once, with the level of every comparison, by its name."""
    named = named.select(_NAMES).unique()
    if named.is_empty():
        return named.with_columns(pl.lit(None, dtype=pl.String).alias(c.name) for c in settings.comparisons)
    encoded = encode(records, settings)
    order = groups["name"].to_numpy().astype(str)
    left, right = (np.searchsorted(order, named[side].to_numpy().astype(str)).astype(np.int32) for side in _NAMES)
    levels = Scorer(model.link_model(settings, encoded), encoded).compare(left, right).levels
    names = {c.name: dict(enumerate(c.level_names)) | {int(MISSING): "missing"} for c in settings.comparisons}
    return named.with_columns(
        pl.Series(c.name, [names[c.name][level] for level in numbers.tolist()], dtype=pl.String)
        for c, numbers in zip(settings.comparisons, levels, strict=True)
    )


def _with_names(pairs: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """The pairs with every name of both: `left_name`, `right_name`."""
    return pairs.join(left.rename({"party_id": "left_party_id", "name": "left_name"}), on="left_party_id").join(
        right.rename({"party_id": "right_party_id", "name": "right_name"}), on="right_party_id"
    )


def _linked(parties: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The pairs of parties with a probable link, wherever they are named."""
    party = parties.select("mention", "party_id")
    probable = links.filter(pl.col("level") == LinkLevel.PROBABLE).select("left", "right")
    met = probable.join(party, left_on="left", right_on="mention").join(
        party, left_on="right", right_on="mention", suffix="_right"
    )
    return _in_order(met)


def _told_apart(parties: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The pairs of parties of which a person judged two mentions to be of two."""
    party = parties.select("fingerprint", "party_id")
    apart = judged.filter(pl.col("judgement") == "negative")
    met = apart.join(party, left_on="left", right_on="fingerprint").join(
        party, left_on="right", right_on="fingerprint", suffix="_right"
    )
    return _in_order(met)


def _two_numbers(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Those of `pairs` that are two companies of the trade register, however alike their names."""
    number = facts.select("party_id", "number")
    return (
        pairs.join(number, left_on="left_party_id", right_on="party_id")
        .join(number, left_on="right_party_id", right_on="party_id", suffix="_right")
        .filter(pl.col("number") != pl.col("number_right"))
        .select(_SIDES)
        .unique()
    )


def _in_order(pairs: pl.DataFrame) -> pl.DataFrame:
    sides = ("party_id", "party_id_right")
    return (
        pairs.select(left_party_id=pl.min_horizontal(sides), right_party_id=pl.max_horizontal(sides))
        .filter(pl.col("left_party_id") != pl.col("right_party_id"))
        .unique()
    )
