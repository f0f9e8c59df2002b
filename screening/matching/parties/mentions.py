"""Mentions: every place in the registers where a person or organisation is named in a professional role."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import polars as pl

from screening.base.datasets import DataSet, PartyColumns, datasets
from screening.base.frames import MENTIONS, TRADE_NAMES, empty, schema_of
from screening.base.vocabulary import PartyKind
from screening.matching.parties.licence_holders import holder_columns
from screening.matching.parties.names import normalise_names, organisation_key

#: MENTIONS and what only the matching needs: the number that counts for identity, and whether its life is known.
WORKING = MENTIONS | schema_of("register_kvk is_registered")

_NAMED = schema_of("record dataset key kvk_nummer _name")

_RAW = schema_of("dataset key content role kind name birth_date kvk_nummer vestigingsnummer address_id")


def extract_mentions(tables: Mapping[str, pl.DataFrame], holders: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per mention (MENTIONS and the columns of `WORKING`), sorted by mention; `holders`: `classify_holders`.

    `kvk_nummer` of an organisation is its own, where its row gives none the one that its vestigingsnummer has in the
    trade register (`register_kvk` is the same); of a person it is that of the business named beside the person. A birth
    date is there only where it is full, and only on persons. `alive_from` and `alive_to` bound the life of the number
    as widely as the register allows; `is_registered` tells an endless life from an unknown one.
    """
    parts = [part for dataset, named in holders.items() for part in _holders(dataset, named)]
    parts += [
        _mentions_of(register, tables[name], party)
        for name, register in datasets().items()
        if name in tables
        for party in register.parties
        if party.kind
    ]
    mentions = pl.concat([empty(_RAW), *(part.select(_raw(part)) for part in parts)])
    mentions = mentions.with_columns(mention=pl.concat_str("dataset", "key", "role", "kind", separator=":"))
    # by two columns Polars encodes rows, and sorts texts in a third of the time that the order of one takes
    mentions = _distinct(mentions.sort("mention", "dataset"))
    mentions = mentions.with_columns(record=pl.concat_str("dataset", "key", separator=":"))
    contents = mentions.select(pl.concat_str("dataset", "content", "role", "kind", separator="\x1f")).to_series()
    with ThreadPoolExecutor(1) as meanwhile:  # Polars needs no interpreter, and hashing nothing else
        fingerprints = meanwhile.submit(_fingerprints, contents)
        mentions = _with_register(normalise_names(mentions), tables.get("handelsregister"))
    mentions = mentions.with_columns(fingerprint=fingerprints.result())
    return mentions.select(pl.col(name).cast(dtype).alias(name) for name, dtype in WORKING.items())


def _fingerprints(contents: pl.Series) -> pl.Series:
    return pl.Series([sha256(content.encode()).hexdigest() for content in contents.to_list()], dtype=pl.String)


def _distinct(mentions: pl.DataFrame) -> pl.DataFrame:
    """The mentions, in order, each once: of two rows of one key in one role the first in content, whatever came first.

    In order, what is there twice stands side by side: told so it costs a tenth of what finds it by hashing.
    """
    mention = pl.col("mention")
    is_several = mentions.select(mention.eq_missing(mention.shift()))["mention"]
    is_several |= is_several.shift(-1, fill_value=False)
    if not is_several.any():
        return mentions
    several = mentions.filter(is_several).sort(
        "mention", "content", "name", "birth_date", "kvk_nummer", "address_id", nulls_last=True
    )
    several = several.unique("mention", keep="first", maintain_order=True)
    return pl.concat([mentions.filter(~is_several), several]).sort("mention")


def extract_trade_names(
    tables: Mapping[str, pl.DataFrame], holders: Mapping[str, pl.DataFrame], mentions: pl.DataFrame
) -> pl.DataFrame:
    """One row per record and name under which an organisation appears on it (TRADE_NAMES; distinct, sorted)."""
    parts = [empty(_NAMED)]
    own = pl.when(~pl.col("is_person")).then("organisation_name")
    for dataset, named in holders.items():
        parts += [
            _trade_names(dataset, named, kvk="holder_kvk", name=name)
            for name in (own, pl.col("trades_as"), pl.col("holder_handelsnaam"))
        ]
    parts += [
        _trade_names(name, _one_a_row(tables[name], column), str(party.kvk_nummer), pl.col(column))
        for name, register in datasets().items()
        if name in tables
        for party in register.parties
        if party.kind == PartyKind.ORGANISATION
        for column in {*party.names, *([party.trade_name] if party.trade_name else [])}
    ]
    named = pl.concat(parts)
    # keys are made once a distinct name: normalising is the dear part
    keyed = mentions.select("kind", _name="name", name_key="name_normalised").drop_nulls("_name")
    keyed = keyed.filter(pl.col("kind") == PartyKind.ORGANISATION).drop("kind").unique()
    others = named.select("_name").unique().join(keyed, on="_name", how="anti")
    keys = pl.concat([keyed, others.with_columns(name_key=organisation_key(pl.col("_name")))])
    traded = named.join(keys.drop_nulls(), on="_name").select(list(TRADE_NAMES))
    columns = ["record", "kvk_nummer", "name_key"]  # the record names its data set and key
    traded = traded.sort(columns, nulls_last=True)
    # in order, what is there twice stands side by side
    is_again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in columns)
    return traded.filter(~is_again)


def _trade_names(dataset: str, frame: pl.DataFrame, kvk: str, name: pl.Expr) -> pl.DataFrame:
    named = frame.select("key", kvk_nummer=kvk, _name=name).filter(pl.col("_name").is_not_null())
    return named.select(
        record=pl.lit(f"{dataset}:") + pl.col("key"),
        dataset=pl.lit(str(dataset)),
        key="key",
        kvk_nummer="kvk_nummer",
        _name="_name",
    )


def _holders(dataset: str, classified: pl.DataFrame) -> list[pl.DataFrame]:
    columns = holder_columns()[dataset]
    named = classified.with_columns(dataset=pl.lit(str(dataset)), role=pl.lit(columns.role))
    person = named.filter("is_person").with_columns(
        kind=pl.lit(str(PartyKind.PERSON)),
        name="person_name",
        birth_date=columns.birth_date,
        kvk_nummer="holder_kvk",
        vestigingsnummer=pl.lit(None, dtype=pl.String),
    )
    organisation = named.filter("is_organisation").with_columns(
        kind=pl.lit(str(PartyKind.ORGANISATION)), name="organisation_name", birth_date=None, kvk_nummer="holder_kvk"
    )
    return [person, organisation]


def _mentions_of(register: DataSet, frame: pl.DataFrame, party: PartyColumns) -> pl.DataFrame:
    """The mentions of a party of one kind, as `_RAW`: a person has a name, an organisation a name or a number."""

    def column(name: str | None) -> pl.Expr:
        return pl.col(name) if name in frame.columns else pl.lit(None)

    names = [pl.col(name).list.first() if frame.schema[name] == pl.List else pl.col(name) for name in party.names]
    address = column("address_id" if party.at_address else None)
    if register.shielded_by:  # nothing may come to rest on the address of a shielded establishment
        address = pl.when(~pl.col(register.shielded_by).fill_null(False)).then(address)
    mentions = frame.select(
        dataset=pl.lit(register.name),
        key="key",
        content=_content(register),
        role=pl.lit(party.role) if party.role else column(party.role_column),
        kind=pl.lit(str(party.kind)),
        name=pl.coalesce(names) if names else pl.lit(None, pl.String),
        birth_date=column(party.birth_date),
        kvk_nummer=column(party.kvk_nummer),
        vestigingsnummer=column(party.vestigingsnummer),
        address_id=address,
    )
    is_numbered = pl.col("kvk_nummer").is_not_null() & pl.lit(party.kind == PartyKind.ORGANISATION)
    return mentions.filter(pl.col("name").is_not_null() | is_numbered)


def _content(register: DataSet) -> pl.Expr:
    """What a mention's fingerprint is of: the key of the record, or its content where the key is only a row number."""
    if not register.fingerprint:
        return pl.col("key")
    columns = [
        column
        for name in register.fingerprint
        for column in ([f"{name}_min", f"{name}_max"] if register.columns[name].logical_type == "date" else [name])
    ]
    return pl.concat_str([pl.col(column).cast(pl.String).fill_null("") for column in columns], separator="\x1f")


def _one_a_row(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.explode(column, empty_as_null=True) if frame.schema[column] == pl.List else frame


def _raw(part: pl.DataFrame) -> list[pl.Expr]:
    absent = {"content": pl.col("key")}
    return [
        (pl.col(name) if name in part.columns else absent.get(name, pl.lit(None))).cast(dtype).alias(name)
        for name, dtype in _RAW.items()
    ]


def _with_register(mentions: pl.DataFrame, register: pl.DataFrame | None) -> pl.DataFrame:
    """The number and its life, of organisations."""
    if register is None:
        register = pl.DataFrame(
            schema={
                "kvk_nummer": pl.String,
                "vestigingsnummer": pl.String,
                "datum_aanvang_min": pl.Date,
                "datum_einde_max": pl.Date,
            }
        )
    numbers = (
        register.select("vestigingsnummer", of_establishment="kvk_nummer")
        .drop_nulls()
        .unique()
        .unique("vestigingsnummer", keep="none")  # a number that two companies claim identifies neither
    )
    # An establishment without an end keeps the number alive; one without a known beginning, always was.
    lives = register.group_by(register_kvk="kvk_nummer").agg(
        alive_from=pl.when(pl.col("datum_aanvang_min").null_count() == 0).then(pl.col("datum_aanvang_min").min()),
        alive_to=pl.when(pl.col("datum_einde_max").null_count() == 0).then(pl.col("datum_einde_max").max()),
        is_registered=pl.lit(True),
    )
    # what is looked up is set beside the mentions: a join copies all columns that it is given
    is_organisation = pl.col("kind") == PartyKind.ORGANISATION
    asking = mentions.with_row_index("row").filter(
        is_organisation, pl.col("kvk_nummer").is_null(), pl.col("vestigingsnummer").is_not_null()
    )
    answered = asking.select("row", "vestigingsnummer").join(numbers, on="vestigingsnummer")
    own = mentions["kvk_nummer"].scatter(answered["row"], answered["of_establishment"])
    mentions = mentions.with_columns(kvk_nummer=own)
    numbered = mentions.select(register_kvk=pl.when(is_organisation).then("kvk_nummer"))
    lived = numbered.join(lives, on="register_kvk", how="left", maintain_order="left")
    return mentions.hstack(lived.with_columns(pl.col("is_registered").fill_null(False)))
