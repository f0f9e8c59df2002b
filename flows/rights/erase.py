"""Erase data past its term: the plan, what two people approved of it, the receipt and the destruction list.

The store and the ledger record first what will be erased, so the next call can go on after a crash at any point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.desk import Desk
from flows.night.last_good import erase_past_term
from flows.rights.destruction_list import NO_CLASS, destruction_lines, write_destruction_list
from flows.rights.retained_files import due_entries, due_files, erase_entries, erase_files, old_deliveries
from screening.base.errors import StoreError
from screening.base.vocabulary import LedgerAction, LedgerResult
from screening.casework.cases.sync import sync_cases
from screening.casework.links.rejected_links import link_key
from screening.casework.visits.photos import forget_photos
from screening.partners.desk.attachments import forget_attachments
from screening.partners.desk.kept_files import forget_files
from screening.partners.desk.outbox_lock import export_lock
from screening.rights.due import Due, count_by_kind, due_items, ids_by_kind, old_sessions
from screening.rights.erasure import (
    Receipt,
    begin_erasure,
    carry_out_erasure,
    erase_sessions,
    finish_erasure,
    receipts,
    scrub,
)
from screening.rights.erasure_plan import plans, prepare_plan, waiting_plan
from screening.rights.kinds import KINDS, kind_of_folder
from screening.rights.terms import Terms
from screening.store import Workspace
from screening.store.crashpoints import crashpoint
from screening.store.files import remove
from screening.store.runs.nights import last_two_nights
from screening.store.runs.verify import read_identities

#: The points at which a test may kill the process, in the order of `erase_approved`.
CRASHPOINTS = (
    "erasure_begun",
    "erasure_logged",
    "erasure_rows_gone",
    "erasure_files_gone",
    "erasure_scrubbed",
    "erasure_listed",
)


@dataclass(frozen=True)
class Overdue:
    """The data past its term. `items`: by id or name. `counted`: kind of data -> number, for kinds that are not listed.

    `unassigned`: folders that belong to no kind of data. `notes`: remarks for a person.
    """

    items: tuple[Due, ...]
    counted: Mapping[str, int]
    unassigned: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def plan_erasure(desk: Desk) -> dict[str, object]:
    """Plan the erasure without erasing anything: kinds with term, number and ids; no name and no address."""
    overdue, classes = _overdue(desk), desk.configuration.retention.selectielijst
    ids, counts = ids_by_kind(overdue.items), count_by_kind(overdue.items, overdue.counted)
    return {
        "kinds": [
            {
                "kind": kind.name,
                "what_nl": kind.what_nl,
                "what_en": kind.what_en,
                "terms": {name: getattr(desk.configuration.terms, name) for name in kind.terms},
                "class": classes.get(kind.name, NO_CLASS),
                "count": counts.get(kind.name, 0),
                "ids": ids.get(kind.name, []),
            }
            for kind in KINDS
        ],
        "total": sum(counts.values()),
        "unassigned": list(overdue.unassigned),
        "notes": list(overdue.notes),
        "unfinished": [receipt.receipt_id for receipt in receipts(desk.store, unfinished_only=True)],
    }


def erase_approved(desk: Desk) -> dict[str, object]:
    """Erase what two people approved, after finishing a killed call, and prepare the next plan. Return the receipts.

    For every night. It waits for a batch that is being prepared, and takes the lock of the workspace: no run may be at
    work. Nothing is erased before the ledger records it, and nothing of the plan that is not past its term any more.

    Raises:
        StoreError: a folder belongs to no kind of data.
        LedgerError: the ledger cannot be written.

    """
    # who prepares a batch now would keep what is erased here
    with export_lock(desk.workspace, waits=True), desk.workspace.lock():
        # a term that ends today is over today
        sync_cases(desk.store, now=desk.now, policy=desk.configuration.case_policy)
        # what a night that broke left, and what is kept of prepared batches, holds what is erased here
        remove(desk.workspace.stage_outputs)
        forget_files(desk.workspace)
        forget_attachments(desk.store, desk.workspace, now=desk.now)
        erase_past_term(desk)  # as every night does: what a night keeps of deliveries needs no receipt
        carried_out = [_carry_out(desk, receipt) for receipt in receipts(desk.store, unfinished_only=True)]
        overdue, approved = _overdue(desk), waiting_plan(desk.store)
        if overdue.unassigned:
            raise StoreError(
                f"{desk.workspace.path}: {', '.join(overdue.unassigned)} is of no kind of data, so nobody said when it "
                "goes. Move it out of the workspace. Nothing more was erased."
            )
        if approved is not None and approved.is_approved:
            still_due = {(due.kind, due.name) for due in overdue.items}
            items = [due for due in approved.items if (due.kind, due.name) in still_due]
            receipt = begin_erasure(desk.store, approved, items, now=desk.now)
            crashpoint("erasure_begun")
            carried_out.append(_carry_out(desk, receipt))
        forget_attachments(desk.store, desk.workspace, now=desk.now)  # of the contents that went just now
        forget_photos(desk.store, desk.workspace)  # and of the cases
        plan = _prepare(desk)
    return {"receipts": carried_out, "notes": list(overdue.notes), "plan": plan}


def _prepare(desk: Desk) -> dict[str, object] | None:
    """Prepare the next plan, in the ledger first; None where nothing is past its term."""
    overdue, before = _overdue(desk), waiting_plan(desk.store)
    plan = prepare_plan(desk.store, overdue.items, overdue.counted, desk.configuration.terms, by=desk.by, now=desk.now)
    if plan is None:
        return None
    if before is None or before.plan_id != plan.plan_id:
        desk.log(LedgerAction.ERASURE, f"plan:{plan.plan_id}")
    state = "approved" if plan.is_approved else "put_forward" if plan.put_forward else "prepared"
    return {"plan_id": plan.plan_id, "digest": plan.digest, "state": state}


def _overdue(desk: Desk) -> Overdue:
    """Find everything past its term at this moment: rows, files and entries of the ledger."""
    terms = desk.configuration.terms
    rows = due_items(desk.store, terms, now=desk.now, present=_fingerprints(desk))
    sessions, accounts = old_sessions(desk.store, terms, now=desk.now)
    counted = {"sessions": sessions, "accounts": accounts, **due_entries(desk)}
    return Overdue(
        tuple(sorted([*rows, *due_files(desk)])),
        {name: number for name, number in counted.items() if number},
        tuple(unassigned(desk.workspace)),
        tuple(old_deliveries(desk)),
    )


def unassigned(workspace: Workspace) -> list[str]:
    """Return the names at the top of the workspace that belong to no kind of data."""
    return sorted(path.name for path in workspace.path.iterdir() if kind_of_folder(path.name) is None)


def _carry_out(desk: Desk, receipt: Receipt) -> dict[str, object]:
    """Erase in this order: the ledger's entries, rows, files, the bytes of the store, the list, end of the receipt."""
    terms = Terms(**receipt.terms)
    # by the clock of the plan: what came to be past its term after it is for the next one
    of_plan = (plan.prepared_at for plan in plans(desk.store) if plan.plan_id == receipt.plan_id)
    planned_at = next(of_plan, receipt.begun_at)
    _log(desk, receipt, LedgerResult.DONE)
    crashpoint("erasure_logged")
    try:
        carry_out_erasure(desk.store, desk.workspace, receipt, now=desk.now, key=link_key(desk.workspace))
        crashpoint("erasure_rows_gone")
        counted = erase_sessions(desk.store, terms, now=planned_at)
        erase_files(desk.store, desk.workspace, receipt.items)
        counted |= erase_entries(desk, terms, planned_at=planned_at)
        crashpoint("erasure_files_gone")
        scrub(desk.store)
        crashpoint("erasure_scrubbed")
    except Exception:
        _log(desk, receipt, LedgerResult.FAILED)
        raise
    lines = destruction_lines(receipt, desk.configuration.retention.selectielijst, counted)
    file, digest = write_destruction_list(desk.workspace, receipt, lines)
    crashpoint("erasure_listed")
    counts = {str(line["soort"]): int(line["aantal"]) for line in lines}
    finish_erasure(desk.store, receipt, counts=counts, list_sha256=digest, now=desk.now)
    return {"receipt": receipt.receipt_id, "counts": counts, "list": str(file)}


def _log(desk: Desk, receipt: Receipt, result: LedgerResult) -> None:
    """Log the receipt and each kind on it before anything is erased. After a crash they are logged once more."""
    names = [f"receipt:{receipt.receipt_id}", *(f"term:{kind}" for kind in sorted(ids_by_kind(receipt.items)))]
    desk.log(LedgerAction.ERASURE, *names, result=result)


def _fingerprints(desk: Desk) -> set[str] | None:
    """Return the content fingerprints of the last two nights; None where they do not tell what is gone.

    What one night lacks, or two nights of which a delivery was in doubt, is not gone: nothing is erased because of it.
    """
    nights = last_two_nights(desk.store)
    if len(nights) < 2 or any(night.doubted for night in nights):
        return None
    try:
        return {
            fingerprint
            for night in nights
            for fingerprint in read_identities(desk.store, desk.workspace, night.run.run_id)["fingerprint"].to_list()
        }
    except StoreError:
        return None
