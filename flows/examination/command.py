"""`barrier extensions …`: which are in force, and the examination of their rules and readers."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.desk import open_desk
from flows.examination.outcomes import keep_outcome, kept_outcome
from flows.examination.reader_trials import READER_TRIALS
from flows.examination.trials import examine_extension
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_json
from screening.base.civil_time import day_of
from screening.base.errors import ConfigurationError
from screening.base.extensions import Extension, extensions_in_force
from screening.base.frames import Row
from screening.base.vocabulary import ExitCode, LedgerAction, LedgerResult
from screening.rules.examination.trial import TRIALS

app = typer.Typer(
    no_args_is_help=True,
    help="Rules and registers of the municipality's own: the examination of their rules and readers.",
)


@app.callback()
def extensions() -> None:
    """Rules and registers of the municipality's own."""


@app.command("examine")
def examine_extensions(
    namespace: Annotated[str | None, typer.Argument(help="An extension (ZOM); all of them when left out.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Examine the rules of an extension on a made-up town and its readers on samples: none may run before it passed."""
    with open_desk(config) as desk:
        outcomes = []
        for extension in _chosen(namespace):
            outcome = kept_outcome(desk.workspace.path, extension)
            if outcome is None:
                began = time.process_time()
                trials = examine_extension(extension)
                for code in sorted({trial.code for trial in trials}):
                    has_passed = all(trial.is_passed for trial in trials if trial.code == code)
                    result = LedgerResult.DONE if has_passed else LedgerResult.REFUSED
                    kind = "reader" if code in extension.readers else "rule"
                    desk.log(LedgerAction.RULE_CHANGE, f"{kind}:{code}", result=result)
                outcome = keep_outcome(desk.workspace.path, extension, trials, day=day_of(desk.now))
                outcome = outcome | {"cpu_seconds": round(time.process_time() - began, 1)}
            outcomes.append(outcome)
    if as_json:
        print_json(outcomes)
    else:
        for outcome in outcomes:
            _show(outcome)
    if any(trial["faults"] for outcome in outcomes for trial in outcome["trials"]):
        raise typer.Exit(ExitCode.CONFIGURATION)


def _chosen(namespace: str | None) -> list[Extension]:
    chosen = [extension for extension in extensions_in_force() if namespace in (None, extension.namespace)]
    if not chosen:
        which = "No extension is" if namespace is None else f"No extension {namespace} is"
        raise ConfigurationError(
            f"{which} in force here. Name an installed one in [extensions] packages, or put it in the folder of "
            "[extensions] path."
        )
    return chosen


def _show(outcome: Row) -> None:
    table = Table(
        "code", "trial", "tried", "outcome", "what it asks", title=f"{outcome['namespace']} {outcome['digest']}"
    )
    questions = TRIALS | READER_TRIALS
    for trial in outcome["trials"]:
        state = f"{len(trial['faults'])} faults" if trial["faults"] else "passed" if trial["tried"] else "not concerned"
        table.add_row(trial["code"], trial["name"], str(trial["tried"]), state, questions[trial["name"]].en)
    console = Console(highlight=False)
    console.print(table)
    for trial in outcome["trials"]:
        for fault in trial["faults"]:
            console.print(escape(f"{trial['code']} {trial['name']}: {fault}"))
    if "cpu_seconds" in outcome:
        console.print(f"Examined in {outcome['cpu_seconds']} s of the processor.")
