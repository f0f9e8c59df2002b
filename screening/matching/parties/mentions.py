"""Mentions: every place in the registers where a person or organisation is named in a professional role."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import polars as pl

from screening.frames import MENTIONS, TRADE_NAMES, empty
from screening.matching.parties.licence_holders import HOLDERS
from screening.matching.parties.names import normalise_names, organisation_core, organisation_key
from screening.vocabulary import PartyKind

#: What a mention's fingerprint is of, where the key of the record is only a row number.
_ROW_CONTENT: dict[str, tuple[str, ...]] = {
    "handelsregister": ("kvk_nummer", "vestigingsnummer"),
    "functionarissen": (
        "kvk_nummer", "naam", "rechtspersoon_kvk", "functie", "datum_aanvang_min", "datum_aanvang_max",
    ),
    "leidinggevenden": ("zaaknummer", "naam", "rol", "datum_van_min", "datum_van_max"),
}  # fmt: skip

#: MENTIONS and what only the matching needs: the number that counts for identity, the weaker name, the known life.
WORKING: dict[str, pl.DataType] = MENTIONS | {
    "register_kvk": pl.String(),
    "name_core": pl.String(),
    "is_registered": pl.Boolean(),
}

_NAMED: dict[str, pl.DataType] = {
    **{name: dtype for name, dtype in TRADE_NAMES.items() if name != "name_key"},
    "_name": pl.String(),
}

_RAW: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "key": pl.String(),
    "content": pl.String(),
    "role": pl.String(),
    "kind": pl.String(),
    "name": pl.String(),
    "birth_date": pl.Date(),
    "kvk_nummer": pl.String(),
    "vestigingsnummer": pl.String(),
    "address_id": pl.String(),
}


def extract_mentions(tables: Mapping[str, pl.DataFrame], holders: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per mention (MENTIONS and the columns of `WORKING`), sorted by mention; `holders`: `classify_holders`.

    `kvk_nummer` of an organisation is its own, where its row gives none the one that its vestigingsnummer has in the
    trade register (`register_kvk` is the same); of a person it is that of the business named beside the person. A birth
    date is there only where it is full, and only on persons. `alive_from` and `alive_to` bound the life of the number
    as widely as the register allows; `is_registered` tells an endless life from an unknown one.
    """
    parts = [part for dataset, named in holders.items() for part in _holders(dataset, named)]
    parts += [_lessors(tables, dataset) for dataset in HOLDERS if "verhuurder_kvk" in _columns(tables, dataset)]
    for dataset, extract in _EXTRACTORS.items():
        if dataset in tables:
            parts += extract(tables[dataset])
    mentions = pl.concat([empty(_RAW), *(part.select(_raw(part)) for part in parts)])
    mention = pl.concat_str("dataset", "key", "role", "kind", separator=":")
    mentions = mentions.with_columns(mention=mention, record=pl.concat_str("dataset", "key", separator=":"))
    # Two rows of one key in one role would be one mention: the first in content is kept, whatever their order was.
    mentions = mentions.sort("mention", "content", "name", "birth_date", "kvk_nummer", "address_id", nulls_last=True)
    mentions = mentions.unique("mention", keep="first", maintain_order=True)
    contents = mentions.select(pl.concat_str("dataset", "content", "role", "kind", separator="\x1f")).to_series()
    fingerprints = [sha256(content.encode()).hexdigest() for content in contents.to_list()]
    mentions = normalise_names(mentions.with_columns(fingerprint=pl.Series(fingerprints, dtype=pl.String)))
    mentions = _with_register(mentions, tables.get("handelsregister"))
    is_organisation = pl.col("kind") == PartyKind.ORGANISATION
    core = pl.when(is_organisation).then(organisation_core(pl.col("name_normalised")))
    return mentions.with_columns(name_core=core).select(
        pl.col(name).cast(dtype).alias(name) for name, dtype in WORKING.items()
    )


def extract_trade_names(
    tables: Mapping[str, pl.DataFrame], holders: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """One row per record and name under which an organisation appears on it (TRADE_NAMES; distinct, sorted)."""
    parts = [empty(_NAMED)]
    own = pl.when(~pl.col("is_person")).then("organisation_name")
    for dataset, named in holders.items():
        parts += [
            _trade_names(dataset, named, kvk="holder_kvk", name=name)
            for name in (own, pl.col("trades_as"), pl.col("holder_handelsnaam"))
        ]
    if (register := tables.get("handelsregister")) is not None:
        each = register.select("key", "kvk_nummer", "handelsnamen").explode("handelsnamen", empty_as_null=True)
        for frame, name in ((register, "statutaire_naam"), (each, "handelsnamen")):
            parts.append(_trade_names("handelsregister", frame, kvk="kvk_nummer", name=pl.col(name)))
    named = pl.concat(parts).unique()
    # keys are made once a distinct name: normalising is the dear part
    keys = named.select("_name").unique().with_columns(name_key=organisation_key(pl.col("_name")))
    traded = named.join(keys.drop_nulls(), on="_name").select(list(TRADE_NAMES))
    return traded.unique().sort(list(TRADE_NAMES), nulls_last=True)


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
    columns = HOLDERS[dataset]
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


def _lessors(tables: Mapping[str, pl.DataFrame], dataset: str) -> pl.DataFrame:
    # The address of the row is the let premises, not the lessor's own: it is no evidence of who the lessor is.
    return (
        tables[dataset]
        .filter(pl.col("verhuurder_kvk").is_not_null())
        .select(
            key="key",
            dataset=pl.lit(str(dataset)),
            role=pl.lit("verhuurder"),
            kind=pl.lit(str(PartyKind.ORGANISATION)),
            kvk_nummer="verhuurder_kvk",
        )
    )


def _companies(register: pl.DataFrame) -> list[pl.DataFrame]:
    name = pl.coalesce("statutaire_naam", pl.col("handelsnamen").list.first())
    # Nothing may come to rest on the address of a shielded establishment.
    address = pl.when(~pl.col("afgeschermd").fill_null(False)).then("address_id")
    return [
        register.with_columns(
            dataset=pl.lit("handelsregister"),
            content=_content("handelsregister"),
            role=pl.lit("onderneming"),
            kind=pl.lit(str(PartyKind.ORGANISATION)),
            name=name,
            address_id=address,
        )
    ]


def _officers(officers: pl.DataFrame) -> list[pl.DataFrame]:
    named = officers.with_columns(
        dataset=pl.lit("functionarissen"), content=_content("functionarissen"), role="functie"
    )
    person = named.filter(pl.col("naam").is_not_null()).with_columns(
        kind=pl.lit(str(PartyKind.PERSON)), name="naam", birth_date="geboortedatum"
    )
    company = named.filter(pl.col("rechtspersoon_kvk").is_not_null()).with_columns(
        kind=pl.lit(str(PartyKind.ORGANISATION)), name=None, birth_date=None, kvk_nummer="rechtspersoon_kvk"
    )
    return [person, company]


def _managers(managers: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        managers.filter(pl.col("naam").is_not_null()).with_columns(
            dataset=pl.lit("leidinggevenden"),
            content=_content("leidinggevenden"),
            role="rol",
            kind=pl.lit(str(PartyKind.PERSON)),
            name="naam",
            birth_date="geboortedatum",
        )
    ]


_EXTRACTORS = {
    "handelsregister": _companies,
    "functionarissen": _officers,
    "leidinggevenden": _managers,
}


def _content(dataset: str) -> pl.Expr:
    parts = [pl.col(column).cast(pl.String).fill_null("") for column in _ROW_CONTENT[dataset]]
    return pl.concat_str(parts, separator="\x1f")


def _columns(tables: Mapping[str, pl.DataFrame], dataset: str) -> list[str]:
    return tables[dataset].columns if dataset in tables else []


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
        register.select("vestigingsnummer", _of_establishment="kvk_nummer")
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
    own = pl.when(pl.col("kind") == PartyKind.ORGANISATION).then(pl.coalesce("kvk_nummer", "_of_establishment"))
    return (
        mentions.join(numbers, on="vestigingsnummer", how="left", maintain_order="left")
        .with_columns(register_kvk=own, kvk_nummer=pl.coalesce(own, "kvk_nummer"))
        .join(lives, on="register_kvk", how="left", maintain_order="left")
        .with_columns(pl.col("is_registered").fill_null(False))
    )
