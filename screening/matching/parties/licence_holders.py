"""Whether the holder named on a permit, licence or decision is a person, an organisation, or a person who trades."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from screening.datasets import PartyColumns, datasets
from screening.matching.parties.names import (
    has_business_word,
    has_certain_legal_form,
    has_company_suffix,
    has_initials,
    organisation_key,
    split_person,
    trade_name_after,
    without_trade_name,
)

#: Legal forms of the trade register behind which no natural person stands as the holder.
COMPANY_FORMS: tuple[str, ...] = ("bv", "nv", "stichting", "vereniging", "cooperatie")
#: Legal forms under which natural persons trade in person.
PERSONAL_FORMS: tuple[str, ...] = ("eenmanszaak", "vof", "maatschap", "cv")


#: Data set -> the columns that name the holder of its rows: a person or an organisation, as each row tells.
HOLDERS: dict[str, PartyColumns] = {
    name: party for name, dataset in datasets().items() for party in dataset.parties if party.kind is None
}


def classify_holders(tables: Mapping[str, pl.DataFrame], dataset: str) -> pl.DataFrame:
    """One row per row of the data set, in its order: who its holder is.

    Adds to the typed frame `holder_kvk`, `trades_as` (the part after "h.o.d.n."), `holder_handelsnaam`, `is_person`,
    `person_name`, `is_organisation`, `organisation_name`. Nobody is named where a row has neither name nor number.
    A birth date of any precision, "h.o.d.n." and the trade register weigh more than the shape of the name; without them
    a legal form, a word of a trade or a name that is the trade name make an organisation.
    """
    columns = HOLDERS[dataset]
    name, kvk = pl.col(columns.names[0]), pl.col(str(columns.kvk_nummer))
    trade_name = pl.col(columns.trade_name) if columns.trade_name else pl.lit(None, dtype=pl.String)
    frame = tables[dataset].with_columns(
        holder_kvk=kvk,
        holder_handelsnaam=trade_name,
        trades_as=trade_name_after(name),
        _before=pl.coalesce(without_trade_name(name), name),
    )
    frame = frame.with_columns(
        _certain=has_certain_legal_form(pl.col("_before")),
        _suffix=has_company_suffix(pl.col("_before")),
        _business=has_business_word(pl.col("_before")),
        _business_first=has_business_word(pl.col("_before").str.extract(r"^(\S+)")),
        _initials=has_initials(pl.col("_before")),
        _key=organisation_key(pl.col("_before")),
        _words=pl.col("_before").str.count_matches(r"\S+"),
    )
    frame = _with_register(frame, tables)
    is_company = pl.col("_form").is_in(COMPANY_FORMS).fill_null(False)
    form = pl.col("_certain") | pl.col("_suffix")
    is_person = (
        pl.when(pl.col("_before").is_null())
        .then(False)
        .when(pl.col(f"{columns.birth_date}_max").is_not_null())
        .then(~(pl.col("_certain") | (pl.col("_suffix") & (pl.col("_business") | is_company))))
        .when(pl.col("trades_as").is_not_null())
        .then(~form)
        .when(form | pl.col("_business_first"))
        .then(False)
        .when(pl.col("_initials") | pl.col("_is_officer"))
        .then(True)
        .when(pl.col("_business"))
        .then(False)
        .when(pl.col("_is_register_name") | (pl.col("_key") == organisation_key(pl.col("holder_handelsnaam"))))
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


def _with_register(frame: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What the trade register knows of the holder's number: `_form`, `_is_register_name`, `_is_officer`."""
    register = tables.get("handelsregister")
    if register is None or register.is_empty():
        frame = frame.with_columns(_form=pl.lit(None, dtype=pl.String), _is_register_name=False)
    else:
        register = register.join(frame.select(kvk_nummer="holder_kvk").unique(), on="kvk_nummer", how="semi")
        forms = register.group_by(holder_kvk="kvk_nummer").agg(_form=pl.col("rechtsvorm").min())
        trading = register.select("kvk_nummer", name="handelsnamen").explode("name", empty_as_null=True)
        named = pl.concat([register.select("kvk_nummer", name="statutaire_naam"), trading])
        named = named.select(holder_kvk="kvk_nummer", _key=organisation_key(pl.col("name"))).drop_nulls().unique()
        frame = frame.join(forms, on="holder_kvk", how="left", maintain_order="left")
        frame = frame.join(
            named.with_columns(_is_register_name=True), on=["holder_kvk", "_key"], how="left", maintain_order="left"
        )
    officers = tables.get("functionarissen")
    if officers is None or officers.is_empty():
        return frame.with_columns(pl.col("_is_register_name").fill_null(False), _is_officer=False)
    served = officers.join(frame.select(kvk_nummer="holder_kvk").unique(), on="kvk_nummer", how="semi")
    families = _family_keys(served.select(holder_kvk="kvk_nummer", _before="naam")).with_columns(_is_officer=True)
    asked = frame.select("_before").unique()
    frame = frame.join(_family_keys(asked), on="_before", how="left", maintain_order="left").join(
        families.drop("_before").unique(), on=["holder_kvk", "_family"], how="left", maintain_order="left"
    )
    return frame.with_columns(pl.col("_is_register_name", "_is_officer").fill_null(False))


def _family_keys(names: pl.DataFrame) -> pl.DataFrame:
    written = names.filter(pl.col("_before").is_not_null()).unique()
    return split_person(written, "_before").select(
        *written.columns, _family=pl.col("family").list.sort().list.join(" ")
    )
