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

_SIDES = ["left_party", "right_party"]
_NAMES = ["left_name", "right_name"]


def alike_at_places(
    parties: pl.DataFrame, trade_names: pl.DataFrame, tables: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Pairs of parties (`left_party`, `right_party`: clusters) that are named at one place with names that are alike.

    Args:
        parties: one row a mention, with `cluster`, a number for each party, and the columns of `extract_mentions`.
        trade_names: TRADE_NAMES of the night.
        tables: typed frames by data set, which say where a party is named.
    """
    # a party is its number, and so is a place: texts are dear to join and to sort
    parties = parties.rename({"cluster": "party"})
    places = _places_of_parties(parties, tables)
    met = _met(places, _facts_of_parties(parties, places["party"]))
    return pl.concat([_persons_alike(parties, met), _organisations_alike(parties, trade_names, met)]).unique()


def could_be_one(alike: pl.DataFrame, parties: pl.DataFrame, links: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Pairs of different parties that could be one (COULD_BE_ONE, sorted, left < right).

    Args:
        alike: what `alike_at_places` gave.
        parties: as there, with `party_id`.
        links: LINKS of the night.
        judged: `left`, `right` (fingerprints), `judgement`: whom a person told apart could not be one.
    """
    parties = parties.rename({"cluster": "party"})
    pairs = pl.concat([alike, _linked(parties, links)]).unique()
    facts = _facts_of_parties(parties, pl.concat([pairs[side] for side in _SIDES]))
    pairs = pairs.join(_two_numbers(pairs, facts), on=_SIDES, how="anti")
    return _with_ids(pairs.join(_told_apart(parties, judged), on=_SIDES, how="anti"), parties)


def _with_ids(pairs: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    held = pl.concat([pairs[side] for side in _SIDES]).unique().implode()
    ids = parties.select("party", "party_id").filter(pl.col("party").is_in(held)).unique("party")
    for side in _SIDES:
        pairs = pairs.join(ids.rename({"party": side, "party_id": f"{side}_id"}), on=side)
    ends = [f"{side}_id" for side in _SIDES]
    named = pairs.select(left_party_id=pl.min_horizontal(ends), right_party_id=pl.max_horizontal(ends))
    return conform(named, COULD_BE_ONE).sort(ends)


def _places_of_parties(parties: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per party and place where it is named beside others: `party`, `place` (numbers).

    A place is a building, an object outside one, or the addresses at which one person is named: rules ask whether the
    licences of one manager have different holders. An officer is where the company is, and a manager where the licence
    is, since their own rows have no address.
    """
    code = pl.Categorical(pl.Categories.random())
    parties = parties.with_columns(address=pl.col("address_id").cast(code).to_physical().cast(pl.Int64))
    placed = _addresses(parties, tables)
    persons = parties.filter(pl.col("kind") == PartyKind.PERSON).select("party").unique()
    buildings = placed.rename({"address": "place"})
    if "bag_adressen" in tables:
        objects = parties.select("address_id", "address").drop_nulls().unique("address")
        panden = (
            tables["bag_adressen"]
            .select("pand_id", address_id="adresseerbaar_object_id")
            .join(objects, on="address_id")
            .select("pand_id", "address")
            .explode("pand_id")
            .select("address", place=pl.col("pand_id").cast(code).to_physical().cast(pl.Int64))
            .unique()
        )
        buildings = placed.join(panden, on="address", how="left").select("party", place=pl.coalesce("place", "address"))
    places = pl.concat([buildings, _of_one_person(placed, persons)]).unique()
    # who is alone at a place meets nobody
    return places.filter(pl.len().over("place") > 1)


def _addresses(mentions: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    organisations = mentions.filter(pl.col("kind") == PartyKind.ORGANISATION)
    parts = [mentions.select("party", "address")]
    for dataset, column, target in (
        ("functionarissen", "kvk_nummer", organisations.select("address", kvk_nummer="register_kvk")),
        ("leidinggevenden", "zaaknummer", mentions.select("address", zaaknummer="key")),
    ):
        if dataset in tables:
            of_record = tables[dataset].select("key", column).drop_nulls()
            named = mentions.filter(pl.col("dataset") == dataset).select("party", "key").join(of_record, on="key")
            parts.append(named.join(target.drop_nulls().unique(), on=column).select("party", "address"))
    return pl.concat(parts).drop_nulls().unique()


def _of_one_person(placed: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The addresses at which one person is named, as one place; of a person at very many they say nothing."""
    at_addresses = placed.join(persons, on="party", how="semi")
    tied = at_addresses.filter(pl.len().over("party").is_between(2, MOST_ADDRESSES))
    # below zero, where no number of an address is
    tied = tied.select("address", place=-pl.col("party").rank("dense").cast(pl.Int64))
    return placed.join(tied, on="address").select("party", "place")


def _facts_of_parties(parties: pl.DataFrame, asked: pl.Series) -> pl.DataFrame:
    """One row a party that is asked for: `kind`, `birth_date` (null where none or several are facts) and `number`."""
    rows = parties.filter(pl.col("party").is_in(asked.unique().implode()))
    rows = rows.select("party", "kind", "birth_date", number=pl.when("is_registered").then("register_kvk"))
    facts = ["birth_date", "number"]
    ends = rows.group_by("party").agg(
        pl.col("kind").first(), pl.col(facts).min(), pl.col(facts).max().name.suffix("_max")
    )
    only = (pl.when(pl.col(fact) == pl.col(f"{fact}_max")).then(fact).alias(fact) for fact in facts)
    return ends.select("party", "kind", *only)


def _met(places: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The pairs of parties of one kind at one place whom no key tells apart, with `same_birth_date`."""
    there = places.join(facts, on="party")
    # a key joins at once; only who lacks it meets everybody there: thousands of companies can have one address
    code = pl.Categorical(pl.Categories.random())
    key = pl.coalesce("number", pl.col("birth_date").cast(pl.String)).cast(code).to_physical()
    exchanged = pl.coalesce("number", _day_and_month_exchanged()).cast(code).to_physical()
    there = there.with_columns(key=key, exchanged=exchanged, kind=pl.col("kind") == PartyKind.PERSON)
    columns = ["place", "kind", "party", "key"]
    keyed, bare = there.drop_nulls("key"), there.filter(pl.col("key").is_null()).select(columns)
    both = [
        keyed.select(columns).join(keyed.select(columns), on=["place", "kind", "key"], suffix="_right", coalesce=False),
        keyed.drop_nulls("exchanged").join(
            keyed.select(columns), left_on=["place", "kind", "exchanged"], right_on=["place", "kind", "key"],
            suffix="_right", coalesce=False,
        ),
        bare.join(there.select(columns), on=["place", "kind"], suffix="_right", coalesce=False),
    ]  # fmt: skip
    met = pl.concat([pairs.select("kind", "party", "party_right", "key", "key_right") for pairs in both])
    return (
        # all but a pair of whom one has a key are here in either order
        met.filter(
            (pl.col("party") < pl.col("party_right")) | (pl.col("key").is_null() & pl.col("key_right").is_not_null())
        )
        .select(
            is_person="kind",
            left_party=pl.min_horizontal("party", "party_right"),
            right_party=pl.max_horizontal("party", "party_right"),
            same_birth_date=((pl.col("key") == pl.col("key_right")) & pl.col("kind")).fill_null(False),
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
    persons = met.filter("is_person")
    names = parties.filter(pl.col("kind") == PartyKind.PERSON).select("party", name="name_normalised")
    met_there = pl.concat([persons[side] for side in _SIDES]).unique().implode()
    names = names.drop_nulls().filter(pl.col("party").is_in(met_there)).unique()
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
    words = names.select("party", half=parts.field("field_0").str.split(" "), given=parts.field("field_1"))
    words = words.filter(pl.col("half").list.len() > 1).explode("half").drop_nulls()
    words = words.filter(pl.col("half").str.len_chars() >= _LEAST_OF_HALF)
    return words.select("party", name=pl.concat_str("half", "given", separator=", ")).unique()


def _with_single_letters(name: str) -> str:
    return "".join(letter for letter, _ in groupby(name))


def _organisations_alike(parties: pl.DataFrame, trade_names: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Organisations that share a name, but for a slip, a blank, or a word like Holding."""
    companies = met.filter(~pl.col("is_person"))
    met_there = pl.concat([companies[side] for side in _SIDES]).unique().implode()
    own = parties.filter(pl.col("kind") == PartyKind.ORGANISATION, pl.col("party").is_in(met_there))
    own = own.select("record", "party", name="name_normalised")
    traded = own.select("record", "party").join(trade_names.select("record", name="name_key"), on="record")
    names = pl.concat([own, traded.select(own.columns)]).select("party", "name").drop_nulls().unique()
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
    return pairs.join(left.rename({"party": "left_party", "name": "left_name"}), on="left_party").join(
        right.rename({"party": "right_party", "name": "right_name"}), on="right_party"
    )


def _linked(parties: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The pairs of parties with a probable link, wherever they are named."""
    party = parties.select("mention", "party")
    probable = links.filter(pl.col("level") == LinkLevel.PROBABLE).select("left", "right")
    met = probable.join(party, left_on="left", right_on="mention").join(
        party, left_on="right", right_on="mention", suffix="_right"
    )
    return _in_order(met)


def _told_apart(parties: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The pairs of parties of which a person judged two mentions to be of two."""
    party = parties.select("fingerprint", "party")
    apart = judged.filter(pl.col("judgement") == "negative")
    met = apart.join(party, left_on="left", right_on="fingerprint").join(
        party, left_on="right", right_on="fingerprint", suffix="_right"
    )
    return _in_order(met)


def _two_numbers(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Those of `pairs` that are two companies of the trade register, however alike their names."""
    number = facts.select("party", "number")
    return (
        pairs.join(number, left_on="left_party", right_on="party")
        .join(number, left_on="right_party", right_on="party", suffix="_right")
        .filter(pl.col("number") != pl.col("number_right"))
        .select(_SIDES)
        .unique()
    )


def _in_order(pairs: pl.DataFrame) -> pl.DataFrame:
    sides = ("party", "party_right")
    return (
        pairs.select(left_party=pl.min_horizontal(sides), right_party=pl.max_horizontal(sides))
        .filter(pl.col("left_party") != pl.col("right_party"))
        .unique()
    )
