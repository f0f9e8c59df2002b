"""Drafts of rules: a version as the terminal prepared it, with its dossier; a person proposes it on a page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from screening.base.frames import Row
from screening.store.account_names import account
from screening.store.bundle import canonical_json
from screening.store.engine import guarded, writing
from screening.store.rules.dossier import Dossier, check_dossier
from screening.store.schema.rules import PROPOSED, rule_draft, rule_event
from screening.store.store import Store


@dataclass(frozen=True)
class RuleDraft:
    """A version that can be proposed.

    `declaration`: what the rule says of itself, as JSON. `dossier`: step -> {"text", "date"}. `backtest`: the counts of
    a back-test, empty without one. `digest`: the sha256 of all that would be decided; `draft_id` is its beginning.
    """

    draft_id: str
    digest: str
    version_id: str
    code: str
    version: int
    parameters: Row
    content_sha256: str
    declaration: str
    dossier: Row
    backtest: Row
    prepared_by: str
    prepared_at: datetime


def prepare_draft(
    store: Store,
    *,
    version_id: str,
    declaration: Row,
    parameters: Row,
    content_sha256: str,
    dossier: Dossier,
    backtest: Row,
    by: str,
    now: datetime,
) -> RuleDraft:
    """Keep a version as a draft; the same again is the same draft.

    `declaration` is what the rule declares of itself, with `code` and `version`. StoreError: a text of the dossier is
    none, see `check_dossier`.
    """
    check_dossier(dossier, declaration)
    decided: Row = json.loads(
        canonical_json(
            {
                "version_id": version_id,
                "code": declaration["code"],
                "version": declaration["version"],
                "parameters": dict(parameters),
                "content_sha256": content_sha256,
                "declaration": canonical_json(declaration),
                "dossier": dossier,
                "backtest": backtest,
            }
        )
    )
    digest = hashlib.sha256(canonical_json(decided).encode()).hexdigest()
    draft = RuleDraft(digest[:16], digest, **decided, prepared_by=account(by), prepared_at=now)
    with guarded("preparing a rule"), writing(store.engine) as connection:
        is_there = rule_draft.select().where(rule_draft.c.draft_id == draft.draft_id)
        if connection.execute(is_there).first() is None:
            connection.execute(rule_draft.insert().values(**vars(draft)))
    return draft


def drafts(store: Store) -> list[RuleDraft]:
    """The drafts that nobody has proposed, in the order in which they were prepared."""
    with guarded("reading drafts of rules"), store.engine.connect() as connection:
        events = connection.scalars(sa.select(rule_event.c.details).where(rule_event.c.action == PROPOSED))
        proposed = {details.get("digest") for details in events}
        rows = connection.execute(rule_draft.select().order_by(rule_draft.c.prepared_at, rule_draft.c.draft_id)).all()
    return [RuleDraft(**row._mapping) for row in rows if row.digest not in proposed]
