"""From an ODCS file to a Contract: the data set and its rules. Everything is checked here, before any run starts."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from screening.base.contract_file import Document, TextFile, refuse
from screening.base.datasets import SUFFIX, Column, DataSet, parse_dataset
from screening.contracts.cross_register import cross_register_rule, is_cross_register
from screening.contracts.derive import derived_rules, options
from screening.contracts.entries import QualityEntry, code_list, entry_rule, unique_key_rule
from screening.contracts.model import Contract, QualityRule, fields_of
from screening.contracts.odcs import read


def load_contracts(directory: Traversable) -> dict[str, Contract]:
    """Every contract of a directory by data set, in the order of the data sets.

    Raises:
        ContractDefinitionError: A file is not understood.
    """
    contracts = [load_contract(path) for path in directory.iterdir() if path.name.endswith(SUFFIX)]
    return {contract.dataset: contract for contract in sorted(contracts, key=lambda contract: contract.about.order)}


def load_contract(path: TextFile) -> Contract:
    """The contract of one file `<data set>.odcs.yaml`.

    Raises:
        ContractDefinitionError: Names file and entry. A rule, or what the program itself asks of a data set, is not
            understood.
    """
    document = read(path)
    about = parse_dataset(path.name, document)
    table = document["schema"][0]
    _check_key(about, table["properties"])
    fields = fields_of(about)
    rules: list[QualityRule] = []
    pending: list[tuple[str | None, Document]] = []
    for given in table["properties"]:
        column = about.columns[given["name"]]
        derived, entries = _column_rules(about, column, given)
        rules.extend(derived)
        pending.extend((column.name, entry) for entry in entries)
    if about.key:
        rules.append(unique_key_rule(about.name, about.columns[about.key]))
    pending.extend((None, entry) for entry in table.get("quality") or [])
    compiled = [QualityEntry(about.file, about.name, entry, fields, name, about.key) for name, entry in pending]
    across = tuple(cross_register_rule(entry) for entry in compiled if entry.column and is_cross_register(entry.given))
    rules.extend(entry_rule(entry) for entry in compiled if not (entry.column and is_cross_register(entry.given)))
    ids = [*(rule.rule_id for rule in rules), *(rule.rule_id for rule in across)]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise refuse(about.file, f"quality {rule_id.partition('.')[2]}", "the name of a rule is given twice")
    return Contract(about, tuple(rules), across)


def _column_rules(about: DataSet, column: Column, given: Document) -> tuple[list[QualityRule], list[Document]]:
    """The rules that follow from a column's declaration, and its quality entries that are still to be compiled."""
    file, entry = about.file, f"column {column.name}"
    chosen = options(file, column.name, column.logical_type, given.get("logicalTypeOptions"))
    codes, entries = code_list(file, entry, given.get("quality"))
    if column.logical_type == "array":
        if codes:
            raise refuse(file, f"{entry}, quality", "the code list of an array stands under its items")
        _check_items(file, entry, given.get("items"))
    elif "items" in given:
        raise refuse(file, f"{entry}, items", "only a column of type array has items")
    if codes and column.logical_type != "string":
        raise refuse(file, f"{entry}, quality", "only text and lists have a code list")
    if column.form == "free_text" and (column.required or chosen or entries):
        raise refuse(file, entry, "free text is never kept, so no rule can be asked of it")
    element = ((given.get("items") or {}).get("logicalTypeOptions") or {}).get("pattern", "")
    return list(derived_rules(about.name, column, chosen, element)), entries


def _check_items(file: str, entry: str, items: Document | None) -> None:
    if items is None:
        raise refuse(file, f"{entry}, items", "an array says what its elements are")
    if items["logicalType"] != "string":
        raise refuse(file, f"{entry}, items, logicalType", "elements are text")
    options(file, f"{entry.removeprefix('column ')}, items", "string", items.get("logicalTypeOptions"))
    codes, rest = code_list(file, f"{entry}, items", items.get("quality"))
    if rest:
        raise refuse(file, f"{entry}, items, quality", "only a code list is understood here")
    if codes and items.get("logicalTypeOptions"):
        raise refuse(file, f"{entry}, items", "elements have a pattern or a code list, not both")


def _check_key(about: DataSet, columns: list[Document]) -> None:
    """At most one column is the primary key; it is unique, required, and the only one that is unique."""
    keys = [column["name"] for column in columns if column.get("primaryKey")]
    if len(keys) > 1 or keys != [column["name"] for column in columns if column.get("unique")]:
        raise refuse(about.file, "primaryKey", "the one unique column is the primary key, and it alone")
    if not keys and not about.fingerprint and about.parties:
        raise refuse(about.file, "primaryKey", "rows without a key that name parties need a fingerprint")
    for column in columns:
        if column["name"] in keys and (not column.get("required") or column.get("primaryKeyPosition", 1) != 1):
            raise refuse(about.file, f"column {column['name']}", "a key is required and stands at position 1")
