"""The reference page of screening.toml, made from the JSON Schema with which an editor checks the file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flows.configuration.json_schema import json_schema
from flows.papers.markdown import literal_text, markdown_table
from screening.base.frames import Row

_LEAD = """# Configuration

Every key of `screening.toml`. This page is made from [the schema](screening.schema.json), with: `make docs`. An editor
that knows JSON Schema completes and checks the file with it. A key without a value under *Otherwise* may stay away,
unless it is required. `<name>` stands for a name that you choose, or that the text prescribes.
"""
#: Keys of a schema -> how a bound is told.
_BOUNDS = {"minimum": "at least {}", "exclusiveMinimum": "more than {}", "maximum": "at most {}"}
_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def configuration_page() -> str:
    """Every table of the file with its keys, as Markdown, in the order of the schema."""
    schema = json.loads(json_schema())
    lines = [_LEAD]
    for name, value in schema["properties"].items():
        lines += _tables(schema["$defs"], name, value)
    return "\n".join(lines).rstrip("\n") + "\n"


def _tables(models: Row, name: str, value: Row) -> Iterator[str]:
    """The part of a table, and of those in it."""
    title, model = _table_of(models, name, value)
    heading = f"[[{title}]]" if value.get("type") == "array" else f"[{title}]"
    about = value.get("description") or model.get("description", "")
    required = model.get("required", [])
    keys = {key: part for key, part in model["properties"].items() if not _is_table(models, part)}
    rows = [
        (f"`{key}`", _kind(models, part), "required" if key in required else _default(part), _about(part))
        for key, part in keys.items()
    ]
    yield from (f"## `{heading}`", "", literal_text(about), "")
    if rows:
        yield from (*markdown_table(("Key", "Value", "Otherwise", "What it says"), rows), "")
    for key, part in model["properties"].items():
        if key not in keys:
            yield from _tables(models, f"{title}.{key}", part)


def _table_of(models: Row, name: str, value: Row) -> tuple[str, Row]:
    """A table's name in the file and its schema: of tables by name, `<name>` after theirs."""
    if reference := value.get("$ref"):
        return name, models[reference.rpartition("/")[2]]
    if "items" in value:
        return _table_of(models, name, value["items"])
    (inner,) = value["patternProperties"].values() if "patternProperties" in value else [value["additionalProperties"]]
    return _table_of(models, f"{name}.<name>", inner)


def _is_table(models: Row, value: Row) -> bool:
    """Whether a key holds a table, tables by name, or a list of tables."""
    if reference := value.get("$ref"):
        return "properties" in models[reference.rpartition("/")[2]]
    inside = [value.get("items"), value.get("additionalProperties"), *value.get("patternProperties", {}).values()]
    return any(_is_table(models, part) for part in inside if isinstance(part, dict))


def _kind(models: Row, value: Row) -> str:
    """What a value may be, in words."""
    if reference := value.get("$ref"):
        return _kind(models, models[reference.rpartition("/")[2]])
    if "enum" in value:
        return "one of " + ", ".join(f"`{choice}`" for choice in value["enum"])
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_kind(models, part) for part in value["anyOf"]))
    if value["type"] == "array":
        inner = value.get("items") or value["prefixItems"][0]
        return f"list: {_kind(models, inner)}"
    if value["type"] == "object":
        (inner,) = value.get("patternProperties", {}).values() or [value["additionalProperties"]]
        return f"by name: {_kind(models, inner)}"
    kind = "date" if value.get("format") == "date" else _TYPES[value["type"]]
    bounds = [words.format(value[bound]) for bound, words in _BOUNDS.items() if bound in value]
    return ", ".join([kind, *bounds])


def _default(value: Row) -> str:
    return f"`{json.dumps(value['default'], ensure_ascii=False)}`" if "default" in value else ""


def _about(value: Row) -> str:
    return literal_text(value.get("description", ""))
