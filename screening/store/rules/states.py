"""The rules of this version of the programme as the configuration sets them: what is in force, and what would run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from screening.base.errors import ConfigurationError
from screening.rules import Activation, Indicator, NotRun
from screening.rules.declare import Setting
from screening.rules.examination import RuleExamination
from screening.rules.purposes import Allowed
from screening.store.rules.consent import held, version_of
from screening.store.rules.governance import Configured, RuleVersion, rule_governance
from screening.store.schema.rules import ALL_RULES
from screening.store.store import Store


@dataclass(frozen=True)
class RuleState:
    """What is so of one rule. `version_id`, `parameters`: what the configuration and this programme would run.

    `is_configured`: it has its legal basis, DPIA and advice. `awaits_norm`: all but the norm, which the municipality
    has to choose. `active`: the version that people activated. `held`: why it would not run on the day that was asked
    about.
    """

    code: str
    name_nl: str
    name_en: str
    version: int
    purposes: tuple[str, ...]
    powers: tuple[str, ...]
    is_configured: bool
    awaits_norm: bool
    version_id: str
    parameters: Mapping[str, Setting]
    active: RuleVersion | None
    is_stopped: bool
    held: NotRun | None
    versions: tuple[RuleVersion, ...]


@dataclass(frozen=True)
class ConfiguredRules:
    """The rules, and per code what the configuration says of it.

    `allowed`: the purposes of the registers' columns. `read_examinations`: code -> what came of the examination of each
    rule of an extension, read anew whenever it is asked: an examination while the review is served counts at once.
    """

    rules: tuple[Indicator, ...]
    activations: Mapping[str, Activation]
    allowed: Allowed
    is_synthetic: bool
    read_examinations: Callable[[], Mapping[str, RuleExamination]] = dict

    @property
    def unexamined(self) -> dict[str, NotRun]:
        """Code -> why a rule of an extension is held until it passed its examination."""
        return {code: why for code, examination in self.read_examinations().items() if (why := examination.why_held)}

    def rule(self, code: str) -> Indicator:
        """Find the rule of this code. ConfigurationError when this version has none."""
        rule = next((rule for rule in self.rules if rule.code == code), None)
        if rule is None:
            raise ConfigurationError(f"{code!r} is no indicator of this version. `barrier indicators` lists them.")
        return rule

    def rule_to_run(self, code: str) -> Indicator:
        """The rule of this code, to run it on data or to prepare a decision about it.

        ConfigurationError: there is none, or it is of an extension and did not pass its examination.
        """
        rule, why = self.rule(code), self.unexamined.get(code)
        if why is not None:
            raise ConfigurationError(f"{code}: {why.reason_en}")
        return rule

    def code_or_all(self, code: str) -> str:
        """The code of a rule, or the word for all of them. ConfigurationError for another text."""
        return code if code == ALL_RULES else self.rule(code).code

    def configured(self, code: str) -> Configured:
        """What would run of a rule, and on which grounds."""
        activation = self.activations.get(code, Activation())
        rule, why = self.rule(code), self.unexamined.get(code)
        return Configured(
            version_of(rule, activation.parameters),
            activation.grounds(rule),
            not self.is_synthetic,
            unexamined=why.reason_en if why else None,
        )

    def states(self, store: Store, day: date) -> list[RuleState]:
        """What is so of each rule; `held` as a night of this day would find it."""
        state = rule_governance(store)
        why = held(
            self.rules,
            self.activations,
            state,
            allowed=self.allowed,
            day=day,
            is_synthetic=self.is_synthetic,
            unexamined=self.unexamined,
        )
        states = []
        for rule in self.rules:
            activation = self.activations.get(rule.code)
            states.append(
                RuleState(
                    code=rule.code,
                    name_nl=rule.name_nl,
                    name_en=rule.name_en,
                    version=rule.version,
                    purposes=rule.purposes,
                    powers=rule.powers,
                    is_configured=activation is not None and not activation.missing(rule),
                    awaits_norm=activation is not None and activation.awaits_norm(rule),
                    version_id=self.configured(rule.code).version_id,
                    parameters=rule.parameters(activation.parameters if activation else {}),
                    active=state.active(rule.code),
                    is_stopped=bool(state.all_stopped) or rule.code in state.stopped,
                    held=why.get(rule.code),
                    versions=tuple(state.of(rule.code)),
                )
            )
        return states
