"""A dossier of a rule as people write it, and a rule that two people let run: for the tests of several folders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from flows.catalogue import all_contracts, all_indicators
from flows.desk import open_desk
from flows.night.rule_consent import allowed_purposes
from flows.rules.configured import configured_rules
from flows.rules.proposals import prepare_version
from screening.base.frames import Row
from screening.rules.versions import content_hash
from screening.store import Store
from screening.store.rules.dossier import Dossier
from screening.store.rules.drafts import RuleDraft, drafts, prepare_draft
from screening.store.rules.governance import RuleVersion, activate_rule, approve_rule, propose_rule
from screening.store.rules.states import ConfiguredRules

LATER = (datetime.now(tz=UTC) + timedelta(days=300)).date()
#: Step -> what was examined.
TEXTS = {
    "legal_basis": "De APV, artikel 2:28, geeft het college toezicht op vergunde inrichtingen; dat is nagelezen.",
    "allowed_by_law": "De wet staat vergelijking van twee registers toe voor toezicht. Meer leest hij niet.",
    "proxy_test": "Over acht wijken vergeleken: treffers hangen niet samen met inkomen, leeftijd of herkomst.",
    "data_quality_test": "Van 200 vergunningen is het dossier erbij gehaald; zes datums zijn daarna hersteld.",
    "statistical_link": "Bij 31 van 40 gecontroleerde adressen ging de exploitatie door, tegen 4 uit de steekproef.",
    "substantive_link": "Een verlopen vergunning met open deuren betekent dat niemand toetst wie er de leiding heeft.",
}
DOSSIER = {step: {"text": text, "date": date(2026, 5, 1)} for step, text in TEXTS.items()}


@cache
def made_up_rules() -> ConfiguredRules:
    """The rules of this version, of which a made-up municipality configured none."""
    return ConfiguredRules(tuple(all_indicators()), {}, allowed_purposes(all_contracts()), is_synthetic=True)


def draft_rule(
    store: Store, code: str, *, now: datetime, backtest: Row | None = None, dossier: Dossier = DOSSIER
) -> RuleDraft:
    """Prepare a rule as the terminal does, in a store without a configuration."""
    rules = made_up_rules()
    rule = rules.rule(code)
    return prepare_draft(
        store,
        version_id=rules.configured(code).version_id,
        declaration=rule.declaration(),
        parameters=rule.parameters({}),
        content_sha256=content_hash(rule),
        dossier=dossier,
        backtest=backtest or {},
        by="system",
        now=now,
    )


def write_dossier(file: Path, **texts: str) -> Path:
    """A dossier as a TOML file; `texts` in the place of some of its steps."""
    steps = (f'[{step}]\ntext = "{text}"\ndate = 2026-05-01\n' for step, text in (TEXTS | texts).items())
    file.write_text("".join(steps), encoding="utf-8")
    return file


def propose(config: Path, code: str, *, by: str = "anna", **prepared: object) -> RuleVersion:
    """Prepare a version and let a person propose it."""
    made = prepare_version(config, code, **prepared)
    with open_desk(config) as desk:
        waiting = {draft.draft_id: draft for draft in drafts(desk.store)}
        return propose_rule(desk.store, waiting[made["draft_id"]], by=by, now=desk.now, reason="eerste versie")


def approve(config: Path, version: RuleVersion, *, by: str = "bram", expires: date = LATER) -> RuleVersion:
    """Let another person approve it."""
    with open_desk(config) as desk:
        return approve_rule(
            desk.store,
            version.version_id,
            digest=version.digest,
            by=by,
            now=desk.now,
            reason="gelezen",
            expires_on=expires,
        )


def activate(config: Path, version: RuleVersion, *, by: str = "anna") -> RuleVersion:
    """Let it run."""
    with open_desk(config) as desk:
        configured = configured_rules(desk.configuration).configured(version.code)
        return activate_rule(
            desk.store,
            version.version_id,
            digest=version.digest,
            by=by,
            now=desk.now,
            reason="vanaf vannacht",
            configured=configured,
        )


def let_run(config: Path, code: str, **prepared: object) -> RuleVersion:
    """Everything at once."""
    return activate(config, approve(config, propose(config, code, **prepared)))
