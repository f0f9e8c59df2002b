"""What a contract is once it is read: fields, their meaning, and rules ready to become expectations."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from screening.frames import FieldSpec
from screening.vocabulary import Dataset

#: `column` of a rule about the row or the table as a whole, where no single column is to blame.
WHOLE_ROW = "*"


@dataclass(frozen=True)
class FieldMeaning:
    """What a column means, for documentation. `purposes`: the contract's, unless the column narrows them."""

    business_name_nl: str
    description_nl: str
    description_en: str
    classification: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule of a contract: one expectation of Great Expectations and the columns it is tested on.

    `column` takes the blame in the quarantine. `inputs`: name of a column under test -> Polars expression on the text
    frame (the text itself, or a number made of it, since pandas is to see as few strings as possible). `gx_type` is the
    class name of the expectation, `gx_arguments` its arguments, which name columns of `inputs`.
    """

    rule_id: str
    column: str
    expectation: str
    gx_type: str
    gx_arguments: dict[str, object]
    inputs: dict[str, pl.Expr]
    reason_nl: str
    description_nl: str
    description_en: str


@dataclass(frozen=True, eq=False)
class Contract:
    """A data set's contract. `fields` in canonical order; `rules` in the order of the file.

    `file` is the name of the contract's file (no directory), for messages. `key` is the primary key column, or None.
    """

    dataset: Dataset
    name: str
    version: str
    file: str
    business_name_nl: str
    purposes: tuple[str, ...]
    legal_basis: tuple[str, ...]
    fields: dict[str, FieldSpec]
    meanings: dict[str, FieldMeaning]
    key: str | None
    rules: tuple[Rule, ...] = field(default=())

    @property
    def kept_fields(self) -> dict[str, FieldSpec]:
        """The fields that a typed frame carries: all but free text, which is never kept."""
        return {name: spec for name, spec in self.fields.items() if spec.form != "free_text"}
