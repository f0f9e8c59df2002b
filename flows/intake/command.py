"""`barrier check`: everything that a run needs, looked at before it."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.markup import escape

from flows.configuration import load_configuration
from flows.intake.findings import Findings
from flows.options import DEFAULT_CONFIG, AsJson, AsOf, Config, print_json
from screening.errors import ConfigurationError


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
