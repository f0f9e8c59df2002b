"""`barrier links …`: look at links and judge them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Judge whether two mentions are one party. What a person decides holds from the next run on, until undone.",
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration of the municipality.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
By = Annotated[str, typer.Option("--by", help="Your account name.", metavar="NAME")]
LinkId = Annotated[str, typer.Argument(help="The id of a link (barrier links list).", metavar="LINK_ID")]
_DEFAULT = Path("screening.toml")


@app.command("list")
def listing(  # noqa: PLR0917 - typer gives them by name
    level: Annotated[str | None, typer.Option(help="exact, strong or probable.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    is_open: Annotated[bool, typer.Option("--open", help="Only those that nobody judged.")] = False,
    run_id: Annotated[str | None, typer.Option("--run", help="Of this run instead of the last.", metavar="ID")] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List links of the last run, surest first: which records, and what was judged."""
    from flows.links import judge as links

    found = links.listing(config, level=level, limit=limit, is_open=is_open, run_id=run_id)
    if as_json:
        return _print(found)
    for one in found["shown"]:
        typer.echo(f"{one['link_id']}  {one['level']:<8}  {one['judgement'] or '-':<8}  {one['left']}  {one['right']}")
    typer.echo(f"{len(found['shown'])} of {found['links']} links. Look at one: barrier links show LINK_ID")
    return None


@app.command()
def show(
    link: LinkId,
    english: Annotated[bool, typer.Option("--english", help="Explain in English.")] = False,
    output: Annotated[Path | None, typer.Option(help="Draw it as a picture.", metavar="FILE.svg")] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Tell why two mentions are linked, field by field. Shows their names: for the person who judges."""
    from flows.links import judge as links

    found = links.shown(config, link)
    if output:
        links.draw(found, output, "en" if english else "nl")
    if as_json:
        return _print(found)
    typer.echo(found["sentence_en" if english else "sentence_nl"])
    for side in ("left", "right"):
        one = found[side]
        place = f"{one['file']}, row {one['row_number']}, party {one['party_id']}"
        typer.echo(f"  {one['record']} ({one['role']}): {one['name_normalised'] or '-'}; {place}")
    picture = found["waterfall"]
    typer.echo(f"  {'start':<14} {'':>6} {picture['start']:+8.2f}")
    for step in picture["steps"]:
        alike = "-" if step["similarity"] is None else f"{step['similarity']:.2f}"
        typer.echo(f"  {step['field']:<14} {alike:>6} {step['weight']:+8.2f}")
    typer.echo(f"  {'total (bits)':<14} {'':>6} {picture['log_odds']:+8.2f}")
    typer.echo(f"Judgement: {found['judgement'] or 'none'}")
    return None


@app.command()
def judge(  # noqa: PLR0917 - typer gives them by name
    link: LinkId,
    judgement: Annotated[str, typer.Argument(help="positive (one party), negative (two) or unsure.")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT")],
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Record your judgement. It goes before whatever the weights say."""
    from flows.links import judge as links

    made = links.judge(config, link, judgement, by=by, reason=reason)
    _say(made, f"{link}: {judgement}. The next run follows it.", as_json)


@app.command()
def undo(
    link: LinkId,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT")] = "undone",
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Take the judgement in force away. The history keeps it."""
    from flows.links import judge as links

    _say(links.undo(config, link, by=by, reason=reason), f"{link}: no judgement is in force any more.", as_json)


@app.command()
def history(link: LinkId, config: Config = _DEFAULT, as_json: AsJson = False) -> None:
    """Show every judgement of a link, oldest first: who, when, what, why."""
    from flows.links import judge as links

    found = links.history(config, link)
    if as_json:
        return _print(found)
    for one in found:
        typer.echo(f"{one['judged_at']}  {one['judged_by']}  {one['judgement']}  {one['reason']}")
    if not found:
        typer.echo("Nobody judged this link.")
    return None


@app.command()
def precision(
    kind: Annotated[str | None, typer.Option(help="person or organisation; both when left out.")] = None,
    config: Config = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show precision and recall by threshold, as far as the judgements tell, and whether they would weigh better."""
    from flows.links import judge as links

    found = links.precision(config, kind=kind)
    if as_json:
        return _print(found)
    typer.echo("at least   links  judged   right  precision (95 %)       recall (95 %)")
    for one in found["thresholds"]:
        typer.echo(
            f"{one['log_odds']:>8.1f} {one['links']:>7} {one['judged']:>7} {one['right']:>7}  "
            f"{_share(one, 'precision'):<21}  {_share(one, 'recall')}"
        )
    typer.echo(
        f"{found['judged']} judged, {found['positive']} of them positive. The intervals hold for what was judged: "
        "judge some of every height, not the top alone."
    )
    if found["weights"]:
        typer.echo(f"At run {found['run_id']}: {found['weights']['reason_en']}")
    return None


def _share(row: dict, name: str) -> str:
    if row[name] is None:
        return "-"
    return f"{row[name]:.3f} ({row[name + '_low']:.3f}-{row[name + '_high']:.3f})"


def _say(document: object, sentence: str, as_json: bool) -> None:
    if as_json:
        _print(document)
    else:
        typer.echo(sentence)


def _print(document: object) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
