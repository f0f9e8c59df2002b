"""Forms that a person did not finish: what they wrote is kept for some days, encrypted, and shown to nobody else.

The key is a file of the workspace and in no database: who reads a backup of the store alone reads no text. Account and
form are part of what is sealed, so that a row that is moved to another account opens for nobody.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from screening.store.engine import guarded, writing
from screening.store.schema.accounts import kept_form
from screening.store.sealing import sealed, unsealed
from screening.store.store import Store
from screening.store.workspace import Workspace

#: A draft that nobody came back to goes after this: `kinds.yaml` says so.
KEPT_FOR = timedelta(days=7)
#: A draft is what one person types; more than this is not kept.
MOST_BYTES = 128 * 1024


@dataclass(frozen=True)
class FormDraft:
    """What somebody wrote in a form. `form`: the path that it is sent to; `fields`: (name, value) as they were sent."""

    form: str
    case_id: str | None
    kept_at: datetime
    fields: tuple[tuple[str, str], ...] = ()


def keep_draft(
    store: Store,
    workspace: Workspace,
    who: str,
    form: str,
    fields: Sequence[tuple[str, str]],
    *,
    now: datetime,
    case_id: str | None = None,
) -> bool:
    """Keep what a person wrote in a form, in the place of what was kept of it before; False where it is too much.

    Args:
        store: The store.
        workspace: Whose key seals it.
        who: The account.
        form: The path that the form is sent to.
        fields: (name, value) of its fields.
        now: The moment.
        case_id: The case that the form is about: the draft goes with it.
    """
    content = json.dumps(fields, ensure_ascii=False).encode()
    if len(content) > MOST_BYTES:
        return False
    values = {
        "account": who,
        "form": form,
        "case_id": case_id,
        "kept_at": now,
        "delete_after": now + KEPT_FOR,
        "content": sealed(workspace.draft_key(), content, _place(who, form)),
    }
    with guarded("keeping a draft"), writing(store.engine) as connection:
        connection.execute(kept_form.delete().where(sa.or_(sa.and_(*_own(who, form)), kept_form.c.delete_after < now)))
        connection.execute(kept_form.insert().values(**values))
    return True


def read_draft(store: Store, workspace: Workspace, who: str, form: str, *, now: datetime) -> FormDraft | None:
    """What this person wrote in a form; None where nothing is kept, or the key is another one."""
    query = kept_form.select().where(*_own(who, form), kept_form.c.delete_after >= now)
    with guarded("reading a draft"), store.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    content = unsealed(workspace.draft_key(), row.content, _place(who, form))
    if content is None:  # sealed under a key that is gone
        return None
    return FormDraft(form, row.case_id, row.kept_at, tuple((name, value) for name, value in json.loads(content)))


def own_drafts(store: Store, who: str, *, now: datetime) -> list[FormDraft]:
    """Return the forms that a person did not finish, the last one first, without what is in them."""
    query = (
        sa.select(kept_form.c.form, kept_form.c.case_id, kept_form.c.kept_at)
        .where(kept_form.c.account == who, kept_form.c.delete_after >= now)
        .order_by(kept_form.c.kept_at.desc(), kept_form.c.form)
    )
    with guarded("reading drafts"), store.engine.connect() as connection:
        return [FormDraft(**row._mapping) for row in connection.execute(query)]


def drafts_of_cases(store: Store, workspace: Workspace, case_ids: Sequence[str], *, now: datetime) -> list[FormDraft]:
    """Return what anybody wrote of these cases and did not send yet: for somebody who asks what is kept of them."""
    query = sa.select(kept_form.c.account, kept_form.c.form).where(kept_form.c.case_id.in_(case_ids))
    with guarded("reading drafts"), store.engine.connect() as connection:
        rows = connection.execute(query.order_by(kept_form.c.kept_at, kept_form.c.form)).all()
    drafts = [read_draft(store, workspace, row.account, row.form, now=now) for row in rows]
    return [draft for draft in drafts if draft is not None]


def drop_draft(store: Store, who: str, form: str) -> None:
    """Take a draft away: the form was taken, or its writer wants it no more."""
    with guarded("reading a draft"), store.engine.connect() as connection:
        is_there = connection.scalar(sa.select(sa.exists().where(*_own(who, form))))
    if is_there:
        with guarded("removing a draft"), writing(store.engine) as connection:
            connection.execute(kept_form.delete().where(*_own(who, form)))


def _own(who: str, form: str) -> tuple[sa.ColumnElement[bool], ...]:
    return kept_form.c.account == who, kept_form.c.form == form


def _place(who: str, form: str) -> str:
    """What a sealed text is bound to."""
    return f"{who}\x1f{form}"
