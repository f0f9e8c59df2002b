"""What the `barrier` command prints for a person: progress, tables, sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from flows.night.run import NightOutcome
from flows.night.stage_runner import OnStage
from flows.night.stages import STAGES
from screening.base.frames import Row
from screening.store.schema.deliveries import GOOD
from screening.wording import AddressExplanation

OUT = Console(highlight=False)


@contextmanager
def progress_bars() -> Iterator[OnStage]:
    """Show a bar a stage on standard error: waiting, running, done with its seconds. Plain lines without a terminal."""
    columns = TextColumn("{task.description:<12}"), BarColumn(bar_width=36), TextColumn("{task.fields[seconds]}")
    with Progress(*columns, console=Console(stderr=True, highlight=False)) as bars:
        tasks = {name: bars.add_task(name, total=1, start=False, seconds="") for name, _ in STAGES}

        def on_stage(stage: str, seconds: float | None) -> None:
            if seconds is None:
                bars.update(tasks[stage], total=None)
                bars.start_task(tasks[stage])
            else:
                bars.update(tasks[stage], total=1, completed=1, seconds=f"{seconds:6.1f} s")

        yield on_stage


def print_outcome(outcome: NightOutcome) -> None:
    """Print the summary tables of a night, and what became of it."""
    if outcome.resumed_from:
        OUT.print(f"A night that broke had left the stages before {outcome.resumed_from}; it went on from there.")
    print_document(outcome.document)
    if outcome.already:
        OUT.print("This run was published before, with the same content; nothing was added.")
    if outcome.cases:
        opened, sampled = (outcome.cases[name] for name in ("opened", "sampled"))
        OUT.print(f"Review: {opened + sampled:,} new cases, {sampled:,} of them drawn at random.")
        if waiting := outcome.cases.get("in_line"):
            OUT.print(f"{waiting:,} flagged addresses wait to become a case, by lot (\\[review] new_cases_per_night).")
    for warning in (*outcome.losses, *outcome.notes, *outcome.warnings):
        OUT.print(f"[yellow]{escape(warning)}[/yellow]", soft_wrap=True)
    OUT.print(f"{outcome.seconds:.1f} s, peak memory {outcome.document['peak_memory_mb']:,} MB.")
    OUT.print(f"Report: {outcome.folder / 'run.html'}", soft_wrap=True)


def print_document(run: Row) -> None:
    """Print the summary tables of run.json: registers, addresses, rules, links and flags."""
    counts = run["counts"]
    OUT.print(f"\n[bold]{escape(run['municipality'])}[/bold], as of {run['as_of']}, run {run['run_id']}")
    _print_sources(run)

    table = Table("register", title="Addresses resolved", title_justify="left")
    methods = ("id", "exact", "variant", "fuzzy", "pin", "unresolved")
    for method in methods:
        table.add_column(method, justify="right")
    for dataset, by in counts["addresses"].items():
        table.add_row(dataset, *(f"{by.get(method, 0):,}" for method in methods))
    OUT.print(table)
    offered = sum(entry["offered"] for entry in counts["unresolved"])
    OUT.print(f"Of the unresolved addresses {offered:,} have a candidate to look at: open_addresses.parquet")

    table = Table("indicator", "name", "class", title="Indicators", title_justify="left")
    table.add_column("hits", justify="right")
    table.add_column("addresses", justify="right")
    for rule in run["indicators"]["run"]:
        table.add_row(
            rule["code"], escape(rule["name_en"]), rule["class"], f"{rule['hits']:,}", f"{rule['addresses']:,}"
        )
    OUT.print(table)
    not_run = run["indicators"]["not_run"]
    if not_run:
        why: dict[str, list[str]] = {}
        for rule in not_run:
            why.setdefault(rule["reason_en"].replace(rule["code"], "CODE"), []).append(rule["code"])
        for reason, codes in why.items():
            OUT.print(escape(f"Did not run: {', '.join(codes)}. {reason}"))

    links, reasons = counts["links"], counts["flags_by_reason"]
    OUT.print(
        f"Parties: {counts['mentions']:,} mentions of {counts['parties']:,} parties; links {links['exact']:,} exact, "
        f"{links['strong']:,} strong, {links['probable']:,} probable (these count for nothing until confirmed)."
    )
    OUT.print(
        f"[bold]{counts['flags']:,} addresses to look at[/bold] "
        f"({', '.join(f'{reason} {n}' for reason, n in reasons.items())}). A flag is an unexplained deviation; "
        "a person decides."
    )


def _print_sources(run: Row) -> None:
    """What came of each register: its verdict and why, its rows, its age."""
    for missing in run["unavailable"]:
        OUT.print(f"[yellow]{missing['dataset']}: {missing['reason_en']}[/yellow]")

    for name, delivery in run["deliveries"].items():
        if "used" in delivery:
            used = f"doubtful; the delivery of {delivery['used']['as_of']} is used"
            OUT.print(f"[yellow]{name}: {used}: {escape(_sentences(delivery))}[/yellow]")
        elif delivery["verdict"] == GOOD and delivery["reasons"]:
            OUT.print(f"{name}: {escape(_sentences(delivery))}")
    if any(delivery["verdict"] != GOOD for delivery in run["deliveries"].values()):
        OUT.print("No case ends and no signal is called back because of a doubtful delivery.")

    table = Table("register", "delivery", title="Sources", title_justify="left")
    for column in ("read", "accepted", "quarantined", "superseded", "age (days)"):
        table.add_column(column, justify="right")
    for row in _per_dataset(run["inputs"]):
        delivery = run["deliveries"].get(row["dataset"], {})
        age = delivery.get("age_days")
        table.add_row(
            row["dataset"],
            delivery.get("verdict", "?"),
            *(f"{row[k]:,}" for k in ("rows_read", "rows_accepted", "rows_quarantined", "rows_superseded")),
            "?" if age is None else str(age),
        )
    OUT.print(table)


def print_explanation(explanation: AddressExplanation, *, english: bool) -> None:
    """Print why an address was flagged, or why not."""
    for line in explanation.lines("en" if english else "nl"):
        OUT.print(escape(line), soft_wrap=True)


def print_runs(runs: Sequence[Mapping[str, object]]) -> None:
    """Print the published runs, one a row."""
    if not runs:
        OUT.print("No run has been published in this workspace yet.")
        return
    table = Table("run", "as of", "published")
    table.add_column("flags", justify="right")
    for run in runs:
        table.add_row(*(str(run[name]) for name in ("run_id", "as_of", "published_at", "flags")))
    OUT.print(table)


def _sentences(delivery: Row) -> str:
    return " ".join(reason["en"] for reason in delivery["reasons"])


def _per_dataset(inputs: list[Row]) -> list[Row]:
    rows: dict[str, dict[str, object]] = {}
    for entry in inputs:
        rows.setdefault(entry["dataset"], entry)
    return [rows[name] for name in sorted(rows)]
