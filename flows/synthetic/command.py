"""`barrier demo` and `barrier synthetic`: a made-up municipality, and a first night of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.night.command import watched_night
from flows.night.show import OUT
from flows.options import AsJson, AsOf, print_result
from screening.base.errors import ConfigurationError
from screening.synthetic import generate, write_municipality
from screening.synthetic.municipality import Regime

_AS_OF = date(2026, 11, 1)


def make_municipality(  # noqa: PLR0917 - typer gives them by name
    directory: Annotated[Path, typer.Argument(help="An empty or new folder.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same municipality.")] = 1,
    addresses: Annotated[int, typer.Option(min=2500, help="How many addresses.")] = 3000,
    messy: Annotated[bool, typer.Option("--messy", help="Delivered the way real exports look.")] = False,
    with_new_rules: Annotated[
        bool, typer.Option("--with-new-rules", help="Plant also the rules that the example towns do not know.")
    ] = False,
    as_of: AsOf = _AS_OF,
    as_json: AsJson = False,
) -> None:
    """Make a synthetic municipality with planted patterns and their truth."""
    day = as_of or _AS_OF
    config = _write_town(
        directory, seed=seed, addresses=addresses, messy=messy, as_of=day, with_new_rules=with_new_rules
    )
    print_result(
        {
            "directory": str(directory),
            "config": str(config),
            "seed": seed,
            "addresses": addresses,
            "messy": messy,
            "with_new_rules": with_new_rules,
            "as_of": day.isoformat(),
        },
        f"{addresses} addresses in {directory}. Screen them: barrier run --config {config}",
        as_json=as_json,
    )


def run_demonstration(
    directory: Annotated[Path, typer.Option(help="Where the synthetic municipality is made.")] = Path("demo"),
    as_json: AsJson = False,
) -> None:
    """Make a synthetic municipality, screen it as the Prefect flow and name the report to open."""
    config = directory / "screening.toml"
    if not config.exists():
        _write_town(directory, seed=1, addresses=3000, messy=True, as_of=_AS_OF)
    outcome = watched_night(config, None, with_prefect=True, as_json=as_json)
    if not as_json:
        OUT.print(
            f"Open the report in a browser: [bold]{outcome.folder.resolve() / 'run.html'}[/bold]\n"
            f"Why an address was flagged:    .venv/bin/barrier explain ADDRESS --config {config.absolute()}\n"
            f"Review the flagged addresses:  .venv/bin/barrier serve --demo --config {config.absolute()}",
            soft_wrap=True,
        )
    raise typer.Exit(outcome.exit_code)


def _write_town(
    directory: Path, *, seed: int, addresses: int, messy: bool, as_of: date, with_new_rules: bool = False
) -> Path:
    """Write a municipality with its truth and configuration; refuse a folder that holds something else."""
    if directory.exists() and any(directory.iterdir()):
        raise ConfigurationError(f"{directory}: not empty. Name a new folder, or empty this one.")
    directory.mkdir(parents=True, exist_ok=True)
    regime: Regime = "messy" if messy else "clean"
    write_municipality(generate(seed, addresses, regime=regime, as_of=as_of, with_new_rules=with_new_rules), directory)
    return directory / "screening.toml"
