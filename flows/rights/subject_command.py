"""`barrier subject` and `barrier object …`: the rights of people about whom something is kept."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from screening.errors import ConfigurationError

object_app = typer.Typer(
    no_args_is_help=True,
    help="Objections and requests for correction: one person registers, another decides, the next run respects it.",
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Address = Annotated[str | None, typer.Option("--address", help="The 16 digits of a BAG object.")]
Person = Annotated[str | None, typer.Option("--person", help="A name as the registers write it.")]
Born = Annotated[str | None, typer.Option("--birth-date", help="The full birth date (YYYY-MM-DD).", metavar="DATE")]
By = Annotated[str, typer.Option("--by", help="Your account name.", metavar="NAME")]
_DEFAULT = Path("screening.toml")


def subject(  # noqa: PLR0917 - typer gives them by name
    address: Address = None,
    person: Person = None,
    birth_date: Born = None,
    case: Annotated[str | None, typer.Option(help="The case file of the request (a real municipality).")] = None,
    purpose: Annotated[str | None, typer.Option(help="P-VERG, P-WON or P-OO (a real municipality).")] = None,
    letter: Annotated[
        Path | None, typer.Option("--letter", help="Write the answer for whoever asked to this HTML file.")
    ] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Tell everything about an address or a person, who saw it and who received it. That is written down."""
    from flows.rights import subject_access as subjects

    told = subjects.subject(
        config, address=address, person=person, birth_date=_date(birth_date), case=case, purpose=purpose
    )
    if letter is not None:
        from screening.store.files import remove, write_file

        remove(letter)
        write_file(letter, subjects.for_applicant(told).encode())
    if as_json:
        return _print(told)
    for line in _lines(told):
        typer.echo(line)
    return None


@object_app.command()
def register(  # noqa: PLR0917 - typer gives them by name
    claim: Annotated[str, typer.Argument(help="objection, rectification, restriction or erasure.")],
    by: By,
    case_file: Annotated[str, typer.Option("--case-file", help="Where the letters are, such as Z-2026-00123.")],
    received: Annotated[str, typer.Option("--received", help="The day it came in.", metavar="DATE")],
    address: Address = None,
    person: Person = None,
    birth_date: Born = None,
    record: Annotated[str | None, typer.Option(help="dataset:key, for rectification and restriction.")] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Register what somebody asks. No name is kept: of a person a keyed hash."""
    from flows.rights import subject_access as subjects

    made = subjects.register_request(
        config, claim, by=by, case_file=case_file, received_on=_date(received) or date.max, address=address,
        person=person, birth_date=_date(birth_date), record=record,
    )  # fmt: skip
    if as_json:
        return _print(made)
    typer.echo(f"Registered as {made['objection_id']}. A colleague decides: barrier object decide.")
    return None


@object_app.command()
def decide(
    objection_id: Annotated[str, typer.Argument(help="The id of the request.")],
    decision: Annotated[str, typer.Argument(help="upheld, rejected, withdrawn, or ended (of one that was upheld).")],
    by: By,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Decide about a request that a colleague registered. Upheld: it holds from the next run on."""
    from flows.rights import subject_access as subjects

    done = subjects.decide_request(config, objection_id, decision, by=by)
    if as_json:
        return _print(done)
    typer.echo(
        f"{decision}. {len(done['cases'])} cases ended, {len(done['called_back'])} signals are called back from the "
        f"RIEC with the next batch or run, {len(done['dropped'])} were dropped before they left."
    )
    return None


@object_app.command("list")
def listing(config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """List the requests and what became of them."""
    from flows.rights import subject_access as subjects

    found = subjects.requests(config)
    if as_json:
        return _print(found)
    for one in found:
        about = one["address_id"] or one["record"] or "a person"
        typer.echo(
            f"{one['objection_id']}  {one['claim']:<13}  {about}  {one['case_file']}  {one['decision'] or 'open'}"
        )
    return None


def _lines(told: dict[str, Any]):
    yield "Decide first whether the answer must wait (AVG art. 23, UAVG art. 41)."
    yield "This text names others too. The answer for whoever asked does not: --letter FILE."
    for name, value in told.items():
        if not isinstance(value, (list, dict)):
            yield f"{name}: {value}"
            continue
        rows = value if isinstance(value, list) else [value]
        yield f"{name} ({len(rows)})"
        for row in rows:
            yield "  " + json.dumps(row, ensure_ascii=False, default=str, sort_keys=True)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigurationError("A date is written YYYY-MM-DD.") from None


def _print(document: object) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
