"""Every register and every column that may be shown has a name in both languages."""

from __future__ import annotations

import pytest

from screening.base.datasets import datasets
from screening.base.vocabulary import ADDRESS_COLUMNS
from screening.wording.register_names import column_name, record_name, register_name

#: Shown as one line, not as fields of a record.
ADDRESS = {*ADDRESS_COLUMNS, "woonplaats"}


@pytest.mark.parametrize("name", datasets())
def test_every_register_and_its_records_are_named_and_it_has_a_place_of_its_own(name: str) -> None:
    dataset = datasets()[name]
    assert all((dataset.label_en, dataset.record_nl, dataset.record_en))
    assert register_name(name, "en") == dataset.label_en
    assert record_name(name, "nl") == dataset.record_nl
    assert sorted(other.dossier_order for other in datasets().values()) == list(range(1, len(datasets()) + 1))


@pytest.mark.parametrize("name", datasets())
def test_every_column_that_may_be_shown_is_named_in_both_languages(name: str) -> None:
    dataset = datasets()[name]
    shown = set(dataset.dossier_columns) - ADDRESS
    assert {column for column in shown if dataset.columns[column].label_en is None} == set()


def test_what_no_contract_names_is_shown_without_underscores() -> None:
    assert register_name("oud_register", "nl") == record_name("oud_register", "en") == "oud register"
    assert column_name("oud_register", "een_kolom", "nl") == "een kolom"
