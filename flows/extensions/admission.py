"""Whether the registers and partner kinds of an extension may be used here: their names, and what they would read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screening.contract_file import read_document
from screening.datasets import SUFFIX, Column, DataSet, own_datasets, parse_dataset
from screening.errors import ConfigurationError
from screening.extensions import EXTENSION_DATA_SET, KINDS, Extension, ExtensionFile
from screening.partners.kinds.partner_kind import read_partner_kind
from screening.sources import forbidden_category

#: Forms of which no rule of an extension sees the content.
_UNSEEN = frozenset({"name", "free_text", "reporter_token", "postcode"})


def admit_extensions(extensions: Iterable[Extension]) -> None:
    """Refuse an extension whose names are not its own, or whose registers hold what may never be read.

    Raises:
        ConfigurationError: It names the file and what it clashes with.
        ContractDefinitionError: A contract is not understood, or names no purpose or legal basis.
    """
    for extension in extensions:
        beginning = f"{extension.prefix}_"
        alike = sorted(name for name in own_datasets() if name.startswith(beginning))
        if alike:
            raise ConfigurationError(
                f"{extension.origin}: the namespace {extension.namespace} would take names of the programme, such as "
                f"{alike[0]}. Choose another one."
            )
        _refuse_twice(extension)
        for file in extension.files_of("readers"):
            raise ConfigurationError(
                f"{file.place}: readers of extensions are not taken yet, and one that is passed over reads "
                "nothing. Deliver the register as CSV, XLSX, ODS, Parquet or JSON, and leave the folder out."
            )
        for file in extension.files_of("contracts"):
            _admit_contract(extension, file)
        _admit_partner_kinds(extension)


def _admit_partner_kinds(extension: Extension) -> None:
    first: dict[str, ExtensionFile] = {}
    for file in extension.files_of("partner_kinds"):
        code = read_partner_kind(_text(file), file.place, namespace=extension.prefix).code
        other = first.setdefault(code, file)
        if other is not file:
            raise ConfigurationError(f"{file.place}: {other.place} has the code {code} too. Remove one, or rename it.")


def _refuse_twice(extension: Extension) -> None:
    """Two files of one kind and name in different folders: of two registers one would replace the other unseen."""
    for kind in KINDS:
        first: dict[str, ExtensionFile] = {}
        for file in extension.files_of(kind):
            other = first.setdefault(file.name, file)
            if other is not file:
                raise ConfigurationError(f"{file.place}: {other.place} has this name too. Remove or rename one.")


def _text(file: ExtensionFile) -> str:
    try:
        return file.read_text()
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file.place}: not UTF-8. Save it as UTF-8.") from None


def _admit_contract(extension: Extension, file: ExtensionFile) -> None:
    name = file.name.removesuffix(SUFFIX)
    if not re.fullmatch(EXTENSION_DATA_SET, name) or not name.startswith(f"{extension.prefix}_"):
        raise ConfigurationError(
            f"{file.place}: {name} is outside the namespace of {extension}. Its data sets are called "
            f"{extension.prefix}_ and a word in small letters, and never replace another one."
        )
    about = parse_dataset(file.name, read_document(file))
    if about.required:
        raise ConfigurationError(f"{file.place}: no run waits for a register of an extension. Remove `required`.")
    _refuse_forbidden(about, file)
    _refuse_visible(about, file)


def _refuse_visible(about: DataSet, file: ExtensionFile) -> None:
    """A rule sees of people what the linking makes of them, and of a place whether a duty holds there."""
    people = {
        column
        for party in about.parties
        for column in (*party.names, party.birth_date, party.trade_name)
        if column is not None
    }
    for column in about.columns.values():
        if column.rule_visible and (column.form in _UNSEEN or column.name in people):
            raise ConfigurationError(
                f"{file.place}, column {column.name}: no rule reads a name, a birth date, a postcode or free text as "
                "it stands in a register. Remove `rule_visible`; names of parties reach rules as `partijen`."
            )


def _refuse_forbidden(about: DataSet, file: ExtensionFile) -> None:
    named: list[tuple[str, DataSet | Column]] = [("the register", about)]
    named += [(f"column {name}", column) for name, column in about.columns.items()]
    for what, part in named:
        for called in (part.name, part.business_name_nl, part.label_nl):
            category = forbidden_category(called, about.name) if called else None
            if category:
                raise ConfigurationError(
                    f"{file.place}, {what}: {called!r} may never be read ({category}). Leave it out of the contract "
                    "and of the delivery."
                )
