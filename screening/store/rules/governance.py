"""Governance of rules: one person proposes, another approves for a term, it is activated; anyone stops it at once.

What is proposed is a draft (`drafts`), and what is approved or activated is named by its digest: whoever looked at
another dossier decides nothing. Every decision is a row that is added and never changed (`rule_event`). The state in
force is read from the rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.base.frames import Row
from screening.store.account_names import account
from screening.store.bundle import canonical_json
from screening.store.engine import guarded, writing
from screening.store.rules.dossier import missing_steps
from screening.store.rules.drafts import RuleDraft
from screening.store.schema.rules import (
    ACTIVATED,
    ALL_RULES,
    APPROVED,
    PROPOSED,
    RESUMED,
    STOPPED,
    rule_event,
    rule_version,
)
from screening.store.store import Store

#: What a proposal takes over of its draft.
_PROPOSED = ("dossier", "backtest", "digest")


class RuleConflictError(StoreError):
    """What somebody decides about is not what they looked at."""


@dataclass(frozen=True)
class Configured:
    """What the configuration and this version of the programme would run of a rule, and on which grounds.

    `grounds`: legal_basis, dpia, fg_advice, and the norm where the rule asks one. `needs_dossier`: whether every step
    must be there. `unexamined`: what is wrong with the examination of a rule of an extension.
    """

    version_id: str
    grounds: Mapping[str, object]
    needs_dossier: bool
    unexamined: str | None = None


@dataclass(frozen=True)
class RuleVersion:
    """An immutable version of a rule, and what was decided about it last.

    `parameters`: those in force. `declaration`: what the rule says of itself, as JSON. `dossier`: step -> {"text",
    "date"}, and `backtest`, as last proposed; `digest`: the sha256 of all of it. `approved_by`, `expires_on`: of the
    last approval. `activated`: it is the version of its code that runs. `grounds`: legal basis, DPIA and FG
    advice at its activation.
    """

    version_id: str
    code: str
    version: int
    parameters: dict[str, float]
    content_sha256: str
    declaration: str
    author: str
    proposed_at: datetime
    dossier: dict[str, dict[str, str]] = field(default_factory=dict)
    backtest: dict[str, object] = field(default_factory=dict)
    digest: str = ""
    approved_by: str | None = None
    expires_on: date | None = None
    activated: bool = False
    grounds: dict[str, object] = field(default_factory=dict)

    def missing_steps(self) -> tuple[str, ...]:
        """The steps of the dossier that are not written down."""
        return missing_steps(self.dossier)

    def is_approved(self, day: date) -> bool:
        """Whether another person approved it and the approval holds on this day (its last day included)."""
        return self.expires_on is not None and day <= self.expires_on


@dataclass(frozen=True)
class RuleGovernance:
    """The state in force: versions by id, and which codes (or all) are stopped since when."""

    versions: dict[str, RuleVersion]
    stopped: dict[str, datetime]

    @property
    def all_stopped(self) -> datetime | None:
        """Since when every rule is stopped, or None."""
        return self.stopped.get(ALL_RULES)

    def active(self, code: str) -> RuleVersion | None:
        """The version of a code that was activated last."""
        return next((version for version in self.versions.values() if version.code == code and version.activated), None)

    def waiting(self) -> list[RuleVersion]:
        """The versions that can still be let run: proposed after the one of their code that runs, if one does."""
        runs = {version.code: version.proposed_at for version in self.versions.values() if version.activated}
        return [
            version
            for version in self.versions.values()
            if not version.activated and (version.code not in runs or version.proposed_at > runs[version.code])
        ]

    def of(self, code: str) -> list[RuleVersion]:
        """The versions of a code, in the order in which they were first proposed."""
        return [version for version in self.versions.values() if version.code == code]


def rule_governance(store: Store) -> RuleGovernance:
    """Read the state in force now."""
    with guarded("reading the governance of rules"), store.engine.connect() as connection:
        events = [row._mapping for row in connection.execute(rule_event.select().order_by(rule_event.c.id))]
        # after the events: a version is written with its first event, so each that they name is here
        rows = {row.version_id: row._mapping for row in connection.execute(rule_version.select())}
    by_version: dict[str, Row] = {}
    stopped: dict[str, datetime] = {}
    active: dict[str, str] = {}
    for event in events:
        action, code, name = event["action"], event["code"], event["version_id"]
        if action == STOPPED:
            stopped.setdefault(code, event["at"])
        elif action == RESUMED:
            stopped.pop(code, None)
        elif action == PROPOSED:
            # proposed again, it waits for an approval again: what was approved is the version with its old dossier
            before = by_version.get(name, {"proposed_at": event["at"]})
            proposal = {key: event["details"][key] for key in _PROPOSED if key in event["details"]}
            by_version[name] = {"proposed_at": before["proposed_at"], **proposal}
        elif action == APPROVED:
            by_version[name] |= {"approved_by": event["actor"], "expires_on": event["expires_on"]}
        else:  # activated: the table takes no other word
            active[code] = name
            by_version[name]["grounds"] = event["details"]
    columns = ("version_id", "code", "version", "parameters", "content_sha256", "declaration", "author")
    return RuleGovernance(
        versions={
            name: RuleVersion(
                **{column: rows[name][column] for column in columns}, **facts, activated=name in active.values()
            )
            for name, facts in by_version.items()
        },
        stopped=stopped,
    )


def stopped_rules(store: Store) -> frozenset[str]:
    """The codes that are stopped now, `all` among them when every rule is: one short read, asked again and again."""
    newest = sa.select(sa.func.max(rule_event.c.id)).where(rule_event.c.action.in_([STOPPED, RESUMED]))
    query = sa.select(rule_event.c.code).where(
        rule_event.c.id.in_(newest.group_by(rule_event.c.code)), rule_event.c.action == STOPPED
    )
    with guarded("reading which rules are stopped"), store.engine.connect() as connection:
        return frozenset(connection.scalars(query))


def propose_rule(store: Store, draft: RuleDraft, *, by: str, now: datetime, reason: str) -> RuleVersion:
    """Propose the version of a draft. Proposed again by its author with another dossier, it waits for approval again.

    Raises:
        StoreError: another author proposed this very version, or the same number with another content is on file; then
            the rule needs a new version number.
    """
    author = account(by)
    with guarded("proposing a rule"), writing(store.engine) as connection:
        same_number = connection.execute(
            rule_version.select().where(rule_version.c.code == draft.code, rule_version.c.version == draft.version)
        ).all()
        if any(row.content_sha256 != draft.content_sha256 for row in same_number):
            raise StoreError(
                f"{draft.code} version {draft.version} is on file with another declaration. A changed rule is a new "
                "version: raise its version number."
            )
        on_file = next((row for row in same_number if row.version_id == draft.version_id), None)
        if on_file is None:
            columns = ("version_id", "code", "version", "parameters", "content_sha256", "declaration")
            values = {column: getattr(draft, column) for column in columns}
            connection.execute(rule_version.insert().values(**values, author=author))
        elif on_file.author != author:
            raise StoreError(
                f"{draft.version_id} was proposed by someone else; approve it, or let its author renew it."
            )
        _add(
            connection,
            PROPOSED,
            draft.code,
            by=author,
            now=now,
            reason=reason,
            version=(draft.version_id, author),
            details={name: getattr(draft, name) for name in _PROPOSED},
        )
    return rule_governance(store).versions[draft.version_id]


def approve_rule(
    store: Store, version_id: str, *, digest: str, by: str, now: datetime, reason: str, expires_on: date
) -> RuleVersion:
    """Approve a version as a second person, until and including `expires_on`. `digest`: of what that person looked at.

    Raises:
        RuleConflictError: it was proposed anew since that person looked.
        StoreError: no such version, its author asks, or the term is over before it begins.
    """
    version = _looked_at(store, version_id, digest)
    if account(by) == version.author:
        raise StoreError(f"{version_id}: its author cannot approve it. Four eyes: ask a colleague.")
    if expires_on < day_of(now):
        raise StoreError(f"{version_id}: an approval that ended on {expires_on} approves nothing.")
    with guarded("approving a rule"), writing(store.engine) as connection:
        _add(
            connection,
            APPROVED,
            version.code,
            by=by,
            now=now,
            reason=reason,
            expires_on=expires_on,
            version=(version_id, version.author),
            details={"digest": digest},
        )
    return _require(store, version_id)


def activate_rule(
    store: Store, version_id: str, *, digest: str, by: str, now: datetime, reason: str, configured: Configured
) -> RuleVersion:
    """Let a version run in the place of the one before. `digest`: of what the person looked at.

    Raises:
        RuleConflictError: it was proposed anew since that person looked.
        StoreError: no such version, it is not what the configuration would run, it is of an extension and did not pass
            its examination, no approval is in force, a ground or, where the municipality is a real one, a step of the
            dossier is missing.
    """
    version = _looked_at(store, version_id, digest)
    table = f'[indicators."{version.code}"] of the configuration'
    if configured.version_id != version_id:
        raise StoreError(
            f"{version_id} is not what would run: {table} or this version of the programme says something else. Put "
            "the parameters of the version in the configuration first."
        )
    if configured.unexamined:
        raise StoreError(f"{version_id}: {configured.unexamined}")
    absent = [name for name, value in configured.grounds.items() if not value]
    if absent:
        raise StoreError(f"{version_id}: {table} lacks {', '.join(absent)}.")
    if configured.needs_dossier and version.missing_steps():
        raise StoreError(
            f"{version_id}: the dossier lacks {', '.join(version.missing_steps())}. Prepare it again with --dossier."
        )
    if not version.is_approved(day_of(now)):
        what = "is not approved" if version.expires_on is None else f"was approved until {version.expires_on}"
        raise StoreError(f"{version_id} {what}. A colleague of its author approves it first.")
    with guarded("activating a rule"), writing(store.engine) as connection:
        details = json.loads(canonical_json(dict(configured.grounds)))
        _add(
            connection,
            ACTIVATED,
            version.code,
            by=by,
            now=now,
            reason=reason,
            details=details,
            version=(version_id, version.author),
        )
    return _require(store, version_id)


def stop_rule(store: Store, code: str, *, by: str, now: datetime, reason: str) -> None:
    """Stop a rule, or all: anyone may, at once, also in the middle of a run, and whatever is approved."""
    _switch(store, STOPPED, code, by=by, now=now, reason=reason)


def resume_rule(store: Store, code: str, *, by: str, now: datetime, reason: str) -> None:
    """Take a stop of the same code (or of all) away. StoreError when it is not stopped."""
    _switch(store, RESUMED, code, by=by, now=now, reason=reason)


def rule_history(store: Store, code: str | None = None) -> list[Row]:
    """Every decision, oldest first: action, code, version_id, actor, at, reason, expires_on, details."""
    query = rule_event.select().order_by(rule_event.c.id)
    if code is not None:
        query = query.where(rule_event.c.code.in_([code, ALL_RULES]))
    with guarded("reading the history of rules"), store.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def _switch(store: Store, action: str, code: str, *, by: str, now: datetime, reason: str) -> None:
    with guarded("stopping or resuming a rule"), writing(store.engine) as connection:
        if action == RESUMED:
            last = connection.execute(
                sa.select(rule_event.c.action)
                .where(rule_event.c.code == code, rule_event.c.action.in_([STOPPED, RESUMED]))
                .order_by(rule_event.c.id.desc())
                .limit(1)
            ).scalar()
            if last != STOPPED:
                what = "The rules are" if code == ALL_RULES else f"{code} is"
                raise StoreError(f"{what} not stopped: nothing to resume.")
        _add(connection, action, code, by=by, now=now, reason=reason)


def _require(store: Store, version_id: str) -> RuleVersion:
    version = rule_governance(store).versions.get(version_id)
    if version is None:
        raise StoreError(f"No version {version_id} was proposed. `barrier rules list` shows those that were.")
    return version


def _looked_at(store: Store, version_id: str, digest: str) -> RuleVersion:
    version = _require(store, version_id)
    if not digest or version.digest != digest:
        raise RuleConflictError(f"{version_id} was proposed anew since it was looked at. Look again.")
    return version


def _add(
    connection: sa.Connection,
    action: str,
    code: str,
    *,
    by: str,
    now: datetime,
    reason: str,
    version: tuple[str, str] | None = None,
    expires_on: date | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    if not reason.strip():
        raise StoreError("Say why: it must be possible to ask about it later.")
    connection.execute(
        rule_event.insert().values(
            action=action,
            code=code,
            version_id=version[0] if version else None,
            author=version[1] if version else None,
            actor=account(by),
            at=now,
            reason=reason.strip(),
            expires_on=expires_on,
            details=dict(details or {}),
        )
    )
