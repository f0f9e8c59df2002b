"""What the linking of a night carries over from the last run, and what it leaves in its own for the next."""

from __future__ import annotations

import json

import polars as pl

from flows.catalogue import code_version
from flows.desk import Desk
from flows.night.staging import Night
from screening.base.frames import PREPARED_FILES, Row
from screening.matching.parties.estimation_rule import EstimationRule, NightFacts, plan_night
from screening.matching.parties.party_model import PartyModel
from screening.matching.parties.prepared import PreparedParties
from screening.store import PublishedRun, read_run_file

#: Key of `run.json` under which a run says by which model it was linked and what was compared.
LINKING = "linking"


def plan_linking(night: Night, desk: Desk, last: PublishedRun | None) -> PreparedParties | None:
    """Decide whether this night estimates anew, note it, and read what the last run left; None: all is compared."""
    settings = night.settings
    summary = desk.store.summary(last.run_id) if last else {}
    document = summary.get(LINKING)
    # of a register in doubt no row is linked, whatever its contract accepted
    counts = night.get("contracts")["counts"].items()
    rows = {name: count["rows_accepted"] for name, count in counts if night.has_frame(f"accepted/{name}")}
    plan = plan_night(
        document,
        NightFacts(settings.as_of, code_version(), rows),
        EstimationRule(
            every_days=settings.matching.estimate_every_days,
            drift=settings.matching.estimate_at_drift,
            anew_from=settings.matching.estimate_anew_from,
        ),
    )
    night.put(LINKING, plan)
    if plan["why"] or last is None or document is None:
        return None
    frames = {name: read_run_file(desk.store, desk.workspace, last.run_id, name) for name in PREPARED_FILES}
    model = PartyModel.from_json(json.dumps(summary["party_model"])).to_json()
    return PreparedParties.from_frames(frames, document["models"], model)


def keep_prepared(night: Night, prepared: PreparedParties, groups: pl.DataFrame) -> None:
    """Keep in the night's folder what the next one builds on, without people whom an objection keeps out.

    `groups`: `mention`, `group`; a group of which no mention is among the parties of the night is left out.
    """
    mentions = night.scan_frame("parties").select("mention").collect()
    if len(mentions) < len(groups):  # nearly every night all are there
        prepared = prepared.only(groups.join(mentions, on="mention", how="semi")["group"].unique())
    night.put(LINKING, {**night.get(LINKING), "models": prepared.plain_models()})
    for name, frame in prepared.to_frames().items():
        night.put_frame(f"prepared/{name.removesuffix('.parquet')}", frame)


def linking_document(night: Night, run_id: str) -> Row:
    """What `run.json` says: which model, of which run, estimated when and why, and what this night compared."""
    plan = night.get(LINKING)
    return {**plan, "estimated_in": plan["estimated_in"] or run_id}
