"""`barrier mandate …`: what a real municipality needs before it can start, and two people's signatures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from screening.vocabulary import ExitCode

app = typer.Typer(
    no_args_is_help=True,
    help="Mandate, purposes, DPIA, advice, terms and two signatures: without these no real register is read.",
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Passphrase = Annotated[
    bool, typer.Option("--passphrase", help="Ask for a passphrase (or take BARRIER_KEY_PASSPHRASE).")
]
_DEFAULT = Path("screening.toml")


@app.command()
def init() -> None:
    """Print the tables governance and retention to fill in and paste into screening.toml."""
    from flows.mandate.template import template

    typer.echo(template(), nl=False)


@app.command()
def key(
    name: Annotated[str, typer.Argument(help="Your account name, such as j.jansen.", metavar="NAME")],
    file: Annotated[
        Path | None, typer.Option("--file", help="Where the private key goes; default ~/.barrier/NAME.key.")
    ] = None,
    passphrase: Passphrase = False,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make your own key, once. Prints the line for governance.signers; the private key stays with you."""
    from flows.mandate import signatures, signing_keys
    from screening.store import account

    who = account(name)
    made = file or Path.home() / ".barrier" / f"{who}.key"
    public = signing_keys.make_key(
        made, password=_passphrase(passphrase, is_new=True), forbidden=signatures.no_place_for_keys(config)
    )
    line = f'"{who}" = "{signing_keys.public_text(public)}"'
    if as_json:
        found = {"account": who, "file": str(made), "fingerprint": signing_keys.fingerprint(public), "line": line}
        typer.echo(json.dumps(found, indent=2))
    else:
        typer.echo(f"The private key is in {made}. Nobody but you may have it.")
        typer.echo(f"Fingerprint: {signing_keys.fingerprint(public)}")
        typer.echo("For [governance.signers]:")
        typer.echo(line)


@app.command()
def sign(
    key: Annotated[Path, typer.Option("--key", help="Your private key.", metavar="FILE")],
    by: Annotated[
        str | None, typer.Option("--by", help="Your account name, when the configuration no longer names you.")
    ] = None,
    passphrase: Passphrase = False,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Sign screening.toml as it stands, into screening.toml.sig. Read it first: you sign every letter of it."""
    from flows.configuration import load as settings_module
    from flows.mandate import signatures, signing_keys

    settings = settings_module.load(config)
    private = signing_keys.load_key(key, password=_passphrase(passphrase))
    done = signatures.sign_as_listed(settings, private, by, on=settings_module.today())
    if as_json:
        typer.echo(json.dumps(done, indent=2))
    else:
        typer.echo(f"{done['file']}: signed by {', '.join(done['signed'])}. sha256 of what they signed:")
        typer.echo(done["sha256"])


@app.command()
def check(config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """Tell what is missing before this municipality can start. Exit code 0: nothing; 2: something."""
    from flows import mandate
    from flows.configuration import load as settings_module

    settings = settings_module.load(config)
    missing, fine = mandate.examine(settings)
    if as_json:
        document = {"synthetic": settings.is_synthetic, "ok": not missing, "missing": missing, "in_order": fine}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    elif settings.is_synthetic:
        typer.echo("A made-up municipality (9999) needs no mandate, and can read nothing real.")
    else:
        for text in missing:
            typer.echo(f"Missing: {text}")
        for text in fine:
            typer.echo(text)
    raise typer.Exit(ExitCode.CONFIGURATION if missing else ExitCode.OK)


def _passphrase(is_asked: bool, *, is_new: bool = False) -> str | None:
    from flows.configuration.environment import secret

    if given := secret("BARRIER_KEY_PASSPHRASE"):
        return given
    return typer.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new, err=True) if is_asked else None
