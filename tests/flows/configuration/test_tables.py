"""The tables say the defaults and the terms of the product."""

from __future__ import annotations

from dataclasses import fields

import pytest

from flows.configuration import load_configuration
from flows.configuration.tables import RetentionTable
from screening.base.errors import ConfigurationError
from screening.casework.case_policy import DEFAULT_POLICY
from screening.casework.tips.care_policy import DEFAULT_CARE_POLICY, CarePolicy
from screening.rights.terms import Terms
from tests.flows.configuration.test_read import GOOD


def test_the_terms_of_case_work_say_the_defaults_of_the_product(write):
    assert load_configuration(write(GOOD)).case_policy == DEFAULT_POLICY
    assert load_configuration(write(GOOD)).terms == Terms()


def test_the_terms_of_care_say_the_defaults_of_the_product_and_fit_each_other(write):
    assert load_configuration(write(GOOD)).care.policy() == DEFAULT_CARE_POLICY
    assert load_configuration(write(GOOD + "[care]\ntry_days = 4\n")).care.policy() == CarePolicy(try_days=4)
    with pytest.raises(ConfigurationError, match="before somebody calls"):
        load_configuration(write(GOOD + "[care]\ntake_on_days = 3\n"))


def test_every_retention_term_has_its_key(write):
    terms = {name for name in RetentionTable.model_fields if name != "selectielijst"}
    assert terms | {"snapshot_days"} == {each.name for each in fields(Terms)}
