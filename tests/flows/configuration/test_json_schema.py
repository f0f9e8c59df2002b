"""The schema that an editor reads is the one of the models, and judges a file as they do."""

from __future__ import annotations

import json
import tomllib
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from flows.configuration.fields import required_datasets
from flows.configuration.json_schema import json_schema
from flows.mandate.template import template
from screening.synthetic.configuration import DeliveryFormat, screening_toml
from tests.flows.configuration.test_read import LEXICON
from tests.flows.configuration.test_review import FULL, HEAD
from tests.mandates import governance

DELIVERIES = {name: DeliveryFormat(f"{name}.csv") for name in required_datasets()}
DEMO = screening_toml(DELIVERIES, ["LIC-01"], date(2026, 11, 1))


def complaints(text: str) -> list[str]:
    document = json.loads(json.dumps(tomllib.loads(text), default=str))
    return [error.message for error in Draft202012Validator(json.loads(json_schema())).iter_errors(document)]


def test_every_key_has_a_sentence_and_no_table_takes_an_unknown_one():
    tables = json.loads(json_schema())["$defs"]
    models = {name: table for name, table in tables.items() if table["type"] == "object"}
    assert len(models) > 15
    assert [name for name, table in models.items() if table["additionalProperties"] is not False] == []
    keys = [(f"{name}.{key}", about) for name, table in models.items() for key, about in table["properties"].items()]
    assert [name for name, about in keys if "description" not in about] == []


@pytest.mark.parametrize("text", [DEMO, LEXICON, HEAD + FULL, DEMO + governance(), DEMO + template()])
def test_a_good_file_is_good_to_an_editor_too(text):
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "9999"', "code = 9999"),
        ('workspace = "var"', 'worksapce = "var"'),
        ("[sources.meldingen]", "[sources.melding]"),
        ('[indicators."LIC-01"]', "[indicators.LIC01]"),
        ("[policy.bibob]", "[policy.bibop]"),
        ("[[review.help]]", "[review]\nport = 70000\n[[review.help]]"),
        ("[[review.help]]", "[review]\nsample_share = 0.6\n[[review.help]]"),
        ("[[review.help]]", "[export]\nvalid_days = 400\n[[review.help]]"),
    ],
)
def test_a_slip_is_seen_in_an_editor(old, new):
    assert old in DEMO
    assert complaints(DEMO.replace(old, new, 1)) != []
