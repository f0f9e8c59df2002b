"""What is said of the load of a rule whose norm nobody decided."""

from __future__ import annotations

from flows.rules.load import norm_not_decided
from tests.flows.configuration.test_read import GOOD


def test_the_load_of_a_rule_without_its_norm_is_that_of_an_example_where_the_municipality_exists(tmp_path, monkeypatch):
    monkeypatch.setenv("BAG_DB", "sqlite:///bag.db")
    file = tmp_path / "screening.toml"
    file.write_text(GOOD, encoding="utf-8")
    said = norm_not_decided(file, "HOU-03")
    assert said is not None
    assert "did not decide its norm (norm, parameters." in said
    assert norm_not_decided(file, "LIC-04") is None
