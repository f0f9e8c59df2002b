"""`barrier export …`: prepare batches for partners, and know what was sent and answered. Nothing leaves here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated

import typer

from flows import mandate
from flows.configuration.export import ExportSettings, make_keys
from flows.desk import open_desk
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from flows.partners.export import Exports, list_exports, prepare_batches
from screening.base.vocabulary import LedgerAction
from screening.partners.desk.recipients import RecipientKey, recipient_keys

app = typer.Typer(
    no_args_is_help=True,
    help="Prepare batches of approved signals for partners, and know what was sent. People approve recipients, and "
    "sign and approve batches, on the pages Recipients and Batches of the review.",
)

#: What the lists and a key show as JSON, by the names of their fields.
_SIGNAL = (
    "signal_id",
    "version",
    "case_id",
    "recipient",
    "state",
    "sensitive",
    "prepared_by",
    "approved_by",
    "extra_approval_by",
)
_WAITING = (
    "batch_id",
    "recipient",
    "number",
    "kind",
    "sensitive",
    "made_by",
    "made_at",
    "expires_at",
    "manifest_sha256",
    "signed_by",
)
_BATCH = ("batch_id", "recipient", "sequence", "kind", "made_by", "made_at", "file", "is_placed")
_LINE = (
    "batch_id",
    "sequence",
    "recipient",
    "signal_id",
    "version",
    "reason",
    "case_id",
    "prepared_by",
    "approved_by",
    "extra_approval_by",
    "exported_by",
    "content_sha256",
    "purpose",
    "legal_basis",
    "repeats",
    "repeated_for",
    "kind",
    "fields",
    "keep_until",
)
_KEY = ("recipient", "fingerprint", "kind", "state", "proposed_by", "approved_by", "retired_by")


@app.command("keys")
def make_export_keys(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Make the keys that are not there: of tokens of people, and what opens the answers of receivers."""
    with open_desk(config) as desk:
        desk.log(LedgerAction.CONFIGURATION, "list:configuration")
        keys = make_keys(ExportSettings(desk.configuration))
    line = f"The keys are in {keys['folder']}: keep a backup apart from that of the store."
    print_result(keys, line, as_json=as_json)


@app.command("prepare")
def prepare_due_batches(
    recipient: Annotated[str | None, typer.Option("--recipient", help="Only this recipient.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Prepare the batches that recipients are due: called back, corrected, in force again, new. Nothing leaves."""
    with open_desk(config) as desk:
        mandate.require_mandate(desk.configuration)
        prepared = prepare_batches(desk, None if recipient is None else [recipient])
    document = {
        "waiting": [_document(draft, _WAITING) | {"signals": len(draft.lines)} for draft in prepared.waiting],
        "held_back": [
            {"signal_id": held.signal.signal_id, "why": [reason.en for reason in held.why]}
            for held in prepared.held_back
        ],
        "healed": list(prepared.healed),
    }
    lines = [
        *(
            f"{draft.batch_id}  {draft.recipient}  {draft.kind}: {len(draft.lines)} signals, "
            f"{'to be approved' if draft.signed_by else 'to be signed'} on the page Batches"
            for draft in prepared.waiting
        ),
        *(
            f"Held back: {held.signal.signal_id}. {' '.join(reason.en for reason in held.why)}"
            for held in prepared.held_back
        ),
    ] or ["Nothing is approved, and nothing has to be called back."]
    for note in () if as_json else prepared.healed:
        typer.echo(f"Note: {note}", err=True)
    print_result(document, lines, as_json=as_json)


@app.command("list")
def show_exports(
    recipient: Annotated[str | None, typer.Option("--recipient", help="Only this recipient.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show signals and their state, batches, who received what, and what must be called back. No content."""
    with open_desk(config) as desk:
        exports = list_exports(desk, recipient)
    document = {
        "signals": [_document(signal, _SIGNAL) for signal in exports.signals],
        "waiting": [_document(draft, _WAITING) for draft in exports.waiting],
        "batches": [_document(batch, _BATCH) for batch in exports.batches],
        "register": [
            _document(line, _LINE)
            | {"at": line.disclosed_at.isoformat()}
            | {"is_answered": (line.batch_id, line.signal_id) in exports.answered}
            for line in exports.register
        ],
        "pending": [
            {"signal_id": change.signal.signal_id, **_document(change, ("kind", "reason", "is_certain", "is_held"))}
            for change in exports.pending
        ],
    }
    print_result(document, _export_lines(exports), as_json=as_json)


def _export_lines(exports: Exports) -> Iterator[str]:
    if not (exports.signals or exports.batches or exports.register or exports.pending):
        yield "No signal was prepared, and nothing left."
    held = {change.signal.id for change in exports.pending if change.is_held}
    for signal in exports.signals:
        state = f"{signal.state}, in controle" if signal.id in held else signal.state
        yield f"{signal.signal_id} v{signal.version}  {signal.recipient}  {state}  case {signal.case_id}"
    for draft in exports.waiting:
        waits = f"signed by {draft.signed_by}, to be approved" if draft.signed_by else "to be signed"
        yield f"{draft.batch_id}  {draft.recipient}       {draft.kind}  {draft.made_at.isoformat()}  {waits}"
    for batch in exports.batches:
        unseen = "" if batch.is_placed else "  (its file has not been seen under its name)"
        made_at = batch.made_at.isoformat()
        yield f"{batch.batch_id}  {batch.recipient} {batch.sequence:>4}  {batch.kind}  {made_at}{unseen}"
    for line in exports.register:
        feedback = "answered" if (line.batch_id, line.signal_id) in exports.answered else "nothing told yet"
        again = f", again for {line.repeats} ({line.repeated_for})" if line.repeats else ""
        yield f"  {line.batch_id}  {line.signal_id} v{line.version}  {line.kind}{again}  {feedback}"
    for change in exports.pending:
        look, state = "" if change.is_certain else " (an officer looks first)", "To do"
        if change.is_held:
            look, state = (
                " (nothing is sent until a second night on good deliveries, or a person, agrees)",
                "In controle",
            )
        yield f"{state}: {change.kind} of {change.signal.signal_id}: {change.reason}{look}"


@app.command("recipients")
def show_recipients(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show every key of a recipient that was ever proposed, and who stands behind it."""
    with open_desk(config) as desk:
        keys = recipient_keys(desk.store)
    print_result([_document(key, _KEY) for key in keys], map(_key_line, keys), as_json=as_json)


def _key_line(key: RecipientKey) -> str:
    approved = f", approved by {key.approved_by}" if key.approved_by else ""
    return f"{key.recipient}  {key.state}  {key.fingerprint}  by {key.proposed_by}{approved}"


def _document(row: object, names: Iterable[str]) -> dict[str, object]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
