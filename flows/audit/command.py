"""`barrier audit …`: the ledger for an auditor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from flows.audit.heads import anchor, audit_settings
from flows.audit.outside import check_age, check_stamps, kept_heads
from flows.desk import Desk, open_desk
from flows.options import DEFAULT_CONFIG, AsJson, By, Config, print_result
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import ExitCode, LedgerAction
from screening.casework.cases.against_their_run import unlike_their_run
from screening.ledger import public_key as read_public_key
from screening.ledger import review_month, sign_head, signed_off, signing_key, verify_ledger
from screening.ledger.access_review import AccessReview
from screening.ledger.notary import take_stock
from screening.ledger.verify import Verification
from screening.signing.public_keys import read_public
from screening.store.access.personal_keys import personal_keys

app = typer.Typer(
    no_args_is_help=True,
    help="Check the ledger of everything that anyone did or saw, read it, and review every month who read what.",
)

_SHOWN = 20


@app.command("verify")
def verify_entries(
    heads: Annotated[
        Path | None, typer.Option("--heads", help="Where signed heads were kept outside; default \\[audit] anchor.")
    ] = None,
    public_key: Annotated[
        list[Path] | None, typer.Option("--public-key", help="Public key that signed; repeat after a change of keys.")
    ] = None,
    chain_only: Annotated[
        bool, typer.Option("--chain-only", help="Without heads; a cut or rewritten ledger then looks whole.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    r"""Check every entry, what was decided, and the whole against the heads kept outside.

    Exit code 0: whole; 1: not, no head, or the last head is too old (`\[audit] head_max_age_days`).
    """
    with open_desk(config) as desk:
        settings = audit_settings(desk.configuration)
        places = [heads] if heads else settings.folders()
        if heads and not heads.exists():
            raise ConfigurationError(f"{heads}: no heads there. Name the folder or file in which they were kept.")
        kept = [] if chain_only else [line for place in places for line in kept_heads(place)]
        own_key = settings.signing_key.with_suffix(".pub")
        people = [read_public(key.public_key) for key in personal_keys(desk.store) if key.confirmed_by]
        files = public_key or ([own_key] if own_key.exists() or (kept and not people) else [])
        keys = [*(read_public_key(path) for path in files), *people]
        take_stock(desk.store, desk.ledger, now=desk.now)
        checked = verify_ledger(desk.ledger, kept, keys, now=desk.now, store=desk.store)
        for what in unlike_their_run(desk.store):
            checked.add("altered", None, what)
        if not chain_only:
            stamped = check_stamps(checked, places, settings.tsa_certificate)
            outside = [line for place in places if settings.is_outside(place) for line in kept_heads(place)]
            age = partial(check_age, checked, keys=keys, max_age=settings.max_age, now=desk.now)
            # a made-up municipality that names no place outside is not asked
            if not (desk.configuration.is_synthetic and settings.is_beside_the_ledger and not outside):
                age([*outside, *stamped], what="kept outside the workspace")
            # without this a head for another time, of whoever has the signing key, would do
            if settings.tsa_certificate and settings.has_authority:
                age(stamped, what="stamped by the authority")
    # a cut or rewritten ledger is a faultless chain
    is_missing = not checked.is_anchored and not chain_only
    notes = list(checked.notes)
    if is_missing:
        notes.append("No head vouches for this ledger: a cut tail or a full rewrite would not be seen. Name --heads.")
    if not heads and not chain_only:
        notes += settings.advice()
    is_ok = checked.is_whole and not is_missing
    document = {
        "ledger": checked.ledger_id,
        "entries": checked.entries,
        "heads": checked.heads,
        "anchored": checked.anchored,
        "last_head": checked.last_head_at,
        "time_stamps": checked.time_stamps,
        "findings": [{"kind": each.kind, "entry": each.seq, "what": each.what} for each in checked.findings],
        "notes": notes,
        "ok": is_ok,
    }
    print_result(document, _verified_lines(checked, notes, is_ok=is_ok), as_json=as_json)
    raise typer.Exit(ExitCode.OK if is_ok else ExitCode.UNEXPECTED)


def _verified_lines(checked: Verification, notes: list[str], *, is_ok: bool) -> Iterator[str]:
    yield from (f"FOUND {finding.kind}: {finding.what}" for finding in checked.findings[:_SHOWN])
    if len(checked.findings) > _SHOWN:
        yield f"… and {len(checked.findings) - _SHOWN} more (--json shows all)."
    yield from (f"Note: {note}" for note in notes)
    reach = "no head" if checked.anchored is None else f"a head up to entry {checked.anchored}"
    yield f"{checked.entries} entries, vouched for by {reach}: {'whole' if is_ok else 'NOT in order'}."


@app.command("head")
def print_head(
    is_sent: Annotated[bool, typer.Option("--anchor", help="Bring it to every place of \\[audit] anchor.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Print the signed head: one line for a printer, a mailbox or another folder. Do so every day (cron)."""
    with open_desk(config) as desk:
        settings = audit_settings(desk.configuration)
        signed = sign_head(desk.ledger, signing_key(settings.signing_key), now=desk.now)
    places = anchor(signed, settings.places, settings.folders(), settings.tsa_certificate) if is_sent else []
    is_ok = all(sent.problem is None for sent in places)
    document = {
        "head": signed.decode().strip(),
        "places": [{"place": str(sent.place), "problem": sent.problem} for sent in places],
        "advice": settings.advice(),
        "ok": is_ok,
    }
    print_result(document, signed.decode().strip(), as_json=as_json)
    if not as_json:
        for sent in places:
            typer.echo(sent.problem or f"It is at {sent.place}.", err=True)
        for advice in settings.advice():
            typer.echo(f"Note: {advice}", err=True)
    raise typer.Exit(ExitCode.OK if is_ok else ExitCode.UNEXPECTED)


@app.command("list")
def list_entries(  # noqa: PLR0917 - typer gives them by name
    by: By = None,
    account: Annotated[str | None, typer.Option(help="Only what this account did.", metavar="NAME")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, such as read_dossier.")] = None,
    object: Annotated[str | None, typer.Option(help="Only this object, such as case:0123456789abcdef.")] = None,
    case: Annotated[str | None, typer.Option(help="Only what was done for this case.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show entries: who did what to which object, when, from where, and how it ended."""
    if action is not None and action not in set(LedgerAction):
        raise ConfigurationError(f"--action must be one of {', '.join(LedgerAction)}.")
    with open_desk(config, by=by) as desk:
        _log_reading(desk)
        written = desk.ledger.entries(
            actor=account, action=action, object=object, case=case, limit=limit, is_newest_first=True
        )
    rows = [{"seq": line.seq, **line.entry.fields()} for line in written]
    print_result(rows, map(_entry_line, rows), as_json=as_json)


def _entry_line(row: Mapping[str, object]) -> str:
    why = " ".join(str(part) for part in (row["case"] and f"case {row['case']}", row["purpose"]) if part)
    return (
        f"{row['seq']:>8}  {str(row['at'])[:19]}Z  {row['actor']:<20}  {row['action']:<16}  {row['object']}  "
        f"{row['result']}  {row['origin']}  {why}".rstrip()
    )


@app.command("review")
def review_reading(
    month: Annotated[str, typer.Option("--month", help="The month, such as 2026-11.", metavar="YYYY-MM")],
    by: By = None,
    english: Annotated[bool, typer.Option("--english", help="Tell it in English.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Look at who read what in a month: patterns that ask for a conversation. Names accounts and objects only.

    Who read it signs it off on the page /logboek/maand of the review.
    """
    with open_desk(config, by=by) as desk:
        review = review_month(desk.ledger, month, audit_settings(desk.configuration).norms)
        _log_reading(desk)
        signature = signed_off(desk.ledger, month)
    signer = signature.entry.actor if signature else None
    is_as_signed = signature.entry.object == review.object if signature else None
    document = {
        **review.document(),
        "findings": [
            finding.document() | {"text_nl": finding.text("nl"), "text_en": finding.text("en")}
            for finding in review.findings
        ],
        "review": review.object,
        "signed_off_by": signer,
        "signed_off_at": signature.entry.done_at.isoformat() if signature else None,
        "is_as_signed": is_as_signed,
    }
    lines = _review_lines(review, signer, is_english=english, is_changed=is_as_signed is False)
    print_result(document, lines, as_json=as_json)


def _review_lines(review: AccessReview, signer: str | None, *, is_english: bool, is_changed: bool) -> Iterator[str]:
    for finding in review.findings:
        objects = ", ".join(finding.objects[:_SHOWN]) + (" …" if len(finding.objects) > _SHOWN else "")
        yield f"{finding.text('en' if is_english else 'nl')} ({finding.first} – {finding.last}): {objects}"
    count = len(review.findings)
    if is_english:
        yield f"{review.reads} reads by {review.accounts} accounts, {count} to talk about."
        yield f"Signed off by {signer}." if signer else "Not signed off: that is done on the page /logboek/maand."
        changed = "It shows something else now than when it was signed off: read it again."
    else:
        yield f"{review.reads} keer gelezen door {review.accounts} accounts, {count} om te bespreken."
        yield f"Afgetekend door {signer}." if signer else "Nog niet afgetekend: dat gaat op de pagina /logboek/maand."
        changed = "Het overzicht is nu anders dan toen het werd afgetekend: lees het opnieuw."
    if is_changed:
        yield changed


def _log_reading(desk: Desk) -> None:
    """That somebody looked is an entry itself, written before anything is shown."""
    desk.log(LedgerAction.READ_AUDIT, "list:audit")
