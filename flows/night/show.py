"""What the `barrier` command prints for a person: progress, tables, sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from flows.night.run import Outcome
from flows.night.stages import STAGES

_OUT = Console(highlight=False)
_ERR = Console(stderr=True, highlight=False)


class _Bars:
    """A progress bar a stage: waiting, running, done with its seconds."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks = {name: progress.add_task(name, total=1, start=False, seconds="") for name, _ in STAGES}

    def started(self, stage: str) -> None:
        self.progress.update(self.tasks[stage], total=None)
        self.progress.start_task(self.tasks[stage])

    def finished(self, stage: str, seconds: float) -> None:
        self.progress.update(self.tasks[stage], total=1, completed=1, seconds=f"{seconds:6.1f} s")


@contextmanager
def progress() -> Iterator[_Bars]:
    """Bars on standard error, one a stage; plain lines where there is no terminal."""
    with Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(bar_width=36),
        TextColumn("{task.fields[seconds]}"),
        console=_ERR,
    ) as shown:
        yield _Bars(shown)


def outcome_document(outcome: Outcome) -> dict:
    """The outcome of a night as JSON: run.json, and where it stands."""
    return {
        **outcome.document,
        "folder": str(outcome.folder),
        "already_published": outcome.already,
        "seconds": outcome.seconds,
        "stage_seconds": outcome.stage_seconds,
        "warnings": outcome.warnings,
        "exit_code": int(outcome.exit_code),
    }


def outcome_text(outcome: Outcome) -> None:
    """The summary tables of a night."""
    run, counts = outcome.document, outcome.document["counts"]
    _OUT.print(f"\n[bold]{escape(run['municipality'])}[/bold], as of {run['as_of']}, run {outcome.run_id}")
    if outcome.already:
        _OUT.print("This run was published before, with the same content; nothing was added.")
    for missing in run["unavailable"]:
        _OUT.print(f"[yellow]{missing['dataset']}: {missing['reason_en']}[/yellow]")

    table = Table("register", title="Sources", title_justify="left")
    for column in ("read", "accepted", "quarantined", "superseded", "age (days)"):
        table.add_column(column, justify="right")
    ages = run["source_age_days"]
    for row in _per_dataset(run["inputs"]):
        age = ages.get(row["dataset"])
        table.add_row(
            row["dataset"],
            *(f"{row[k]:,}" for k in ("rows_read", "rows_accepted", "rows_quarantined", "rows_superseded")),
            "?" if age is None else str(age),
        )
    _OUT.print(table)

    table = Table("register", title="Addresses resolved", title_justify="left")
    methods = ("id", "exact", "variant", "fuzzy", "pin", "unresolved")
    for method in methods:
        table.add_column(method, justify="right")
    for dataset, by in counts["addresses"].items():
        table.add_row(dataset, *(f"{by.get(method, 0):,}" for method in methods))
    _OUT.print(table)

    table = Table("indicator", "name", "class", title="Indicators", title_justify="left")
    table.add_column("hits", justify="right")
    table.add_column("addresses", justify="right")
    for one in run["indicators"]["run"]:
        table.add_row(one["code"], escape(one["name_en"]), one["class"], f"{one['hits']:,}", f"{one['addresses']:,}")
    _OUT.print(table)
    not_run = run["indicators"]["not_run"]
    if not_run:
        why: dict[str, list[str]] = {}
        for one in not_run:
            why.setdefault(one["reason_en"].replace(one["code"], "CODE"), []).append(one["code"])
        for reason, codes in why.items():
            _OUT.print(escape(f"Did not run: {', '.join(codes)}. {reason}"))

    links, reasons = counts["links"], counts["flags_by_reason"]
    _OUT.print(
        f"Parties: {counts['mentions']:,} mentions of {counts['parties']:,} parties; links {links['exact']:,} exact, "
        f"{links['strong']:,} strong, {links['probable']:,} probable (these count for nothing until confirmed)."
    )
    _OUT.print(
        f"[bold]{counts['flags']:,} addresses to look at[/bold] "
        f"({', '.join(f'{reason} {n}' for reason, n in reasons.items())}). A flag is an unexplained deviation; "
        "a person decides."
    )
    if outcome.cases:
        opened, sampled = (outcome.cases[name] for name in ("opened", "sampled"))
        _OUT.print(f"Review: {opened + sampled:,} new cases, {sampled:,} of them drawn at random.")
    for warning in outcome.warnings:
        _OUT.print(f"[yellow]{escape(warning)}[/yellow]", soft_wrap=True)
    _OUT.print(f"{outcome.seconds:.1f} s, peak memory {run['peak_memory_mb']:,} MB.")
    _OUT.print(f"Report: {outcome.folder / 'run.html'}", soft_wrap=True)


def demo_text(outcome: Outcome) -> None:
    """What to do after the demonstration."""
    config = outcome.folder.parent.parent.parent / "screening.toml"
    _OUT.print(
        f"Open the report in a browser: [bold]{outcome.folder.resolve() / 'run.html'}[/bold]\n"
        f"Why an address was flagged:    .venv/bin/barrier explain ADDRESS --config {config}\n"
        f"Review the flagged addresses:  .venv/bin/barrier serve --demo --config {config}",
        soft_wrap=True,
    )


def findings_text(findings) -> None:
    """What `barrier check` found, a line each."""
    for finding in findings.findings:
        mark = "[green]ok[/green]" if finding.ok else "[red]no[/red]"
        _OUT.print(f"{mark}  {escape(finding.subject)}: {escape(finding.text)}", soft_wrap=True)


def explanation_text(told, *, english: bool) -> None:
    """Why an address was flagged, or why not."""
    for line in told.lines("en" if english else "nl"):
        _OUT.print(escape(line), soft_wrap=True)


def runs_text(found: list[dict]) -> None:
    """The published runs, one a row."""
    if not found:
        _OUT.print("No run has been published in this workspace yet.")
        return
    table = Table("run", "as of", "published")
    table.add_column("flags", justify="right")
    for one in found:
        table.add_row(one["run_id"], one["as_of"], one["published_at"], str(one["flags"]))
    _OUT.print(table)


def indicators_text(found: list[dict]) -> None:
    """The catalogue, one indicator a row."""
    from screening.wording.sentence import setting_text

    table = Table("code", "v", "class", "barrier", "name", "parameters")
    for one in found:
        parameters = ", ".join(
            f"{name} {setting_text(p['value'], 'en')} {p['unit']}" for name, p in one["params"].items()
        )
        table.add_row(
            one["code"], str(one["version"]), one["class"], one["barrier"], escape(one["name_nl"]), escape(parameters)
        )
    _OUT.print(table)


def _per_dataset(inputs: list[dict]) -> list[dict]:
    rows: dict[str, dict] = {}
    for entry in inputs:
        rows.setdefault(entry["dataset"], entry)
    return [rows[name] for name in sorted(rows)]
