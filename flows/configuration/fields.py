"""What the values of screening.toml look like, and how a fault in one is stated."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypedDict, TypeVar, Unpack

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, Strict, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

from screening.base.datasets import datasets
from screening.base.extensions import EXTENSION_DATA_SET

Value = TypeVar("Value")


class TomlTable(BaseModel):
    """A table of the file: every key is known, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: What to do when a key of this table is missing, where that is more than writing it.
    when_missing: ClassVar[str] = ""


@dataclass(frozen=True)
class Must:
    """What a value must do or be, where its type does not say it well enough. Continues "x must …"."""

    text: str


class DataSetName:
    """The name of a data set of this version, or of an extension in force."""

    @staticmethod
    def __get_pydantic_core_schema__(_source: object, _handler: object) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(_of_data_set, core_schema.str_schema())

    @staticmethod
    def __get_pydantic_json_schema__(_schema: core_schema.CoreSchema, _handler: object) -> dict[str, object]:
        return {"type": "string", "anyOf": [{"enum": list(datasets())}, {"pattern": f"^{EXTENSION_DATA_SET}$"}]}


def _of_data_set(name: str) -> str:
    if name not in datasets():
        raise reason("is no data set")
    return name


def required_datasets() -> list[str]:
    """The data sets without which no run starts."""
    return [name for name, register in datasets().items() if register.required]


class Bounds(TypedDict, total=False):
    """What a value is held to, and what only an editor reads."""

    ge: float
    le: float
    min_length: int
    allow_inf_nan: bool
    validate_default: Literal[True]
    json_schema_extra: dict[str, JsonValue]


def key(default: Value, description: str, **bounds: Unpack[Bounds]) -> Value:
    """A key that may be left out: what holds then, what an editor says of it, and its bounds."""
    field: Value = Field(default, description=description, **bounds)
    return field


def reason(text: str) -> PydanticCustomError:
    """The error of a validator. `text` continues the name of the table or key: "needs either path, or url_env"."""
    return PydanticCustomError("reason", "{reason}", {"reason": text})


def did_you_mean(odd: str, allowed: Iterable[str]) -> str:
    """`'odd'. Did you mean 'like'? Known: a, b.`, of a word that is not known."""
    words = sorted(allowed)
    close = difflib.get_close_matches(odd, words, n=1)
    return f"'{odd}'.{f' Did you mean {close[0]!r}?' if close else ''} Known: {', '.join(words)}."


def _beside_the_file(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, str) or not value.strip():
        raise reason("must name a file or folder in quotes.")
    folder: Path = info.context or Path()
    return folder / value.strip()


AnyText = Annotated[str, StringConstraints(strip_whitespace=True)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
#: A text that is used as it was written.
Verbatim = Annotated[str, Field(pattern=r"\S")]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
Day = Annotated[date, Strict()]
Integer = Annotated[int, Strict()]
Whole = Annotated[int, Strict(), Field(ge=1)]  # a `ge` of the key itself would be ignored: take Integer there
CountFromZero = Annotated[int, Strict(), Field(ge=0)]
Number = Annotated[float, Strict(), Field(ge=0)]
Switch = Annotated[bool, Strict()]
#: A path, relative to the file.
FilePath = Annotated[Path, BeforeValidator(_beside_the_file, json_schema_input_type=str)]


def by_name(tables: object) -> object:
    """Tables in the order of their names, so that the order of the file changes nothing."""
    return dict(sorted(tables.items())) if isinstance(tables, dict) else tables
