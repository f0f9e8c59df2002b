"""Links for a person to judge: listing, showing and judging them; what was judged holds from the next night on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows import mandate
from flows.audit.log_read_access import note_reading, noted
from flows.configuration import load as settings_module
from flows.desk import open_configured_store
from flows.night.runs import chosen_run
from flows.rules.consent import now
from screening.datasets import datasets
from screening.errors import BarrierError, ConfigurationError
from screening.vocabulary import LedgerAction, LinkLevel, PartyKind

#: Published runs that are looked through for a link that the last one does not hold, newest first.
_RUNS_BACK = 50
_MENTION = pl.concat_str("dataset", "key", "role", "kind", separator=":")


@dataclass(frozen=True)
class Found:
    """A link, its fingerprints (in order), and the run whose row it is; no row where no run kept it."""

    link_id: str
    pair: tuple[str, str]
    row: dict | None
    run_id: str | None


def listing(
    configuration: Path, *, level: str | None = None, limit: int = 20, is_open: bool = False, run_id: str | None = None
) -> dict:
    """The links of a run, surest first (the number itself is not told), each with how it was judged.

    In a real municipality the ledger knows of it before; LedgerError when it cannot be written.
    `level`: only these. `is_open`: only those that nobody judged, or whose judgement was undone.
    """
    if level is not None and level not in {one.value for one in LinkLevel}:
        raise ConfigurationError(f"--level must be one of {', '.join(LinkLevel)}.")
    _note(configuration, "list:links")
    with _opened(configuration) as (store, workspace):
        run = chosen_run(store, run_id)
        links = _file(store, workspace, run.run_id, "links")
        states = _states(store)
    if level:
        links = links.filter(pl.col("level") == level)
    links = links.join(states, on="link_id", how="left")
    if is_open:
        links = links.filter(pl.col("judgement").is_null())
    shown = links.sort(["log_odds", "link_id"], descending=[True, False]).head(limit)
    columns = ["link_id", "level", "left", "right", "judgement"]
    return {"run_id": run.run_id, "links": links.height, "shown": shown.select(columns).to_dicts()}


def shown(configuration: Path, link_id: str) -> dict:
    """One link, field by field, with both sides as the run has them, the sentences, and its judgements."""
    from screening.casework.links.judgements import judgement_history
    from screening.report.waterfall import from_link, sentence

    with _opened(configuration) as (store, workspace):
        found = _find(store, workspace, link_id)
        if found.row is None or found.run_id is None:
            raise ConfigurationError(
                f"{link_id} was judged, but no published run of this workspace holds it any more: "
                f"its history is there (barrier links history {link_id})."
            )
        _note(configuration, f"link:{link_id}", found.pair)
        document = store.summary(found.run_id)
        parties = _file(store, workspace, found.run_id, "parties").with_columns(mention=_MENTION)
        records = _file(store, workspace, found.run_id, "records")
        history = [_step(one) for one in judgement_history(store, *found.pair)]
    files = {entry["sha256"]: entry["path"] for entry in document["inputs"]}
    picture = from_link(found.row["log_odds"], found.row["comparisons"])
    kind = found.row["left"].rsplit(":", 1)[1]
    level = found.row["level"]
    return {
        "link_id": link_id,
        "run_id": found.run_id,
        "level": level,
        "kind": kind,
        **{side: _side(found.row[side], parties, records, files) for side in ("left", "right")},
        "waterfall": picture,
        "sentence_nl": sentence(picture, level=level, kind=kind, language="nl"),
        "sentence_en": sentence(picture, level=level, kind=kind, language="en"),
        "judgement": history[-1]["judgement"] if history and history[-1]["judgement"] != "undone" else None,
        "history": history,
    }


def draw(document: dict, output: Path, language: str) -> None:
    """The waterfall of a link that `shown` told, as an SVG file; `BarrierError` where it cannot be written."""
    from screening.report.waterfall import svg

    try:
        output.write_text(svg(document["waterfall"], language=language), encoding="utf-8")
    except OSError as error:
        raise BarrierError(f"{output}: the picture cannot be written ({error.strerror}).") from None


def judge(configuration: Path, link_id: str, judgement: str, *, by: str, reason: str) -> dict:
    """Record what a person decided: positive (one party), negative (two) or unsure."""
    from screening.casework.data_subjects import of_mentions
    from screening.casework.links.judgements import record_judgement

    if judgement not in {"positive", "negative", "unsure"}:
        raise ConfigurationError("A judgement is positive, negative or unsure.")
    settings = settings_module.load(configuration)
    with _opened(configuration) as (store, workspace):
        found = _find(store, workspace, link_id)
        about = of_mentions(found.pair)
        with noted(settings, LedgerAction.LINK_JUDGEMENT, f"link:{link_id}", by=by, subjects=about):
            record_judgement(store, *found.pair, judgement, by=by, at=now(), reason=reason)
    return {"link_id": link_id, "judgement": judgement, "judged_by": by}


def undo(configuration: Path, link_id: str, *, by: str, reason: str) -> dict:
    """Take the judgement in force away; the history keeps it."""
    from screening.casework.data_subjects import of_mentions
    from screening.casework.links.judgements import undo_judgement

    settings = settings_module.load(configuration)
    with _opened(configuration) as (store, workspace):
        found = _find(store, workspace, link_id)
        about = of_mentions(found.pair)
        with noted(settings, LedgerAction.LINK_JUDGEMENT, f"link:{link_id}", by=by, subjects=about):
            undo_judgement(store, *found.pair, by=by, at=now(), reason=reason)
    return {"link_id": link_id, "judgement": None, "judged_by": by}


def history(configuration: Path, link_id: str) -> list[dict]:
    """Every step on a link, oldest first: who, when, what, why."""
    from screening.casework.links.judgements import judgement_history

    with _opened(configuration) as (store, workspace):
        found = _find(store, workspace, link_id)
        _note(configuration, f"link:{link_id}", found.pair)  # a reason is free text and may say whom it is about
        return [_step(one) for one in judgement_history(store, *found.pair)]


def precision(configuration: Path, *, kind: str | None = None, run_id: str | None = None) -> dict:
    """Precision and recall by threshold, as far as judgements tell, and whether weights from them would beat EM.

    The latter (`weights`, of persons only) is what the run's document tells, of the judgements that were there then.
    `kind`: person or organisation; both when None. Links by number (exact) are in no table: they are not weighed.
    """
    from screening.matching.parties.thresholds import judged_thresholds

    with _opened(configuration) as (store, workspace):
        run = chosen_run(store, run_id)
        links = _file(store, workspace, run.run_id, "links")
        judged = judged_links(store, workspace)
        weights = store.summary(run.run_id).get("party_model", {}).get("judgements")
    weighed, judged = (frame.filter(pl.col("level") != LinkLevel.EXACT) for frame in (links, judged))
    if kind:
        weighed, judged = (frame.filter(pl.col("left").str.ends_with(f":{kind}")) for frame in (weighed, judged))
    table = judged_thresholds(judged, weighed["log_odds"])
    return {
        "run_id": run.run_id,
        "kind": kind,
        "judged": judged.height,
        "positive": int(judged["is_match"].sum()),
        "thresholds": table.to_dicts(),
        "weights": None if kind == PartyKind.ORGANISATION else weights,
    }


def judged_links(store, workspace) -> pl.DataFrame:
    """The links that a person judged positive or negative, as rows of LINKS with `is_match`, from the newest run.

    A pair that was judged negative is no link any more in later runs: its row comes from the last run that held it.
    """
    states = _states(store).filter(pl.col("judgement").is_in(["positive", "negative"]))
    parts: list[pl.DataFrame] = []
    missing = states["link_id"]
    for one in list(reversed(store.runs()))[:_RUNS_BACK]:
        rows = _file(store, workspace, one.run_id, "links").filter(pl.col("link_id").is_in(missing.implode()))
        parts.append(rows)
        missing = missing.filter(~missing.is_in(rows["link_id"].implode()))
        if missing.is_empty():
            break
    if not parts:
        raise ConfigurationError("No run has been published in this workspace yet. Make one: barrier run")
    found = pl.concat(parts).join(states, on="link_id")
    return found.with_columns(is_match=pl.col("judgement") == "positive").drop("judgement").sort("link_id")


def _note(configuration: Path, what: str, fingerprints: Collection[str] = ()) -> None:
    from screening.casework.data_subjects import of_mentions

    settings = settings_module.load(configuration)
    mandate.require(settings)
    if not settings.is_synthetic:
        note_reading(settings, LedgerAction.READ_LINK, what, subjects=of_mentions(fingerprints))


@contextmanager
def _opened(configuration: Path) -> Iterator[tuple]:
    from screening.store import Workspace

    settings = settings_module.load(configuration)
    mandate.require(settings)
    workspace = Workspace(settings.workspace)
    with open_configured_store(settings) as store:
        yield store, workspace


def _file(store, workspace, run_id: str, name: str) -> pl.DataFrame:
    from screening.store import read_run_file

    return read_run_file(store, workspace, run_id, f"{name}.parquet")


def _states(store) -> pl.DataFrame:
    """`link_id`, `judgement` in force (positive, negative, unsure) of every judged pair, twins of it included."""
    from screening.casework.links.judged import judged_pairs
    from screening.matching.parties.link_ids import MOST_TWINS, link_id

    rows = [
        (link_id(left, right, again), judgement)
        for left, right, judgement in judged_pairs(store).filter(pl.col("judgement") != "undone").iter_rows()
        for again in range(MOST_TWINS)
    ]
    return pl.DataFrame(rows, schema={"link_id": pl.String, "judgement": pl.String}, orient="row")


def _find(store, workspace, link_id: str) -> Found:
    """The link of this id: in the last run, else in the newest that has it, else among the judged pairs."""
    from screening.casework.links.judged import judged_pairs
    from screening.matching.parties.link_ids import fingerprints_of, pair_of

    chosen_run(store, None)  # says what to do in a workspace without a run
    judged = None
    for left, right, _ in judged_pairs(store).iter_rows():
        judged = judged or pair_of(link_id, [left], [right])
    for one in list(reversed(store.runs()))[:_RUNS_BACK]:
        rows = _file(store, workspace, one.run_id, "links").filter(pl.col("link_id") == link_id)
        if rows.is_empty():
            continue
        row = rows.row(0, named=True)
        parties, identities = (_file(store, workspace, one.run_id, name) for name in ("parties", "identities"))
        pair = judged or fingerprints_of(link_id, row["left"], row["right"], parties, identities)
        if pair is None:
            raise ConfigurationError(
                f"{link_id}: run {one.run_id} does not tell which two contents it links: a row was delivered more than "
                "once. Take the double row out of the delivery and run the night again."
            )
        return Found(link_id, pair, row, one.run_id)
    if judged:
        return Found(link_id, judged, None, None)
    raise ConfigurationError(f"No published run has the link {link_id!r}. List them: barrier links list")


def _side(mention: str, parties: pl.DataFrame, records: pl.DataFrame, files: dict[str, str]) -> dict:
    party = parties.filter(pl.col("mention") == mention).row(0, named=True)
    here = records.filter((pl.col("dataset") == party["dataset"]) & (pl.col("key") == party["key"]))
    record = here.row(0, named=True) if here.height else {}
    # an establishment may be shielded, and the run does not say here which: none is placed at its address
    is_placed = datasets()[party["dataset"]].shielded_by is None
    return {
        "mention": mention,
        "record": f"{party['dataset']}:{party['key']}",
        "role": party["role"],
        "name_normalised": party["name_normalised"],
        "party_id": party["party_id"],
        "file": files.get(record.get("source_file_sha256"), "?"),
        "row_number": record.get("row_number"),
        "address_id": record.get("address_id") if is_placed else None,
    }


def _step(row: dict) -> dict:
    return {
        "judgement": row["judgement"],
        "judged_by": row["judged_by"],
        "judged_at": row["judged_at"].isoformat(timespec="seconds"),
        "reason": row["reason"],
    }
