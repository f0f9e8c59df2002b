"""What is known of each data set, read once from its contract (`data_contracts/<name>.odcs.yaml`) into plain models.

Frames of rules, mentions of parties, labels of the dossier, dates of the timeline and registers of a signal are taken
from here. Which rows are good is compiled from the same file by `screening.contracts`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, TypeVar

import pydantic
from pydantic import ConfigDict, Field, StrictBool, StrictInt
from pydantic_core import ErrorDetails

from screening.base.contract_file import Document, listed_codes, read_document, refuse, registers_with
from screening.base.extensions import cached_in_force, extensions_in_force
from screening.base.vocabulary import PartyKind, Purpose, Reliability

SUFFIX = ".odcs.yaml"

Text = Annotated[str, Field(min_length=1)]
Texts = tuple[Text, ...]
LogicalType = Literal["string", "date", "timestamp", "integer", "number", "boolean", "array"]
#: What a text is where its type does not tell. `term_ids` is made of free text and never read; `outline` is the corners
#: of a building.
Form = Literal[
    "code",
    "kvk_nummer",
    "vestigingsnummer",
    "rsin",
    "object_id",
    "postcode",
    "free_text",
    "reporter_token",
    "term_ids",
    "name",
    "outline",
]
#: No dossier record repeats these: who somebody is stands with the parties, what a text was about in the evidence, and
#: the shape of a building on the map.
_NOT_IN_DOSSIER = frozenset({"name", "free_text", "reporter_token", "term_ids", "outline"})
#: A custom property so much like a known one is a slip of the pen: ignored, it would show or allow too much.
_NEARLY = 0.85


class _Model(pydantic.BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Model):
    """A text in both languages."""

    nl: Text
    en: Text

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.nl


class Column(_Model):
    """One column: how it is read, and what it means."""

    name: Text
    logical_type: LogicalType = Field(alias="logicalType")
    form: Form | None = None
    required: StrictBool = False
    unique: StrictBool = False
    #: The accepted codes of a column of form `code`, or of the elements of a list.
    codes: Texts = ()
    #: Those of its codes whose rows are read; a row with another one, or with none, is dropped unread and counted.
    #: Empty: every row is read.
    rows_read: Texts = ()
    #: The logicalTypeOptions of the standard: minimum and maximum of a number, pattern of a text.
    options: Document = {}
    #: Name in the papers.
    business_name_nl: Text = Field(alias="businessName")
    description_nl: Text
    description_en: Text = Field(alias="description")
    #: How the content is to be handled; `bijzonder` is kept from everyone whose work does not need it.
    classification: Literal["openbaar", "intern", "persoonsgegeven", "bijzonder"]
    #: Those of the contract, unless the column narrows them.
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    #: Name in a dossier, where it is another one than in the papers.
    label_nl: Text | None = None
    label_en: Text | None = None
    #: Whether rules may read it, and the type that they see where it is not that of the register.
    rule_visible: StrictBool = False
    rule_type: LogicalType | None = None
    #: What happened on its date, in the timeline of a dossier; `event_of_status`: by the status of the record.
    event: Words | None = None
    event_of_status: dict[str, Words] = {}
    #: A dossier holds it, and does not list it among the fields.
    hidden_in_dossier: StrictBool = False
    #: That it is empty means something to a reader.
    shown_when_empty: StrictBool = False
    #: Code -> its words in a dossier. A code means the same in every register and is put into words once.
    code_words: dict[str, Words] = {}
    #: Register -> the column of it that holds this value too: of one of these registers it names a record.
    exists_in: dict[str, Text] = {}

    @property
    def label(self) -> Words:
        """The name of the column in a dossier."""
        return Words(nl=self.label_nl or self.business_name_nl, en=self.label_en or self.name.replace("_", " "))

    @property
    def type_for_rules(self) -> LogicalType:
        """The type under which rules see the column."""
        return self.rule_type or self.logical_type


class PartyColumns(_Model):
    """The columns of a data set that name one party.

    `kind`: None where the content of a row must tell a person from an organisation (the holder of a licence). A party
    has a `role`, or a column that holds it. `names`: the first that is filled counts. `names` and `trade_name` may be
    columns of lists. `at_address`: whether the address of the row is the party's own.
    """

    kind: PartyKind | None = None
    role: Text | None = None
    role_words: Words | None = None
    role_column: Text | None = None
    names: Texts = ()
    birth_date: Text | None = None
    kvk_nummer: Text | None = None
    vestigingsnummer: Text | None = None
    trade_name: Text | None = None
    at_address: StrictBool = True

    def columns(self) -> set[str]:
        """Every column that it names."""
        return {
            name
            for name in (
                self.role_column,
                *self.names,
                self.birth_date,
                self.kvk_nummer,
                self.vestigingsnummer,
                self.trade_name,
            )
            if name
        }


class Lane(_Model):
    """Where the records of a data set stand on the time line: a bar from `begin` to `end`, or a mark on `day`.

    A record without a begin and an end stands on its day.
    """

    lane: Literal["licence", "establishment", "office", "other", "decision", "inspection", "report"]
    begin: Text | None = None
    end: Text | None = None
    day: Text | None = None

    def columns(self) -> set[str]:
        """Every column that it names."""
        return {name for name in (self.begin, self.end, self.day) if name}


class Basis(_Model):
    """What a register may be used for, and on what ground."""

    purposes: tuple[Purpose, ...] = Field(min_length=1)
    legal_basis: Texts = Field(min_length=1)


class DataSet(Basis):
    """A register that a municipality delivers: one table, one contract."""

    name: Text
    file: Text
    version: Text
    business_name_nl: Text = Field(alias="businessName")
    columns: dict[str, Column]
    #: Its place wherever data sets are listed.
    order: StrictInt
    #: No run starts without it.
    required: StrictBool = False
    #: Its rows carry an address that must be resolved to an object of the BAG.
    addressed: StrictBool = False
    #: Only for people who may see sensitive dossiers.
    sensitive: StrictBool = False
    #: Its addresses are in the population of the random sample.
    in_sample: StrictBool = False
    #: The column that is true of a row that may be named nowhere at its address.
    shielded_by: Text | None = None
    #: The columns that tell a row apart where no column names a record.
    fingerprint: Texts = ()
    parties: tuple[PartyColumns, ...] = ()
    #: The register in a dossier; one record of it in a sentence.
    label_nl: Text | None = None
    label_en: Text | None = None
    record_nl: Text
    record_en: Text
    #: Its place in a dossier: what an officer looks for first.
    dossier_order: StrictInt
    #: Where its records stand on the time line; None: nowhere.
    timeline: Lane | None = None
    #: What a record is a case of.
    kind_column: Text | None = None
    #: The date columns whose newest past date tells how old a delivery is, where nothing else does.
    freshness: Texts = ()
    #: The column that says which record it is, where no column names one.
    called_by: Text | None = None
    #: What a fact rests on in a signal. None: no fact of the register may leave.
    reliability: Reliability | None = None
    #: The register in the document of a signal.
    document_name_nl: Text | None = None
    #: A question of law: a real municipality answers it before it reads the register.
    legal_question: Words | None = None

    @property
    def label(self) -> Words:
        """The name of the register in a dossier."""
        return Words(nl=self.label_nl or self.business_name_nl, en=self.label_en or self.name.replace("_", " "))

    @property
    def record_words(self) -> Words:
        """What one record is called in a sentence."""
        return Words(nl=self.record_nl, en=self.record_en)

    @property
    def span(self) -> tuple[str, str]:
        """The columns of the first and the last day of a record, as its time line has them; "" of one that it lacks."""
        lane = self.timeline
        return (lane.begin or "", lane.end or "") if lane else ("", "")

    @property
    def leaves_rows_unread(self) -> bool:
        """Whether a delivery may hold rows that are dropped unread."""
        return any(column.rows_read for column in self.columns.values())

    @property
    def key(self) -> str | None:
        """The column that names a record; None: the key is "r" + row number."""
        return next((column.name for column in self.columns.values() if column.unique), None)

    def is_shielded(self, fields: Mapping[str, object]) -> bool:
        """Whether a dossier's record may be named nowhere at its address. A dossier holds a yes or no as ja or nee."""
        return self.shielded_by is not None and fields.get(self.shielded_by) == "ja"

    @property
    def delivered_columns(self) -> list[str]:
        """The columns that a source can have: all but those that are made of free text."""
        return [name for name, column in self.columns.items() if column.form != "term_ids"]

    @property
    def kept_columns(self) -> list[str]:
        """The columns of a typed frame: all but free text, which is never kept."""
        return [name for name, column in self.columns.items() if column.form != "free_text"]

    @property
    def dossier_columns(self) -> list[str]:
        """The columns of a dossier's record: none that says who somebody is, no free text, and nothing of Bibob.

        What is classed `bijzonder` is read by rules for their purpose alone: what no dossier holds can be in no print,
        signal or hand-over that is made of one.
        """
        births = {party.birth_date for party in self.parties}
        kept = {name for name, c in self.columns.items() if c.classification == "bijzonder"} | births
        return [name for name, c in self.columns.items() if c.form not in _NOT_IN_DOSSIER and name not in kept]


@cached_in_force
def datasets() -> Mapping[str, DataSet]:
    """Every data set of this version by name, in its order, and after them those of the extensions in force.

    Raises:
        ContractDefinitionError: A contract is not understood.
    """
    others = [file for extension in extensions_in_force() for file in extension.files_of("contracts")]
    return own_datasets() | _by_order(parse_dataset(file.name, read_document(file)) for file in others)


@cache
def own_datasets() -> dict[str, DataSet]:
    """The data sets of this version alone, in their order: what a closed list of a format holds.

    Raises:
        ContractDefinitionError: A contract is not understood.
    """
    return read_datasets(resources.files("data_contracts"))


@cached_in_force
def addressed_datasets() -> tuple[str, ...]:
    """The data sets whose rows carry an address that must be resolved to an object of the BAG."""
    return tuple(name for name, dataset in datasets().items() if dataset.addressed)


@cached_in_force
def sensitive_datasets() -> tuple[str, ...]:
    """The data sets that only people who may see sensitive dossiers see."""
    return tuple(name for name, dataset in datasets().items() if dataset.sensitive)


@cached_in_force
def datasets_with_sensitive_rows() -> tuple[str, ...]:
    """The data sets of which a row can be sensitive: those above, and those whose rows can name a record of one."""
    return tuple(
        name
        for name, dataset in datasets().items()
        if dataset.sensitive
        or any(not column.exists_in.keys().isdisjoint(sensitive_datasets()) for column in dataset.columns.values())
    )


def read_datasets(folder: Traversable) -> dict[str, DataSet]:
    """The data sets whose contracts lie in a folder, by name, in their order."""
    files = [path for path in folder.iterdir() if path.name.endswith(SUFFIX)]
    return _by_order(parse_dataset(path.name, read_document(path)) for path in files)


def _by_order(parsed: Iterable[DataSet]) -> dict[str, DataSet]:
    return {dataset.name: dataset for dataset in sorted(parsed, key=lambda dataset: (dataset.order, dataset.name))}


def parse_dataset(file: str, document: Document) -> DataSet:
    """The data set of one contract. Custom properties of other tools are ignored.

    Raises:
        ContractDefinitionError: File and entry of what is not understood.
    """
    try:
        return _dataset(file, document)
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise refuse(file, "the file", "does not have the shape that the standard gives it") from error


def _dataset(file: str, document: Document) -> DataSet:
    name, table = document["name"], document["schema"][0]
    if file != f"{name}{SUFFIX}" or table["name"] != name:
        raise refuse(file, "name", "contract, table and file carry the name of the data set")
    basis = _read(Basis, file, "the file", _custom(file, "the file", document, Basis.model_fields), {})
    columns: dict[str, Column] = {}
    for given in table["properties"]:
        column = _column(file, given, basis)
        if column.name in columns:
            raise refuse(file, f"column {column.name}", "given twice")
        columns[column.name] = column
    own = {"name": name, "file": file, "version": str(document["version"]), "businessName": table["businessName"]}
    own |= {"columns": columns, "purposes": basis.purposes, "legal_basis": basis.legal_basis}
    dataset = _read(DataSet, file, "schema", _custom(file, "schema", table, _names(DataSet) - own.keys()), own)
    single = (dataset.shielded_by, dataset.kind_column, dataset.called_by)
    named = {*dataset.fingerprint, *dataset.freshness, *(name for name in single if name)}
    named |= dataset.timeline.columns() if dataset.timeline else set()
    for party in dataset.parties:
        named |= party.columns()
        if bool(party.role) == bool(party.role_column):
            raise refuse(file, "schema, customProperties, parties", "a role, or the column that holds it, is expected")
    if named - set(columns):
        missing = ", ".join(sorted(named - set(columns)))
        raise refuse(file, "schema, customProperties", f"the contract has no column {missing}")
    if any(columns[name].logical_type not in ("date", "timestamp") for name in dataset.freshness):
        raise refuse(file, "schema, customProperties, freshness", "columns of dates are expected")
    return dataset


def _column(file: str, given: Document, basis: Basis) -> Column:
    entry = f"column {given['name']}"
    if not isinstance(given.get("primaryKey", False), bool):
        raise refuse(file, f"{entry}, primaryKey", "true or false is expected")
    own = {name: given[name] for name in ("name", "businessName", "description", "logicalType", "classification")}
    own |= {name: given[name] for name in ("required", "unique") if name in given}
    own |= {"codes": listed_codes(given), "exists_in": registers_with(given)}
    own |= {"options": given.get("logicalTypeOptions") or {}}
    custom = _custom(file, entry, given, _names(Column) - own.keys())
    column = _read(Column, file, entry, {"purposes": basis.purposes, **custom}, own)
    if not set(column.purposes) <= set(basis.purposes):
        raise refuse(file, f"{entry}, customProperties, purposes", "a column serves no purpose that its contract lacks")
    if (column.form == "code") != bool(column.codes):
        raise refuse(file, f"{entry}, customProperties, form", "form code and a code list go together")
    if column.rows_read and not (column.required and set(column.rows_read) <= set(column.codes)):
        raise refuse(file, f"{entry}, customProperties, rows_read", "codes of a required column are expected")
    return column


Known = TypeVar("Known", Basis, Column, DataSet)


def _read(model: type[Known], file: str, entry: str, custom: Document, own: Document) -> Known:
    """The model of an entry, of its custom properties and of the keys that the standard itself has."""
    try:
        return model.model_validate({**custom, **own})
    except pydantic.ValidationError as error:
        first: ErrorDetails = error.errors(include_input=False, include_url=False)[0]
        place = [entry, *([] if first["loc"][0] in own else ["customProperties"]), *map(str, first["loc"])]
        raise refuse(file, ", ".join(place), first["msg"]) from error


def _custom(file: str, entry: str, given: Document, names: Collection[str]) -> dict[str, object]:
    """The custom properties of an entry that this program knows."""
    values: dict[str, object] = {}
    for custom in given.get("customProperties") or ():
        name = custom["property"]
        if name in values:
            raise refuse(file, f"{entry}, customProperties, {name}", "given twice")
        if name in names:
            values[name] = custom["value"]
        elif meant := get_close_matches(str(name), names, n=1, cutoff=_NEARLY):
            raise refuse(file, f"{entry}, customProperties, {name}", f"not known; did you mean {meant[0]}?")
    return values


def _names(model: type[_Model]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}
