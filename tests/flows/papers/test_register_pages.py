"""The page of a register names its columns, codes, rules and readers. That none lags is held by test_rule_pages."""

from __future__ import annotations

import pytest

from flows.catalogue import all_contracts, all_indicators
from flows.papers.register_pages import register_pages
from screening.base.datasets import datasets


@pytest.fixture(scope="module")
def pages():
    return register_pages()


@pytest.mark.parametrize("dataset", list(datasets()))
def test_a_page_names_every_column_code_and_rule_with_how_to_mend(dataset, pages):
    page, contract = pages[f"registers/{dataset}.md"], all_contracts()[dataset]
    for name in contract.about.delivered_columns:
        assert f"| `{name}` | " in page
        assert all(f"| `{name}` | `{code}` |" in page for code in contract.fields[name].codes)
    assert all(rule.reason_nl in page and rule.description_nl in page for rule in contract.rules)
    assert all(rule.description_nl in page for rule in contract.cross_register_rules)


def test_a_page_says_which_indicators_read_a_column_whichever_end_of_its_date(pages):
    rule = next(rule for rule in all_indicators() if rule.code == "LIC-04")
    line = next(line for line in pages["registers/vergunningen.md"].splitlines() if line.startswith("| `einddatum` |"))
    assert "LIC-04" in line
    assert any(name.startswith("einddatum") for name in rule.inputs["vergunningen"])
    assert "[LIC-04](../indicatoren.md#lic-04)" in pages["registers/vergunningen.md"]


def test_a_table_keeps_its_columns_where_a_text_has_a_bar(pages):
    page = pages["registers/bag_adressen.md"]
    assert "lijst, met \\| ertussen: BAG-id van 16 cijfers" in page
