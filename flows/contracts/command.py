"""`barrier contracts …`: what is agreed about each register, for who has tools of their own."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.catalogue import all_contracts
from flows.options import known_register, print_json
from screening.contracts import compile_suite

app = typer.Typer(no_args_is_help=True, help="What is agreed about each register, for who has tools of their own.")

Register = Annotated[str | None, typer.Argument(help="Only this register.", parser=known_register, metavar="REGISTER")]


@app.command("suite")
def print_suite(register: Register = None) -> None:
    """Print the suite of Great Expectations that judges a register, as JSON; without a name a list of all of them.

    Expectations stand on the columns as delivered where these can be judged as they are. A column with a colon in its
    name is made of the one before the colon: `datum:value` is what `datum` was read as.
    """
    suites = {name: compile_suite(contract).to_json_dict() for name, contract in all_contracts().items()}
    print_json(suites[register] if register else list(suites.values()))
