"""What the owner of a register is told of the rows that were rejected: where, why and how to mend it, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from screening.base.datasets import DataSet
from screening.base.word_lists import read_lists
from screening.contracts.model import WHOLE_ROW

#: The header of the list for the owner.
HEADER = ("Bestand", "Rij", "Kenmerk", "Kolom", "Reden", "Zo herstelt u het")

_MENDING: dict[str, str] = read_lists("screening.contracts", "mending.yaml")
_FORMS = {
    "kvk_nummer": "8 cijfers, met nullen vooraan",
    "vestigingsnummer": "12 cijfers, met nullen vooraan",
    "rsin": "9 cijfers, met nullen vooraan",
    "object_id": "BAG-id van 16 cijfers",
    "postcode": "vier cijfers en twee letters",
}
_ROW = ["source_file_sha256", "row_number"]


@dataclass(frozen=True)
class MendedRows:
    """What became of the records that the run before rejected; of rows without a key of their own nothing is meant.

    `mended`: accepted now. `rejected`: rejected again. `gone`: not delivered any more. `untold`: without a key.
    """

    mended: int
    rejected: int
    gone: int
    untold: int


def reject_list(quarantine: pl.DataFrame, about: DataSet, file_names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The rejected rows of one register, in the order of the files, as cells under HEADER: one a broken rule.

    Args:
        quarantine: QUARANTINE rows of this register.
        about: The register.
        file_names: Hash of a delivered file -> its name.
    """
    ordered = quarantine.with_columns(file=pl.col("source_file_sha256").replace_strict(file_names, default="?"))
    ordered = ordered.sort("file", "row_number", "column", "expectation", nulls_last=True)
    return [
        (
            file,
            str(row_number),
            # a key that breaks a rule is itself the value that may not be told
            "" if key is None or column == about.key else key,
            column_title(about, column),
            reason,
            how_to_mend(about, column, expectation),
        )
        for file, row_number, key, column, expectation, reason in ordered.select(
            "file", "row_number", "key", "column", "expectation", "reason"
        ).iter_rows()
    ]


def count_mended(before: pl.DataFrame, now: pl.DataFrame, accepted_keys: pl.Series, about: DataSet) -> MendedRows:
    """Count what came back mended.

    Args:
        before: QUARANTINE rows of this register in the run before.
        now: The same in this run.
        accepted_keys: The keys of the records that this run accepted.
        about: The register.
    """
    rows = before.select(*_ROW, "key").unique()
    if about.key is None:
        return MendedRows(0, 0, 0, rows.select(_ROW).unique().height)
    keys = rows.drop_nulls("key").select("key").unique()
    is_accepted = pl.col("key").is_in(accepted_keys.implode())
    is_rejected = pl.col("key").is_in(now["key"].drop_nulls().unique().implode())
    return MendedRows(
        mended=keys.filter(is_accepted & ~is_rejected).height,
        rejected=keys.filter(is_rejected).height,
        gone=keys.filter(~is_accepted & ~is_rejected).height,
        untold=rows.filter(pl.col("key").is_null()).height,
    )


def column_title(about: DataSet, column: str | None) -> str:
    """A column in the words of the papers, with its name."""
    return "hele rij" if column in {None, WHOLE_ROW} else _business_name(about, str(column))


def _business_name(about: DataSet, column: str) -> str:
    meant = about.columns.get(column)
    return f"{meant.business_name_nl} ({column})" if meant else column


def how_to_mend(about: DataSet, column: str | None, expectation: str) -> str:
    """What the owner of a register does about a row that breaks a rule."""
    meant = about.columns.get(column or "")
    return _MENDING.get(expectation, _MENDING[""]).format(
        kolom=column_title(about, column),
        codes=", ".join(meant.codes) if meant else "",
        vorm=_FORMS.get(meant.form or "", "voorgeschreven in het contract") if meant else "",
    )
