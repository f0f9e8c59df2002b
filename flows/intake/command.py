"""`barrier check`: everything that a run needs, looked at before it. `barrier intake …`: about one delivery."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from flows.configuration import load_configuration
from flows.desk import open_desk
from flows.intake.decide import decide_about
from flows.intake.findings import Findings
from flows.options import (
    DEFAULT_CONFIG,
    AsJson,
    AsOf,
    Config,
    Reason,
    day_option,
    known_register,
    print_json,
    print_result,
)
from screening.base.errors import ConfigurationError
from screening.store.schema.deliveries import ACCEPTED, REJECTED

app = typer.Typer(
    no_args_is_help=True, help="Deliveries: seal one with a manifest, accept or reject one, list what was rejected."
)

#: Where a person decides about deliveries.
_PAGE = "/leveringen"

Registers = Annotated[
    list[str] | None, typer.Option("--register", help="Only this register.", parser=known_register, metavar="NAME")
]


@app.command("rejects")
def write_reject_files(
    register: Registers = None,
    output: Annotated[Path, typer.Option(help="The folder of the spreadsheets.", metavar="DIR")] = Path("rejects"),
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write a spreadsheet a register of the rows that the last run rejected, for its owner; tell what came back mended.

    File, row, key, column, reason and how to mend it, in Dutch; never a value.
    """
    from flows.intake.rejects import write_rejects  # libraries that only this needs  # noqa: PLC0415

    with open_desk(config, reads_only=True) as desk:
        summary = write_rejects(desk, register or [], output)
    print_result(summary, (f"{entry['register']}: {entry['text']}" for entry in summary), as_json=as_json)


def check_before_run(config: Config = DEFAULT_CONFIG, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Verify configuration and sources before a run; nothing is published."""
    findings = Findings()
    try:
        configuration = load_configuration(config, as_of=as_of)
    except ConfigurationError as error:
        findings.refuse("configuration", error)
    else:
        from flows.intake.check import check  # reads registers: a file with faults is refused without those libraries  # noqa: PLC0415

        check(configuration, findings)
    if as_json:
        print_json(findings.document())
    else:
        console = Console(highlight=False)
        for finding in findings.findings:
            mark = "[green]ok[/green]" if finding.ok else "[red]no[/red]"
            console.print(f"{mark}  {escape(finding.subject)}: {escape(finding.text)}", soft_wrap=True)
    raise typer.Exit(findings.exit_code)


@app.command("seal")
def seal_delivery(
    file: Annotated[Path, typer.Argument(help="The file, or a folder of files, as it will be delivered.")],
    holds_for: Annotated[date, day_option("--as-of", "The date for which the content holds.")],
    supplier: Annotated[str | None, typer.Option(help="Who delivers it.", metavar="NAME")] = None,
    rows: Annotated[
        int | None, typer.Option(min=0, help="Rows that the supplier counted; counted here when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the manifest of a file beside it: with it, a delivery that was cut or damaged is refused."""
    from flows.intake.seal import write_manifest  # reads registers, as `check` does  # noqa: PLC0415

    place = write_manifest(file, as_of=holds_for, supplier=supplier, rows=rows)
    print_result({"manifest": str(place)}, f"{place} is written. Deliver it with the file.", as_json=as_json)


@app.command("accept")
def accept_delivery(
    register: Annotated[
        str, typer.Argument(help="The register whose last delivery you looked at.", parser=known_register)
    ],
    why: Reason,
    holds_for: Annotated[
        date | None, day_option("--holds-for", "The date for which its content holds, if you know.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Accept the delivery of a register that a run held as doubtful, once: the next run uses it."""
    _decide(register, ACCEPTED, why, config, holds_for, as_json=as_json)


@app.command("reject")
def reject_delivery(
    register: Annotated[
        str, typer.Argument(help="The register whose last delivery you looked at.", parser=known_register)
    ],
    why: Reason,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Reject the delivery of a register, once: no run uses it."""
    _decide(register, REJECTED, why, config, None, as_json=as_json)


def _decide(register: str, decision: str, why: str, config: Path, holds_for: date | None, *, as_json: bool) -> None:
    with open_desk(config, done_at=_PAGE) as desk:
        digest = decide_about(desk, register, decision, why, holds_for)
    document = {"register": register, "decision": decision, "delivery_sha256": digest}
    print_result(document, f"{register}: the delivery {digest[:16]} is {decision}.", as_json=as_json)
