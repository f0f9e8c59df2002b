"""`barrier doctor`: what is wrong, one line each, and the command that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import typer

from flows.doctor.examination import examine_site
from flows.doctor.site import Diagnosis
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from screening.base.vocabulary import ExitCode


def examine_installation(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Tell what is wrong with this installation, and the command that mends it. Nothing is changed.

    Exit code 0: all is well; 4: something is to be mended; 2: the configuration cannot be read.
    """
    findings = examine_site(config)
    code = _exit_code(findings)
    print_result(
        {"exit_code": int(code), "findings": [asdict(finding) for finding in findings]},
        _lines(findings),
        as_json=as_json,
    )
    raise typer.Exit(code)


def _exit_code(findings: Sequence[Diagnosis]) -> int:
    if any(finding.about == "configuration" for finding in findings):
        return ExitCode.CONFIGURATION
    return ExitCode.OK if all(finding.is_advice for finding in findings) else ExitCode.STALE_OR_MISSING


def _lines(findings: Sequence[Diagnosis]) -> Iterator[str]:
    if not findings:
        yield "All is well."
    for finding in sorted(findings, key=lambda finding: finding.is_advice):
        yield f"{'advice' if finding.is_advice else 'wrong'}  {finding.about}: {' '.join(finding.problem.split())}"
        yield f"       {finding.command}"
