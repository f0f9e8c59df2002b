"""`barrier match profile`: how the linking of a published run went, for the analyst: counts and ids, no names."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows import mandate
from flows.configuration import load as settings_module
from flows.desk import open_configured_store
from flows.links.judge import precision
from flows.night import stages
from flows.night.guard import guarded
from flows.night.runs import chosen_run
from flows.night.staging import Night
from screening.errors import AlreadyRunningError, BarrierError

_MENTION = pl.concat_str("dataset", "key", "role", "kind", separator=":")
_RECORD = pl.concat_str("dataset", "key", separator=":")
#: The stages that are repeated, without publishing, to see what a run's files do not hold: the keys of mentions.
_REPEATED = ("intake", "validate", "addresses", "parties")


def profile(configuration: Path, *, run_id: str | None = None) -> dict:
    """The profile of a run, the last one when none is named.

    Clusters and heights come from the files of the run. Keys and what cannot be linked need dates and numbers that a
    run does not keep: for these the linking is repeated on the deliveries, and told only when it gives the same links.
    """
    from screening.matching.parties.profile import clusters, heights, key_yields, unlinkable
    from screening.store import Workspace, read_run_file

    settings = settings_module.load(configuration)
    mandate.require(settings)
    workspace = Workspace(settings.workspace)
    with open_configured_store(settings) as store:
        run = chosen_run(store, run_id)
        document = store.summary(run.run_id)
        links, parties = (
            read_run_file(store, workspace, run.run_id, f"{name}.parquet") for name in ("links", "parties")
        )
    parties = parties.with_columns(mention=_MENTION, record=_RECORD)
    made = {
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
        "judged": precision(configuration, run_id=run.run_id),
        "keys": None,
        "unlinkable": None,
        "not_repeated": None,
    }
    mentions, why = _repeat(configuration, run.as_of, links)
    if mentions is None:
        made["not_repeated"] = why
    else:
        made["keys"], made["unlinkable"] = key_yields(mentions, links), unlinkable(mentions, links)
    return made


def write_page(document: dict, output: Path) -> None:
    """The profile as one HTML file; `BarrierError` where it cannot be written."""
    from screening.report.profile import render_profile

    try:
        output.write_text(render_profile(document), encoding="utf-8")
    except OSError as error:
        raise BarrierError(f"{output}: the page cannot be written ({error.strerror}).") from None


def _repeat(configuration: Path, as_of, links: pl.DataFrame) -> tuple[pl.DataFrame | None, dict | None]:
    """The mentions behind these links, or why they cannot be had."""
    from screening.store import Workspace

    settings = settings_module.load(configuration, as_of=as_of)
    workspace = Workspace(settings.workspace)
    calls = dict(stages.STAGES)
    try:
        with workspace.lock(), workspace.staging(f"profile-{as_of.isoformat()}") as folder:
            night = Night.begin(folder, settings)
            for name in _REPEATED:
                guarded(name, calls[name])(str(folder))
            again, mentions = night.get_frame("links"), night.get_frame("mentions")
    except AlreadyRunningError:
        raise
    except BarrierError as error:
        return None, {
            "nl": f"De koppeling kon niet worden herhaald op de leveringen: {error}",
            "en": f"The linking could not be repeated on the deliveries: {error}",
        }
    if not again.select("link_id", "left", "right", "level").equals(links.select("link_id", "left", "right", "level")):
        return None, {
            "nl": "De leveringen, de oordelen of het programma zijn veranderd sinds deze run. Draai eerst opnieuw.",
            "en": "The deliveries, the judgements or the programme have changed since this run. Run it again first.",
        }
    return mentions, None
