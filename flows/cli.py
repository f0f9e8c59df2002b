"""The `barrier` command. Heavy imports stand inside the commands, so that `barrier --help` answers at once."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.audit import command as audit
from flows.backup import command as backup
from flows.configuration.environment import switch_telemetry_off
from flows.links import command as links
from flows.links import profile_command as match
from flows.mandate import command as mandate
from flows.papers import command as papers
from flows.partners import command as export
from flows.review import command as serve
from flows.rights import retention_command as retention
from flows.rights import subject_command as subject
from flows.rules import backtest_command as backtest
from flows.rules import command as rules
from screening.errors import BarrierError, ConfigurationError
from screening.vocabulary import Dataset, ExitCode

app = typer.Typer(
    name="barrier",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Screen the registers of a municipality for unexplained deviations at an address. A person decides, always.",
    epilog="Exit codes: 0 ok, 1 unexpected, 2 usage or configuration, 3 contract stop, "
    "4 finished with a stale or missing source, 5 already running.",
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Screen as of this date (YYYY-MM-DD).", metavar="DATE")]
RunId = Annotated[str | None, typer.Option("--run", help="Look at this run instead of the last one.", metavar="RUN_ID")]
_DEFAULT = Path("screening.toml")

#: What typer makes of Ctrl-C: 128 + SIGINT.
_INTERRUPTED = 130

app.add_typer(links.app, name="links")
app.add_typer(match.app, name="match")
app.add_typer(rules.app, name="rules")
app.add_typer(audit.app, name="audit")
app.add_typer(mandate.app, name="mandate")
app.add_typer(export.app, name="export")
app.add_typer(retention.app, name="retention")
app.add_typer(subject.object_app, name="object")
app.command()(subject.subject)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(serve.serve)
app.command()(papers.papers)
app.command()(backtest.backtest)
app.command()(backtest.reproduce)


@app.command()
def run(
    config: Config = _DEFAULT,
    as_of: AsOf = None,
    prefect: Annotated[bool, typer.Option("--prefect", help="Run as the Prefect flow.")] = False,
    accept_rows: Annotated[
        list[Dataset] | None,
        typer.Option(help="You looked: this register has so many more or fewer rows than in the last run, rightly."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the whole screening of one night and publish it."""
    from flows.night import show

    outcome = _night(config, as_of, accept_rows or [], prefect=prefect, as_json=as_json)
    if as_json:
        _print_json(show.outcome_document(outcome))
    else:
        show.outcome_text(outcome)
    raise typer.Exit(outcome.exit_code)


@app.command()
def check(config: Config = _DEFAULT, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Verify configuration and sources before a run; nothing is published."""
    from flows.intake.check import check as verify
    from flows.night import show

    findings = verify(config, as_of=_date(as_of))
    if as_json:
        _print_json(findings.document())
    else:
        show.findings_text(findings)
    raise typer.Exit(findings.exit_code)


@app.command()
def explain(  # noqa: PLR0917 - typer gives them by name
    address: Annotated[str, typer.Argument(help="A BAG object id (16 digits) or an address as you would write it.")],
    config: Config = _DEFAULT,
    run_id: RunId = None,
    english: Annotated[bool, typer.Option("--english", help="Explain in English.")] = False,
    case: Annotated[str | None, typer.Option(help="The case that you look for (a real municipality).")] = None,
    purpose: Annotated[str | None, typer.Option(help="P-VERG, P-WON or P-OO (a real municipality).")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell why an address was flagged, or why not, with the records. In a real municipality that is written down."""
    from flows.night import show
    from flows.night.explain import explain as tell

    told = tell(config, address, run_id=run_id, case=case, purpose=purpose)
    if as_json:
        _print_json(told.document())
    else:
        show.explanation_text(told, english=english)


@app.command()
def runs(config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """List the published runs of a workspace, latest last."""
    from flows.night import show
    from flows.night.runs import published

    found = published(config)
    if as_json:
        _print_json(found)
    else:
        show.runs_text(found)


@app.command()
def verify(config: Config = _DEFAULT, run_id: RunId = None, as_json: AsJson = False) -> None:
    """Recompute the digest of a published run, and say when a file was damaged or changed."""
    from flows.night.runs import verify as recompute

    result = recompute(config, run_id)
    if as_json:
        _print_json(result)
    else:
        typer.echo(f"Run {result['run_id']} is whole: {result['files']} files agree with their digest.")


@app.command()
def indicators(as_json: AsJson = False) -> None:
    """List the indicators of this version, with class, barrier and parameters."""
    from flows.catalogue import declarations
    from flows.night import show

    found = declarations()
    if as_json:
        _print_json(found)
    else:
        show.indicators_text(found)


@app.command()
def describe(
    subject: Annotated[str | None, typer.Argument(help="A model, barrier or indicator; none: all models.")] = None,
    english: Annotated[bool, typer.Option("--english", help="Describe in English.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell the barrier model: which barriers there are, which indicators see them, and what is out of reach."""
    from flows.rules.describe import describe as tell

    told = tell(subject)
    if as_json:
        _print_json(told.document())
    else:
        typer.echo("\n".join(told.lines("en" if english else "nl")))


@app.command()
def synthetic(  # noqa: PLR0917 - typer gives them by name
    directory: Annotated[Path, typer.Argument(help="An empty or new folder.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same municipality.")] = 1,
    addresses: Annotated[int, typer.Option(min=2500, help="How many addresses.")] = 3000,
    messy: Annotated[bool, typer.Option("--messy", help="Delivered the way real exports look.")] = False,
    as_of: AsOf = "2026-11-01",
    as_json: AsJson = False,
) -> None:
    """Make a synthetic municipality with planted patterns and their truth."""
    from flows.synthetic.demo import make

    made = make(directory, seed=seed, addresses=addresses, messy=messy, as_of=_date(as_of))
    if as_json:
        _print_json(made)
    else:
        typer.echo(f"{made['addresses']} addresses in {directory}. Screen them: barrier run --config {made['config']}")


@app.command()
def demo(
    directory: Annotated[Path, typer.Option(help="Where the synthetic municipality is made.")] = Path("demo"),
    as_json: AsJson = False,
) -> None:
    """Make a synthetic municipality, screen it as the Prefect flow and name the report to open."""
    from flows.night import show
    from flows.synthetic.demo import make

    config = directory / "screening.toml"
    if not config.exists():
        make(directory, seed=1, addresses=3000, messy=True, as_of=date(2026, 11, 1))
    outcome = _night(config, None, [], prefect=True, as_json=as_json)
    if as_json:
        _print_json(show.outcome_document(outcome))
    else:
        show.outcome_text(outcome)
        show.demo_text(outcome)
    raise typer.Exit(outcome.exit_code)


def main() -> None:
    """Entry point: errors on purpose become one clear line and their exit code."""
    switch_telemetry_off()
    try:
        # a person gets typer's page on a usage error, a machine that asked for JSON gets the error here
        code = app(standalone_mode=not _is_json())
        if code == _INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code or ExitCode.OK)
    except BarrierError as error:
        _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        _complain("Stopped by hand; nothing was published.", ExitCode.UNEXPECTED)
    except SystemExit as stop:
        if stop.code != _INTERRUPTED:
            raise
        _complain("Stopped by hand; nothing was published.", ExitCode.UNEXPECTED)
    except Exception as error:  # the last fence: no traceback with values on a terminal or in a log
        from flows.night.guard import place

        if hasattr(error, "format_message"):  # a usage error of typer, whose classes are not public
            _complain(error.format_message(), ExitCode.CONFIGURATION)
        _complain(f"Unexpected {type(error).__name__} at {place(error)}.", ExitCode.UNEXPECTED)


def _night(config: Path, as_of: str | None, accepted_rows: list[Dataset], *, prefect: bool, as_json: bool):
    from flows.night import show
    from flows.night.run import Silent, night

    when = _date(as_of)
    with show.progress() if not as_json else _Nothing(Silent()) as listener:
        if not prefect:
            return night(config, as_of=when, accepted_rows=accepted_rows, listener=listener)
        from flows.night.prefect_server import prepared

        prepared(config, as_of=when)
        from flows.night.prefect_flow import observed

        return observed(config, as_of=when, accepted_rows=accepted_rows, listener=listener)


class _Nothing:
    def __init__(self, value: object) -> None:
        self.value = value

    def __enter__(self) -> object:
        return self.value

    def __exit__(self, *_: object) -> None:
        return None


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError("--as-of must be a date such as 2026-11-01.") from None


def _print_json(document: object) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def _is_json() -> bool:
    return "--json" in sys.argv[1:]


def _complain(text: str, code: int) -> None:
    if _is_json():
        typer.echo(json.dumps({"error": text, "exit_code": int(code)}, ensure_ascii=False))
    else:
        typer.echo(text, err=True)
    sys.exit(int(code))


if __name__ == "__main__":
    main()
