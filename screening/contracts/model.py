"""What a contract is once it is read: the data set, and rules ready to become expectations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import polars as pl

from screening.base.datasets import DataSet
from screening.base.frames import FieldSpec

#: `column` of a rule about the row or the table as a whole, where no single column is to blame.
WHOLE_ROW = "*"

#: Of a quality entry of ODCS.
Severity = Literal["error", "warning"]


@dataclass(frozen=True, eq=False)
class QualityRule:
    """One rule of a contract: one expectation of Great Expectations and the columns it is tested on.

    `column` takes the blame in the quarantine. `inputs`: name of a column under test -> Polars expression on the text
    frame: the text itself wherever the expectation can judge that, else what is made of it. It looks at one row: what
    follows from the whole table is a column of `entries.set_level_columns`. `gx_type` is the class name of the
    expectation, `gx_arguments` its arguments, which name columns of `inputs`. `severity`: a row that fails an error is
    quarantined (a table that fails one stops the night), one that fails a warning is counted and accepted.
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
    severity: Severity = "error"

    @property
    def sees_nulls(self) -> bool:
        """Whether a row is tested also where a column under test is null."""
        return self.gx_type == "ExpectColumnValuesToNotBeNull" or self.gx_arguments.get("ignore_row_if") == "never"


@dataclass(frozen=True)
class CrossRegisterRule:
    """One rule about a column of a register and columns of others.

    `exists_in`: the value stands in one of `registers` (register -> column). `begun_on`: what the value names in the
    one register had begun, by its column `begin`, on the `date` of the row; a value that it does not have says nothing.
    """

    rule_id: str
    column: str
    expectation: str
    registers: Mapping[str, str]
    description_nl: str
    description_en: str
    begin: str = ""
    date: str = ""


@dataclass(frozen=True, eq=False)
class Contract:
    """A data set and the rules that its rows must pass, in the order of the file."""

    about: DataSet
    rules: tuple[QualityRule, ...]
    #: Those that hold its rows against other registers.
    cross_register_rules: tuple[CrossRegisterRule, ...] = ()

    @property
    def dataset(self) -> str:
        """The name of the data set."""
        return self.about.name

    @property
    def file(self) -> str:
        """The name of the contract's file (no directory), for messages."""
        return self.about.file

    @property
    def key(self) -> str | None:
        """The column that names a record, or None."""
        return self.about.key

    @cached_property
    def fields(self) -> dict[str, FieldSpec]:
        """How each column is to be read, in canonical order."""
        return fields_of(self.about)

    def lacking(self, columns: Collection[str]) -> Contract:
        """The contract of a register that does not have these columns: no row is asked for them."""
        about = {
            name: column.model_copy(update={"required": False}) if name in columns else column
            for name, column in self.about.columns.items()
        }
        rules = tuple(rule for rule in self.rules if rule.column not in columns)
        if not columns:
            return self
        return Contract(self.about.model_copy(update={"columns": about}), rules, self.cross_register_rules)

    def accepting(self, name: str, codes: Collection[str]) -> Contract:
        """The contract of a register whose column `name`, of form `code`, holds these codes too."""
        column = self.about.columns[name]
        every = (*column.codes, *sorted(set(codes) - set(column.codes)))
        if every == column.codes:
            return self
        about = {**self.about.columns, name: column.model_copy(update={"codes": every})}
        rules = tuple(
            replace(rule, gx_arguments={**rule.gx_arguments, "value_set": list(every)})
            if rule.column == name and rule.expectation == "in_code_list"
            else rule
            for rule in self.rules
        )
        return Contract(self.about.model_copy(update={"columns": about}), rules, self.cross_register_rules)

    @property
    def kept_fields(self) -> dict[str, FieldSpec]:
        """The fields that a typed frame carries: all but free text, which is never kept."""
        return {name: self.fields[name] for name in self.about.kept_columns}


def fields_of(dataset: DataSet) -> dict[str, FieldSpec]:
    """How each column of a data set is to be read, in canonical order."""
    return {
        name: FieldSpec(
            name, column.logical_type, column.form, column.required, column.unique, column.codes, column.rows_read
        )
        for name, column in dataset.columns.items()
    }
