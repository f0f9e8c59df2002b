"""The nine contract files: valid under the standard, complete in what they tell."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from screening.base.datasets import addressed_datasets, datasets
from screening.base.vocabulary import ADDRESS_COLUMNS


@pytest.mark.parametrize("dataset", list(datasets()))
def test_file_is_valid_under_the_schema_of_the_standard(dataset, directory):
    document = yaml.safe_load((directory / f"{dataset}.odcs.yaml").read_text(encoding="utf-8"))
    schema = resources.files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    jsonschema.validate(document, json.loads(schema))
    assert OpenDataContractStandard(**document).apiVersion == "v3.1.0"


@pytest.mark.parametrize("dataset", list(datasets()))
def test_good_sample_fills_the_canonical_columns_in_order(dataset, contracts, samples):
    assert list(samples[dataset]["good"]) == list(contracts[dataset].kept_fields)


@pytest.mark.parametrize("dataset", addressed_datasets())
def test_addressed_data_set_has_an_address_and_requires_no_part_of_it(dataset, contracts):
    fields = contracts[dataset].fields
    block = [name for name in ADDRESS_COLUMNS if name in fields]
    assert block in (list(ADDRESS_COLUMNS), ["adres_tekst"])
    assert not any(fields[name].required for name in block)


@pytest.mark.parametrize("dataset", list(datasets()))
def test_key_is_that_of_the_vocabulary(dataset, contracts):
    assert contracts[dataset].key == datasets()[dataset].key


def test_text_of_a_report_is_known_and_never_kept(contracts):
    contract = contracts["meldingen"]
    assert contract.fields["omschrijving"].form == "free_text"
    assert "omschrijving" not in contract.kept_fields


def test_names_and_birth_dates_are_marked_as_personal_everywhere(contracts):
    personal = {"persoonsgegeven", "bijzonder"}
    for contract in contracts.values():
        for name, meaning in contract.about.columns.items():
            if name == "naam" or (name.endswith(("_naam", "geboortedatum")) and name != "statutaire_naam"):
                assert meaning.classification in personal, f"{contract.file}, {name}"
