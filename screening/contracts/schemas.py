"""What a contract asks of a delivered row, in the words of two standards: JSON Schema and Frictionless Table Schema.

Both are made of the rules that judge a delivery. They say what one row must hold; what follows from several rows,
columns or registers stays with the contract.
"""

from __future__ import annotations

from screening.base.datasets import Column
from screening.base.frames import Row
from screening.contracts.model import Contract, QualityRule
from screening.contracts.reading import MOMENT

_JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_TABLE_SCHEMA = "https://specs.frictionlessdata.io/schemas/table-schema.json"
#: How a value can stand in JSON, by type of the contract; a text is always accepted, since registers deliver texts.
_JSON_TYPES = {"integer": ["integer", "string"], "number": ["number", "string"]}
#: What Table Schema calls it. Dates and moments can be partial and lists have bars: texts of a form.
_TABLE_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}


def record_schema(contract: Contract) -> Row:
    """The JSON Schema of one delivered record."""
    return {
        "$schema": _JSON_SCHEMA,
        "$id": f"urn:barrier-screening:{contract.dataset}:{contract.about.version}",
        "title": contract.about.business_name_nl,
        "type": "object",
        "properties": {column.name: _json_property(contract, column) for column in _delivered(contract)},
        "required": [column.name for column in _delivered(contract) if column.required],
    }


def table_schema(contract: Contract) -> Row:
    """The Table Schema of the delivered columns."""
    key = contract.key
    return {
        "$schema": _TABLE_SCHEMA,
        "title": contract.about.business_name_nl,
        "fields": [_table_field(contract, column) for column in _delivered(contract)],
        "missingValues": [""],
        **({"primaryKey": [key]} if key else {}),
    }


def _delivered(contract: Contract) -> list[Column]:
    return [contract.about.columns[name] for name in contract.about.delivered_columns]


def _json_property(contract: Contract, column: Column) -> Row:
    types = [*_JSON_TYPES.get(column.logical_type, ["string"]), *([] if column.required else ["null"])]
    values = _values(contract, column)
    asked: Row = {"type": types if len(types) > 1 else types[0]}
    if values:
        asked["enum"] = values if column.required else [*values, None]
    return {
        "title": column.business_name_nl,
        "description": f"{column.description_nl} / {column.description_en}",
        **asked,
        **_pattern(contract, column),
        **_bounds(contract, column),
    }


def _table_field(contract: Contract, column: Column) -> Row:
    kind = _TABLE_TYPES.get(column.logical_type, "string")
    is_text = kind == "string"
    values = _values(contract, column) if is_text else []
    constraints: Row = {
        **({"required": True} if column.required else {}),
        **({"unique": True} if column.unique else {}),
        **({"enum": values} if values else {}),
        **(_pattern(contract, column) if is_text else {}),
        **_bounds(contract, column),
    }
    return {
        "name": column.name,
        "type": kind,
        "title": column.business_name_nl,
        "description": f"{column.description_nl} / {column.description_en}",
        **({"trueValues": ["ja"], "falseValues": ["nee"]} if kind == "boolean" else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _rules(contract: Contract, column: Column, *expectations: str) -> list[QualityRule]:
    return [rule for rule in contract.rules if rule.column == column.name and rule.expectation in expectations]


def _values(contract: Contract, column: Column) -> list[str]:
    """The values that a column may have, where they are listed."""
    listed = [rule.gx_arguments["value_set"] for rule in _rules(contract, column, "in_code_list", "is_yes_no")]
    return [str(value) for values in listed if isinstance(values, list) for value in values]


def _pattern(contract: Contract, column: Column) -> Row:
    """The form of a text: `$` in place of the end as Python writes it."""
    if column.logical_type == "timestamp":
        return {"pattern": MOMENT}
    forms = ("is_date", "is_integer", "is_number", "matches_pattern", "elements_match_pattern", "elements_in_code_list")
    patterns = [str(rule.gx_arguments["regex"]) for rule in _rules(contract, column, *forms)]
    return {"pattern": patterns[0].replace(r"\Z", "$")} if patterns else {}


def _bounds(contract: Contract, column: Column) -> Row:
    """The least and the largest number."""
    names = {"min_value": "minimum", "max_value": "maximum"}
    return {
        names[side]: bound
        for rule in _rules(contract, column, "in_range")
        for side, bound in rule.gx_arguments.items()
        if side in names
    }
