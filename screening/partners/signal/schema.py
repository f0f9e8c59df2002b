"""The published JSON Schema of a signal (2020-12), generated from the model: `schemas/signaal-3.schema.json`.

Those of the earlier formats stay as they were: a batch with a signal of such a format has it.
`python -m screening.partners.signal.schema` prints what is to stand in that file.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.resources import files

from screening.partners.signal.signal import FIRST_FORMAT, FORMAT, SECOND_FORMAT, Signal

FILE = "signaal-3.schema.json"
#: By the format of a signal: the file with its schema.
SCHEMA_OF = {FIRST_FORMAT: "signaal-1.schema.json", SECOND_FORMAT: "signaal-2.schema.json", FORMAT: FILE}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: A name, not an address: nothing is fetched from it.
IDENTIFIER = "urn:barrier-screening:signaal:3"
#: The names of these models without the prefix that keeps them apart in the code: what receivers know stays.
_PREFIX = re.compile(r"\bSignal(?=(?:Dataset|Measure|Municipality|Partner)\b)")


def schema() -> dict[str, object]:
    """The schema of what `canonical(signal)` gives: closed everywhere, and without nulls (the unknown is left out)."""
    generated = _without_null(json.loads(_PREFIX.sub("", json.dumps(Signal.model_json_schema()))))
    assert isinstance(generated, dict)  # noqa: S101 - a schema is an object
    # the model reads all formats; this is the schema of the newest
    format_, question = generated["properties"]["formaat"], generated["$defs"]["Question"]
    format_["const"] = FORMAT
    del format_["enum"]
    question["required"] = sorted({*question["required"], "urgentie"})
    meta = generated["$defs"]["Meta"]
    meta["required"] = sorted({*meta["required"], "ontvanger"})
    del generated["$defs"]["OwnWork"]["properties"]["bibob_eigen_onderzoek_loopt"]
    return {"$schema": DIALECT, "$id": IDENTIFIER, **generated}


def schema_bytes() -> bytes:
    """The schema as it is published: sorted, indented, one newline at the end."""
    return (json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def published_schema(file: str = FILE) -> bytes:
    """The file as it stands in the package."""
    return files("screening.partners.signal").joinpath("schemas", file).read_bytes()


def _without_null(part: object) -> object:
    if isinstance(part, list):
        return [_without_null(element) for element in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _without_null(value) for name, value in part.items() if not (name == "default" and value is None)}
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        left = [choice for choice in choices if choice != {"type": "null"}]
        del kept["anyOf"]
        kept = {**left[0], **kept} if len(left) == 1 else {**kept, "anyOf": left}
    return kept


if __name__ == "__main__":
    sys.stdout.buffer.write(schema_bytes())
