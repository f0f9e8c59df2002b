"""`barrier export …`: approved signals to the RIEC, calling them back, and knowing who received what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Send approved signals to the RIEC, sealed to a key that two people stand behind; call them back; know who "
    "received what. Who prepared or approved a signal does not export it.",
)
recipient_app = typer.Typer(no_args_is_help=True, help="Whose key it is: one person proposes, another approves.")
app.add_typer(recipient_app, name="recipient")

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
By = Annotated[str, typer.Option("--by", help="Your account name.", metavar="NAME")]
Reason = Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the batch; default \\[export] out.", metavar="DIR")]
Fingerprint = Annotated[str, typer.Argument(help="The fingerprint of a key, as `propose` named it.")]
_DEFAULT = Path("screening.toml")


@app.command()
def keys(by: By, config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """Make the signing key and the key of tokens where there are none; name the fingerprint for receivers."""
    from flows.partners import keys_and_batches

    made = keys_and_batches.keys(config, by=by)
    if as_json:
        return _print(made)
    typer.echo(f"Keys in {made['folder']}: keep a backup of them apart from that of the store.")
    if not made["has_password"]:
        typer.echo("The signing key has no password: the folder protects it (BARRIER_EXPORT_KEY_PASSWORD sets one).")
    typer.echo(f"Fingerprint for receivers, to read out by telephone: {made['sender']}")
    return None


@app.command()
def riec(
    recipient: Annotated[str, typer.Option("--recipient", help="The recipient (riec-midden-nederland).")],
    by: By,
    out: Out = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make the batches that a recipient is due: what is called back, corrections, new signals. Sealed and signed."""
    from flows.partners import keys_and_batches

    made = keys_and_batches.riec(config, recipient, out=out, by=by)
    if as_json:
        return _print(made)
    for line in made["healed"]:
        typer.echo(f"Note: {line}", err=True)
    _tell(made["batches"])
    for one in made["held_back"]:
        typer.echo(f"Held back: {one['signal_id']}. {' '.join(one['why'])}")
    if not made["batches"] and not made["held_back"]:
        typer.echo(f"Nothing is approved for {recipient}, and nothing has to be called back.")
    return None


@app.command()
def withdraw(  # noqa: PLR0917 - typer gives them by name
    signal: Annotated[str, typer.Argument(help="The id of a signal (S-…).")],
    reason: Annotated[str, typer.Option("--reason", help="onjuiste_koppeling, gegevens_onjuist, bezwaar_gegrond …")],
    by: By,
    out: Out = None,
    later: Annotated[bool, typer.Option("--later", help="Send it with the next batch instead of now.")] = False,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Call a signal back from whoever received it. One that never left is taken out of the way."""
    from flows.partners import keys_and_batches

    done = keys_and_batches.withdraw(config, signal, reason=reason, out=out, by=by, is_sent=not later)
    if as_json:
        return _print(done)
    if done["dropped"]:
        typer.echo("It never left. It is dropped: to leave, it is prepared and approved again.")
    elif not done["batches"]:
        typer.echo("It is called back with the next batch.")
    _tell(done["batches"])
    return None


@app.command()
def again(  # noqa: PLR0917 - typer gives them by name
    batch: Annotated[str, typer.Argument(help="The id of a batch (L-…).")],
    reason: Annotated[str, typer.Option("--reason", help="lost or expired.")],
    by: By,
    out: Out = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Send a batch again that did not arrive or expired unread. What was called back or corrected since stays here."""
    from flows.partners import keys_and_batches

    made = keys_and_batches.again(config, batch, reason=reason, out=out, by=by)
    if as_json:
        return _print(made)
    for line in made["healed"]:
        typer.echo(f"Note: {line}", err=True)
    _tell(made["batches"])
    for one in made["left_out"]:
        typer.echo(f"Left out: {one['signal_id']}. {' '.join(one['why'])}")
    return None


@app.command()
def preview(
    signal: Annotated[str, typer.Argument(help="The id of a signal (S-…).")],
    by: By,
    english: Annotated[bool, typer.Option("--english", help="Tell it in English.")] = False,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show field by field what leaves and why. That you looked is written down."""
    from flows.partners import keys_and_batches

    found = keys_and_batches.preview(config, signal, by=by)
    if as_json:
        return _print(found)
    language = "en" if english else "nl"
    typer.echo(f"{found['signal_id']} v{found['version']} -> {found['recipient']}: {found['state']}")
    for one in found["fields"]:
        mark = "!" if one["personal"] else " "
        typer.echo(f"{mark} {one['field']}\n    {one['value']}\n    {one[f'why_{language}']}")
    for one in found["refused"]:
        typer.echo(f"Refused ({one['code']}): {one[language]}")
    if found["stopped"]:
        typer.echo(f"Stopped: {', '.join(found['stopped'])}")
    return None


@app.command("list")
def listing(
    by: By,
    recipient: Annotated[str | None, typer.Option("--recipient", help="Only this recipient.")] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show signals and their state, batches, who received what, and what must be called back. No content."""
    from flows.partners import keys_and_batches

    found = keys_and_batches.listing(config, by=by, recipient=recipient)
    if as_json:
        return _print(found)
    if not any(found.values()):
        typer.echo("No signal was prepared, and nothing left.")
    for one in found["signals"]:
        typer.echo(f"{one['signal_id']} v{one['version']}  {one['recipient']}  {one['state']}  case {one['case_id']}")
    for one in found["batches"]:
        there = "" if one["is_placed"] else "  (its file has not been seen under its name)"
        typer.echo(
            f"{one['batch_id']}  {one['recipient']} {one['sequence']:>4}  {one['kind']}  {one['made_at']}{there}"
        )
    for one in found["register"]:
        told = "; ".join(f"{day} {outcome}" for day, outcome, _ in one["outcomes"]) or "nothing told yet"
        again = f", again for {one['repeats']} ({one['repeated_for']})" if one["repeats"] else ""
        typer.echo(f"  {one['batch_id']}  {one['signal_id']} v{one['version']}  {one['kind']}{again}  {told}")
    for one in found["pending"]:
        look = "" if one["is_certain"] else " (an officer looks first)"
        typer.echo(f"To do: {one['kind']} of {one['signal_id']}: {one['reason']}{look}")
    return None


@app.command()
def feedback(
    file: Annotated[Path, typer.Argument(help="The feedback sheet that came back (XLSX or CSV).")],
    by: By,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Read the receiver's feedback sheet. It stands beside the disclosures and never points at an address."""
    from flows.partners import keys_and_batches

    done = keys_and_batches.feedback(config, file, by=by)
    if as_json:
        return _print(done)
    typer.echo(f"{done['rows']} rows about {len(done['batches'])} batches, {done['new']} of them new.")
    return None


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A sealed batch.")],
    key: Annotated[Path, typer.Option("--key", help="The receiver's key file, made by age-keygen.")],
    sender: Annotated[str, typer.Option("--sender", help="Fingerprint of the municipality's signing key.")],
    into: Annotated[Path, typer.Option("--into", help="New folder for the files.")],
    state: Annotated[Path, typer.Option("--state", help="File that remembers the last batch of each sender.")] = Path(
        "received.json"
    ),
) -> None:
    """Check and unpack a batch as the receiver does, by the receiver's own script."""
    from flows.partners import keys_and_batches
    from screening.partners.receiver.verify_batch import BatchRefusedError

    try:
        _print(keys_and_batches.verify(file, identity=key, sender=sender, state=state, into=into))
    except BatchRefusedError as refused:
        _print({"accepted": False, "code": refused.code, "why": refused.why})
        raise typer.Exit(refused.exit_code) from None


@recipient_app.command()
def propose(  # noqa: PLR0917 - typer gives them by name
    name: Annotated[str, typer.Argument(help="The recipient (riec-midden-nederland).")],
    key: Annotated[Path, typer.Option("--key", help="File with the receiver's public key (age1…).")],
    by: By,
    reason: Reason,
    openpgp: Annotated[bool, typer.Option("--openpgp", help="The key is an OpenPGP certificate.")] = False,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Propose the key of a recipient. A colleague reads the fingerprint over with the receiver and approves it."""
    from flows.partners import keys_and_batches

    made = keys_and_batches.propose(config, name, key, by=by, reason=reason, openpgp=openpgp)
    if as_json:
        return _print(made)
    typer.echo(f"{made['recipient']} is proposed, with the key {made['fingerprint']}")
    typer.echo("A colleague calls the receiver on a known number, compares it, and approves it:")
    typer.echo(f"barrier export recipient approve {made['fingerprint']} --by NAME --reason TEXT --config {config}")
    return None


@recipient_app.command()
def approve(
    fingerprint: Fingerprint, by: By, reason: Reason, config: Config = _DEFAULT, as_json: AsJson = False
) -> None:
    """Approve a key that a colleague proposed, after comparing its fingerprint with the receiver."""
    from flows.partners import keys_and_batches

    made = keys_and_batches.approve(config, fingerprint, by=by, reason=reason)
    _print(made) if as_json else typer.echo(f"{made['recipient']} can be sent batches from now on.")


@recipient_app.command()
def retire(
    fingerprint: Fingerprint, by: By, reason: Reason, config: Config = _DEFAULT, as_json: AsJson = False
) -> None:
    """Take a key out of use, at once and for good."""
    from flows.partners import keys_and_batches

    made = keys_and_batches.retire(config, fingerprint, by=by, reason=reason)
    _print(made) if as_json else typer.echo(f"Nothing is sent to this key of {made['recipient']} any more.")


@recipient_app.command("list")
def recipients(config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """Show every key that was ever proposed, and who stands behind it."""
    from flows.partners import keys_and_batches

    found = keys_and_batches.recipients(config)
    if as_json:
        return _print(found)
    for one in found:
        approved = f", approved by {one['approved_by']}" if one["approved_by"] else ""
        typer.echo(f"{one['recipient']}  {one['state']}  {one['fingerprint']}  by {one['proposed_by']}{approved}")
    return None


def _tell(batches: list[dict]) -> None:
    for one in batches:
        count = len(one["signals"])
        typer.echo(f"{one['kind']}, number {one['sequence']}: {count} signal{'s' * (count != 1)} in {one['file']}")


def _print(document: object) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
