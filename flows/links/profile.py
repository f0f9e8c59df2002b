"""`barrier links profile`: how the linking of a published run went, for the analyst: counts and ids, no names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from flows.configuration import load_configuration
from flows.desk import Desk
from flows.links.judge import link_precision
from flows.night import stages
from flows.night.guard import fenced
from flows.night.staging import Night
from screening.base.errors import AlreadyRunningError, BarrierError
from screening.matching.parties.profile import clusters, heights, key_yields, unlinkable
from screening.report.profile import render_profile
from screening.store import read_run_file

_MENTION = pl.concat_str("dataset", "key", "role", "kind", separator=":")
_RECORD = pl.concat_str("dataset", "key", separator=":")
#: The stages that are repeated, without publishing, to see what a run's files do not hold: the keys of mentions.
_REPEATED = ("intake", "validate", "addresses", "parties")


def profile_linking(desk: Desk, *, run_id: str | None = None) -> dict[str, object]:
    """The profile of a run, the last one when none is named.

    Clusters and heights come from the files of the run. Keys and what cannot be linked need dates and numbers that a
    run does not keep: for these the linking is repeated on the deliveries, and told only when it gives the same links.
    """
    run = desk.run(run_id)
    document = desk.store.summary(run.run_id)
    links, parties = (
        read_run_file(desk.store, desk.workspace, run.run_id, f"{name}.parquet") for name in ("links", "parties")
    )
    parties = parties.with_columns(mention=_MENTION, record=_RECORD)
    mentions, why_not = _repeat(desk, run.as_of, links)
    return {
        "run_id": run.run_id,
        "as_of": run.as_of.isoformat(),
        "municipality": document["municipality"],
        "synthetic": document["synthetic"],
        "counts": {
            "mentions": parties.height,
            "parties": parties["party_id"].n_unique(),
            "links": {level: int((links["level"] == level).sum()) for level in ("exact", "strong", "probable")},
        },
        "notes": document["counts"]["party_notes"],
        "heights": heights(links),
        "clusters": clusters(parties, links),
        "judged": link_precision(desk, run_id=run.run_id),
        "keys": None if mentions is None else key_yields(mentions, links),
        "unlinkable": None if mentions is None else unlinkable(mentions, links),
        "not_repeated": why_not,
    }


def write_profile_page(document: dict[str, object], output: Path) -> None:
    """The profile as one HTML file; `BarrierError` where it cannot be written."""
    try:
        output.write_text(render_profile(document), encoding="utf-8")
    except OSError as error:
        raise BarrierError(f"{output}: the page cannot be written ({error.strerror}).") from None


def _repeat(desk: Desk, as_of: date, links: pl.DataFrame) -> tuple[pl.DataFrame | None, dict[str, str] | None]:
    """The mentions behind these links, or why they cannot be had."""
    calls = dict(stages.STAGES)
    try:
        with desk.workspace.lock(), desk.workspace.staging(f"profile-{as_of.isoformat()}") as folder:
            night = Night.begin(folder, load_configuration(desk.configuration.file, as_of=as_of))
            for name in _REPEATED:
                fenced(name, calls[name])(str(folder))
            again, mentions = night.get_frame("links"), night.get_frame("parties")
    except AlreadyRunningError:
        raise
    except BarrierError as error:
        return None, {
            "nl": f"De koppeling kon niet worden herhaald op de leveringen: {error}",
            "en": f"The linking could not be repeated on the deliveries: {error}",
        }
    columns = ["link_id", "left", "right", "level"]
    if not again.select(columns).equals(links.select(columns)):
        return None, {
            "nl": "De leveringen, de oordelen of het programma zijn veranderd sinds deze run. Draai eerst opnieuw.",
            "en": "The deliveries, the judgements or the programme have changed since this run. Run it again first.",
        }
    return mentions, None
