"""What the contracts say of the data sets, and what follows from it."""

from __future__ import annotations

import copy
from importlib import resources
from pathlib import Path

import pytest
import yaml

from screening.base.code_words import code_words
from screening.base.datasets import addressed_datasets, datasets, parse_dataset, read_datasets, sensitive_datasets
from screening.base.errors import ContractDefinitionError
from screening.base.vocabulary import PartyKind, Purpose

FOLDER = Path(str(resources.files("data_contracts")))


def test_data_sets_come_in_the_order_that_every_list_of_them_has() -> None:
    assert list(datasets()) == [
        "vergunningen",
        "seksinrichtingen",
        "meldingen",
        "bag_adressen",
        "handelsregister",
        "functionarissen",
        "leidinggevenden",
        "maatregelen",
        "controles",
        "eigendom",
        "handelsregister_mutaties",
        "zorgaanbieders",
        "toegelaten_uitleners",
        "toeristische_verhuur_registraties",
        "recreatieparken",
    ]


def test_what_no_run_starts_without_what_has_addresses_and_what_is_sensitive() -> None:
    required = [name for name, dataset in datasets().items() if dataset.required]
    assert required == ["vergunningen", "seksinrichtingen", "meldingen", "bag_adressen"]
    assert addressed_datasets() == (
        "vergunningen",
        "seksinrichtingen",
        "meldingen",
        "handelsregister",
        "maatregelen",
        "controles",
        "eigendom",
        "handelsregister_mutaties",
        "zorgaanbieders",
        "toeristische_verhuur_registraties",
        "recreatieparken",
    )
    assert sensitive_datasets() == ("seksinrichtingen",)


def test_a_dossier_holds_nothing_that_says_who_somebody_is() -> None:
    for dataset in datasets().values():
        for name in dataset.dossier_columns:
            assert "naam" not in name.removeprefix("straatnaam"), f"{dataset.name}.{name}"
            assert not name.endswith("geboortedatum"), f"{dataset.name}.{name}"
    assert not {"omschrijving", "termen", "melder_token"} & set(datasets()["meldingen"].dossier_columns)
    assert "bibob_vragenlijst_datum" not in datasets()["vergunningen"].dossier_columns


def test_owners_have_no_party_of_theirs_so_that_no_page_leads_from_an_owner_to_property() -> None:
    owners = datasets()["eigendom"]
    assert owners.parties == ()
    assert owners.columns["soort_gerechtigde"].rows_read == ("rechtspersoon",)
    words = {part for name in owners.columns for part in name.split("_")}
    assert not {"naam", "bsn", "koopsom", "hypotheek", "beslag"} & words
    partly_read = [name for name, dataset in datasets().items() if dataset.leaves_rows_unread]
    assert partly_read == ["eigendom", "zorgaanbieders"]


def test_no_rule_sees_a_name_a_birth_date_or_free_text() -> None:
    for dataset in datasets().values():
        births = {party.birth_date for party in dataset.parties}
        for column in dataset.columns.values():
            if column.rule_visible:
                assert column.form not in {"name", "free_text"}, f"{dataset.name}.{column.name}"
                assert column.name not in births, f"{dataset.name}.{column.name}"


def test_a_holder_is_a_person_or_an_organisation_as_its_row_tells() -> None:
    holder, lessor = datasets()["vergunningen"].parties
    assert (holder.kind, holder.role, holder.names) == (None, "houder", ("houder_naam",))
    assert (lessor.kind, lessor.at_address) == (PartyKind.ORGANISATION, False)


def test_a_column_may_narrow_the_purposes_of_its_contract() -> None:
    columns = datasets()["vergunningen"].columns
    assert columns["bibob_vragenlijst_datum"].purposes == (Purpose.VERG,)
    assert columns["status"].purposes == datasets()["vergunningen"].purposes


def test_codes_and_roles_have_words_in_both_languages() -> None:
    assert code_words()["gegrond"]["en"] == "well founded"
    assert code_words()["houder"]["nl"] == "houder"


@pytest.fixture
def document() -> dict:
    return yaml.safe_load((FOLDER / "controles.odcs.yaml").read_text(encoding="utf-8"))


def test_what_is_not_said_hides(document: dict) -> None:
    changed = copy.deepcopy(document)
    table = changed["schema"][0]
    needed = {"order", "record_nl", "record_en", "dossier_order"}
    table["customProperties"] = [custom for custom in table["customProperties"] if custom["property"] in needed]
    for column in table["properties"]:
        kept = {"description_nl", "form"}
        column["customProperties"] = [custom for custom in column["customProperties"] if custom["property"] in kept]
    dataset = parse_dataset("controles.odcs.yaml", changed)
    assert (dataset.reliability, dataset.in_sample, dataset.addressed) == (None, False, False)
    assert not any(column.rule_visible or column.event for column in dataset.columns.values())


@pytest.mark.parametrize("document", [{}, {"name": "x"}, {"name": "x", "schema": []}, {"name": "x", "schema": [None]}])
def test_a_document_of_another_shape_is_refused(document: dict) -> None:
    with pytest.raises(ContractDefinitionError, match=r"x\.odcs\.yaml"):
        parse_dataset("x.odcs.yaml", document)


def test_a_folder_gives_the_data_sets_that_lie_in_it(tmp_path: Path) -> None:
    (tmp_path / "controles.odcs.yaml").write_bytes((FOLDER / "controles.odcs.yaml").read_bytes())
    (tmp_path / "notes.txt").write_text("no contract")
    assert read_datasets(tmp_path) == {"controles": datasets()["controles"]}
