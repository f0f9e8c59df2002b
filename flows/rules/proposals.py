"""What the terminal does about rules: prepare a draft, stop at once, and tell what was decided and what would run.

Proposing, approving, activating and resuming are acts of people: they happen on pages of the review.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from flows.configuration import Configuration, load_configuration, today
from flows.configuration.read import parse_toml
from flows.desk import open_desk
from flows.papers.papers import facts_of
from flows.rules.backtest import backtest
from flows.rules.configured import configured_rules
from flows.rules.rule_parameters import given_parameters
from screening.base.errors import BarrierError, ConfigurationError, LedgerError, RuleDefinitionError
from screening.base.frames import Row
from screening.base.vocabulary import LedgerAction
from screening.casework.figures.rule_load import LOAD
from screening.casework.policy.answers import person_in
from screening.ledger import Entry, terminal_origin
from screening.ledger.notary import Act, acting
from screening.papers.dossiers import dossier_file, shipped_texts
from screening.rules.purposes import uncovered
from screening.rules.versions import content_hash
from screening.store.rules import governance as governing
from screening.store.rules.consent import version_of
from screening.store.rules.dossier import AS_SHIPPED, DOSSIER_STEPS, missing_steps, steps_as_shipped
from screening.store.rules.drafts import drafts, prepare_draft
from screening.store.rules.governance import RuleVersion
from screening.store.rules.states import RuleState
from screening.wording.odd_text import Oddity, oddities


def states_of_rules(configuration: Path) -> list[Row]:
    """One entry an indicator of this version: what is in force, what was proposed, and whether it would run tonight."""
    with open_desk(configuration) as desk:
        settings = desk.configuration
        states = configured_rules(settings).states(desk.store, max(settings.as_of, today()))
        waiting = drafts(desk.store)
    return [
        _state(state) | {"drafts": [draft.draft_id for draft in waiting if draft.code == state.code]}
        for state in states
    ]


def prepare_version(
    configuration: Path,
    code: str,
    *,
    parameters: Iterable[str] = (),
    dossier: Path | None = None,
    with_backtest: bool = False,
) -> Row:
    """Prepare the rule as it is now, with the configured parameters or these ("name=value"), as a draft."""
    texts = list(parameters)
    counts = _counts(backtest(configuration, code, parameters=texts)) if with_backtest else {}
    with open_desk(configuration) as desk:
        rules = configured_rules(desk.configuration)
        rule, activation = rules.rule_to_run(code), rules.activations.get(code)
        odd = uncovered(rule.purposes, rule.inputs, rules.allowed) if rule.purposes else ["no purpose"]
        if odd:
            raise RuleDefinitionError(f"{code}: its registers do not cover its purpose: {'; '.join(odd)}.")
        if not rule.powers:
            raise RuleDefinitionError(f"{code} names no power of the municipality, and so cannot be activated.")
        chosen = {**(activation.parameters if activation else {}), **given_parameters(texts)}
        steps = _marked(read_dossier(dossier), desk.configuration, code) if dossier else {}
        draft = prepare_draft(
            desk.store,
            version_id=version_of(rule, chosen),
            declaration=rule.declaration(rule.parameters(chosen)),
            parameters=rule.parameters(chosen),
            content_sha256=content_hash(rule),
            dossier=steps,
            backtest=counts,
            by=desk.by,
            now=desk.now,
        )
    return {
        "draft_id": draft.draft_id,
        "version_id": draft.version_id,
        "code": code,
        "digest": draft.digest,
        "missing_steps": list(missing_steps(steps)),
        "as_shipped": list(steps_as_shipped(steps)),
    }


def write_dossiers(configuration: Path, directory: Path) -> tuple[list[Path], list[Path]]:
    """Write a dossier to finish for each rule that is configured: the files written, and those that were there.

    One that is there is somebody's work and is left alone. BarrierError: the folder cannot be written.
    """
    facts = facts_of(load_configuration(configuration))
    texts = {directory / f"{rule.code}.toml": dossier_file(rule, facts) for rule in facts.switched_on}
    kept = [path for path in texts if path.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            if path not in kept:
                path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BarrierError(f"{directory}: the dossiers cannot be written ({error.strerror}).") from None
    return [path for path in texts if path not in kept], kept


def stop_rules(configuration: Path, code: str, *, reason: str) -> Row:
    """Stop one indicator or `all`, at once; a run that is under way publishes nothing of it.

    A brake has no lock: whoever is at the terminal may pull it, in a real municipality too, under the account that the
    system knows. Alone among changes it is done before the ledger knows: a ledger that is down may not keep a wrong
    rule going. LedgerError then says that the stop is in force all the same. ConfigurationError: somebody stands in
    the reason, which is kept for good.
    """
    if person_in(reason):
        raise ConfigurationError("A reason is kept for good: leave names, numbers and addresses of people out of it.")
    with open_desk(configuration) as desk:
        name = configured_rules(desk.configuration).code_or_all(code)
        entry = Entry(desk.now, desk.by, LedgerAction.RULE_CHANGE, f"rule:{name}", origin=terminal_origin())
        with acting(Act(desk.by, desk.now, entry.origin, entry=entry, is_brake=True)) as act:
            governing.stop_rule(desk.store, name, by=desk.by, now=desk.now, reason=reason)
        stopped = sorted(governing.stopped_rules(desk.store))
        if act.failed is not None:
            raise LedgerError(
                f"The stop of {name} is in force, and the ledger does not know of it: {act.failed}"
            ) from None
    return {"stopped": stopped}


def decisions(configuration: Path, code: str | None) -> list[Row]:
    """Every decision about a rule, or about all rules, oldest first: who, when, why, what."""
    with open_desk(configuration, reads_only=True) as desk:
        name = None if code is None else configured_rules(desk.configuration).code_or_all(code)
        return [
            {
                "action": row["action"],
                "code": row["code"],
                "version_id": row["version_id"],
                "by": row["actor"],
                "at": row["at"].isoformat(timespec="seconds"),
                "reason": row["reason"],
                "expires_on": row["expires_on"].isoformat() if row["expires_on"] else None,
                "details": row["details"],
            }
            for row in governing.rule_history(desk.store, name)
        ]


def read_dossier(file: Path) -> dict[str, dict[str, object]]:
    """The dossier of a rule: a TOML table for each step, with `text` and `date`. ConfigurationError when it is not.

    A step with an empty text and no date is not written yet, and is left out.
    """
    try:
        document = parse_toml(file, file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror}).") from None
    odd = sorted(set(document) - set(DOSSIER_STEPS))
    if odd:
        raise ConfigurationError(f"{file}: [{odd[0]}] is no step of a dossier. Steps: {', '.join(DOSSIER_STEPS)}.")
    steps: dict[str, dict[str, object]] = {}
    for step, content in document.items():
        if content == {"text": ""}:
            continue
        if not isinstance(content, dict) or set(content) != {"text", "date"}:
            raise ConfigurationError(f"{file}: [{step}] needs text and date, and nothing else.")
        if not isinstance(content["text"], str) or not content["text"].strip():
            raise ConfigurationError(f"{file}: [{step}] text is empty.")
        if isinstance(content["date"], datetime) or not isinstance(content["date"], date):
            raise ConfigurationError(f"{file}: [{step}] date must be a date without quotes, such as 2026-05-12.")
        steps[step] = content
    return steps


def _marked(
    steps: Mapping[str, dict[str, object]], configuration: Configuration, code: str
) -> dict[str, dict[str, object]]:
    """The steps; those to whose text nobody added anything to what the programme wrote are marked as such."""
    facts = facts_of(configuration)
    shipped = next((shipped_texts(rule, facts) for rule in facts.switched_on if rule.code == code), {})
    return {
        step: {**content, AS_SHIPPED: True}
        if step in shipped and Oddity.GIVEN in oddities(str(content["text"]), given=[shipped[step]])
        else content
        for step, content in steps.items()
    }


def _counts(document: Row) -> Row:
    """Of a back-test, the counts that people decide by: nights, addresses added and dropped."""
    nights = [night["as_of"] for night in document["runs"]]
    return {
        "nights": len(nights),
        "first": min(nights, default=None),
        "last": max(nights, default=None),
        "skipped": len(document["skipped"]),
        **document["totals"],
        LOAD: document["load"],
    }


def _state(state: RuleState) -> Row:
    active, why = state.active, state.held
    return {
        "code": state.code,
        "version": state.version,
        "purposes": list(state.purposes),
        "powers": list(state.powers),
        "configured": state.is_configured,
        "awaits_norm": state.awaits_norm,
        "version_id": state.version_id,
        "active": active.version_id if active else None,
        "expires_on": active.expires_on.isoformat() if active and active.expires_on else None,
        "stopped": state.is_stopped,
        "held": why.kind if why else None,
        "reason_nl": why.reason_nl if why else None,
        "reason_en": why.reason_en if why else None,
        "versions": [_version(version) for version in state.versions],
    }


def _version(version: RuleVersion) -> Row:
    return {
        "version_id": version.version_id,
        "code": version.code,
        "version": version.version,
        "parameters": version.parameters,
        "author": version.author,
        "proposed_at": version.proposed_at.isoformat(timespec="seconds"),
        "approved_by": version.approved_by,
        "expires_on": version.expires_on.isoformat() if version.expires_on else None,
        "activated": version.activated,
        "missing_steps": list(version.missing_steps()),
        "as_shipped": list(steps_as_shipped(version.dossier)),
        "digest": version.digest,
    }
