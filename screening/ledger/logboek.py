"""Logboek Dataverwerkingen: one line a data subject and action, none skipped, each acknowledged, no account in it.

The fields and attributes are those of the Logius standard "Logboek dataverwerkingen" (component Logboek, component
Applicatie): an OpenTelemetry span with `dpl.core.processing_activity_id`, `dpl.core.data_subject_id` and
`dpl.core.data_subject_id_type`. It shows a person what was done with data about them, not which member of staff
did it: the ledger holds that. Handing lines on to another organisation's collector (OTLP) is not done here.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

import sqlalchemy as sa

from screening.base.errors import LedgerError
from screening.base.frames import Row
from screening.base.vocabulary import LedgerAction, LedgerResult
from screening.ledger.entry import READING, Entry
from screening.ledger.guard import guarded_ledger
from screening.ledger.schema import owning, processing_block, processing_line
from screening.ledger.subjects import Subject, SubjectIds, SubjectKind
from screening.store.engine import writing

_ACTIVITY = re.compile(r"(?:https://|urn:)[A-Za-z0-9][A-Za-z0-9.:/_#-]{1,290}")
_RESOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]{0,80}")
#: Blocks that are read at once: some hundred kilobytes.
_BLOCKS_AT_ONCE = 16
_HEX = {16: re.compile(r"[0-9a-f]{16}"), 32: re.compile(r"[0-9a-f]{32}")}


_NS = "urn:barrier-screening:verwerking:"
#: Activity of the register of processing (AVG art. 30) -> the actions that belong to it. Actions without one
#: are about staff or administration: signing in, accounts, rules, configuration, heads.
ACTIVITIES: dict[str, tuple[LedgerAction, ...]] = {
    f"{_NS}screening": (LedgerAction.RUN_PUBLISHED, LedgerAction.READ_QUALITY),
    f"{_NS}beoordeling": (
        LedgerAction.READ_DOSSIER,
        LedgerAction.READ_EXPLANATION,
        LedgerAction.READ_QUEUE,
        LedgerAction.READ_LINK,
        LedgerAction.READ_VISIT,
        LedgerAction.READ_SIGNAL,
        LedgerAction.PRINT,
        LedgerAction.ASSIGN,
        LedgerAction.RELEASE,
        LedgerAction.OWN_READING,
        LedgerAction.OPEN_EVIDENCE,
        LedgerAction.JUDGEMENT,
        LedgerAction.NOTE,
        LedgerAction.SEARCH,
        LedgerAction.LINK_JUDGEMENT,
        LedgerAction.VISIT,
        LedgerAction.SIGNAL,
        LedgerAction.CASE_ACT,
        LedgerAction.HAND_OVER,
    ),
    f"{_NS}verstrekking-riec": (
        LedgerAction.READ_EXPORT,
        LedgerAction.EXPORT_PREPARATION,
        LedgerAction.EXPORT_APPROVAL,
        LedgerAction.EXPORT,
        LedgerAction.WITHDRAWAL,
        LedgerAction.FEEDBACK,
    ),
    f"{_NS}rechten-van-betrokkenen": (LedgerAction.SUBJECT_ACCESS, LedgerAction.SUBJECT_OBJECTION),
}
_ACTIVITY_OF = {action: activity for activity, actions in ACTIVITIES.items() for action in actions}


def activity_of(action: LedgerAction) -> str | None:
    """The activity that an action belongs to; None where it processes nobody's data but that of staff."""
    return _ACTIVITY_OF.get(LedgerAction(action))


class Status(IntEnum):
    """How the action ended. UNSET is the standard's word for: carried out without an internal error."""

    UNSET = 0
    OK = 1
    ERROR = 2


@dataclass(frozen=True)
class Logged:
    """The acknowledged lines: the trace, the span of the action above the others, and the span of every line."""

    trace_id: str
    root: str
    spans: tuple[str, ...]


class Logboek:
    """The lines, in the ledger's database and in a table of their own. Everything raises LedgerError when it fails."""

    def __init__(self, engine: sa.Engine, key: bytes, *, name: str = "barrier-screening", version: str = "0") -> None:
        if not (_RESOURCE.fullmatch(name) and _RESOURCE.fullmatch(version)):
            raise LedgerError("The resource of the Logboek is the name and version of this programme.")
        self._engine = engine
        self._ids = SubjectIds(key)
        self._resource = json.dumps({"name": name, "version": version}, sort_keys=True)

    def log_processing(
        self,
        activity: str,
        subjects: Iterable[Subject],
        *,
        name: LedgerAction,
        start: datetime,
        end: datetime,
        status: Status = Status.UNSET,
        trace_id: str | None = None,
        parent_span_id: str | None = None,
    ) -> Logged:
        """Add the lines of one action; all are on the disk when this returns, or none.

        One line a subject. With several subjects and no parent, one line more for the action as a whole, under which
        the others hang; without a subject, one line.

        Args:
            activity: URI of the activity in the register of processing (AVG art. 30).
            subjects: the people or addresses that the data are about.
            name: the action.
            start: with a zone.
            end: with a zone, not before the start.
            status: how it ended.
            trace_id: of the action that this one belongs to; a new trace when left out.
            parent_span_id: of that action.

        Raises:
            LedgerError: an argument is not in the form of the standard, or the lines cannot be written.
        """
        trace = _hex(trace_id, 32) if trace_id else secrets.token_hex(16)
        parent = _hex(parent_span_id, 16) if parent_span_id else None
        common = {"trace_id": trace, **self._common(activity, name, start, end, status)}
        distinct = list(dict.fromkeys(subjects))
        rows: list[Row] = []
        if parent is None and len(distinct) != 1:
            rows.append(self._row(common, None, None))
            root = rows[0]["span_id"]
            rows += [self._row(common, subject, root) for subject in distinct]
        else:
            whom: list[Subject | None] = [*distinct] or [None]
            rows = [self._row(common, subject, parent) for subject in whom]
            root = parent or rows[0]["span_id"]
        with guarded_ledger("adding to the Logboek"), writing(self._engine) as connection:
            connection.execute(processing_line.insert(), rows)
        return Logged(trace, root, tuple(row["span_id"] for row in rows))

    def log_entry(self, entry: Entry, subjects: Iterable[Subject], *, end: datetime | None = None) -> Logged | None:
        """Add the lines of an action that is an entry of the ledger too, without who did it.

        An action that was refused or failed after it began ends as an error; a reading that was refused read nothing.

        Returns:
            What was added; None where no lines belong to the entry.
        """
        activity = activity_of(entry.action)
        is_done = entry.result == LedgerResult.DONE
        distinct = list(dict.fromkeys(subjects))
        if activity is None or not distinct or (not is_done and entry.action in READING):
            return None
        return self.log_processing(
            activity,
            distinct,
            name=entry.action,
            start=entry.done_at,
            end=max(end or entry.done_at, entry.done_at),
            status=Status.UNSET if is_done else Status.ERROR,
        )

    def log_entry_of_many(self, entry: Entry, subjects: Mapping[SubjectKind, Iterable[str]], *, end: datetime) -> int:
        """Add the lines of an action that is about very many, as a night is: one for the action, and under it blocks.

        A block holds the ids of the subjects alone, since all else is as in the line above them. As many rows take
        twenty times the bytes and the time.

        Args:
            entry: the action, which was done.
            subjects: the ids by kind.
            end: of the action.

        Returns:
            How many lines there are, with that of the action.

        Raises:
            LedgerError: as with `log_processing`; also where no lines belong to such an entry.
        """
        activity = activity_of(entry.action)
        if activity is None or entry.result != LedgerResult.DONE:
            raise LedgerError("This action is about nobody: it has no lines in the Logboek.")
        common = self._common(activity, entry.action, entry.done_at, max(end, entry.done_at), Status.UNSET)
        row = self._row({"trace_id": secrets.token_hex(16), **common}, None, None)
        blocks = [block for kind, ids in subjects.items() for block in self._ids.blocks(row["span_id"], kind, ids)]
        with guarded_ledger("adding to the Logboek"), writing(self._engine) as connection:
            connection.execute(processing_line.insert(), row)
            if blocks:
                connection.execute(processing_block.insert(), blocks)
        return 1 + sum(int(block["lines"]) for block in blocks)

    def _common(self, activity: str, name: LedgerAction, start: datetime, end: datetime, status: Status) -> Row:
        """What all lines of an action have in common beside its trace."""
        if not _ACTIVITY.fullmatch(activity):
            raise LedgerError("A processing activity is a URI of the register: https://… or urn:…, without a query.")
        if start.utcoffset() is None or end.utcoffset() is None or end < start:
            raise LedgerError("An action has a start and an end with a time zone, in that order.")
        if name not in set(LedgerAction):
            raise LedgerError("The name of a processing is an action of the ledger: a word of the vocabulary.")
        return {
            "name": LedgerAction(name).value,
            "start_time": _milliseconds(start),
            "end_time": _milliseconds(end),
            "status_code": int(status),
            "processing_activity_id": activity,
            "resource": self._resource,
        }

    def _row(self, common: Row, subject: Subject | None, parent: str | None) -> Row:
        return {
            **common,
            "span_id": secrets.token_hex(8),
            "parent_span_id": parent,
            "data_subject_id": None if subject is None else self._ids.hidden(subject),
            "data_subject_id_type": None if subject is None else SubjectKind(subject.kind).value,
        }

    def subject_of(self, line: Row) -> Subject | None:
        """Whom a line is about; None where it is about nobody. LedgerError: another key, or a changed line."""
        attributes = line["attributes"]
        if "dpl.core.data_subject_id" not in attributes:
            return None
        kind = SubjectKind(attributes["dpl.core.data_subject_id_type"])
        return self._ids.plain(attributes["dpl.core.data_subject_id"], kind)

    def of_subject(self, subject: Subject) -> list[Row]:
        """Every line about a data subject, oldest first, as the standard spells it."""
        line, block = processing_line.c, processing_block.c
        alone = processing_line.select().where(
            line.data_subject_id == self._ids.hidden(subject), line.data_subject_id_type == subject.kind.value
        )
        among = sa.select(processing_block, processing_line).join(processing_line, line.span_id == block.above)
        among = among.where(block.kind == subject.kind.value, block.number == self._ids.number_of(subject.id))
        with guarded_ledger("reading the Logboek"), self._engine.connect() as connection:
            rows: list[Row | sa.RowMapping] = list(connection.execute(alone).mappings())
            for row in connection.execute(among.execution_options(yield_per=_BLOCKS_AT_ONCE)).mappings():
                if subject.id in self._ids.ids_of(row):
                    rows.append(self._in_block(row, subject))
        return [_as_line(row) for row in sorted(rows, key=lambda row: (row["start_time"], row["span_id"]))]

    def lines(self, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Row]:
        """Lines of actions that started in a period, oldest first, as the standard spells them."""
        query = processing_line.select().order_by(processing_line.c.start_time, processing_line.c.span_id)
        if since is not None:
            query = query.where(processing_line.c.start_time >= _milliseconds(since))
        if until is not None:
            query = query.where(processing_line.c.start_time < _milliseconds(until))
        with guarded_ledger("reading the Logboek"), self._engine.connect() as connection:
            above = set(connection.scalars(sa.select(processing_block.c.above).distinct()))
            for row in connection.execute(query.execution_options(yield_per=5_000)).mappings():
                yield _as_line(row)
                if row["span_id"] in above:
                    yield from self._lines_under(connection, row)

    def _lines_under(self, connection: sa.Connection, row: sa.RowMapping) -> Iterator[Row]:
        query = processing_block.select().where(processing_block.c.above == row["span_id"])
        query = query.order_by(processing_block.c.kind, processing_block.c.number)
        for block in connection.execute(query.execution_options(yield_per=_BLOCKS_AT_ONCE)).mappings():
            for subject_id in self._ids.ids_of(block):
                yield _as_line(self._in_block(row, Subject(SubjectKind(block["kind"]), subject_id)))

    def _in_block(self, row: sa.RowMapping, subject: Subject) -> Row:
        """The row of a line in a block, given that of the line above it."""
        above = row["span_id"]
        whom = {"data_subject_id": self._ids.hidden(subject), "data_subject_id_type": subject.kind.value}
        return {**row, "span_id": self._ids.span_of(above, subject), "parent_span_id": above, **whom}

    def count_before(self, moment: datetime) -> int:
        """Count the lines of actions that ended before `moment`."""
        with guarded_ledger("counting lines of the Logboek"), self._engine.connect() as connection:
            return _count(connection, processing_line.c.end_time < _milliseconds(moment))

    def erase_before(self, moment: datetime) -> int:
        """Take away the lines of actions that ended before `moment`, past their term. How many they were.

        LedgerError when refused: on PostgreSQL a login must do it that owns the table: the one that writes may not.
        """
        is_due = processing_line.c.end_time < _milliseconds(moment)
        above = sa.select(processing_line.c.span_id).where(is_due)
        with guarded_ledger("erasing lines past their term"), owning(self._engine) as connection:
            count = _count(connection, is_due)
            connection.execute(processing_block.delete().where(processing_block.c.above.in_(above)))
            connection.execute(processing_line.delete().where(is_due))
            return count


def _count(connection: sa.Connection, is_due: sa.ColumnElement[bool]) -> int:
    lines = sa.select(sa.func.count()).select_from(processing_line).where(is_due).scalar_subquery()
    under = processing_block.join(processing_line, processing_line.c.span_id == processing_block.c.above)
    in_blocks = sa.select(sa.func.coalesce(sa.func.sum(processing_block.c.lines), 0)).select_from(under).where(is_due)
    return int(connection.scalar(sa.select(lines + in_blocks.scalar_subquery())) or 0)


def _as_line(row: Row | sa.RowMapping) -> Row:
    attributes = {"dpl.core.processing_activity_id": row["processing_activity_id"]}
    if row["data_subject_id"] is not None:
        attributes["dpl.core.data_subject_id"] = row["data_subject_id"]
        attributes["dpl.core.data_subject_id_type"] = row["data_subject_id_type"]
    line = {name: row[name] for name in ("trace_id", "span_id", "status_code", "name", "start_time", "end_time")}
    if row["parent_span_id"] is not None:
        line["parent_span_id"] = row["parent_span_id"]
    return {**line, "resource": {"attributes": json.loads(row["resource"])}, "attributes": attributes}


def _milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _hex(text: str, length: int) -> str:
    if not _HEX[length].fullmatch(text) or set(text) == {"0"}:
        raise LedgerError(f"A trace or span is {length} hexadecimal digits, not all zero (W3C Trace Context).")
    return text
