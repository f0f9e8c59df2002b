"""A store in which every text that a delivery could bring is a payload, as though a run had put it there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import count

from screening.store import Workspace
from screening.store.sqlite_driver import Connection

#: Values that the contracts check letter by letter, so that no payload gets through: days, moments, numbers.
_CHECKED = re.compile(r"-?\d+(?:[.,]\d+)?|\d{4}-\d\d-\d\d(?:[ T].*)?|[a-z_]+:[\w:-]+|")
#: Text columns and JSON columns of a published run, by table; ids and codes are made by the run itself.
TEXTS = {
    "dossier_address": ("address",),
    "flag": ("address",),
    "review_case": ("address",),
    "dossier_party": ("name", "kvk_nummer"),
    "evidence": ("explanation_nl", "explanation_en"),
    "source_age": ("file_name",),
    "colleague_signal": ("text", "place", "addition"),
    "account": ("name",),
    "visit_outcome": ("note",),
    "case_reading": ("text",),
    "case_judgement": ("motivation",),
    "saved_filter": ("name",),
    "riec_event": ("reason",),
}
JSONS = {
    "dossier_record": ("fields",),
    "cited_record": ("fields",),
    "evidence": ("values",),
    "link_to_judge": ("left_side", "right_side"),
    "indicator_declaration": ("declaration",),
}
#: What pages look up by, or what a closed list of our own decides: left as it is.
_KEYS = frozenset(
    {"code", "cls", "class", "barrier", "dataset", "key", "unit", "kind", "role", "fg_advice", "version", "inputs"}
)


def poison(workspace: Workspace, payloads: Sequence[str], first: int = 0) -> None:
    """Put the payloads in turn into every text of the store, beginning with number `first`."""
    turn = (payloads[number % len(payloads)] for number in count(first))
    with Connection(workspace.database) as connection:
        connection.execute("BEGIN")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for table, columns in TEXTS.items():
            _rewrite(connection, table, columns, lambda _old: next(turn))
        for table, columns in JSONS.items():
            _rewrite(connection, table, columns, lambda old: json.dumps(_poisoned(json.loads(old), turn)))
        connection.commit()


def _rewrite(connection: Connection, table: str, columns: Sequence[str], new) -> None:
    for column in columns:
        rows = connection.execute(f'SELECT rowid, "{column}" FROM "{table}" ORDER BY rowid').fetchall()
        connection.cursor().executemany(
            f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?',
            [(new(old), rowid) for rowid, old in rows if old is not None],
        )


def _poisoned(value: object, turn: Iterator[str], name: str = "") -> object:
    if isinstance(value, dict):
        return {key: _poisoned(one, turn, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_poisoned(one, turn, name) for one in value]
    if isinstance(value, str) and name not in _KEYS and not _CHECKED.fullmatch(value):
        return next(turn)
    return value
