"""Strict reading of an ODCS file: what is not understood is refused, since a rule that is skipped protects nobody."""

from __future__ import annotations

from pathlib import Path

import pydantic
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from screening.errors import ContractDefinitionError

API_VERSION = "v3.1.0"

_CONTRACT = {
    "apiVersion", "kind", "id", "name", "version", "status", "domain", "dataProduct", "description", "customProperties",
    "schema",
}  # fmt: skip
_OBJECT = {
    "name", "logicalType", "businessName", "description", "dataGranularityDescription", "quality", "properties",
}  # fmt: skip
_PROPERTY = {
    "name", "businessName", "description", "logicalType", "logicalTypeOptions", "required", "unique", "primaryKey",
    "primaryKeyPosition", "classification", "quality", "items", "customProperties",
}  # fmt: skip
_ITEMS = {"logicalType", "logicalTypeOptions", "quality"}


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice: plain YAML keeps the last one and a rule would vanish unseen."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def refuse(file: str, entry: str, why: str) -> ContractDefinitionError:
    """The error for an entry that is not understood: names file and entry."""
    return ContractDefinitionError(f"{file}, {entry}: {why}")


def known_keys(file: str, entry: str, given: object, allowed: set[str], required: set[str] = frozenset()) -> dict:
    """`given` as a mapping, when all its keys are allowed and none that is required is missing."""
    if not isinstance(given, dict):
        raise refuse(file, entry, "a mapping is expected here")
    unknown = sorted(str(key) for key in given if key not in allowed)
    if unknown:
        raise refuse(file, f"{entry}, {unknown[0]}", f"not understood; known here are {', '.join(sorted(allowed))}")
    missing = sorted(key for key in required if given.get(key) in (None, ""))
    if missing:
        raise refuse(file, entry, f"{missing[0]} is missing")
    return given


def custom_properties(file: str, entry: str, given: list | None, allowed: set[str]) -> dict[str, object]:
    """The custom properties as a mapping; one that is unknown or given twice is refused."""
    found: dict[str, object] = {}
    for one in given or []:
        known_keys(file, f"{entry}, customProperties", one, {"property", "value"}, {"property", "value"})
        if one["property"] not in allowed:
            raise refuse(file, f"{entry}, customProperties, {one['property']}", "not understood")
        if one["property"] in found:
            raise refuse(file, f"{entry}, customProperties, {one['property']}", "given twice")
        found[one["property"]] = one["value"]
    return found


def read(path: Path) -> dict:
    """The contract of one file as plain mappings, in the shape that ODCS 3.1 and this program both understand.

    Raises ContractDefinitionError (file and entry) for anything else.
    """
    file = path.name
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader, stricter
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refuse(file, "the file", f"not readable as YAML: {error}") from error
    except OSError as error:
        raise refuse(file, "the file", "cannot be opened; check that it is there and may be read") from error
    known_keys(file, "the file", document, _CONTRACT, _CONTRACT - {"status", "domain", "dataProduct"})
    try:
        OpenDataContractStandard(**document)
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise refuse(file, ".".join(str(part) for part in first["loc"]), first["msg"]) from error
    if document["apiVersion"] != API_VERSION or document["kind"] != "DataContract":
        raise refuse(file, "apiVersion", f"a DataContract of {API_VERSION} is expected")
    aims = {"purpose", "usage", "limitations"}
    known_keys(file, "description", document["description"], aims, aims)
    if len(document["schema"]) != 1:
        raise refuse(file, "schema", "exactly one table is expected")
    table = document["schema"][0]
    known_keys(file, "schema", table, _OBJECT, {"name", "logicalType", "businessName", "properties"})
    if table["logicalType"] != "object":
        raise refuse(file, "schema, logicalType", "a table is an object")
    if not table["properties"]:
        raise refuse(file, "schema, properties", "a table has at least one column")
    for one in table["properties"]:
        name = one.get("name") if isinstance(one, dict) else None
        required = {"name", "businessName", "description", "logicalType", "classification"}
        known_keys(file, f"column {name}", one, _PROPERTY, required)
        if "items" in one:
            known_keys(file, f"column {name}, items", one["items"], _ITEMS, {"logicalType"})
    return document
