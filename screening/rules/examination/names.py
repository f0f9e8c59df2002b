"""Names in the tables that a rule sees, replaced one for one: who is called like whom stays as it was.

A rule that reads origin, cuisine or a name by itself gives other hits then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, product

import polars as pl

from screening.base.datasets import Column, DataSet, datasets, own_datasets
from screening.base.frames import Row
from screening.rules.cases import RuleCase
from screening.rules.declare import Indicator
from screening.rules.examination.night import Frames
from screening.rules.schema import NEVER_SHOWN, tables_for_rules

#: Columns of names in the tables that are made of registers.
_OF_PARTIES = {
    "partijen": ("name_normalised",),
    "handelsnamen": ("name_key",),
    "gelijkende_namen": ("left_name_key", "right_name_key"),
}
_PAIR = ("left_name_key", "right_name_key")
_PART = re.compile(r"[^\W_]+")
#: Letters of the longest word that stands between names.
_BETWEEN = 3
#: Columns that tell who, beside names.
_TELLS_WHO = NEVER_SHOWN - {"mention", "fingerprint", "name_normalised", "name_key"}
#: Columns by which records hang together without a name.
_KEYS = ("address_id", "candidate_id", "kvk_nummer", "vestigingsnummer", "zaaknummer")


def changed_by_names(case: RuleCase, words: Sequence[str]) -> list[str]:
    """Hits of a case that come or go where every part of a name is replaced by a word of these."""
    tables = case.tables()
    return _changed(case, tables, with_other_names(tables, words), "other names")


def told_by_names(case: RuleCase, words: Sequence[str]) -> list[str]:
    """Hits of a case that stay and say something else where names are replaced: what they say tells who it is."""
    return _told(case, with_other_names(case.tables(), words), "a name")


def told_of_a_person(case: RuleCase) -> list[str]:
    """As `told_by_names`, where birth dates are a day later, and tokens of reporters and ids of parties are others."""
    return _told(case, _of_other_people(case.tables()), "a birth date, a token or an id")


def changed_by_trade_names(case: RuleCase, words: Sequence[str]) -> list[str]:
    """Hits of a case that come or go where words of this list stand in the trade names."""
    tables = case.tables()
    tried = {"one word for each": list(words), "all words in each": ["".join(words)]}
    return [
        fault
        for how, chosen in tried.items()
        for fault in _changed(case, tables, with_other_trade_names(tables, chosen), f"other trade names ({how})")
    ]


def changed_by_a_name_alone(case: RuleCase) -> list[str]:
    """Hits of a case that rest on equal names where no address, number, birth date or link says the same."""
    apart = _records_apart(case.tables())
    return _changed(case, apart, _every_name_its_own(apart), "an equal name alone", base=apart)


def with_other_names(tables: Mapping[str, pl.DataFrame], words: Sequence[str]) -> Frames:
    """The tables with every part of every name replaced, one new word for each old one."""
    return _renamed(tables, _one_for_one(_parts(tables, name_columns()), words))


def with_other_trade_names(tables: Mapping[str, pl.DataFrame], words: Sequence[str]) -> Frames:
    """The tables with every part of every trade name replaced that is no part of the name of a person."""
    people = _parts(tables, {"partijen": ("name_normalised",)}, of_persons=True)
    return _renamed(
        tables, _one_for_one([part for part in _parts(tables, name_columns()) if part not in people], words)
    )


def name_columns() -> dict[str, tuple[str, ...]]:
    """Table -> the columns of names in it that a rule may see."""
    columns = dict(_OF_PARTIES)
    for name, dataset in datasets().items():
        named = {column for party in dataset.parties for column in (*party.names, party.trade_name) if column}
        if name not in own_datasets():
            named |= {column.name for column in dataset.columns.values() if _is_any_text(column, dataset)}
        columns[name] = tuple(column for column in tables_for_rules()[name] if column in named)
    return columns


def names_read(rule: Indicator) -> dict[str, tuple[str, ...]]:
    """Table -> the columns of names in it that a rule reads; without the tables of which it reads none."""
    read = {
        name: tuple(column for column in columns if column in rule.inputs.get(name, ()))
        for name, columns in name_columns().items()
    }
    return {name: columns for name, columns in read.items() if columns}


def names_that_no_case_holds(rule: Indicator, cases: Iterable[RuleCase]) -> list[str]:
    """The columns of names that a rule reads, where no case has a name in one: there other names cannot be tried."""
    read = names_read(rule)
    if not read or any(_parts(case.tables(), read) for case in cases):
        return []
    listed = [f"{name}.{column}" for name, columns in read.items() for column in columns]
    return [f"it reads names ({', '.join(listed)}), and no case holds one: nothing was tried"]


def _is_any_text(column: Column, dataset: DataSet) -> bool:
    """Whether nothing says what a text of a municipality's own register is: it could be a name."""
    explained = column.form or column.codes or column.exists_in or column.options.get("pattern")
    return column.logical_type == "string" and not explained and column.name != dataset.key


def folded(word: str) -> str:
    """A word as the matching leaves names: no capitals, accents or blanks."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _changed(case: RuleCase, before: Frames, after: Frames, what: str, *, base: Frames | None = None) -> list[str]:
    hits = _hits(case, case.as_written if base is None else _evidence(case, before))
    changed = hits ^ _hits(case, _evidence(case, after))
    return [f"{what}: a hit at {address} comes or goes" for address, _ in sorted(changed, key=str)]


def _told(case: RuleCase, tables: Frames, what: str) -> list[str]:
    before = {_what_is_told(row) for row in case.as_written}
    after = {_what_is_told(row) for row in _evidence(case, tables)}
    same = {(address, records) for address, records, *_ in before} & {(a, records) for a, records, *_ in after}
    telling = {address for address, records, *_ in before ^ after if (address, records) in same}
    return [f"the hit at {address} tells {what}: say what was seen" for address in sorted(map(str, telling))]


def _of_other_people(tables: Mapping[str, pl.DataFrame]) -> Frames:
    """One for one, in all tables alike: who is the same stays so."""
    return {
        name: frame.with_columns(
            pl.col(column).dt.offset_by("1d")
            if frame.schema[column] == pl.Date
            else pl.concat_str(pl.col(column), pl.lit("x"))
            for column in frame.columns
            if column in _TELLS_WHO
        )
        for name, frame in tables.items()
    }


def _evidence(case: RuleCase, tables: Frames) -> list[Row]:
    result = case.evaluated(tables)
    return (result.findings if case.indicator.is_finding else result.evidence).to_dicts()


def _hits(case: RuleCase, rows: Iterable[Row]) -> set[tuple[str, tuple[str, ...]]]:
    return {(row["address_id"], tuple(row["record_ids"])) for row in rows}


def _what_is_told(row: Row) -> tuple[str, tuple[str, ...], str, str]:
    return row["address_id"], tuple(row["record_ids"]), row["values"], row["explanation_nl"]


def _parts(
    tables: Mapping[str, pl.DataFrame], columns: Mapping[str, tuple[str, ...]], *, of_persons: bool = False
) -> list[str]:
    """Every part of every name, each once, in the order of the alphabet."""
    parts: set[str] = set()
    for name, names in columns.items():
        if name not in tables:
            continue
        frame = tables[name]
        if of_persons:
            frame = frame.filter(pl.col("kind") == "person")
        for column in names:
            values = frame[column].explode() if isinstance(frame.schema[column], pl.List) else frame[column]
            parts |= {part for value in values.drop_nulls().unique() for part in _PART.findall(value)}
    return sorted(parts)


def _one_for_one(parts: Sequence[str], words: Sequence[str]) -> dict[str, str]:
    """A new word for each part: the words, then two of them together, then with letters behind them.

    Initials and what stands between names (de, van der, el) stay, and so does the first letter of every part that an
    initial may stand for.
    """
    initials = {part for part in parts if len(part) == 1}
    new = dict(zip((part for part in parts if len(part) > _BETWEEN), _different(words), strict=False))
    return {part: part[0] + word if part[0] in initials else word for part, word in new.items()}


def _different(words: Sequence[str]) -> Iterator[str]:
    plain = list(dict.fromkeys(folded(word) for word in words))
    yield from plain
    given = set(plain)
    pairs = ("".join(pair) for pair in product(plain, plain))
    more = (f"{plain[number % len(plain)]}{_letters(number)}" for number in count())
    for word in (word for source in (pairs, more) for word in source):
        if word not in given:
            given.add(word)
            yield word


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _renamed(tables: Mapping[str, pl.DataFrame], new: Mapping[str, str]) -> Frames:
    def name_of(old: str) -> str:
        return _PART.sub(lambda part: new.get(part.group(), part.group()), old)

    return _with_names(tables, lambda values: pl.Series([None if old is None else name_of(old) for old in values]))


def _with_names(tables: Mapping[str, pl.DataFrame], rename: Callable[[pl.Series], pl.Series]) -> Frames:
    renamed = dict(tables)
    for name, columns in name_columns().items():
        frame = renamed.get(name)
        if frame is None or frame.is_empty():
            continue
        changed = []
        for column in columns:
            values = frame[column]
            if isinstance(values.dtype, pl.List):
                flat = frame.select(row=pl.int_range(pl.len()), name=column).explode("name")
                flat = flat.with_columns(name=rename(flat["name"]).cast(pl.String))
                values = flat.group_by("row", maintain_order=True).agg("name")["name"]
            else:
                values = rename(values).cast(pl.String)
            changed.append(values.alias(column))
        renamed[name] = frame.with_columns(changed)
    if "gelijkende_namen" in renamed:  # the lesser of the two stands left
        pairs = renamed["gelijkende_namen"]
        renamed["gelijkende_namen"] = pairs.with_columns(
            left_name_key=pl.min_horizontal(*_PAIR), right_name_key=pl.max_horizontal(*_PAIR)
        )
    return renamed


def _records_apart(tables: Frames) -> Frames:
    """The tables with nothing that two records share but their names: no address, number, party, birth date or link."""
    apart = {name: frame for name, frame in tables.items() if name not in ("bag_adressen",)}
    addresses = []
    for name, frame in tables.items():
        if name in datasets() and name != "bag_adressen":
            own = [column for column in _KEYS if column in frame.columns and column != datasets()[name].key]
            apart[name] = frame.with_columns(_numbered(column, name) for column in own)
            if "address_id" in frame.columns:
                addresses.append(frame.select(old="address_id", new=_numbered("address_id", name)).drop_nulls())
    if "bag_adressen" in tables:
        apart["bag_adressen"] = _objects_of(tables["bag_adressen"], addresses)
    if "partijen" in tables:
        nothing = (pl.lit(None, dtype=pl.Date).alias("birth_date"), pl.lit(None, dtype=pl.String).alias("kvk_nummer"))
        apart["partijen"] = tables["partijen"].with_columns(*nothing, party_id=pl.col("mention"))
    if "handelsnamen" in tables:
        apart["handelsnamen"] = tables["handelsnamen"].with_columns(kvk_nummer=pl.lit(None, dtype=pl.String))
    for name in ("mogelijk_een_partij", "koppelingen", "groepen"):
        if name in tables:
            apart[name] = tables[name].clear()
    return apart


def _numbered(column: str, table: str) -> pl.Expr:
    """The values of a column, each of its own row; null stays null."""
    return pl.format("{}/{}/{}", pl.col(column), pl.lit(table), pl.int_range(pl.len())).alias(column)


def _objects_of(bag: pl.DataFrame, addresses: list[pl.DataFrame]) -> pl.DataFrame:
    """The BAG with an object, in a building of its own, for each address that a record was given."""
    if not addresses:
        return bag
    own = pl.concat(addresses).unique(maintain_order=True)
    objects = bag.join(own, left_on="adresseerbaar_object_id", right_on="old")
    building = pl.concat_list(pl.format("pand {}", pl.col("new"))) if bag.height else pl.col("pand_id")
    return objects.with_columns(adresseerbaar_object_id=pl.col("new"), pand_id=building).select(bag.columns)


def _every_name_its_own(tables: Frames) -> Frames:
    """The tables with each name another: no two are equal, and none resemble each other."""
    numbers = count()

    def rename(values: pl.Series) -> pl.Series:
        return pl.Series([None if old is None else f"{old} {_letters(next(numbers))}" for old in values])

    apart = _with_names(tables, rename)
    if "gelijkende_namen" in apart:
        apart["gelijkende_namen"] = apart["gelijkende_namen"].clear()
    return apart
