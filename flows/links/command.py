"""`barrier links …`: look at links and judge them, and how the linking of a run went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from flows.links import judge
from flows.links.profile import profile_linking, write_profile_page
from flows.options import DEFAULT_CONFIG, AsJson, By, Config, English, Reason, print_result
from screening.base.frames import Row

#: Where an analyst of a real municipality judges links, signed in.
_PAGE = "/koppelingen"

app = typer.Typer(
    no_args_is_help=True,
    help="Judge whether two mentions are one party. What a person decides holds from the next run on, until undone.",
)

LinkId = Annotated[str, typer.Argument(help="The id of a link (barrier links list).", metavar="LINK_ID")]
OfRun = Annotated[str | None, typer.Option("--run", help="Of this run instead of the last.", metavar="ID")]


@app.command("list")
def print_links(  # noqa: PLR0917 - typer gives them by name
    level: Annotated[str | None, typer.Option(help="exact, strong or probable.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    is_open: Annotated[bool, typer.Option("--open", help="Only those that nobody judged.")] = False,
    run_id: OfRun = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List links of the last run, surest first: which records, and what was judged."""
    with judge.open_link_desk(config) as desk:
        links = judge.list_links(desk, level=level, limit=limit, is_open=is_open, run_id=run_id)
    lines = [
        f"{link['link_id']}  {link['level']:<8}  {link['judgement'] or '-':<8}  {link['left']}  {link['right']}"
        for link in links["shown"]
    ]
    lines += [f"{len(links['shown'])} of {links['links']} links. Look at one: barrier links show LINK_ID"]
    print_result(links, lines, as_json=as_json)


@app.command("show")
def print_link(
    link: LinkId,
    english: English = False,
    output: Annotated[Path | None, typer.Option(help="Draw it as a picture.", metavar="FILE.svg")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Tell why two mentions are linked, field by field. Shows their names: for the person who judges."""
    language = "en" if english else "nl"
    with judge.open_link_desk(config) as desk:
        document = judge.show_link(desk, link)
    if output:
        judge.draw_link(document, output, language)
    print_result(document, _link_lines(document, language), as_json=as_json)


@app.command("judge")
def record_link_judgement(  # noqa: PLR0917 - typer gives them by name
    link: LinkId,
    judgement: Annotated[str, typer.Argument(help="positive (one party), negative (two) or unsure.")],
    reason: Reason,
    by: By = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Record your judgement of a made-up link. It goes before whatever the weights say. A real one has a page."""
    with judge.open_link_desk(config, by=by, done_at=_PAGE) as desk:
        document = judge.judge_link(desk, link, judgement, reason=reason)
    print_result(document, f"{link}: {judgement}. The next run follows it.", as_json=as_json)


@app.command("undo")
def undo_link_judgement(
    link: LinkId, by: By = None, reason: Reason = "undone", config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Take the judgement in force away. The history keeps it."""
    with judge.open_link_desk(config, by=by, done_at=_PAGE) as desk:
        document = judge.undo_link(desk, link, reason=reason)
    print_result(document, f"{link}: no judgement is in force any more.", as_json=as_json)


@app.command("history")
def print_link_history(link: LinkId, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show every judgement of a link, oldest first: who, when, what, why."""
    with judge.open_link_desk(config) as desk:
        steps = judge.link_history(desk, link)
    lines = [f"{step['judged_at']}  {step['judged_by']}  {step['judgement']}  {step['reason']}" for step in steps]
    print_result(steps, lines or ["Nobody judged this link."], as_json=as_json)


@app.command("precision")
def print_link_precision(
    kind: Annotated[str | None, typer.Option(help="person or organisation; both when left out.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show precision and recall by threshold, as far as the judgements tell."""
    with judge.open_link_desk(config) as desk:
        document = judge.link_precision(desk, kind=kind)
    print_result(document, _precision_lines(document), as_json=as_json)


@app.command("profile")
def print_profile(
    output: Annotated[Path | None, typer.Option(help="Write one HTML page.", metavar="FILE.html")] = None,
    run_id: OfRun = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show how the linking went, in counts and ids: keys, what cannot be linked, odd clusters, promised precision."""
    with judge.open_link_desk(config) as desk:
        document = profile_linking(desk, run_id=run_id)
    if output:
        write_profile_page(document, output)
    print_result(document, _profile_lines(document, output), as_json=as_json)


def _link_lines(document: Row, language: str) -> Iterator[str]:
    yield document[f"sentence_{language}"]
    for side in (document["left"], document["right"]):
        place = f"{side['file']}, row {side['row_number']}, party {side['party_id']}"
        yield f"  {side['record']} ({side['role']}): {side['name_normalised'] or '-'}; {place}"
    picture = document["waterfall"]
    yield f"  {'start':<14} {'':>6} {picture['start']:+8.2f}"
    for step in picture["steps"]:
        alike = "-" if step["similarity"] is None else f"{step['similarity']:.2f}"
        yield f"  {step['field']:<14} {alike:>6} {step['weight']:+8.2f}"
    yield f"  {'total (bits)':<14} {'':>6} {picture['log_odds']:+8.2f}"
    yield f"Judgement: {document['judgement'] or 'none'}"


def _precision_lines(document: Row) -> Iterator[str]:
    yield "at least   links  judged   right  precision (95 %)       recall (95 %)"
    for row in document["thresholds"]:
        yield (
            f"{row['log_odds']:>8.1f} {row['links']:>7} {row['judged']:>7} {row['right']:>7}  "
            f"{_interval(row, 'precision'):<21}  {_interval(row, 'recall')}"
        )
    yield (
        f"{document['judged']} judged, {document['positive']} of them positive. The intervals hold for what was "
        "judged: judge some of every height, not the top alone."
    )


def _interval(row: Mapping[str, object], name: str) -> str:
    if row[name] is None:
        return "-"
    return f"{row[name]:.3f} ({row[name + '_low']:.3f}-{row[name + '_high']:.3f})"


def _calibration_lines(calibration: Row) -> Iterator[str]:
    """What the weights promise beside what people judged, or that too few links were judged to tell."""
    if calibration["brier"] is None:
        yield (
            f"Calibration: insufficient data. {calibration['judged']} weighed links were judged; "
            f"{calibration['needed']} are needed, of every height (barrier links list --open)."
        )
        return
    yield f"Calibration on {calibration['judged']:,} judged links, Brier score {calibration['brier']:.4f}:"
    yield "  at least  judged  expected precision  real precision"
    for row in calibration["thresholds"]:
        shares = f"{row['expected_precision']:>18.3f}  {row['precision']:>14.3f}"
        yield f"  {row['log_odds']:>8.1f} {row['pairs']:>7,}  {shares}"


def _profile_lines(document: Row, output: Path | None) -> Iterator[str]:
    counts = document["counts"]
    levels = ", ".join(f"{level} {number:,}" for level, number in counts["links"].items())
    yield f"Run {document['run_id']}: {counts['mentions']:,} mentions, {counts['parties']:,} parties; links {levels}"
    if document["not_repeated"]:
        yield document["not_repeated"]["en"]
    for key in document["keys"] or ():
        yield (
            f"  {key['kind']:<13} {key['key']:<11} {key['mentions']:>8,} mentions {key['pairs']:>10,} pairs "
            f"{key['links']:>8,} links, {key['only']:,} by this key alone"
        )
    for row in document["unlinkable"] or ():
        if row["keyless"]:
            who = f"{row['dataset']} {row['role']} ({row['kind']})"
            yield f"  {who}: {row['keyless']:,} of {row['mentions']:,} without an independent key"
    yield from _calibration_lines(document["judged"]["calibration"])
    clusters = document["clusters"]
    yield f"{clusters['odd_count']} parties hang together oddly."
    for cluster in clusters["odd"]:
        shape = f"{cluster['notations']} notations, density {cluster['density']:.2f}, {len(cluster['bridges'])} bridges"
        yield f"  {cluster['party_id']}  {cluster['mentions']} mentions, {shape}"
    if output:
        yield f"Page: {output}"
