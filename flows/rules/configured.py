"""The rules of this version as a configuration sets them, for the terminal, the check and the pages of the review."""

from __future__ import annotations

from functools import partial

from flows.activations import activations
from flows.catalogue import all_contracts, all_indicators
from flows.configuration import Configuration
from flows.examination.outcomes import rule_examinations
from flows.night.rule_consent import allowed_purposes
from screening.store.rules.states import ConfiguredRules


def configured_rules(configuration: Configuration) -> ConfiguredRules:
    """The rules, with what `[indicators]` says of each."""
    return ConfiguredRules(
        tuple(all_indicators()),
        activations(configuration),
        allowed_purposes(all_contracts()),
        configuration.is_synthetic,
        partial(rule_examinations, configuration.workspace),
    )
