"""From an ODCS file to a Contract: fields, meanings, rules. Everything is checked here, before any run starts."""

from __future__ import annotations

from pathlib import Path

from screening.contracts.derive import LOGICAL_TYPES, derived_rules, options
from screening.contracts.entries import Entry, code_list, entry_rule, unique_key_rule
from screening.contracts.model import Contract, FieldMeaning, Rule
from screening.contracts.odcs import custom_properties, read, refuse
from screening.errors import ContractDefinitionError
from screening.frames import FieldSpec
from screening.vocabulary import KEY_COLUMN, Dataset

#: Purposes of processing (domain reference 2.1): licences, housing, public order, quality of base registers.
PURPOSES = frozenset({"P-VERG", "P-WON", "P-OO", "P-REG"})
#: How a column's content is to be handled; `bijzonder` is kept from everyone whose work does not need it.
CLASSIFICATIONS = frozenset({"openbaar", "intern", "persoonsgegeven", "bijzonder"})
FORMS = frozenset(
    {
        "code", "kvk_nummer", "vestigingsnummer", "rsin", "object_id", "postcode", "free_text", "reporter_token",
        "term_ids", "name",
    }
)  # fmt: skip
_SUFFIX = ".odcs.yaml"


def load_contracts(directory: Path) -> dict[Dataset, Contract]:
    """Every contract of a directory, by data set, in the order of the vocabulary.

    Raises ContractDefinitionError for a file that is not understood, a data set without a contract, or a file that is
    the contract of no data set.
    """
    found = {}
    for path in sorted(Path(directory).glob(f"*{_SUFFIX}")):
        contract = load_contract(path)
        found[contract.dataset] = contract
    missing = [dataset.value for dataset in Dataset if dataset not in found]
    if missing:
        raise ContractDefinitionError(f"no contract for {', '.join(missing)}: add {missing[0]}{_SUFFIX}")
    return {dataset: found[dataset] for dataset in Dataset}


def load_contract(path: Path) -> Contract:
    """The contract of one file `<data set>.odcs.yaml`.

    Raises ContractDefinitionError, naming file and entry, for anything in it that this program does not understand.
    """
    path = Path(path)
    file = path.name
    document = read(path)
    table = document["schema"][0]
    dataset = _dataset(file, document, table)
    given = custom_properties(file, "the file", document["customProperties"], {"purposes", "legal_basis"})
    purposes = _purposes(file, "the file", given.get("purposes"))
    basis = given.get("legal_basis")
    if not _is_list_of_texts(basis):
        raise refuse(file, "customProperties, legal_basis", "at least one legal basis is needed")

    fields: dict[str, FieldSpec] = {}
    meanings: dict[str, FieldMeaning] = {}
    rules: list[Rule] = []
    pending: list[tuple[str | None, dict]] = []
    for column in table["properties"]:
        name = column["name"]
        if name in fields:
            raise refuse(file, f"column {name}", "given twice")
        spec, meaning, derived, entries = _column(file, dataset, column, purposes)
        fields[name], meanings[name] = spec, meaning
        rules.extend(derived)
        pending.extend((name, entry) for entry in entries)

    key = _key(file, dataset, table["properties"])
    if key:
        rules.append(unique_key_rule(dataset, next(one for one in table["properties"] if one["name"] == key), fields))
    pending.extend((None, entry) for entry in table.get("quality") or [])
    rules.extend(entry_rule(Entry(file, dataset, entry, fields, name, key)) for name, entry in pending)
    ids = [rule.rule_id for rule in rules]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise refuse(file, f"quality {rule_id.partition('.')[2]}", "the name of a rule is given twice")
    return Contract(
        dataset=dataset,
        name=document["name"],
        version=str(document["version"]),
        file=file,
        business_name_nl=table["businessName"],
        purposes=purposes,
        legal_basis=tuple(basis),
        fields=fields,
        meanings=meanings,
        key=key,
        rules=tuple(rules),
    )


def _is_list_of_texts(given: object) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(one, str) and one for one in given)


def _dataset(file: str, document: dict, table: dict) -> Dataset:
    name = document["name"]
    if name not in {one.value for one in Dataset} or file != f"{name}{_SUFFIX}" or table["name"] != name:
        raise refuse(file, "name", f"contract, table and file carry the name of a data set: {', '.join(Dataset)}")
    return Dataset(name)


def _purposes(file: str, entry: str, given: object) -> tuple[str, ...]:
    if not _is_list_of_texts(given) or not set(given) <= PURPOSES:
        raise refuse(file, f"{entry}, customProperties, purposes", f"a list out of {', '.join(sorted(PURPOSES))}")
    return tuple(given)


def _column(
    file: str, dataset: Dataset, column: dict, contract_purposes: tuple[str, ...]
) -> tuple[FieldSpec, FieldMeaning, list[Rule], list]:
    name, logical_type = column["name"], column["logicalType"]
    entry = f"column {name}"
    if logical_type not in LOGICAL_TYPES:
        raise refuse(file, f"{entry}, logicalType", f"not understood; known are {', '.join(LOGICAL_TYPES)}")
    chosen = options(file, name, logical_type, column.get("logicalTypeOptions"))
    custom = custom_properties(file, entry, column.get("customProperties"), {"description_nl", "form", "purposes"})
    form = custom.get("form")
    if form is not None and (not isinstance(form, str) or form not in FORMS):
        raise refuse(file, f"{entry}, customProperties, form", f"not understood; known are {', '.join(sorted(FORMS))}")
    if column["classification"] not in CLASSIFICATIONS:
        known = ", ".join(sorted(CLASSIFICATIONS))
        raise refuse(file, f"{entry}, classification", f"not understood; known are {known}")
    if not isinstance(custom.get("description_nl"), str):
        raise refuse(file, f"{entry}, customProperties", "description_nl is missing, or is no text")
    purposes = _purposes(file, entry, custom["purposes"]) if "purposes" in custom else contract_purposes
    if not set(purposes) <= set(contract_purposes):
        raise refuse(file, f"{entry}, customProperties, purposes", "a column serves no purpose that its contract lacks")
    for flag in ("required", "unique", "primaryKey"):
        if not isinstance(column.get(flag, False), bool):
            raise refuse(file, f"{entry}, {flag}", "true or false is expected")

    codes, entries = code_list(file, entry, column.get("quality"))
    if logical_type == "array":
        codes, entries = _items(file, entry, column, codes, entries)
    elif "items" in column:
        raise refuse(file, f"{entry}, items", "only a column of type array has items")
    if codes and logical_type not in ("string", "array"):
        raise refuse(file, f"{entry}, quality", "only text and lists have a code list")
    if bool(codes) != (form == "code"):
        raise refuse(file, f"{entry}, customProperties, form", "form code and a code list go together")
    spec = FieldSpec(
        name=name,
        logical_type=logical_type,
        form=form,
        required=column.get("required", False),
        unique=column.get("unique", False),
        codes=codes,
    )
    meaning = FieldMeaning(
        business_name_nl=column["businessName"],
        description_nl=custom["description_nl"],
        description_en=column["description"],
        classification=column["classification"],
        purposes=purposes,
    )
    if form == "free_text" and (spec.required or chosen or entries):
        raise refuse(file, entry, "free text is never kept, so no rule can be asked of it")
    return spec, meaning, list(derived_rules(dataset, column, chosen, form, codes)), entries


def _items(file: str, entry: str, column: dict, codes: tuple, entries: list) -> tuple[tuple[str, ...], list]:
    items = column.get("items")
    if items is None:
        raise refuse(file, f"{entry}, items", "an array says what its elements are")
    if codes:
        raise refuse(file, f"{entry}, quality", "the code list of an array stands under its items")
    if items["logicalType"] != "string":
        raise refuse(file, f"{entry}, items, logicalType", "elements are text")
    options(file, f"{column['name']}, items", "string", items.get("logicalTypeOptions"))
    codes, rest = code_list(file, f"{entry}, items", items.get("quality"))
    if rest:
        raise refuse(file, f"{entry}, items, quality", "only a code list is understood here")
    if codes and items.get("logicalTypeOptions"):
        raise refuse(file, f"{entry}, items", "elements have a pattern or a code list, not both")
    return codes, entries


def _key(file: str, dataset: Dataset, columns: list[dict]) -> str | None:
    keys = [one["name"] for one in columns if one.get("primaryKey")]
    if keys != [one["name"] for one in columns if one.get("unique")]:
        raise refuse(file, "primaryKey", "the one unique column is the primary key, and it alone")
    if keys != ([KEY_COLUMN[dataset]] if dataset in KEY_COLUMN else []):
        raise refuse(file, "primaryKey", "not the column that names a record of this data set")
    column = next((one for one in columns if one["name"] in keys), None)
    if column and (not column.get("required") or column.get("primaryKeyPosition", 1) != 1):
        raise refuse(file, f"column {column['name']}", "a key is required and stands at position 1")
    return keys[0] if keys else None
