"""Links for a person to judge: listing, showing and judging them; what was judged holds from the next night on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows import mandate
from flows.audit.log_read_access import noted
from flows.desk import Desk, open_desk
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.frames import Row
from screening.base.vocabulary import LedgerAction, LinkLevel
from screening.casework.data_subjects import of_mentions
from screening.casework.links.judgements import (
    POSITIVE,
    READINGS,
    UNDONE,
    judged_pairs,
    judgement_history,
    record_judgement,
    undo_judgement,
)
from screening.matching.parties.link_ids import MOST_TWINS, fingerprints_of, link_id, pair_of
from screening.matching.parties.profile import calibration
from screening.matching.parties.thresholds import judged_thresholds
from screening.report.waterfall import from_link, link_sentence, svg
from screening.store import read_run_file

#: Published runs that are looked through for a link that the last one does not hold, newest first.
_RUNS_BACK = 50
_MENTION = pl.concat_str("dataset", "key", "role", "kind", separator=":")


@dataclass(frozen=True)
class FoundLink:
    """A link, its fingerprints (in order), and the run whose row it is; no row where no run kept it."""

    link_id: str
    pair: tuple[str, str]
    row: Row | None
    run_id: str | None


@contextmanager
def open_link_desk(config: Path, *, by: str | None = None, done_at: str | None = None) -> Iterator[Desk]:
    """A desk at which links are read: of a real municipality under its mandate. `done_at`: see `open_desk`."""
    with open_desk(config, by=by, done_at=done_at) as desk:
        mandate.require_mandate(desk.configuration)
        yield desk


def list_links(
    desk: Desk, *, level: str | None = None, limit: int = 20, is_open: bool = False, run_id: str | None = None
) -> Row:
    """The links of a run, surest first (the number itself is not told), each with how it was judged.

    Args:
        desk: where the command works. In a real municipality its ledger knows of the reading before.
        level: only these.
        limit: how many.
        is_open: only those that nobody judged, or whose judgement was undone.
        run_id: of this run instead of the last one.

    """
    if level is not None and level not in set(LinkLevel):
        raise ConfigurationError(f"--level must be one of {', '.join(LinkLevel)}.")
    _log_reading(desk, "list:links")
    run = desk.run(run_id)
    links = _file(desk, run.run_id, "links")
    if level:
        links = links.filter(pl.col("level") == level)
    links = links.join(_judgements_by_link(desk), on="link_id", how="left")
    if is_open:
        links = links.filter(pl.col("judgement").is_null())
    shown = links.sort(["log_odds", "link_id"], descending=[True, False]).head(limit)
    columns = ["link_id", "level", "left", "right", "judgement"]
    return {"run_id": run.run_id, "links": links.height, "shown": shown.select(columns).to_dicts()}


def show_link(desk: Desk, name: str) -> dict[str, object]:
    """One link, field by field, with both sides as the run has them, the sentences, and its judgements."""
    link = _find(desk, name)
    if link.row is None or link.run_id is None:
        raise ConfigurationError(
            f"{name} was judged, but no published run of this workspace holds it any more: "
            f"its history is there (barrier links history {name})."
        )
    _log_reading(desk, f"link:{name}", link.pair)
    parties = _file(desk, link.run_id, "parties").with_columns(mention=_MENTION)
    records = _file(desk, link.run_id, "records")
    history = [_step(row) for row in judgement_history(desk.store, *link.pair)]
    files = {entry["sha256"]: entry["path"] for entry in desk.store.summary(link.run_id)["inputs"]}
    picture = from_link(link.row["log_odds"], link.row["comparisons"])
    level, kind = link.row["level"], link.row["left"].rsplit(":", 1)[1]
    return {
        "link_id": name,
        "run_id": link.run_id,
        "level": level,
        "kind": kind,
        **{side: _side(link.row[side], parties, records, files) for side in ("left", "right")},
        "waterfall": picture,
        "sentence_nl": link_sentence(picture, level=level, kind=kind, language="nl"),
        "sentence_en": link_sentence(picture, level=level, kind=kind, language="en"),
        "judgement": history[-1]["judgement"] if history and history[-1]["judgement"] != UNDONE else None,
        "history": history,
    }


def draw_link(document: Row, output: Path, language: str) -> None:
    """The waterfall of a link that `show_link` gave, as an SVG file; `BarrierError` where it cannot be written."""
    try:
        output.write_text(svg(document["waterfall"], language=language), encoding="utf-8")
    except OSError as error:
        raise BarrierError(f"{output}: the picture cannot be written ({error.strerror}).") from None


def judge_link(desk: Desk, name: str, judgement: str, *, reason: str) -> dict[str, object]:
    """Record what a person decided: positive (one party), negative (two) or unsure."""
    if judgement not in READINGS:
        raise ConfigurationError("A judgement is positive, negative or unsure.")
    pair = _find(desk, name).pair
    with _logged_judgement(desk, name, pair):
        record_judgement(desk.store, *pair, judgement, by=desk.by, judged_at=desk.now, reason=reason)
    return {"link_id": name, "judgement": judgement, "judged_by": desk.by}


def undo_link(desk: Desk, name: str, *, reason: str) -> dict[str, object]:
    """Take the judgement in force away; the history keeps it."""
    pair = _find(desk, name).pair
    with _logged_judgement(desk, name, pair):
        undo_judgement(desk.store, *pair, by=desk.by, judged_at=desk.now, reason=reason)
    return {"link_id": name, "judgement": None, "judged_by": desk.by}


def link_history(desk: Desk, name: str) -> list[dict[str, object]]:
    """Every step on a link, oldest first: who, when, what, why."""
    link = _find(desk, name)
    _log_reading(desk, f"link:{name}", link.pair)  # a reason is free text and may say whom it is about
    return [_step(row) for row in judgement_history(desk.store, *link.pair)]


def link_precision(desk: Desk, *, kind: str | None = None, run_id: str | None = None) -> dict[str, object]:
    """Precision and recall by threshold, as far as judgements tell.

    `kind`: person or organisation; both when None. Links by number (exact) are in no table: they are not weighed.
    """
    run = desk.run(run_id)
    frames = [_file(desk, run.run_id, "links"), _judged_links(desk)]
    frames = [frame.filter(pl.col("level") != LinkLevel.EXACT) for frame in frames]
    if kind:
        frames = [frame.filter(pl.col("left").str.ends_with(f":{kind}")) for frame in frames]
    weighed, judged = frames
    return {
        "run_id": run.run_id,
        "kind": kind,
        "judged": judged.height,
        "positive": int(judged["is_match"].sum()),
        "thresholds": judged_thresholds(judged, weighed["log_odds"]).to_dicts(),
        "calibration": calibration(judged),
    }


def _judged_links(desk: Desk) -> pl.DataFrame:
    """The links that a person judged positive or negative, as rows of LINKS with `is_match`, from the newest run.

    A pair that was judged negative is no link any more in later runs: its row comes from the last run that held it.
    """
    judged = _judgements_by_link(desk).filter(pl.col("judgement").is_in(["positive", "negative"]))
    parts: list[pl.DataFrame] = []
    missing = judged["link_id"]
    for run in desk.store.runs()[::-1][:_RUNS_BACK]:
        rows = _file(desk, run.run_id, "links").filter(pl.col("link_id").is_in(missing.implode()))
        parts.append(rows)
        missing = missing.filter(~missing.is_in(rows["link_id"].implode()))
        if missing.is_empty():
            break
    links = pl.concat(parts).join(judged, on="link_id")
    return links.with_columns(is_match=pl.col("judgement") == POSITIVE).drop("judgement").sort("link_id")


def _log_reading(desk: Desk, name: str, fingerprints: Collection[str] = ()) -> None:
    if not desk.configuration.is_synthetic:
        desk.log(LedgerAction.READ_LINK, name, subjects=of_mentions(fingerprints))


@contextmanager
def _logged_judgement(desk: Desk, name: str, pair: tuple[str, str]) -> Iterator[None]:
    with noted(desk.configuration, LedgerAction.LINK_JUDGEMENT, f"link:{name}", by=desk.by, subjects=of_mentions(pair)):
        yield


def _file(desk: Desk, run_id: str, name: str) -> pl.DataFrame:
    return read_run_file(desk.store, desk.workspace, run_id, f"{name}.parquet")


def _judgements_by_link(desk: Desk) -> pl.DataFrame:
    """`link_id`, `judgement` in force (positive, negative, unsure) of every judged pair, twins of it included."""
    rows = [
        (link_id(left, right, twin), judgement)
        for left, right, judgement in judged_pairs(desk.store).filter(pl.col("judgement") != UNDONE).iter_rows()
        for twin in range(MOST_TWINS)
    ]
    return pl.DataFrame(rows, schema={"link_id": pl.String, "judgement": pl.String}, orient="row")


def _find(desk: Desk, name: str) -> FoundLink:
    """The link of this id: in the last run, else in the newest that has it, else among the judged pairs."""
    desk.run()  # says what to do in a workspace without a run
    judged = None
    for left, right, _ in judged_pairs(desk.store).iter_rows():
        judged = judged or pair_of(name, [left], [right])
    for run in desk.store.runs()[::-1][:_RUNS_BACK]:
        rows = _file(desk, run.run_id, "links").filter(pl.col("link_id") == name)
        if rows.is_empty():
            continue
        row = rows.row(0, named=True)
        parties, identities = (_file(desk, run.run_id, file) for file in ("parties", "identities"))
        pair = judged or fingerprints_of(name, row["left"], row["right"], parties, identities)
        if pair is None:
            raise ConfigurationError(
                f"{name}: run {run.run_id} does not tell which two contents it links: a row was delivered more than "
                "once. Take the double row out of the delivery and run the night again."
            )
        return FoundLink(name, pair, row, run.run_id)
    if judged:
        return FoundLink(name, judged, None, None)
    raise ConfigurationError(f"No published run has the link {name!r}. List them: barrier links list")


def _side(mention: str, parties: pl.DataFrame, records: pl.DataFrame, files: dict[str, str]) -> dict[str, object]:
    party = parties.filter(pl.col("mention") == mention).row(0, named=True)
    rows = records.filter((pl.col("dataset") == party["dataset"]) & (pl.col("key") == party["key"]))
    record = rows.row(0, named=True) if rows.height else {}
    # an establishment may be shielded, and the run does not say here which: none is placed at its address
    is_placed = party["dataset"] != "handelsregister"
    return {
        "mention": mention,
        "record": f"{party['dataset']}:{party['key']}",
        "role": party["role"],
        "name_normalised": party["name_normalised"],
        "party_id": party["party_id"],
        "file": files.get(record.get("source_file_sha256", ""), "?"),
        "row_number": record.get("row_number"),
        "address_id": record.get("address_id") if is_placed else None,
    }


def _step(row: Row) -> dict[str, object]:
    names = ("judgement", "judged_by", "reason")
    return {name: row[name] for name in names} | {"judged_at": row["judged_at"].isoformat(timespec="seconds")}
