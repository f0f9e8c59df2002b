"""publiccode.yml is valid by the standard and names whom to write to; the root has what a newcomer looks for."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.conftest import ROOT

FILE = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
SCHEMA = yaml.safe_load((ROOT / "tests" / "publiccode.schema.yaml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"


def faults(document: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def test_the_file_is_valid_by_the_standard():
    Draft202012Validator.check_schema(SCHEMA)
    assert faults(FILE) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.pop("url"),
        lambda file: file.update(url="barrier-screening"),
        lambda file: file.update(publiccodeYmlVersion="0.4"),
        lambda file: file.update(softwareType="web"),
        lambda file: file.update(categories=["crime"]),
        lambda file: file.update(roadmap=""),
        lambda file: file.update(inputTypes=["text/csv"]),
        lambda file: file["maintenance"].pop("contacts"),
        lambda file: file["maintenance"].update(contractors=[{"name": "Firm", "until": "2027-01-01"}]),
        lambda file: file["maintenance"]["contacts"][0].update(email="nobody"),
        lambda file: file["description"]["nl"].update(shortDescription="x" * 151),
        lambda file: file["description"]["en"].update(longDescription="Too short."),
        lambda file: file["description"].clear(),
        lambda file: file["intendedAudience"].update(countries=["nl"]),
        lambda file: file["localisation"].pop("localisationReady"),
        lambda file: file["supports"].append({"id": "alias:unknown"}),
    ],
)
def test_a_file_that_the_standard_refuses_is_refused(spoil: Callable[[dict[str, Any]], object]):
    file = copy.deepcopy(FILE)
    spoil(file)
    assert len(faults(file)) == 1


def test_it_says_beyond_the_standard_whom_to_write_to_and_what_comes():
    assert FILE["roadmap"].startswith("https://")
    assert all(contact["email"] for contact in FILE["maintenance"]["contacts"])
    assert set(FILE["description"]) == {"nl", "en"}


def test_it_says_what_the_package_says():
    assert FILE["name"] == PROJECT["name"]
    assert FILE["softwareVersion"] == PROJECT["version"]
    assert FILE["legal"]["license"] == PROJECT["license"]
    (python,) = (one for one in FILE["dependsOn"]["open"] if one["name"] == "Python")
    assert PROJECT["requires-python"] == f">={python['versionMin']}"


@pytest.mark.parametrize("name", ["CODE_OF_CONDUCT", "CONTRIBUTING", "GOVERNANCE", "README", "SECURITY"])
def test_the_root_has_the_pages_that_a_newcomer_looks_for(name: str):
    text = (ROOT / f"{name}.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?![a-z]+:|#)([^)\s#]+)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []
    assert links


def test_each_form_asks_for_what_is_needed_and_warns_against_real_data():
    forms = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FORMS.glob("*.yml")}
    assert forms.pop("config.yml")["blank_issues_enabled"] is False
    assert forms.keys() == {"fault.yml", "rule.yml", "wish.yml"}
    for form in forms.values():
        assert {"name", "description", "body"} <= form.keys()
        (promise,) = (part for part in form["body"] if part["type"] == "checkboxes")
        assert all(option["required"] for option in promise["attributes"]["options"])
        assert "real" in promise["attributes"]["options"][0]["label"]
        ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
        assert len(ids) == len(set(ids))
