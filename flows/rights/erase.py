"""Erasing what is past its term: what would go, taking it away, the receipt and the destruction list.

Killed at any point, the next call goes on where it was: what goes is written down first, in the store and the ledger.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.audit.ledger import terminal_origin
from flows.configuration import load as settings_module
from flows.configuration.load import Settings
from flows.desk import open_configured_ledger, open_configured_store
from flows.rights.retained_files import due_entries, due_files, erase_entries, erase_files, old_deliveries
from screening.errors import StoreError
from screening.vocabulary import LedgerAction, LedgerResult

if TYPE_CHECKING:
    from screening.ledger import Ledger
    from screening.rights.due import Due
    from screening.rights.erasure import Receipt
    from screening.rights.terms import Terms
    from screening.store import Store, Workspace

#: Folder of the workspace in which destruction lists stay.
RECEIPTS = "receipts"
NO_CLASS = "nog te bepalen"

#: Where a test may kill the process, in the order in which `apply` passes them.
CRASHPOINTS = (
    "erasure_begun", "erasure_logged", "erasure_rows_gone", "erasure_files_gone", "erasure_scrubbed", "erasure_listed",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What is past its term. `items`: by id or name. `counted`: kind of data -> number, of what is not listed.

    `unassigned`: folders that are of no kind of data; `notes`: what a person should know.
    """

    terms: Terms
    items: tuple[Due, ...]
    counted: Mapping[str, int]
    unassigned: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is past its term."""
        return not self.items and not any(self.counted.values())

    def document(self, classes: Mapping[str, str]) -> dict[str, object]:
        """The plan as it is shown: kinds with term, number and ids; no name and no address."""
        from screening.rights.kinds import KINDS

        ids, counts = _ids(self.items), _counts(self.items, self.counted)
        return {
            "kinds": [
                {
                    "kind": kind.name,
                    "what_nl": kind.what_nl,
                    "what_en": kind.what_en,
                    "terms": {name: getattr(self.terms, name) for name in kind.terms},
                    "class": classes.get(kind.name, NO_CLASS),
                    "count": counts.get(kind.name, 0),
                    "ids": ids.get(kind.name, []),
                }
                for kind in KINDS
            ],
            "total": sum(counts.values()),
            "unassigned": list(self.unassigned),
            "notes": list(self.notes),
        }


def plan(configuration: Path, *, now: datetime | None = None) -> dict[str, object]:
    """What would go now, without erasing anything."""
    settings = settings_module.load(configuration)
    terms, classes = settings.terms, settings.retention.selectielijst
    with _opened(settings) as (store, ledger, workspace):
        made = make_plan(settings, store, ledger, workspace, terms=terms, now=now or datetime.now(UTC))
        return {**made.document(classes), "unfinished": [one.receipt_id for one in _unfinished(store)]}


def apply(configuration: Path, *, by: str, now: datetime | None = None) -> dict[str, object]:
    """Erase everything past its term and leave a receipt; first what a killed call had begun. The receipts made.

    Needs the workspace: no run may be at work. Nothing is erased that is not in the ledger before. StoreError: a folder
    that is of no kind of data; LedgerError: the ledger cannot be written.
    """
    from screening.casework.cases.sync import sync_cases
    from screening.rights.erasure import begin
    from screening.store import account
    from screening.store.crashpoints import crashpoint

    settings = settings_module.load(configuration)
    at, terms, who = now or datetime.now(UTC), settings.terms, account(by)
    with _opened(settings) as (store, ledger, workspace), workspace.lock():
        sync_cases(store, now=at, policy=settings.case_policy)  # what lapses today is over from today
        office = _Office(settings, store, ledger, workspace, who, at)
        done = [office.carry_out(one) for one in _unfinished(store)]
        made = make_plan(settings, store, ledger, workspace, terms=terms, now=at)
        if made.unassigned:
            raise StoreError(
                f"{workspace.path}: {', '.join(made.unassigned)} is of no kind of data, so nobody said when it goes. "
                "Move it out of the workspace. Nothing more was erased."
            )
        if not made.is_empty:
            receipt = begin(store, made.items, terms, by=who, now=at)
            crashpoint("erasure_begun")
            done.append(office.carry_out(receipt))
    return {"receipts": done, "notes": list(made.notes)}


def make_plan(
    settings: Settings, store: Store, ledger: Ledger, workspace: Workspace, *, terms: Terms, now: datetime
) -> Plan:
    """Everything past its term at this moment: rows, files, entries of the ledger."""
    from screening.rights.due import due_items, old_sessions

    rows = due_items(store, terms, now=now, present=_fingerprints(store, workspace))
    sessions, accounts = old_sessions(store, terms, now=now)
    counted = {"sessions": sessions, "accounts": accounts, **due_entries(settings, ledger, terms, now=now)}
    return Plan(
        terms,
        tuple(sorted([*rows, *due_files(store, workspace, terms, now=now)])),
        {name: number for name, number in counted.items() if number},
        tuple(unassigned(workspace)),
        tuple(old_deliveries(settings, terms, now=now)),
    )


def unassigned(workspace: Workspace) -> list[str]:
    """Names at the top of the workspace that are of no kind of data."""
    from screening.rights.kinds import kind_of_folder

    return sorted(path.name for path in workspace.path.iterdir() if kind_of_folder(path.name) is None)


@dataclass(frozen=True)
class _Office:
    """Where, by whom and when is erased."""

    settings: Settings
    store: Store
    ledger: Ledger
    workspace: Workspace
    by: str
    now: datetime

    def carry_out(self, receipt: Receipt) -> dict[str, object]:
        """In this order: the ledger, rows, files, the bytes of the store, the list, the end of the receipt."""
        from screening.casework.links.rejected import link_key
        from screening.rights.erasure import carry_out, erase_sessions, finish, scrub
        from screening.rights.terms import Terms
        from screening.store.crashpoints import crashpoint

        terms = Terms(**receipt.terms)
        self._log(receipt, LedgerResult.DONE)
        crashpoint("erasure_logged")
        try:
            carry_out(self.store, self.workspace, receipt, now=self.now, key=link_key(self.workspace))
            crashpoint("erasure_rows_gone")
            counted = erase_sessions(self.store, terms, now=self.now)
            erase_files(self.store, self.workspace, receipt.items)
            counted |= erase_entries(self.settings, self.ledger, terms, now=self.now, by=self.by)
            crashpoint("erasure_files_gone")
            scrub(self.store)
            crashpoint("erasure_scrubbed")
        except Exception:
            self._log(receipt, LedgerResult.FAILED)
            raise
        listed = destruction_list(receipt, self.settings.retention.selectielijst, counted)
        file, digest = _write_list(self.workspace, receipt, listed)
        crashpoint("erasure_listed")
        counts = {str(one["soort"]): int(one["aantal"]) for one in listed}  # type: ignore[call-overload]
        finish(self.store, receipt, counts=counts, list_sha256=digest, now=self.now)
        return {"receipt": receipt.receipt_id, "counts": counts, "list": str(file)}

    def _log(self, receipt: Receipt, result: LedgerResult) -> None:
        """The receipt and each kind on it, before anything goes. A second time after a crash is an entry of its own."""
        from screening.ledger import Entry

        what = [f"receipt:{receipt.receipt_id}", *(f"term:{kind}" for kind in sorted(_ids(receipt.items)))]
        self.ledger.write_all(
            [Entry(self.now, self.by, LedgerAction.ERASURE, one, result, origin=terminal_origin()) for one in what]
        )


def destruction_list(
    receipt: Receipt, classes: Mapping[str, str], counted: Mapping[str, int]
) -> list[dict[str, object]]:
    """The *verklaring van vernietiging*, a line a kind of data: class, term, number, ids, first and last due day."""
    from screening.rights.due import DATA_OF
    from screening.rights.kinds import KINDS

    ids, counts, lines = _ids(receipt.items), _counts(receipt.items, counted), []
    for kind in KINDS:
        if not counts.get(kind.name):
            continue
        days = sorted(one.due for one in receipt.items if DATA_OF[one.kind] == kind.name)
        lines.append({
            "soort": kind.name,
            "omschrijving": kind.what_nl,
            "selectielijst": classes.get(kind.name, NO_CLASS),
            "termijn": {name: receipt.terms[name] for name in kind.terms},
            "aantal": counts[kind.name],
            "vervallen_van": days[0].isoformat() if days else None,
            "vervallen_tot": days[-1].isoformat() if days else None,
            "ids": ids.get(kind.name, []),
            "vernietigd_door": receipt.begun_by,
            "vernietigd_op": receipt.begun_at.astimezone(UTC).isoformat(timespec="seconds"),
            "verklaring": receipt.receipt_id,
        })  # fmt: skip
    return lines


def _write_list(workspace: Workspace, receipt: Receipt, listed: Sequence[Mapping]) -> tuple[Path, str]:
    """The list as JSON and as CSV, on the disk when this returns; its digest. What a killed call wrote is replaced."""
    from screening.store.files import make_directory, remove, sha256, sync_directory, write_file

    file = workspace.path / RECEIPTS / f"vernietiging-{receipt.begun_at:%Y%m%d}-{receipt.receipt_id}.json"
    make_directory(file.parent)
    content = (json.dumps(listed, ensure_ascii=False, indent=2) + "\n").encode()
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["soort", "selectielijst", "termijn", "aantal", "id", "door", "op", "verklaring"])
    for line in listed:
        term = " ".join(f"{name}={value}" for name, value in line["termijn"].items())
        tail = [line["vernietigd_door"], line["vernietigd_op"], line["verklaring"]]
        for one in line["ids"] or [""]:
            writer.writerow([line["soort"], line["selectielijst"], term, line["aantal"], one, *tail])
    for path, made in ((file, content), (file.with_suffix(".csv"), table.getvalue().encode())):
        remove(path)
        write_file(path, made)
    sync_directory(file.parent)
    return file, sha256(content)


def _ids(items: Sequence[Due]) -> dict[str, list[str]]:
    """Kind of data -> what is listed of it, as `kind:id`."""
    from screening.rights.due import DATA_OF

    found: dict[str, list[str]] = {}
    for one in items:
        found.setdefault(DATA_OF[one.kind], []).append(f"{one.kind}:{one.item}")
    return found


def _counts(items: Sequence[Due], counted: Mapping[str, int]) -> dict[str, int]:
    listed = Counter({kind: len(ids) for kind, ids in _ids(items).items()})
    return dict(listed + Counter(dict(counted)))


def _fingerprints(store: Store, workspace: Workspace) -> set[str] | None:
    """The content fingerprints of the last run; None where its files cannot be read."""
    from screening.store import identities

    last = store.last_published()
    try:
        return None if last is None else set(identities(store, workspace, last.run_id)["fingerprint"].to_list())
    except StoreError:
        return None


def _unfinished(store: Store) -> list[Receipt]:
    from screening.rights.erasure import receipts

    return receipts(store, unfinished_only=True)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Store, Ledger, Workspace]]:
    from screening.store import Workspace

    with open_configured_store(settings) as store, open_configured_ledger(settings) as ledger:
        yield store, ledger, Workspace(settings.workspace)
