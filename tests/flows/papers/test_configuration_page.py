"""The page of screening.toml names every key of the schema. That it does not lag is held by test_rule_pages."""

from __future__ import annotations

import json
import re

from flows.configuration.json_schema import json_schema
from flows.papers.configuration_page import configuration_page

PAGE = configuration_page()


def part(title: str) -> str:
    return PAGE.partition(f"## `{title}`\n")[2].partition("\n## ")[0]


def test_it_names_every_key_of_every_table_with_its_description():
    told = set(re.findall(r"^\| `([^`]+)` \|", PAGE, re.M)) | set(re.findall(r"\w+(?=\]+`$)", PAGE, re.M))
    told |= set(re.findall(r"(\w+)\.<name>\]`$", PAGE, re.M))
    models = json.loads(json_schema())["$defs"].values()
    assert {key for model in models for key in model.get("properties", {})} - told == set()


def test_it_says_of_a_key_what_it_may_be_and_what_holds_otherwise():
    assert "| `code` | text | required |" in part("[municipality]")
    assert "| `max_age_days` | whole number, at least 1 | `45` |" in part("[run]")
    assert "| `max_quarantine` | number, at least 0, at most 1 | `0.05` |" in part("[sources.<name>]")
    assert "one of `required`, `used`, `ignored`" in part("[sources.<name>]")


def test_a_table_by_name_and_a_list_of_tables_are_written_as_in_the_file():
    assert part("[governance.purposes.<name>]")
    assert part("[[notify.channels]]")
    assert "`date`" not in part("[indicators.<name>]")
