"""The JSON Schema of screening.toml, with which an editor completes and checks the file (docs/reference)."""

from __future__ import annotations

import json

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from flows.configuration.tables import ConfigurationTables


class _Toml(GenerateJsonSchema):
    """Without null, which TOML does not know, and without defaults of whole tables: each key has its own."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return {**inner, "default": default} if isinstance(default, bool | int | float | str) and default else inner

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def json_schema() -> str:
    """The schema as text."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ConfigurationTables.model_json_schema(schema_generator=_Toml),
        "title": "screening.toml",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
