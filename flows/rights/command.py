"""`barrier subject`, `barrier object …` and `barrier retention …`: what people may ask, and what is past its term."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.desk import open_desk
from flows.options import DEFAULT_CONFIG, AsJson, Config, Purpose, print_result
from flows.rights.erase import erase_approved, plan_erasure
from flows.rights.subject_access import collect_subject_data
from screening.base.errors import ConfigurationError
from screening.base.frames import Row
from screening.casework.data_subject_requests import subject_requests
from screening.rights.letter import applicant_page
from screening.store.files import remove, write_file

object_app = typer.Typer(
    no_args_is_help=True,
    help="Requests of people about their data, as people registered and decided them in the review.",
)
retention_app = typer.Typer(
    no_args_is_help=True, help="Plan what is past its term; erase what two people approved of it, and leave a receipt."
)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ConfigurationError("A date is written YYYY-MM-DD.") from None


Address = Annotated[str | None, typer.Option("--address", help="The 16 digits of a BAG object.")]
Person = Annotated[str | None, typer.Option("--person", help="A name as the registers write it.")]
Born = Annotated[
    date | None, typer.Option("--birth-date", help="The full birth date (YYYY-MM-DD).", metavar="DATE", parser=_day)
]


def answer_subject(  # noqa: PLR0917 - typer gives them by name
    address: Address = None,
    person: Person = None,
    birth_date: Born = None,
    case: Annotated[str | None, typer.Option(help="The case file of the request (a real municipality).")] = None,
    purpose: Purpose = None,
    house: Annotated[
        str | None, typer.Option(help="Beside --address: '1234 AB 12', for tips where no case or dossier names it.")
    ] = None,
    phone: Annotated[
        str | None, typer.Option("--phone", help="A number at which the care coordinator was asked to call.")
    ] = None,
    letter: Annotated[
        Path | None, typer.Option("--letter", help="Write the answer for whoever asked to this HTML file.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Tell everything about an address or a person, who saw it and who received it. That is written down."""
    if letter is not None and phone is not None:
        raise ConfigurationError("A wish for contact has no letter: say by telephone what is kept of the number.")
    with open_desk(config) as desk:
        data = collect_subject_data(
            desk,
            address=address,
            person=person,
            birth_date=birth_date,
            case=case,
            purpose=purpose,
            house=house,
            phone=phone,
        )
    if letter is not None:
        remove(letter)
        write_file(letter, applicant_page(data).encode())
    print_result(data, _lines(data), as_json=as_json)


@object_app.command("list")
def list_objections(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the requests and what became of them."""
    with open_desk(config) as desk:
        known_requests = subject_requests(desk.store)
    lines = [
        f"{request.objection_id}  {request.claim:<13}  {request.address_id or request.record or 'a person'}  "
        f"{request.case_file}  {request.decision or 'open'}"
        for request in known_requests
    ]
    print_result([vars(request) for request in known_requests], lines, as_json=as_json)


@retention_app.command("plan")
def show_erasure_plan(
    config: Config = DEFAULT_CONFIG,
    ids: Annotated[bool, typer.Option("--ids", help="List every id too. They name nobody.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what would go now, by kind of data, and its term. Nothing is erased."""
    with open_desk(config) as desk:
        plan = plan_erasure(desk)
    print_result(plan, _plan_lines(plan, with_ids=ids), as_json=as_json)


@retention_app.command("apply")
def apply_retention(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Erase what two people approved in the review, with a receipt, and prepare the next plan. For every night."""
    with open_desk(config) as desk:
        erased = erase_approved(desk)
    print_result(erased, _erased_lines(erased), as_json=as_json)


def _lines(data: Mapping[str, object]) -> Iterator[str]:
    yield "Decide first whether the answer must wait (AVG art. 23, UAVG art. 41)."
    if "wishes_for_contact" in data:
        yield "A wish that ended has no number any more, so it is nobody's. No wish names a person or an address."
    else:
        yield "This text names others too. The answer for whoever asked does not: --letter FILE."
        yield "Wishes for contact are not in it, since they name nobody: ask for the number, and find it by --phone, or"
        yield "let the care coordinator look on the page Contactwensen, where each stands under its number."
    for name, value in data.items():
        if not isinstance(value, (list, dict)):
            yield f"{name}: {value}"
            continue
        rows = value if isinstance(value, list) else [value]
        yield f"{name} ({len(rows)})"
        yield from ("  " + json.dumps(row, ensure_ascii=False, default=str, sort_keys=True) for row in rows)


def _plan_lines(plan: Row, *, with_ids: bool) -> Iterator[str]:
    for kind in plan["kinds"]:
        terms = ", ".join(f"{name} = {value}" for name, value in kind["terms"].items()) or "stays: nobody's data"
        yield f"{kind['count']:>8}  {kind['kind']:<18} {kind['what_en']} ({terms})"
        yield from (f"          {name}" for name in kind["ids"] if with_ids)
    for receipt in plan["unfinished"]:
        yield f"Note: receipt {receipt} was begun and not finished. `barrier retention apply` goes on with it."
    for name in plan["unassigned"]:
        yield f"Note: {name} in the workspace is of no kind of data. Move it out before you erase."
    yield from (f"Note: {note}" for note in plan["notes"])
    yield f"{plan['total']} to erase. Nothing was erased."


def _erased_lines(erased: Row) -> Iterator[str]:
    for receipt in erased["receipts"]:
        counts = ", ".join(f"{number} {kind}" for kind, number in receipt["counts"].items()) or "nothing"
        yield f"Erased: {counts}. Receipt {receipt['receipt']}, list {receipt['list']}"
    yield from (f"Note: {note}" for note in erased["notes"])
    plan = erased["plan"]
    if plan is None:
        yield "Nothing is past its term."
    elif plan["state"] == "prepared":
        yield f"Plan {plan['plan_id']} waits: one person puts it forward, another approves it (the review, /bewaren)."
    else:
        yield f"Plan {plan['plan_id']} is put forward and waits for a second person (the review, /bewaren)."
