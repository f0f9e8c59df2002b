"""Whether the registers and partner kinds of an extension may be used here: their names, and what they would read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screening.base.contract_file import read_document
from screening.base.datasets import SUFFIX, Column, DataSet, own_datasets, parse_dataset
from screening.base.errors import ConfigurationError
from screening.base.extensions import EXTENSION_DATA_SET, KINDS, Extension, ExtensionFile
from screening.base.frames import ReaderCode
from screening.base.vocabulary import ADDRESS_COLUMNS
from screening.partners.kinds.partner_kind import own_partner_kinds, read_partner_kind
from screening.sources import forbidden_category
from screening.sources.reader_source import check_reader

#: Forms of which no rule of an extension sees the content.
_UNSEEN = frozenset({"name", "free_text", "reporter_token", "postcode"})
#: Columns that say where something is: a rule has `address_id` for it.
_OF_PLACES = frozenset({*ADDRESS_COLUMNS, "lat", "lon"})


def admit_extensions(extensions: Iterable[Extension]) -> None:
    """Refuse an extension whose names are not its own, or whose registers hold what may never be read.

    Raises:
        ConfigurationError: It names the file and what it clashes with, or what a reader asks for and may not have.
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
        for name, file in extension.readers.items():
            _refuse_outside(extension, file, name, "readers")
            check_reader(ReaderCode(name, file.place, file.utf8()))
        for file in extension.files_of("contracts"):
            _admit_contract(extension, file)
        _admit_partner_kinds(extension)


def _admit_partner_kinds(extension: Extension) -> None:
    first: dict[str, ExtensionFile] = {}
    for file in extension.files_of("partner_kinds"):
        kind = read_partner_kind(file.utf8(), file.place, namespace=extension.prefix)
        code = kind.code
        of_ours = next((own for own in own_partner_kinds() if own.referral and own.referral == kind.referral), None)
        if of_ours:
            raise ConfigurationError(
                f"{file.place}: what is passed on as {kind.referral} goes to the kind {of_ours.code}. Write "
                "`referral: null`."
            )
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


def _refuse_outside(extension: Extension, file: ExtensionFile, name: str, what: str) -> None:
    if not re.fullmatch(EXTENSION_DATA_SET, name) or not name.startswith(f"{extension.prefix}_"):
        raise ConfigurationError(
            f"{file.place}: {name} is outside the namespace of {extension}. Its {what} are called "
            f"{extension.prefix}_ and a word in small letters, and never replace another one."
        )


def _admit_contract(extension: Extension, file: ExtensionFile) -> None:
    name = file.name.removesuffix(SUFFIX)
    _refuse_outside(extension, file, name, "data sets")
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
        if column.rule_visible and (column.form in _UNSEEN or column.name in people | _OF_PLACES):
            raise ConfigurationError(
                f"{file.place}, column {column.name}: no rule reads a name, a birth date, an address or free text as "
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
