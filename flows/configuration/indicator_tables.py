"""`[indicators]`: the grounds and parameters of each indicator that may run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from flows.configuration.fields import AnyText, Day, Must, TomlTable, by_name, key, reason
from flows.configuration.local_tables import list_functions
from screening.base.errors import BarrierError
from screening.base.extensions import ExtensionFile, extensions_in_force
from screening.base.vocabulary import INDICATOR_CODE

_IndicatorCode = Annotated[str, Field(pattern=rf"^{INDICATOR_CODE}$")]


def _of_extension(named: str) -> ExtensionFile | None:
    """The word list that `ZOM:terms.csv` names, of an extension in force; None for any other name."""
    namespace, _, name = named.partition(":")
    lists = [
        file
        for extension in extensions_in_force()
        if extension.namespace == namespace
        for file in extension.files_of("word_lists")
    ]
    return next((file for file in lists if file.name == name), None)


def _word_list(value: object, info: ValidationInfo) -> Mapping[str, str]:
    if not isinstance(value, str) or not value.strip():
        raise reason("must name a CSV file in quotes.")
    folder: Path = info.context or Path()
    try:
        words: Mapping[str, str] = list_functions().read_word_list(_of_extension(value) or folder / value)
    except BarrierError as error:
        raise reason(f"cannot be used. {error}") from None
    return words


_Parameters = Annotated[Mapping[str, bool | int | float | str], Must("be a table of numbers, texts and switches")]
_WordList = Annotated[Mapping[str, str], BeforeValidator(_word_list, json_schema_input_type=str)]


class IndicatorTable(TomlTable):
    """An indicator that may run: only with a legal basis, a DPIA and an advice."""

    legal_basis: AnyText | None = key(None, "The article on which the indicator rests.")
    dpia: AnyText | None = key(None, "The number of the DPIA that covers it.")
    fg_advice: Day | None = key(None, "The date of the advice of the data protection officer.")
    norm: AnyText | None = key(
        None, "The policy rule and article in which the municipality decided the norm that the parameters hold."
    )
    parameters: _Parameters = key({}, "Parameters other than their defaults; the page of the indicators names them.")
    word_list: _WordList | None = key(
        None, "A CSV file (term_id,term) of what is looked for in free text. ZOM:name.csv is one of an extension."
    )

    @property
    def missing(self) -> tuple[str, ...]:
        """The grounds without which no indicator runs."""
        return tuple(name for name, value in self.grounds.items() if not value)

    @property
    def grounds(self) -> dict[str, str | None]:
        """The three keys without which it does not run, and the norm where there is one, as text."""
        advice = self.fg_advice.isoformat() if self.fg_advice else None
        norm = {"norm": self.norm} if self.norm else {}
        return {"legal_basis": self.legal_basis, "dpia": self.dpia, "fg_advice": advice, **norm}


def _one_word_list(indicators: Mapping[str, IndicatorTable]) -> Mapping[str, IndicatorTable]:
    if sum(table.word_list is not None for table in indicators.values()) > 1:
        raise reason("word_list stands at more than one indicator. Only one can have it.")
    return indicators


Indicators = Annotated[
    Mapping[_IndicatorCode, IndicatorTable], BeforeValidator(by_name), AfterValidator(_one_word_list)
]
