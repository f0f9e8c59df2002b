"""`barrier mandate …`: what a real municipality needs before it can start, and two people's signatures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.configuration import load_configuration, today
from flows.environment import secret
from flows.mandate import day_of_approval, examine, known_in_force, to_approve
from flows.mandate.template import template
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from screening.errors import ConfigurationError
from screening.mandate import signatures, signing_keys
from screening.signing.public_keys import key_fingerprint, public_text
from screening.store import account
from screening.vocabulary import ExitCode

app = typer.Typer(
    no_args_is_help=True,
    help="Mandate, purposes, DPIA, advice, terms and two signatures: without these no real register is read.",
)

Passphrase = Annotated[
    bool, typer.Option("--passphrase", help="Ask for a passphrase (or take BARRIER_KEY_PASSPHRASE).")
]


@app.command("init")
def print_template() -> None:
    """Print the tables governance and retention to fill in and paste into screening.toml."""
    typer.echo(template(), nl=False)


@app.command("key")
def make_signing_key(
    name: Annotated[str, typer.Argument(help="Your account name, such as j.jansen.", metavar="NAME")],
    file: Annotated[
        Path | None, typer.Option("--file", help="Where the private key goes; default ~/.barrier/NAME.key.")
    ] = None,
    passphrase: Passphrase = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make your own key, once. Prints the line for governance.signers; the private key stays with you."""
    who = account(name)
    private = file or Path.home() / ".barrier" / f"{who}.key"
    public = signing_keys.make_key(
        private, password=_passphrase(passphrase, is_new=True), forbidden=no_place_for_keys(config)
    )
    fingerprint, line = key_fingerprint(public), f'"{who}" = "{public_text(public)}"'
    print_result(
        {"account": who, "file": str(private), "fingerprint": fingerprint, "line": line},
        [
            f"The private key is in {private}. Nobody but you may have it.",
            f"Fingerprint: {fingerprint}",
            "For [governance.signers]:",
            line,
        ],
        as_json=as_json,
    )


@app.command("sign")
def sign_configuration(
    key: Annotated[Path, typer.Option("--key", help="Your private key.", metavar="FILE")],
    by: Annotated[
        str | None, typer.Option("--by", help="Your account name, when the configuration no longer names you.")
    ] = None,
    passphrase: Passphrase = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Sign screening.toml as it stands, into screening.toml.sig. Read it first: you sign every letter of it.

    Two signers must. Where only the mapping of registers changed since they did, its author and one other sign: both
    signers or analysts.
    """
    configuration = load_configuration(config)
    if configuration.is_synthetic:
        raise ConfigurationError(f"{config}: a made-up municipality (9999) needs no signatures.")
    signed = signatures.sign_as_listed(
        to_approve(configuration), signing_keys.load_key(key, password=_passphrase(passphrase)), by,
        before=known_in_force(configuration), day=day_of_approval(configuration), on=today(),
    )  # fmt: skip
    names = ", ".join(signed["signed"])
    lines = [f"{signed['file']}: signed by {names}. sha256 of what they signed:", signed["sha256"]]
    print_result(signed, lines, as_json=as_json)


@app.command("check")
def check_mandate(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Tell what is missing before this municipality can start. Exit code 0: nothing; 2: something."""
    configuration = load_configuration(config)
    missing, fine = examine(configuration)
    lines = [*(f"Missing: {text}" for text in missing), *fine]
    if configuration.is_synthetic:
        lines = ["A made-up municipality (9999) needs no mandate, and can read nothing real."]
    document = {"synthetic": configuration.is_synthetic, "ok": not missing, "missing": missing, "in_order": fine}
    print_result(document, lines, as_json=as_json)
    raise typer.Exit(ExitCode.CONFIGURATION if missing else ExitCode.OK)


def no_place_for_keys(config: Path) -> list[Path]:
    """Folders in which a private key may not lie: that of the configuration, and its workspace."""
    if not config.exists():
        return []
    try:
        return [config.parent, load_configuration(config).workspace]
    except ConfigurationError:  # not finished yet; it will be before anyone can sign
        return [config.parent]


def _passphrase(is_asked: bool, *, is_new: bool = False) -> str | None:
    if given := secret("BARRIER_KEY_PASSPHRASE"):
        return given
    return typer.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new, err=True) if is_asked else None
