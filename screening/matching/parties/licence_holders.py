"""Whether the holder named on a permit, licence or decision is a person, an organisation, or a person who trades."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from screening.base.datasets import PartyColumns, datasets
from screening.base.extensions import cached_in_force
from screening.matching.parties.names import (
    has_business_word,
    has_certain_legal_form,
    has_company_suffix,
    has_initials,
    organisation_key,
    organisation_text,
    person_keys,
    trade_name_after,
    unmarked_key,
    without_trade_name,
)

#: Legal forms of the trade register behind which no natural person stands as the holder.
COMPANY_FORMS: tuple[str, ...] = ("bv", "nv", "stichting", "vereniging", "cooperatie")
#: Legal forms under which natural persons trade in person.
PERSONAL_FORMS: tuple[str, ...] = ("eenmanszaak", "vof", "maatschap", "cv")
_NAMED = ["holder_kvk", "_before", "holder_handelsnaam"]
#: What is asked of the registers.
_ASKED: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "handelsregister": {
        **dict.fromkeys(("kvk_nummer", "rechtsvorm", "statutaire_naam"), pl.String),
        "handelsnamen": pl.List(pl.String),
    },
    "functionarissen": {"kvk_nummer": pl.String, "naam": pl.String},
}


@cached_in_force
def holder_columns() -> Mapping[str, PartyColumns]:
    """Data set -> the columns that name the holder of its rows: a person or an organisation, as each row tells."""
    return {name: party for name, dataset in datasets().items() for party in dataset.parties if party.kind is None}


def classify_holders(tables: Mapping[str, pl.DataFrame], dataset: str) -> pl.DataFrame:
    """One row per row of the data set, in its order: who its holder is.

    Adds to the typed frame `holder_kvk`, `trades_as` (the part after "h.o.d.n."), `holder_handelsnaam`, `is_person`,
    `person_name`, `is_organisation`, `organisation_name`. Nobody is named where a row has neither name nor number.
    A birth date of any precision, "h.o.d.n." and the trade register weigh more than the shape of the name; without them
    a legal form, a word of a trade or a name that is the trade name make an organisation.
    """
    columns = holder_columns()[dataset]
    name, kvk = pl.col(columns.names[0]), pl.col(str(columns.kvk_nummer))
    trade_name = pl.col(columns.trade_name) if columns.trade_name else pl.lit(None, dtype=pl.String)
    frame = tables[dataset].with_columns(holder_kvk=kvk, holder_handelsnaam=trade_name, _name=name)
    frame = frame.join(_signs(frame["_name"]), on="_name", how="left", nulls_equal=True, maintain_order="left")
    form = pl.col("_certain") | pl.col("_suffix")
    is_born = pl.col(f"{columns.birth_date}_max").is_not_null()
    is_told = is_born | pl.col("trades_as").is_not_null() | form | pl.col("_business_first") | pl.col("_initials")
    frame = _with_register(frame.with_columns(_is_told=is_told), tables)
    is_company = pl.col("_form").is_in(COMPANY_FORMS).fill_null(False)
    is_person = (
        pl.when(pl.col("_before").is_null())
        .then(False)
        .when(is_born)
        .then(~(pl.col("_certain") | (pl.col("_suffix") & (pl.col("_business") | is_company))))
        .when(pl.col("trades_as").is_not_null())
        .then(~form)
        .when(form | pl.col("_business_first"))
        .then(False)
        .when(pl.col("_initials") | pl.col("_is_officer"))
        .then(True)
        .when(pl.col("_business"))
        .then(False)
        .when("_is_trade_name")
        .then(False)
        .when(pl.col("_form").is_not_null())
        .then(pl.col("_form").is_in(PERSONAL_FORMS))
        .when(pl.col("holder_kvk").is_not_null())
        .then(False)
        .otherwise(pl.col("_words").is_between(2, 4))
    )
    frame = frame.with_columns(is_person=is_person.fill_null(False))
    trades = pl.col("holder_kvk").is_not_null() | pl.col("trades_as").is_not_null()
    return frame.with_columns(
        is_organisation=pl.when("is_person")
        .then(trades)
        .otherwise(pl.col("_before").is_not_null() | pl.col("holder_kvk").is_not_null()),
        person_name=pl.when("is_person").then("_before"),
        organisation_name=pl.when("is_person")
        .then(pl.coalesce("trades_as", "holder_handelsnaam", "_before"))
        .otherwise(pl.coalesce("_before", "holder_handelsnaam")),
    ).drop(pl.selectors.starts_with("_"))


def _signs(names: pl.Series) -> pl.DataFrame:
    """What the writing of each distinct name says of its holder."""
    name, before, text = pl.col("_name"), pl.col("_before"), pl.col("_text")
    signs = pl.DataFrame({"_name": names.unique()})
    signs = signs.with_columns(trades_as=trade_name_after(name), _before=pl.coalesce(without_trade_name(name), name))
    signs = signs.with_columns(_text=organisation_text(before), _first=before.str.extract(r"^(\S+)"))
    first = signs.select("_first").unique()
    first = first.with_columns(_business_first=has_business_word(organisation_text(pl.col("_first"))))
    return signs.join(first, on="_first", how="left", nulls_equal=True).select(
        "_name",
        "_before",
        "_business_first",
        "trades_as",
        _certain=has_certain_legal_form(text),
        _suffix=has_company_suffix(text),
        _business=has_business_word(text),
        _initials=has_initials(before),
        _words=before.str.count_matches(r"\S+"),
    )


def _with_register(frame: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What the trade register knows of the holder: `_form`; of one not told `_is_trade_name` and `_is_officer`."""
    register, officers = (
        tables[name] if name in tables and not tables[name].is_empty() else pl.DataFrame(schema=schema)
        for name, schema in _ASKED.items()
    )
    forms = register.group_by(holder_kvk="kvk_nummer").agg(_form=pl.col("rechtsvorm").min())
    asked = frame.filter(~pl.col("_is_told")).select(_NAMED).unique()
    numbers = asked.select(kvk_nummer="holder_kvk").unique()
    register, officers = (table.join(numbers, on="kvk_nummer", how="semi") for table in (register, officers))
    trading = register.select("kvk_nummer", name="handelsnamen").explode("name", empty_as_null=True)
    named = pl.concat([register.select("kvk_nummer", name="statutaire_naam"), trading])
    named = named.select(holder_kvk="kvk_nummer", _key=organisation_key(pl.col("name"))).drop_nulls().unique()
    families = _families(pl.concat([officers["naam"], asked["_before"].rename("naam")]))
    serving = officers.select("naam", holder_kvk="kvk_nummer").join(families, on="naam")
    serving = serving.select("holder_kvk", "_family").unique()
    own = organisation_key(pl.col("holder_handelsnaam"))
    asked = (
        asked.with_columns(_key=organisation_key(pl.col("_before")))
        .join(named.with_columns(_is_named=True), on=["holder_kvk", "_key"], how="left")
        .join(families, left_on="_before", right_on="naam", how="left")
        .join(serving.with_columns(_is_officer=True), on=["holder_kvk", "_family"], how="left")
        .select(*_NAMED, "_is_officer", _is_trade_name=pl.col("_is_named").fill_null(pl.col("_key") == own))
    )
    return (
        frame.join(forms, on="holder_kvk", how="left", maintain_order="left")
        .join(asked, on=_NAMED, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.col("_is_trade_name", "_is_officer").fill_null(False))
    )


def _families(names: pl.Series) -> pl.DataFrame:
    """The family name of each distinct name of a person: `naam`, `_family`."""
    words = unmarked_key(pl.col("name_normalised")).str.extract("^([^,]*)").str.split(" ")
    return person_keys(names).select(naam="name", _family=words.list.sort().list.join(" "))
