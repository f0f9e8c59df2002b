"""`barrier audit …`: the ledger for an auditor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from screening.vocabulary import ExitCode

app = typer.Typer(
    no_args_is_help=True,
    help="Check the ledger of everything that anyone did or saw, read it, and review every month who read what.",
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
By = Annotated[str, typer.Option("--by", help="Your account name: that you looked is an entry too.", metavar="NAME")]
_DEFAULT = Path("screening.toml")
_SHOWN = 20


@app.command()
def verify(
    heads: Annotated[
        Path | None, typer.Option("--heads", help="Where signed heads were kept outside; default \\[audit] anchor.")
    ] = None,
    public_key: Annotated[
        list[Path] | None, typer.Option("--public-key", help="Public key that signed; repeat after a change of keys.")
    ] = None,
    chain_only: Annotated[
        bool, typer.Option("--chain-only", help="Without heads; a cut or rewritten ledger then looks whole.")
    ] = False,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Check every entry and the whole against the heads kept outside. Exit code 0: whole; 1: not, or no head."""
    from flows.audit import ledger

    found = ledger.verify(config, heads=heads, public_keys=tuple(public_key or ()), is_chain_only=chain_only)
    if as_json:
        _print(found)
    else:
        for one in found["findings"][:_SHOWN]:
            typer.echo(f"FOUND {one['kind']}: {one['what']}")
        if len(found["findings"]) > _SHOWN:
            typer.echo(f"… and {len(found['findings']) - _SHOWN} more (--json shows all).")
        for note in found["notes"]:
            typer.echo(f"Note: {note}")
        reach = "no head" if found["anchored"] is None else f"a head up to entry {found['anchored']}"
        typer.echo(f"{found['entries']} entries, vouched for by {reach}: {'whole' if found['ok'] else 'NOT in order'}.")
    raise typer.Exit(ExitCode.OK if found["ok"] else ExitCode.UNEXPECTED)


@app.command()
def head(
    anchor: Annotated[bool, typer.Option("--anchor", help="Bring it to every place of \\[audit] anchor.")] = False,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Print the signed head: one line for a printer, a mailbox or another folder. Do so every day (cron)."""
    from flows.audit import ledger

    made = ledger.head(config, is_sent=anchor)
    if as_json:
        _print(made)
    else:
        typer.echo(made["head"])
        for one in made["places"]:
            typer.echo(one["problem"] or f"It is at {one['place']}.", err=True)
        for advice in made["advice"]:
            typer.echo(f"Note: {advice}", err=True)
    raise typer.Exit(ExitCode.OK if made["ok"] else ExitCode.UNEXPECTED)


@app.command("list")
def listing(  # noqa: PLR0917 - typer gives them by name
    by: By,
    account: Annotated[str | None, typer.Option(help="Only what this account did.", metavar="NAME")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, such as read_dossier.")] = None,
    object: Annotated[str | None, typer.Option(help="Only this object, such as case:0123456789abcdef.")] = None,
    case: Annotated[str | None, typer.Option(help="Only what was done for this case.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show entries: who did what to which object, when, from where, and how it ended."""
    from flows.audit import ledger

    found = ledger.listing(config, by=by, account=account, action=action, object=object, case=case, limit=limit)
    if as_json:
        return _print(found)
    for one in found:
        why = " ".join(filter(None, (one["case"] and f"case {one['case']}", one["purpose"])))
        typer.echo(
            f"{one['seq']:>8}  {one['at'][:19]}Z  {one['actor']:<20}  {one['action']:<16}  {one['object']}  "
            f"{one['result']}  {one['origin']}  {why}".rstrip()
        )
    return None


@app.command()
def review(  # noqa: PLR0917 - typer gives them by name
    month: Annotated[str, typer.Option("--month", help="The month, such as 2026-11.", metavar="YYYY-MM")],
    by: By,
    sign: Annotated[
        bool, typer.Option("--sign-off", help="You read it and are none of those in it: write that down.")
    ] = False,
    english: Annotated[bool, typer.Option("--english", help="Tell it in English.")] = False,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Look at who read what in a month: patterns that ask for a conversation. Names accounts and objects only."""
    from flows.audit import ledger

    found = ledger.review(config, month, by=by, is_signed=sign)
    if as_json:
        return _print(found)
    for one in found["findings"]:
        objects = ", ".join(one["objects"][:_SHOWN]) + (" …" if len(one["objects"]) > _SHOWN else "")
        typer.echo(f"{one['text_en' if english else 'text_nl']} ({one['first']} – {one['last']}): {objects}")
    if english:
        typer.echo(f"{found['reads']} reads by {found['accounts']} accounts, {len(found['findings'])} to talk about.")
        signed = f"Signed off by {found['signed_off_by']}." if found["signed_off_by"] else "Not signed off: --sign-off"
        changed = "It shows something else now than when it was signed off: read it again."
    else:
        few = f"{len(found['findings'])} om te bespreken"
        typer.echo(f"{found['reads']} keer gelezen door {found['accounts']} accounts, {few}.")
        by_whom = found["signed_off_by"]
        signed = f"Afgetekend door {by_whom}." if by_whom else "Nog niet afgetekend: --sign-off"
        changed = "Het overzicht is nu anders dan toen het werd afgetekend: lees het opnieuw."
    typer.echo(signed)
    if found["is_as_signed"] is False:
        typer.echo(changed)
    return None


def _print(document: object) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
