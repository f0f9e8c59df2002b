"""Decisions about rules, from the command line: propose, approve, activate, stop, resume; and what was decided."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from flows.audit.log_read_access import noted
from flows.catalogue import all_contracts, all_indicators
from flows.configuration import today
from flows.desk import Desk, open_desk
from flows.night.rule_consent import allowed_purposes
from flows.night.stages import activations
from screening.civil_time import TOWN
from screening.errors import ConfigurationError, LedgerError, RuleDefinitionError, StoreError
from screening.frames import Row
from screening.rules import Indicator
from screening.rules.purposes import uncovered
from screening.rules.versions import content_hash
from screening.store.rules import governance as governing
from screening.store.rules.consent import held, version_of
from screening.store.rules.governance import DOSSIER_STEPS, RuleVersion
from screening.store.schema.rules import ALL_RULES
from screening.vocabulary import LedgerAction

_CODES = re.compile(r"\[(.+)\]")
_VERSION = re.compile(r"[0-9a-f]{16}")


def states_of_rules(configuration: Path) -> list[Row]:
    """One entry an indicator of this version: what is in force, what was proposed, and whether it would run tonight."""
    with open_desk(configuration) as desk:
        settings, state = desk.configuration, governing.rule_governance(desk.store)
    why = held(
        all_indicators(), activations(settings), state, allowed=allowed_purposes(all_contracts()),
        day=max(settings.as_of, today()), is_synthetic=settings.is_synthetic,
    )  # fmt: skip
    entries = []
    for rule in all_indicators():
        configured, active = settings.indicators.get(rule.code), state.active(rule.code)
        entries.append(
            {
                "code": rule.code,
                "version": rule.version,
                "purposes": list(rule.purposes),
                "configured": configured is not None and not configured.missing,
                "version_id": version_of(rule, configured.parameters if configured else {}),
                "active": active.version_id if active else None,
                "expires_on": active.expires_on.isoformat() if active and active.expires_on else None,
                "stopped": bool(state.all_stopped) or rule.code in state.stopped,
                "held": why[rule.code].kind if rule.code in why else None,
                "reason_nl": why[rule.code].reason_nl if rule.code in why else None,
                "reason_en": why[rule.code].reason_en if rule.code in why else None,
                "versions": [_version(version) for version in state.of(rule.code)],
            }
        )
    return entries


def propose_version(
    configuration: Path, code: str, *, by: str, reason: str, parameters: Iterable[str] = (), dossier: Path | None = None
) -> Row:
    """Propose the rule as it is now, with the configured parameters or these ("name=value")."""
    rule = rule_of(code)
    odd = uncovered(rule.purposes, rule.inputs, allowed_purposes(all_contracts())) if rule.purposes else ["no purpose"]
    if odd:
        raise RuleDefinitionError(f"{code}: its registers do not cover its purpose: {'; '.join(odd)}.")
    with _changing(configuration, f"rule:{rule.code}", by) as desk:
        configured = desk.configuration.indicators.get(code)
        chosen = {**(configured.parameters if configured else {}), **given_parameters(parameters)}
        proposed = governing.propose_rule(
            desk.store,
            version_id=version_of(rule, chosen),
            declaration=rule.declaration(rule.parameters(chosen)),
            parameters=rule.parameters(chosen),
            content_sha256=content_hash(rule),
            dossier=read_dossier(dossier) if dossier else {},
            by=by,
            now=now(),
            reason=reason,
        )
    return _version(proposed)


def approve_version(configuration: Path, version_id: str, *, by: str, reason: str, expires: date) -> dict[str, object]:
    """A second person approves a version until and including a day."""
    with _changing(configuration, _rule(version_id), by) as desk:
        approved = governing.approve_rule(desk.store, version_id, by=by, now=now(), reason=reason, expires_on=expires)
    return _version(approved)


def activate_version(configuration: Path, version_id: str, *, by: str, reason: str) -> dict[str, object]:
    """Let an approved version run; it must be what the configuration and this version of the programme would run."""
    with _changing(configuration, _rule(version_id), by) as desk:
        settings, version = desk.configuration, governing.rule_governance(desk.store).versions.get(version_id)
        chosen = settings.indicators.get(version.code) if version else None
        if version and version_of(rule_of(version.code), chosen.parameters if chosen else {}) != version_id:
            raise ConfigurationError(
                f'{version_id} is not what would run: [indicators."{version.code}"] of {configuration} or this version '
                "of the programme says something else. Put the parameters of the version in the configuration first."
            )
        active = governing.activate_rule(
            desk.store,
            version_id,
            by=by,
            now=now(),
            reason=reason,
            grounds=chosen.grounds if chosen else dict.fromkeys(("legal_basis", "dpia", "fg_advice")),
            needs_dossier=not settings.is_synthetic,
        )
    return _version(active)


def stop_rules(configuration: Path, code: str, *, by: str, reason: str) -> dict[str, object]:
    """Stop one indicator or `all`, at once; a run that is under way publishes nothing of it.

    Alone among changes it is done before the ledger knows: a ledger that is down may not keep a wrong rule going.
    LedgerError then says that the stop is in force all the same.
    """
    name = _code(code)
    with open_desk(configuration, by=by) as desk:
        governing.stop_rule(desk.store, name, by=by, now=now(), reason=reason)
        stopped = sorted(governing.stopped_rules(desk.store))
        try:
            desk.log(LedgerAction.RULE_CHANGE, f"rule:{name}")
        except StoreError as error:
            raise LedgerError(f"The stop of {name} is in force, and the ledger does not know of it: {error}") from None
    return {"stopped": stopped}


def lift_stop(configuration: Path, code: str, *, by: str, reason: str) -> dict[str, object]:
    """Take a stop away; whether the rule then runs is for its approval to say."""
    name = _code(code)
    with _changing(configuration, f"rule:{name}", by) as desk:
        governing.resume_rule(desk.store, name, by=by, now=now(), reason=reason)
        return {"stopped": sorted(governing.stopped_rules(desk.store))}


def decisions(configuration: Path, code: str | None) -> list[dict[str, object]]:
    """Every decision about a rule, or about all rules, oldest first: who, when, why, what."""
    with open_desk(configuration, reads_only=True) as desk:
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
            for row in governing.rule_history(desk.store, None if code is None else _code(code))
        ]


def given_parameters(texts: Iterable[str]) -> dict[str, object]:
    """Parameters given as "name=value", or "name=[55,56]" for codes. ConfigurationError where the value is neither."""
    given: dict[str, object] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if codes := _CODES.fullmatch(value.strip()):
            given[name.strip()] = tuple(code.strip() for code in codes[1].split(","))
            continue
        try:
            given[name.strip()] = int(value) if value.strip().lstrip("-").isdigit() else float(value)
        except ValueError:
            raise ConfigurationError(
                f"--parameter {text}: write name=value, with a number, or codes as name=[55,56]."
            ) from None
    return given


def read_dossier(file: Path) -> dict[str, dict[str, object]]:
    """The dossier of a rule: a TOML table for each step, with `text` and `date`. ConfigurationError when it is not."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: not valid TOML: {error}") from None
    odd = sorted(set(document) - set(DOSSIER_STEPS))
    if odd:
        raise ConfigurationError(f"{file}: [{odd[0]}] is no step of a dossier. Steps: {', '.join(DOSSIER_STEPS)}.")
    for step, content in document.items():
        if not isinstance(content, dict) or set(content) != {"text", "date"}:
            raise ConfigurationError(f"{file}: [{step}] needs text and date, and nothing else.")
        if not isinstance(content["text"], str) or not content["text"].strip():
            raise ConfigurationError(f"{file}: [{step}] text is empty.")
        if isinstance(content["date"], datetime) or not isinstance(content["date"], date):
            raise ConfigurationError(f"{file}: [{step}] date must be a date without quotes, such as 2026-05-12.")
    return document


def rule_of(code: str) -> Indicator:
    """Find the indicator of this code. ConfigurationError when this version has none."""
    indicator = next((rule for rule in all_indicators() if rule.code == code), None)
    if indicator is None:
        raise ConfigurationError(f"{code!r} is no indicator of this version. `barrier indicators` lists them.")
    return indicator


@contextmanager
def _changing(configuration: Path, subject: str, by: str) -> Iterator[Desk]:
    """Open the desk to decide about a rule or a version; the ledger knows before anything is changed."""
    with open_desk(configuration, by=by) as desk:
        desk.store  # noqa: B018 - another municipality's store is refused before the ledger is written
        with noted(desk.configuration, LedgerAction.RULE_CHANGE, subject, by=by):
            yield desk


def _rule(version_id: str) -> str:
    """What the ledger calls a version. StoreError: it is none."""
    if not _VERSION.fullmatch(version_id):
        raise StoreError(f"{version_id!r} is no id of a version: 16 hexadecimal digits, as `barrier rules list` shows.")
    return f"rule:{version_id}"


def now() -> datetime:
    """The moment of a decision, on the municipality's clock."""
    return datetime.now(tz=TOWN)


def _code(text: str) -> str:
    return text if text == ALL_RULES else rule_of(text).code


def _version(version: RuleVersion) -> dict[str, object]:
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
    }
