"""`barrier rules …`: prepare a version of an indicator, stop one, see what is decided, and what each says and would do.

`barrier indicators` and `describe` show them, `backtest` and `reproduce` run stored nights again, nothing published.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.catalogue import all_indicators
from flows.options import DEFAULT_CONFIG, AsJson, Config, Reason, day_option, print_json, print_result
from flows.rules import backtest, proposals
from flows.rules.describe import describe
from flows.rules.load import load_document, load_lines, load_of_backtest, norm_not_decided
from flows.rules.outcome_lines import outcome_lines
from screening.base.vocabulary import ExitCode
from screening.wording.sentence import setting_text

app = typer.Typer(
    no_args_is_help=True,
    help="Prepare indicators for a decision, see what was decided, stop one. People decide on a page of the review.",
)

Code = Annotated[str, typer.Argument(help="An indicator (LIC-04).")]
CodeOrAll = Annotated[str, typer.Argument(help="An indicator (LIC-04), or all.", metavar="CODE|all")]
# Which version is replayed, and on which nights: of a load and of a back-test alike.
WhatIf = Annotated[list[str] | None, typer.Option("--parameter", help="What if it were this?", metavar="NAME=VALUE")]
Proposed = Annotated[str | None, typer.Option(help="A proposed version: its parameters.", metavar="ID")]
FromNight = Annotated[date | None, day_option("--from", "From this night on.")]
ToNight = Annotated[date | None, day_option("--to", "Until this night.")]


@app.command("list")
def list_rules(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show each indicator: what is active, until when, what was proposed, and why it would not run."""
    rules = proposals.states_of_rules(config)
    lines = []
    for rule in rules:
        ready = "may run" if rule["configured"] else "awaits its norm" if rule["awaits_norm"] else "not configured"
        state = "stopped" if rule["stopped"] else rule["held"] or ready
        until = f", approved until {rule['expires_on']}" if rule["expires_on"] else ""
        lines.append(f"{rule['code']} v{rule['version']} {rule['version_id']}  {state}{until}")
        lines += [f"    {draft}  prepared, not proposed yet" for draft in rule["drafts"]]
        for version in rule["versions"]:
            who = f"approved by {version['approved_by']}" if version["approved_by"] else "not approved"
            mark = "*" if version["activated"] else " "
            same = f", {len(version['as_shipped'])} texts as shipped" if version["as_shipped"] else ""
            lines.append(f"  {mark} {version['version_id']} v{version['version']} by {version['author']}, {who}{same}")
    print_result(rules, lines, as_json=as_json)


@app.command("prepare")
def prepare_indicator(  # noqa: PLR0917 - typer gives them by name
    code: Code,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", help="A parameter other than configured.", metavar="NAME=VALUE")
    ] = None,
    dossier: Annotated[Path | None, typer.Option(help="The dossier: a TOML table a step, with text and date.")] = None,
    with_backtest: Annotated[
        bool, typer.Option("--backtest", help="Replay it on the stored nights and keep the counts with it.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Prepare an indicator as it is now, with its parameters and dossier, as a draft that a person can propose."""
    draft = proposals.prepare_version(
        config, code, parameters=parameter or (), dossier=dossier, with_backtest=with_backtest
    )
    lines = [
        f"{draft['draft_id']}: {code} is prepared as version {draft['version_id']}. One person proposes it and another "
        f"approves it in the review: /regels/concept/{draft['draft_id']}"
    ]
    if draft["as_shipped"]:
        unchanged = ", ".join(draft["as_shipped"])
        lines.append(f"Unchanged texts of the programme, which whoever approves is told: {unchanged}.")
    if draft["missing_steps"]:
        steps = ", ".join(draft["missing_steps"])
        lines.append(
            f"Its dossier lacks {steps}: a real municipality cannot activate it. Prepare it again with --dossier."
        )
    print_result(draft, lines, as_json=as_json)


@app.command("load")
def tell_load(  # noqa: PLR0917 - typer gives them by name
    code: Code,
    parameter: WhatIf = None,
    version: Proposed = None,
    first: FromNight = None,
    last: ToNight = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Tell how many new cases a week an indicator would give, by stored nights, beside what the team can do."""
    replayed = backtest.backtest(config, code, parameters=parameter or (), version_id=version, first=first, last=last)
    load = load_of_backtest(config, replayed)
    not_decided = norm_not_decided(config, code)
    lines = [*load_lines(code, load), *filter(None, [not_decided])]
    print_result({**load_document(load), "norm_not_decided": not_decided}, lines, as_json=as_json)


@app.command("dossiers")
def prefill_dossiers(
    directory: Annotated[Path, typer.Argument(help="Where the dossiers are written.", metavar="DIR")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write a dossier to finish for each indicator: law and facts are filled in. One that is there is left alone."""
    written, kept = proposals.write_dossiers(config, directory)
    lines = [f"{len(written)} dossiers written, {len(kept)} were there and are left alone: {directory}"]
    document = {"written": [str(path) for path in written], "kept": [str(path) for path in kept]}
    print_result(document, lines, as_json=as_json)


@app.command("stop")
def stop_indicator(code: CodeOrAll, reason: Reason, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Stop an indicator, or all, at once: a run that is under way publishes nothing of it. Resuming is on the page."""
    stops = proposals.stop_rules(config, code, reason=reason)
    print_result(stops, f"{code} is stopped. Nothing of it is published from now on.", as_json=as_json)


@app.command("history")
def show_decisions(
    code: Annotated[str | None, typer.Argument(help="An indicator (LIC-04); all of them when left out.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show every decision, oldest first: who, when, why, what."""
    decisions = proposals.decisions(config, code)
    lines = []
    for decision in decisions:
        until = f" until {decision['expires_on']}" if decision["expires_on"] else ""
        what = f"{decision['action']}  {decision['code']} {decision['version_id'] or ''}{until}"
        lines.append(f"{decision['at']}  {decision['by']}  {what}  {decision['reason']}")
    print_result(decisions, lines, as_json=as_json)


def list_indicators(as_json: AsJson = False) -> None:
    """List the indicators of this version, with class, barrier and parameters."""
    if as_json:
        return print_json([rule.declaration() for rule in all_indicators()])
    table = Table("code", "v", "class", "barrier", "name", "parameters")
    for rule in all_indicators():
        parameters = ", ".join(
            f"{name} {setting_text(rule.parameters({})[name], 'en')} {param.unit}"
            for name, param in rule.params.items()
        )
        table.add_row(
            rule.code, str(rule.version), str(rule.cls), str(rule.barrier), escape(rule.name_nl), escape(parameters)
        )
    return Console(highlight=False).print(table)


def show_barrier_model(
    subject: Annotated[str | None, typer.Argument(help="A model, barrier or indicator; none: all models.")] = None,
    english: Annotated[bool, typer.Option("--english", help="Describe in English.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Tell how the policy of this municipality stands.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell the barrier model: which barriers there are, which indicators and policy belong to each."""
    description = describe(subject, config)
    print_result(description.document(), description.lines("en" if english else "nl"), as_json=as_json)


def backtest_indicator(  # noqa: PLR0917 - typer gives them by name
    code: Code,
    parameter: WhatIf = None,
    version: Proposed = None,
    first: FromNight = None,
    last: ToNight = None,
    output: Annotated[Path | None, typer.Option(help="Write one HTML page.", metavar="FILE.html")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Replay a version of an indicator on stored nights: which addresses would be added and dropped."""
    document = backtest.backtest(config, code, parameters=parameter or (), version_id=version, first=first, last=last)
    lines = []
    for night in document["runs"]:
        hits = f"hits {night['hits_before']} -> {night['hits_after']}"
        flags = f"flagged {night['flags_before']} -> {night['flags_after']} (+{night['added']} -{night['dropped']})"
        lines.append(f"{night['as_of']}  {night['run_id']}  {hits}, {flags}  {night['note_en']}".rstrip())
    for night in document["skipped"]:
        lines.append(f"{night['as_of']}  {night['run_id']}  skipped: {night['reason_en']}")
    totals, nights = document["totals"], len(document["runs"])
    lines.append(f"{code}: {totals['added']} addresses added, {totals['dropped']} dropped in {nights} runs.")
    lines += outcome_lines(document)
    if output:
        backtest.write_backtest_page(document, output)
        lines.append(f"Page: {output}")
    print_result(document, lines, as_json=as_json)


def reproduce_run(
    run_id: Annotated[str, typer.Argument(help="The id of a published run (barrier runs).", metavar="RUN_ID")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Run a published night's rules again on its snapshots: are evidence and flags the same?"""
    result = backtest.reproduce_night(config, run_id)
    code = "the same code" if result["same_code"] else f"another version of the programme ({result['code_version']})"
    if result["equal"]:
        counts = f"{result['evidence']} hits and {result['flags']} flags are equal"
        line = f"Run {run_id} is reproduced: {counts}. It was made by {code}."
    else:
        parts = [name for name in ("evidence", "flags") if not result[f"{name}_equal"]]
        line = f"Run {run_id} is not reproduced: {' and '.join(parts)} differ. It was made by {code}."
    print_result(result, line, as_json=as_json)
    raise typer.Exit(ExitCode.OK if result["equal"] else ExitCode.UNEXPECTED)
