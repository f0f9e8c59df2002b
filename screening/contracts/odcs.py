"""Reading of an ODCS file: metadata of other tools is kept and ignored, a rule that is not understood is refused.

A rule that is skipped protects nobody.
"""

from __future__ import annotations

from collections.abc import Collection

import pydantic
from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty

from screening.base.contract_file import Document, TextFile, read_document, refuse

API_VERSION = "v3.1.0"

_CONTRACT = {"apiVersion", "kind", "id", "name", "version", "description", "customProperties", "schema"}
_OBJECT = {"name", "logicalType", "businessName", "properties"}
_PROPERTY = {"name", "businessName", "description", "logicalType", "classification"}
#: Keys of the standard that say which values are good, in a way that no rule is compiled from.
_NO_RULE = {"enum", "map", "properties"}
_OF_OBJECT = SchemaObject.model_fields.keys()
_OF_PROPERTY = SchemaProperty.model_fields.keys() - _NO_RULE


def known_keys(
    file: str, entry: str, given: object, allowed: Collection[str], required: Collection[str] = ()
) -> Document:
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


def read(path: TextFile) -> Document:
    """The contract of one file as plain mappings, in the shape of ODCS 3.1.

    Raises:
        ContractDefinitionError: Names file and entry. Not in that shape, more than one table, or a key that says which
            values are good in a way that is not understood.
    """
    file, document = path.name, read_document(path)
    known_keys(file, "the file", document, document.keys(), _CONTRACT)
    try:
        OpenDataContractStandard(**document)
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise refuse(file, ".".join(str(part) for part in first["loc"]), first["msg"]) from error
    if document["apiVersion"] != API_VERSION or document["kind"] != "DataContract":
        raise refuse(file, "apiVersion", f"a DataContract of {API_VERSION} is expected")
    known_keys(file, "description", document["description"], document["description"].keys(), _DESCRIPTION)
    if len(document["schema"]) != 1:
        raise refuse(file, "schema", "exactly one table is expected")
    table = known_keys(file, "schema", document["schema"][0], _OF_OBJECT, _OBJECT)
    if table["logicalType"] != "object":
        raise refuse(file, "schema, logicalType", "a table is an object")
    for column in table["properties"]:
        name = column.get("name") if isinstance(column, dict) else None
        known_keys(file, f"column {name}", column, _OF_PROPERTY, _PROPERTY)
        if "items" in column:
            known_keys(file, f"column {name}, items", column["items"], _OF_PROPERTY - {"items"}, {"logicalType"})
    return document


_DESCRIPTION = {"purpose", "usage", "limitations"}
