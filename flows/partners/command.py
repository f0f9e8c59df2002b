"""`barrier export …`: approved signals to the RIEC, calling them back, and knowing who received what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.desk import open_desk
from flows.options import DEFAULT_CONFIG, AsJson, By, Config, Reason, print_json, print_result
from flows.partners.export import (
    Exports,
    SignalPreview,
    list_exports,
    preview_signal,
    read_feedback_sheet,
    send_due_batches,
    withdraw_signal,
)
from flows.partners.make_batch import SentBatch
from flows.partners.recipients import decide_recipient_key, make_export_keys, propose_recipient_key
from flows.partners.send_again import send_batch_again
from screening.partners.desk.recipients import RecipientKey, approve_key, recipient_keys, retire_key
from screening.partners.receiver.verify_batch import BatchError, accept

app = typer.Typer(
    no_args_is_help=True,
    help="Send approved signals to the RIEC, sealed to a key that two people stand behind; call them back; know who "
    "received what. Who prepared or approved a signal does not export it.",
)
recipient_app = typer.Typer(no_args_is_help=True, help="Whose key it is: one person proposes, another approves.")
app.add_typer(recipient_app, name="recipient")

Out = Annotated[Path | None, typer.Option("--out", help="Folder for the batch; default \\[export] out.", metavar="DIR")]
Fingerprint = Annotated[str, typer.Argument(help="The fingerprint of a key, as `propose` named it.")]

#: What the lists and a key show as JSON, by the names of their fields.
_SIGNAL = ("signal_id", "version", "case_id", "recipient", "state", "sensitive", "prepared_by", "approved_by",
           "extra_approval_by")  # fmt: skip
_BATCH = ("batch_id", "recipient", "sequence", "kind", "made_by", "made_at", "file", "is_placed")
_LINE = ("batch_id", "sequence", "recipient", "signal_id", "version", "reason", "case_id", "prepared_by", "approved_by",
         "extra_approval_by", "exported_by", "content_sha256", "purpose", "legal_basis", "repeats", "repeated_for",
         "kind", "fields", "keep_until")  # fmt: skip
_KEY = ("recipient", "fingerprint", "kind", "state", "proposed_by", "approved_by", "retired_by")


@app.command("keys")
def make_municipality_keys(by: By, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Make the signing key and the key of tokens where there are none; name the fingerprint for receivers."""
    with open_desk(config, by=by) as desk:
        keys = make_export_keys(desk)
    lines = [f"Keys in {keys['folder']}: keep a backup of them apart from that of the store."]
    if not keys["has_password"]:
        lines.append("The signing key has no password: the folder protects it (BARRIER_EXPORT_KEY_PASSWORD sets one).")
    lines.append(f"Fingerprint for receivers, to read out by telephone: {keys['sender']}")
    print_result(keys, lines, as_json=as_json)


@app.command("riec")
def send_to_riec(
    recipient: Annotated[str, typer.Option("--recipient", help="The recipient (riec-midden-nederland).")],
    by: By,
    out: Out = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make the batches that a recipient is due: called back, corrected, in force again, new. Sealed and signed."""
    with open_desk(config, by=by) as desk:
        sent = send_due_batches(desk, recipient, out=out)
    lines = [
        *_batch_lines(sent["batches"]),
        *(f"Held back: {signal['signal_id']}. {' '.join(signal['why'])}" for signal in sent["held_back"]),
    ] or [f"Nothing is approved for {recipient}, and nothing has to be called back."]
    _print_notes(sent["healed"], as_json=as_json)
    print_result(sent, lines, as_json=as_json)


@app.command("withdraw")
def call_signal_back(  # noqa: PLR0917 - typer gives them by name
    signal: Annotated[str, typer.Argument(help="The id of a signal (S-…).")],
    reason: Annotated[str, typer.Option("--reason", help="onjuiste_koppeling, gegevens_onjuist, bezwaar_gegrond …")],
    by: By,
    out: Out = None,
    later: Annotated[bool, typer.Option("--later", help="Send it with the next batch instead of now.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Call a signal back from whoever received it. One that never left is taken out of the way."""
    with open_desk(config, by=by) as desk:
        withdrawn = withdraw_signal(desk, signal, reason=reason, out=out, is_sent=not later)
    lines = list(_batch_lines(withdrawn["batches"]))
    if withdrawn["dropped"]:
        lines.append("It never left. It is dropped: to leave, it is prepared and approved again.")
    elif not lines:
        lines.append("It is called back with the next batch.")
    print_result(withdrawn, lines, as_json=as_json)


@app.command("again")
def repeat_batch(  # noqa: PLR0917 - typer gives them by name
    batch: Annotated[str, typer.Argument(help="The id of a batch (L-…).")],
    reason: Annotated[str, typer.Option("--reason", help="lost or expired.")],
    by: By,
    out: Out = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Send a batch again that did not arrive or expired unread. What was called back or corrected since stays here."""
    with open_desk(config, by=by) as desk:
        repeated = send_batch_again(desk, batch, reason=reason, out=out)
    left_out = [f"Left out: {signal['signal_id']}. {' '.join(signal['why'])}" for signal in repeated["left_out"]]
    _print_notes(repeated["healed"], as_json=as_json)
    print_result(repeated, [*_batch_lines(repeated["batches"]), *left_out], as_json=as_json)


@app.command("preview")
def show_signal(
    signal: Annotated[str, typer.Argument(help="The id of a signal (S-…).")],
    by: By,
    english: Annotated[bool, typer.Option("--english", help="Tell it in English.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show field by field what leaves and why. That you looked is written down."""
    with open_desk(config, by=by) as desk:
        preview = preview_signal(desk, signal)
    last = preview.signal
    document = {name: getattr(last, name) for name in ("signal_id", "version", "state", "recipient")} | {
        "fields": [vars(row) for row in last.preview()],
        "refused": [
            {"code": str(refusal.code), "nl": refusal.nl, "en": refusal.en, "field": refusal.field}
            for refusal in preview.refused
        ],
        "stopped": preview.stopped,
    }
    print_result(document, _preview_lines(preview, is_english=english), as_json=as_json)


def _preview_lines(preview: SignalPreview, *, is_english: bool) -> Iterator[str]:
    last = preview.signal
    yield f"{last.signal_id} v{last.version} -> {last.recipient}: {last.state}"
    for row in last.preview():
        mark = "!" if row.personal else " "
        yield f"{mark} {row.field}\n    {row.value}\n    {row.why_en if is_english else row.why_nl}"
    for refusal in preview.refused:
        yield f"Refused ({refusal.code}): {refusal.en if is_english else refusal.nl}"
    if preview.stopped:
        yield f"Stopped: {', '.join(preview.stopped)}"


@app.command("list")
def show_exports(
    by: By,
    recipient: Annotated[str | None, typer.Option("--recipient", help="Only this recipient.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show signals and their state, batches, who received what, and what must be called back. No content."""
    with open_desk(config, by=by) as desk:
        exports = list_exports(desk, recipient)
    document = {
        "signals": [_document(signal, _SIGNAL) for signal in exports.signals],
        "batches": [_document(batch, _BATCH) for batch in exports.batches],
        "register": [
            _document(line, _LINE)
            | {"at": line.disclosed_at.isoformat()}
            | {"outcomes": [list(outcome) for outcome in exports.outcomes.get((line.batch_id, line.signal_id), ())]}
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
    for batch in exports.batches:
        unseen = "" if batch.is_placed else "  (its file has not been seen under its name)"
        made_at = batch.made_at.isoformat()
        yield f"{batch.batch_id}  {batch.recipient} {batch.sequence:>4}  {batch.kind}  {made_at}{unseen}"
    for line in exports.register:
        outcomes = exports.outcomes.get((line.batch_id, line.signal_id), ())
        feedback = "; ".join(f"{day} {outcome}" for day, outcome, _ in outcomes) or "nothing told yet"
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


@app.command("feedback")
def keep_feedback(
    file: Annotated[Path, typer.Argument(help="The feedback sheet that came back (XLSX or CSV).")],
    by: By,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Read the receiver's feedback sheet. It stands beside the disclosures and never points at an address."""
    with open_desk(config, by=by) as desk:
        read = read_feedback_sheet(desk, file)
    line = f"{read['rows']} rows about {len(read['batches'])} batches, {read['new']} of them new."
    print_result(read, line, as_json=as_json)


@app.command("verify")
def verify_as_receiver(
    file: Annotated[Path, typer.Argument(help="A sealed batch.")],
    key: Annotated[Path, typer.Option("--key", help="The receiver's key file, made by age-keygen.")],
    sender: Annotated[str, typer.Option("--sender", help="Fingerprint of the municipality's signing key.")],
    into: Annotated[Path, typer.Option("--into", help="New folder for the files.")],
    state: Annotated[Path, typer.Option("--state", help="File that remembers the last batch of each sender.")] = Path(
        "received.json"
    ),
) -> None:
    """Check and unpack a batch as the receiver does, by the receiver's own script."""
    try:
        print_json(accept(file, identity=key, sender=sender, state=state, into=into, now=datetime.now(UTC)))
    except BatchError as refused:
        print_json({"accepted": False, "code": refused.code, "why": refused.why})
        raise typer.Exit(refused.exit_code) from None


@recipient_app.command("propose")
def propose_recipient(  # noqa: PLR0917 - typer gives them by name
    name: Annotated[str, typer.Argument(help="The recipient (riec-midden-nederland).")],
    key: Annotated[Path, typer.Option("--key", help="File with the receiver's public key (age1…).")],
    by: By,
    reason: Reason,
    openpgp: Annotated[bool, typer.Option("--openpgp", help="The key is an OpenPGP certificate.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Propose the key of a recipient. A colleague reads the fingerprint over with the receiver and approves it."""
    with open_desk(config, by=by) as desk:
        proposed = propose_recipient_key(desk, name, key, reason=reason, is_openpgp=openpgp)
    lines = [
        f"{proposed.recipient} is proposed, with the key {proposed.fingerprint}",
        "A colleague calls the receiver on a known number, compares it, and approves it:",
        f"barrier export recipient approve {proposed.fingerprint} --by NAME --reason TEXT --config {config}",
    ]
    print_result(_document(proposed, _KEY), lines, as_json=as_json)


@recipient_app.command("approve")
def approve_recipient(
    fingerprint: Fingerprint, by: By, reason: Reason, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Approve a key that a colleague proposed, after comparing its fingerprint with the receiver."""
    with open_desk(config, by=by) as desk:
        key = decide_recipient_key(desk, fingerprint, reason=reason, decide=approve_key)
    print_result(_document(key, _KEY), f"{key.recipient} can be sent batches from now on.", as_json=as_json)


@recipient_app.command("retire")
def retire_recipient(
    fingerprint: Fingerprint, by: By, reason: Reason, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Take a key out of use, at once and for good."""
    with open_desk(config, by=by) as desk:
        key = decide_recipient_key(desk, fingerprint, reason=reason, decide=retire_key)
    print_result(_document(key, _KEY), f"Nothing is sent to this key of {key.recipient} any more.", as_json=as_json)


@recipient_app.command("list")
def show_recipients(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show every key that was ever proposed, and who stands behind it."""
    with open_desk(config) as desk:
        keys = recipient_keys(desk.store)
    print_result([_document(key, _KEY) for key in keys], map(_key_line, keys), as_json=as_json)


def _key_line(key: RecipientKey) -> str:
    approved = f", approved by {key.approved_by}" if key.approved_by else ""
    return f"{key.recipient}  {key.state}  {key.fingerprint}  by {key.proposed_by}{approved}"


def _document(row: object, names: Iterable[str]) -> dict[str, object]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _batch_lines(batches: Iterable[SentBatch]) -> Iterator[str]:
    for batch in batches:
        count = len(batch["signals"])
        yield f"{batch['kind']}, number {batch['sequence']}: {count} signal{'s' * (count != 1)} in {batch['file']}"


def _print_notes(notes: Iterable[str], *, as_json: bool) -> None:
    for note in () if as_json else notes:
        typer.echo(f"Note: {note}", err=True)
