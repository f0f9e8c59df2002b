"""Which rules may run tonight: not those that are stopped, nor those whose consent is absent, other or over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from screening.rules import Activation, Indicator, NotRun
from screening.rules.purposes import Allowed, uncovered
from screening.rules.versions import content_hash, version_id
from screening.store.rules.governance import RuleGovernance, RuleVersion
from screening.store.schema.rules import ALL_RULES

STOPPED, PURPOSE, POWER, CHANGED, NOT_APPROVED, EXPIRED, OTHER = (
    "stopped",
    "purpose",
    "power",
    "changed",
    "not_approved",
    "expired",
    "other_version",
)


def version_of(rule: Indicator, parameters: Mapping[str, object]) -> str:
    """The id of the version of a rule that these configured parameters put in force (see `rules.versions`)."""
    return version_id(rule.code, rule.version, rule.parameters(parameters), content_hash(rule))


def held(
    rules: Iterable[Indicator],
    activations: Mapping[str, Activation],
    state: RuleGovernance,
    *,
    allowed: Allowed,
    day: date,
    is_synthetic: bool,
    unexamined: Mapping[str, NotRun] = MappingProxyType({}),
) -> dict[str, NotRun]:
    """Say of each rule that may not run why not, whatever the configuration says; for `rules.evaluate`.

    A stop always holds, and a rule of an extension is held until it passed its examination (`unexamined`: code -> what
    is wrong), in a made-up municipality too. A configured rule needs purposes that its registers cover,
    and a power of the municipality that it serves. In a real municipality it also needs
    the consent of `governance`: its very version (declaration, code, parameters) activated on the grounds that the
    configuration names, with a whole dossier, and an approval in force on `day`. In a synthetic municipality a rule
    that the ledger does not know may run; one that was activated there is held to its activation, the dossier apart.

    Returns:
        Code -> why the rule does not run.
    """
    reasons: dict[str, NotRun] = {}
    for rule in rules:
        activation = activations.get(rule.code)
        if state.all_stopped or rule.code in state.stopped:
            reasons[rule.code] = _stopped(ALL_RULES if state.all_stopped else rule.code)
        elif activation is not None and not activation.missing(rule):
            why = (
                unexamined.get(rule.code)
                or _purpose(rule, allowed)
                or _power(rule)
                or _consent(rule, activation, state, day, is_synthetic)
            )
            if why is not None:
                reasons[rule.code] = why
    return reasons


def _stopped(code: str) -> NotRun:
    if code == ALL_RULES:
        return NotRun(
            STOPPED,
            "Alle indicatoren zijn stopgezet. Alleen de aselecte steekproef blijft over.",
            "All indicators are stopped. Only the random sample remains.",
        )
    return NotRun(STOPPED, "Deze indicator is stopgezet.", "This indicator is stopped.")


def _purpose(rule: Indicator, allowed: Allowed) -> NotRun | None:
    if not rule.purposes:
        return NotRun(PURPOSE, "Voor deze indicator is geen doel vastgelegd.", "This indicator has no purpose.")
    odd = uncovered(rule.purposes, rule.inputs, allowed)
    if not odd:
        return None
    listed = "; ".join(odd)
    return NotRun(
        PURPOSE,
        f"De doelen van de registers dekken het doel van deze indicator niet ({listed}).",
        f"The purposes of the registers do not cover that of this indicator ({listed}).",
    )


def _power(rule: Indicator) -> NotRun | None:
    if rule.powers:
        return None
    return NotRun(
        POWER,
        "Voor deze indicator is geen bevoegdheid van de gemeente vastgelegd.",
        "This indicator names no power of the municipality.",
    )


def _consent(
    rule: Indicator, activation: Activation, state: RuleGovernance, day: date, is_synthetic: bool
) -> NotRun | None:
    content, active = content_hash(rule), state.active(rule.code)
    agreed = [version for version in state.of(rule.code) if version.version == rule.version and version.approved_by]
    if any(version.content_sha256 != content for version in agreed):
        return NotRun(
            CHANGED,
            f"De regel is anders dan de goedgekeurde versie {rule.version}. Een andere regel krijgt een nieuw nummer.",
            f"The rule differs from version {rule.version} as it was approved. A changed rule gets a new number.",
        )
    if active is None:
        if is_synthetic:
            return None
        return NotRun(
            NOT_APPROVED,
            "Er is geen versie van deze indicator goedgekeurd en in gebruik genomen.",
            "No version of this indicator was approved and activated.",
        )
    return (
        _other(rule, activation, active, content) or _term(active, day) or (None if is_synthetic else _dossier(active))
    )


def _other(rule: Indicator, activation: Activation, active: RuleVersion, content: str) -> NotRun | None:
    grounds = activation.grounds(rule)
    in_force = version_id(rule.code, rule.version, rule.parameters(activation.parameters), content)
    if rule.version != active.version:
        what_nl, what_en = f"versie {rule.version}, niet {active.version}", f"version {rule.version}"
    elif in_force != active.version_id:
        what_nl, what_en = "andere grenzen", "other parameters"
    elif any(active.grounds.get(name) != value for name, value in grounds.items()):
        what_nl = "een andere grondslag, DPIA, norm of FG-advies"
        what_en = "another legal basis, DPIA, norm or advice of the FG"
    else:
        return None
    return NotRun(
        OTHER,
        f"Ingesteld is iets anders dan er in gebruik is genomen: {what_nl}.",
        f"Configured is something else than what was activated: {what_en}.",
    )


def _term(active: RuleVersion, day: date) -> NotRun | None:
    if active.expires_on is None:
        return NotRun(
            NOT_APPROVED,
            "Het dossier is vernieuwd en nog niet opnieuw goedgekeurd.",
            "The dossier was renewed and is not approved again yet.",
        )
    if active.is_approved(day):
        return None
    until = active.expires_on
    return NotRun(
        EXPIRED,
        f"De goedkeuring liep tot en met {until:%d-%m-%Y} en is voorbij.",
        f"The approval held until {until.isoformat()} and is over.",
    )


def _dossier(active: RuleVersion) -> NotRun | None:
    absent = active.missing_steps()
    if not absent:
        return None
    listed = ", ".join(absent)
    return NotRun(NOT_APPROVED, f"In het dossier ontbreekt {listed}.", f"The dossier lacks {listed}.")
