"""`barrier contracts …`: what is agreed about each register, for who has tools of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.catalogue import all_contracts
from flows.desk import open_desk
from flows.options import DEFAULT_CONFIG, AsJson, Config, English, known_register, print_json, print_result
from screening.base.datasets import datasets_with_sensitive_rows
from screening.base.errors import BarrierError
from screening.base.local_formats import count_en
from screening.contracts import compile_suite
from screening.report.quality import render_quality
from screening.store.files import write_file
from screening.store.runs.nights import last_summaries
from screening.store.runs.quality_list import codes_for_owners
from screening.wording.quality import NIGHTS, quality_document

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


@app.command("quality")
def write_quality_page(
    output: Annotated[Path, typer.Option(help="The page to write.", metavar="FILE")] = Path("quality.html"),
    nights: Annotated[int, typer.Option(min=1, max=366, help="So many nights, counted from the last.")] = NIGHTS,
    config: Config = DEFAULT_CONFIG,
    english: English = False,
    as_json: AsJson = False,
) -> None:
    """Write a page of what came in over the last nights, by register and rule, as one HTML file. Counts, no values."""
    with open_desk(config, reads_only=True) as desk:
        runs = last_summaries(desk.store, nights)
        # the page goes to whoever delivers
        document = quality_document(
            runs, codes=codes_for_owners(desk.store, runs), closed=datasets_with_sensitive_rows()
        )
        municipality = desk.configuration.municipality.name
    try:
        output.unlink(missing_ok=True)
        write_file(output, render_quality(document, municipality, "en" if english else "nl").encode())
    except OSError as error:
        raise BarrierError(f"{output}: the page cannot be written ({error.strerror}).") from None
    text = f"{output} is written: {count_en(len(document['nights']), 'night', 'nights')}."
    print_result(document | {"file": str(output)}, text, as_json=as_json)
