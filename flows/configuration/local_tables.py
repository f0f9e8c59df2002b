"""`[lines]`, `[permit_types]` and `[areas]`: what a municipality decides itself, beside what ships.

A table with the name of a line or kind of permit that ships states what is otherwise here; any other adds one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import ModuleType
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from flows.configuration.fields import Day, FilePath, Must, Switch, Text, Texts, TomlTable, by_name, key, reason
from screening.base.datasets import Words

_Table = TypeVar("_Table", bound=TomlTable)
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,39}$"), Must("be a name of small letters, digits and _")]
_Code = Annotated[str, Field(pattern=r"^[0-9]{2,8}$"), Must("be two or more digits of an SBI code, without dots")]
_Codes = Annotated[tuple[_Code, ...], Must('be a list of SBI codes in quotes, such as ["9604"]')]
_Address = Annotated[str, Field(pattern=r"^https://\S+$"), Must("be the address of the announcement, with https://")]


class LineTable(TomlTable):
    """A line of business that needs a licence here, or what is otherwise here of one that ships."""

    sbi_2008: _Codes | None = key(None, "First digits of its codes, or whole codes, in the SBI of 2008.")
    sbi_2025: _Codes | None = key(None, "The same in the SBI of 2025.")
    permit_types: Texts | None = key(None, "Kinds of permit under which such a business can be licensed.")
    functions: Texts | None = key(None, "Uses of the BAG of which one must be there; without, this is not judged.")
    also_fits: Texts | None = key(None, "Other lines under which the holder of such a permit may be registered.")
    needs_licence: Switch | None = key(None, "Whether such a business needs a licence here.")
    since: Day | None = key(None, "Since when it needs one; always, when left out.")


class PermitTypeTable(TomlTable):
    """A kind of permit of the municipality, or what is otherwise here of one that ships."""

    name_nl: Text | None = key(None, "What it is called in Dutch.")
    name_en: Text | None = key(None, "What it is called in English.")
    location_bound: Switch | None = key(None, "Whether it is for a place, so that a business there needs it.")
    letting: Switch | None = key(None, "Whether it is for letting or lodging.")
    room_letting: Switch | None = key(None, "Whether it is for letting a dwelling by the room.")
    one_off: Switch | None = key(None, "Whether it is for one occasion, so that nobody is in business under it.")
    related: Texts | None = key(None, "Kinds of permit for the same use; it goes both ways.")
    functions: Texts | None = key(None, "Uses of the BAG of which one must be there, of a kind without a line.")


class AreaTable(TomlTable):
    """An area in which a legal duty holds: by decision, announced, and for a time."""

    when_missing = "An area is used only with its decision, its announcement and its dates."

    duty: _Name = Field(description="A kind of permit, a line of business, or opkoopbescherming.")
    path: FilePath = Field(description="A GeoPackage of surfaces in RD, or a CSV file with the column postcode.")
    decision: Text = Field(description="Number and title of the decision that designates the area.")
    publication: _Address = Field(description="The address at which the decision was announced.")
    since: Day = Field(description="The day on which it came into force.")
    until: Day = Field(description="The last day on which it is in force.")

    @property
    def sha256(self) -> str:
        """The hash of what the file holds."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def list_functions() -> ModuleType:
    """`flows.configuration.local_lists`, loaded when there is something to check or to use."""
    from flows.configuration import local_lists  # polars; few configurations have lists of their own  # noqa: PLC0415

    return local_lists


def _says_nothing_of_people(tables: Mapping[str, _Table]) -> Mapping[str, _Table]:
    for name, table in tables.items():
        words = [name, *(str(getattr(table, text, None) or "") for text in ("name_nl", "name_en", "decision"))]
        subject = list_functions().subject_of(words)
        if subject:
            raise reason(f"holds {name}, which speaks of {subject}. A list is about what is done at a place.")
    return tables


def _lists_that_fit(lines: Mapping[str, LineTable], info: ValidationInfo) -> Mapping[str, LineTable]:
    permit_types = info.data.get("permit_types")
    if permit_types is None or not (lines or permit_types):
        return lines
    faults = list_functions().local_lists(lines, permit_types).faults()
    if faults:
        raise reason(f"and permit_types do not fit: {'; '.join(faults)}.")
    return lines


def _areas_that_hold(areas: Mapping[str, AreaTable], info: ValidationInfo) -> Mapping[str, AreaTable]:
    lines, permit_types = info.data.get("lines"), info.data.get("permit_types")
    if not areas or lines is None or permit_types is None:
        return areas
    lists = list_functions().local_lists(lines, permit_types)
    for name, area in areas.items():
        if not list_functions().is_duty(area.duty, lists):
            raise reason(f"holds {name}, whose duty {area.duty!r} is no kind of permit, line of business or duty.")
        if area.until < area.since:
            raise reason(f"holds {name}, which ends before it begins.")
        try:
            _ = area.sha256
        except OSError:
            raise reason(f"holds {name}, whose file {area.path.name} is not there or cannot be read.") from None
    return areas


def _named(tables: Mapping[str, PermitTypeTable]) -> Mapping[str, PermitTypeTable]:
    shipped = list_functions().local_lists({}, {}).permit_types if tables else {}
    for name in tables.keys() - shipped.keys():
        if not (tables[name].name_nl and tables[name].name_en):
            raise reason(f"holds {name}, which needs name_nl and name_en.")
    return tables


PermitTypes = Annotated[
    Mapping[_Name, PermitTypeTable],
    BeforeValidator(by_name),
    AfterValidator(_says_nothing_of_people),
    AfterValidator(_named),
]
#: Read after the kinds of permit, which they name.
Lines = Annotated[
    Mapping[_Name, LineTable],
    BeforeValidator(by_name),
    AfterValidator(_says_nothing_of_people),
    AfterValidator(_lists_that_fit),
    Field(validate_default=True),
]
#: Read after the lines and kinds of permit, which they name.
Areas = Annotated[
    Mapping[_Name, AreaTable],
    BeforeValidator(by_name),
    AfterValidator(_says_nothing_of_people),
    AfterValidator(_areas_that_hold),
]


def file_hashes(areas: Mapping[str, AreaTable]) -> dict[str, str]:
    """Area -> the hash of its file."""
    return {name: area.sha256 for name, area in areas.items()}


def names_of_kinds(permit_types: Mapping[str, PermitTypeTable]) -> dict[str, Words]:
    """Kind of permit -> what the municipality calls it, of every one that it gives a name in both languages."""
    return {
        name: Words(nl=table.name_nl, en=table.name_en)
        for name, table in permit_types.items()
        if table.name_nl and table.name_en
    }
