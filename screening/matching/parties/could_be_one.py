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

from screening.base.frames import COULD_BE_ONE, conform
from screening.base.vocabulary import LinkLevel, PartyKind
from screening.linking import Settings
from screening.linking.compare import MISSING
from screening.linking.encode import encode
from screening.linking.readings import distinct_numbers
from screening.linking.scorer import Scorer
from screening.matching.parties.organisations import ORGANISATIONS, organisation_records
from screening.matching.parties.party_model import KindModel, default_model
from screening.matching.parties.persons import EXCLUDING_GIVEN, PERSONS, person_records

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
        parties: one row a mention, with `cluster`, a number from 0 on for each party, and the columns of
            `extract_mentions`.
        trade_names: TRADE_NAMES of the night.
        tables: typed frames by data set, which say where a party is named.
    """
    # a party is its number, and so are a place and a key: texts are dear to join and to sort
    parties = parties.rename({"cluster": "party"})
    met = _met(_places_of_parties(parties, tables), parties)
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
    pairs = pairs.join(_two_numbers(pairs, parties), on=_SIDES, how="anti")
    return _with_ids(pairs.join(_told_apart(parties, judged), on=_SIDES, how="anti"), parties)


def _with_ids(pairs: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    ids = _rows_of(parties.select("party", "party_id"), pairs).unique("party")
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
        )
        buildings = placed.join(panden, on="address", how="left").select("party", place=pl.coalesce("place", "address"))
    tied = _of_one_person(placed, parties.select("kind", "party").filter(pl.col("kind") == PartyKind.PERSON))
    places = _distinct(pl.concat([buildings, tied]), "place", "party")
    # who is alone at a place meets nobody
    place = places["place"]
    return places.filter((place == place.shift()).fill_null(False) | (place == place.shift(-1)).fill_null(False))


def _distinct(pairs: pl.DataFrame, first: str, second: str) -> pl.DataFrame:
    """The distinct pairs of two numbers, in order: as one number of 64 bits they are sorted, not hashed."""
    packed = pairs.select(_packed(first, second)).to_series()
    numbers = pl.Series("packed", distinct_numbers(packed.to_numpy()))
    return pl.select((numbers // 2**32).alias(first), (numbers % 2**32).alias(second))


def _packed(first: str, second: str) -> pl.Expr:
    """Two numbers as one of 64 bits: the second has 32 bits and is not below zero."""
    return pl.col(first).cast(pl.Int64) * 2**32 + pl.col(second).cast(pl.Int64)


def _addresses(mentions: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    organisations = mentions.select("kind", "register_kvk", "address").filter(pl.col("kind") == PartyKind.ORGANISATION)
    parts = [mentions.select("party", "address")]
    for dataset, column, target in (
        ("functionarissen", "kvk_nummer", organisations.select("address", kvk_nummer="register_kvk")),
        ("leidinggevenden", "zaaknummer", mentions.select("address", zaaknummer="key")),
    ):
        if dataset in tables:
            of_record = tables[dataset].select("key", column).drop_nulls()
            named = mentions.select("dataset", "party", "key").filter(pl.col("dataset") == dataset)
            named = named.join(of_record, on="key").select("party", column)
            asked = named.select(column).unique()
            there = target.drop_nulls().join(asked, on=column, how="semi").unique()
            parts.append(named.join(there, on=column).select("party", "address"))
    return _distinct(pl.concat(parts).drop_nulls(), "party", "address")


def _of_one_person(placed: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The addresses at which one person is named, as one place; of a person at very many they say nothing."""
    tied = placed.filter(pl.len().over("party").is_between(2, MOST_ADDRESSES))
    tied = tied.join(persons, on="party", how="semi")
    # below zero, where no number of an address is
    tied = tied.select("address", place=-1 - pl.col("party"))
    return placed.join(tied, on="address").select("party", "place")


def _met(places: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """The pairs of parties of one kind at one place whom no key tells apart, with `same_birth_date`."""
    there = places.join(_keys_of_parties(parties), on="party")
    # a key joins at once; only who lacks it meets everybody there: thousands of companies can have one address
    columns = ["party", "key", "is_person"]
    keyed = there.drop_nulls("key").with_columns(meeting=_packed("place", "key"))
    # where a key is unique to a party, as nearly everywhere, it meets nobody by it
    several = keyed.filter(pl.col("meeting").is_duplicated()).select(*columns, "meeting")
    exchanged = keyed.drop_nulls("exchanged").select(*columns, meeting=_packed("place", "exchanged"))
    bare = there.filter(pl.col("key").is_null()).select(*columns, "place")
    both = [
        several.join(several, on="meeting"),
        exchanged.join(keyed.select(*columns, "meeting"), on="meeting"),
        bare.join(there.select(*columns, "place"), on=["place", "is_person"], coalesce=False),
    ]
    met = pl.concat([pairs.select("is_person", "party", "party_right", "key", "key_right") for pairs in both])
    return (
        # all but a pair of whom one has a key are here in either order
        met.filter(
            (pl.col("party") < pl.col("party_right")) | (pl.col("key").is_null() & pl.col("key_right").is_not_null())
        )
        .select(
            "is_person",
            left_party=pl.min_horizontal("party", "party_right"),
            right_party=pl.max_horizontal("party", "party_right"),
            same_birth_date=((pl.col("key") == pl.col("key_right")) & pl.col("is_person")).fill_null(False),
        )
        .unique()
    )


def _keys_of_parties(parties: pl.DataFrame) -> pl.DataFrame:
    """One row a party: `is_person`, `key` (null where none or several are facts) and `exchanged`, as numbers.

    The key is the number of the trade register, or the birth date, above all these; `exchanged`: the same with day and
    month exchanged, null where that is no other date.
    """
    party = parties["party"].to_numpy()
    is_person = np.zeros(party.max(initial=-1) + 1, dtype=bool)
    is_person[party[(parties["kind"] == PartyKind.PERSON).to_numpy()]] = True
    number = parties.select(pl.when("is_registered").then("register_kvk")).to_series()
    number = _only(party, number.cast(pl.Categorical(pl.Categories.random())).to_physical().cast(pl.Int64))
    born = _only(party, parties["birth_date"])
    keys = pl.DataFrame({"party": np.arange(len(is_person)), "is_person": is_person, "number": number, "born": born})
    keys = keys.join(_exchanged_dates(born), on="born", how="left")
    days = [2**31 + pl.col(day).to_physical().cast(pl.Int64) for day in ("born", "born_exchanged")]
    key, exchanged = (pl.coalesce("number", day) for day in days)
    return keys.select("party", "is_person", key=key, exchanged=exchanged)


def _exchanged_dates(born: pl.Series) -> pl.DataFrame:
    """The dates (`born`) that are another with day and month exchanged, and which (`born_exchanged`)."""
    date = pl.col("born").dt
    dates = pl.DataFrame({"born": born.unique()}).filter(date.day() <= 12, date.day() != date.month())
    return dates.with_columns(born_exchanged=pl.date(date.year(), date.day(), date.month()))


def _only(party: np.ndarray, facts: pl.Series) -> pl.Series:
    """By party the fact that its rows have; null where they have none, or several."""
    held = facts.drop_nulls().to_physical().to_numpy()
    of_party = party[facts.is_not_null().to_numpy()]
    ends = np.iinfo(held.dtype)
    least, most = (np.full(party.max(initial=-1) + 1, end, held.dtype) for end in (ends.max, ends.min))
    np.minimum.at(least, of_party, held)
    np.maximum.at(most, of_party, held)
    only = pl.Series(np.minimum(least, most), dtype=facts.to_physical().dtype)
    return only.set(pl.Series(least != most), None).cast(facts.dtype)


def _persons_alike(parties: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Persons whose family names are alike in some reading and whose given names do not exclude each other.

    With one full birth date at one place the family name may be quite another: it is the partner's, or misspelt.
    """
    persons = met.filter("is_person")
    names = _rows_of(parties.select("party", name="name_normalised"), persons).drop_nulls().unique()
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


def _rows_of(parties: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The rows of the parties of these pairs."""
    party, met = parties["party"].to_numpy(), [pairs[side].to_numpy() for side in _SIDES]
    is_met = np.zeros(max(numbers.max(initial=-1) for numbers in (party, *met)) + 1, dtype=bool)
    for numbers in met:
        is_met[numbers] = True
    return parties.filter(pl.Series(is_met[party]))


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
    own = _rows_of(parties.select("record", "party", name="name_normalised"), companies)
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


def _two_numbers(pairs: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Those of `pairs` that are two companies of the trade register, however alike their names."""
    rows = parties.select("party", number=pl.when("is_registered").then("register_kvk")).drop_nulls()
    numbers = _rows_of(rows, pairs).group_by("party").agg(pl.col("number").min(), last=pl.col("number").max())
    # who has several has none
    number = numbers.filter(pl.col("number") == pl.col("last")).select("party", "number")
    return (
        pairs.join(number, left_on="left_party", right_on="party")
        .join(number, left_on="right_party", right_on="party", suffix="_right")
        .filter(pl.col("number") != pl.col("number_right"))
        .select(_SIDES)
    )


def _in_order(pairs: pl.DataFrame) -> pl.DataFrame:
    sides = ("party", "party_right")
    return (
        pairs.select(left_party=pl.min_horizontal(sides), right_party=pl.max_horizontal(sides))
        .filter(pl.col("left_party") != pl.col("right_party"))
        .unique()
    )
