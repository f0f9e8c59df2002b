"""What happens in a night, stage by stage: each reads and writes the night's folder and calls the core once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from flows.activations import activations
from flows.catalogue import all_contracts, all_indicators, code_version, contracts_in_force
from flows.configuration.source_specs import read_limits
from flows.night import rule_consent, snapshots, upheld_objections
from flows.night.bundle import bundle
from flows.night.carried_links import LINKING, keep_prepared, plan_linking
from flows.night.held_registers import held_registers
from flows.night.last_good import erase_past_term
from flows.night.manifests import check_manifests
from flows.night.mended import keep_mended
from flows.night.open_cases import open_cases_of_run
from flows.night.ranges.on_dask import cluster_of_night
from flows.night.rule_tables import handed
from flows.night.stage_runner import is_tried_again
from flows.night.staging import Night
from flows.night.verdicts import INDISPENSABLE, hold_against_contracts
from flows.night.visit_findings import read_visit_findings, with_findings
from screening.base.datasets import addressed_datasets
from screening.base.errors import BarrierError, SourceMissingError
from screening.base.frames import PARTIES, Row
from screening.base.machine import peak_memory_bytes
from screening.casework.links.judgements import judgements_hash
from screening.matching.addresses import AddressIndex, address_mentions, display_addresses, resolve
from screening.matching.parties.link import link_parties
from screening.matching.parties.tables import read_party_tables
from screening.rules import Sensitive, Tables, evaluate, review
from screening.rules.areas import duties
from screening.sources import SourceRequest, hand_over, read_sources_isolated
from screening.store import RunBundle, publish
from screening.store.runs.nights import flagged_since, identities_since
from screening.store.schema.deliveries import SUSPECT


def read_deliveries(folder: str) -> None:
    """Read every delivery as text. A missing one is noted; one that is damaged, cut or forbidden stops the night.

    A database that is away is missing at the last try only.
    """
    night = Night(Path(folder))
    settings, contracts = night.settings, contracts_in_force(night.settings)
    for rule in all_indicators():  # a parameter out of bounds is told now, not after the registers have been read
        if rule.code in settings.indicators:
            rule.parameters(settings.indicators[rule.code].parameters)
    held = held_registers(settings)
    with night.desk() as desk:
        reading = read_sources_isolated(
            [
                SourceRequest(spec, contracts[dataset].fields)
                for dataset, spec in settings.source_specs.items()
                if dataset not in held
            ],
            reporter_key=desk.workspace.reporter_key(),
            out_dir=night.folder,
            limits=read_limits(settings.run),
        )
        visited = read_visit_findings(desk)
    for dataset, error in reading.errors.items():
        is_missing = isinstance(error, SourceMissingError) and dataset != INDISPENSABLE
        if not is_missing or (error.may_pass and is_tried_again.get()):
            raise error
    delivered = dict(reading.tables)
    if visited.height:
        inspections = delivered.get("controles")
        both = with_findings(inspections.load() if inspections else None, visited)
        delivered["controles"] = hand_over(both, night.folder)
    tables: dict[str, Row] = {}
    unavailable: dict[str, Row] = {
        dataset: {"kind": "missing", "reason_nl": "de levering is er niet.", "reason_en": "the delivery is not there."}
        for dataset in reading.errors
    } | {
        dataset: {"kind": "missing", "reason_nl": why.reason_nl, "reason_en": why.reason_en}
        for dataset, why in held.items()
    }
    for dataset, table in delivered.items():
        about: Row = {**table.document()}
        tables[dataset] = about
        if dataset in settings.sources:
            manifests = check_manifests(dataset, table.files, settings.sources[dataset].manifest)
            about["manifests"] = [manifest.document() for manifest in manifests]
    night.put("sources", tables)
    night.put("unavailable", unavailable)
    peak = reading.peak_bytes + peak_memory_bytes()
    night.put("measured", {**night.get("measured"), "peak_memory_mb": round(peak / 1_000_000)})


def resolve_addresses(folder: str) -> None:
    """Resolve every address of every register to a BAG object, or say why not."""
    night = Night(Path(folder))
    index = AddressIndex.build(night.get_frame("accepted/bag_adressen"))
    if night.settings.designated_areas:
        bag = night.get_frame("accepted/bag_adressen")
        night.put_frame("duties", duties(night.settings.designated_areas, bag, night.settings.as_of))
    given = {d: night.get_frame(f"accepted/{d}") for d in addressed_datasets() if night.has_frame(f"accepted/{d}")}
    with ThreadPoolExecutor(1) as meanwhile:
        shown = meanwhile.submit(lambda: night.put_frame("display", display_addresses(index)))
        resolved = resolve(address_mentions(given), index)
        night.put_frame("resolved", resolved)
        shown.result()
    place = resolved.drop("candidate_probability")
    for dataset, frame in given.items():
        resolved_here = place.filter(pl.col("dataset") == str(dataset)).drop("dataset")
        night.put_frame(f"accepted/{dataset}", frame.join(resolved_here, on="key", how="left", maintain_order="left"))


def link_parties_of_night(folder: str) -> None:
    """Link the mentions of persons in a role and of organisations; carry party ids over from the last run."""
    night = Night(Path(folder))
    settings = night.settings
    tables = read_party_tables(night.scan_frames("accepted"))
    with night.desk() as desk:
        last = desk.store.last_published(before=settings.as_of)
        previous = last.run_id if last else None
        carried = identities_since(desk.store, desk.workspace, previous)
        judged = upheld_objections.judgements_in_force(desk.store, desk.workspace, tables)
        upheld_objections.keep_out(night, desk.store)
        night.put("history", {"previous_run": previous, "judgements": judgements_hash(judged)})
        prepared = plan_linking(night, desk, last)
    linked = link_parties(
        tables,
        judgements=judged,
        previous=carried,
        prepared=prepared,
        is_checked=night.get(LINKING)["is_checked"],
        workers=cluster_of_night(night.folder),
    )
    # the same rows in the same order, of which half the columns are the same as well
    mentioned = linked.mentions.drop(PARTIES, strict=False)
    night.put_frame("parties", pl.concat([linked.parties, mentioned], how="horizontal"))
    for name in ("links", "trade_names", "similar_names", "could_be_one", "identities"):
        night.put_frame(name, getattr(linked, name))
    upheld_objections.drop_kept_out_persons(night, desk.workspace)
    keep_prepared(night, linked.prepared, linked.groups)
    night.put_frame("judgements", judged)
    night.put("party_model", json.loads(linked.model))
    night.put("party_notes", {"notes": [note.texts for note in linked.notes], "pairs_compared": linked.candidates})


def run_indicators(folder: str) -> None:
    """Run every indicator that is activated and whose registers are there; say which did not run and why."""
    night = Night(Path(folder))
    settings = night.settings
    result = evaluate(
        all_indicators(),
        Tables(handed(night)),
        as_of=settings.as_of,
        activations=activations(settings),
        stale=[name for name, why in night.get("unavailable").items() if why["kind"] != SUSPECT],
        suspect=[name for name, why in night.get("unavailable").items() if why["kind"] == SUSPECT],
        lacks={dataset: spec.lacks for dataset, spec in settings.source_specs.items()},
        held=rule_consent.held_tonight(night, activations(settings)),
        allowed=rule_consent.allowed_purposes(all_contracts()),
    )
    night.put_frame("evidence", result.evidence)
    night.put_frame("findings", result.findings)
    night.put(
        "evaluation",
        {
            "run": list(result.run),
            "hits": result.hits,
            "parameters": result.parameters,
            "timings": result.timings,
            "not_run": {code: vars(w) for code, w in result.not_run.items()},
        },
    )


def apply_review_rule(folder: str) -> None:
    """Apply the review rule: which addresses should a person look at."""
    night = Night(Path(folder))
    settings = night.settings
    with night.desk() as desk:
        previous = night.get("history")["previous_run"]
        earlier = flagged_since(desk.store, previous)
        # an address whose rule did not see its register tonight is none that no rule flagged
        unseen = earlier if night.get("unavailable") else earlier.clear()
        drawn = desk.store.sample(previous)
        night.put_frame("not_drawn", pl.concat([frame.select("address_id") for frame in (drawn, unseen)]))
        keep_mended(night, desk, previous)
    out = upheld_objections.kept_out_addresses(night)
    evidence = night.get_frame("evidence").join(out, on="address_id", how="anti", maintain_order="left")
    night.put_frame("evidence", evidence)
    sensitive = Sensitive.of(Tables(handed(night, with_groups=False)))
    night.put_frame("sensitive_records", sensitive.records)
    flagged = review(
        evidence,
        all_indicators(),
        sensitive=sensitive,
        display=night.get_frame("display").select("address_id", "address"),
        as_of=settings.as_of,
        earlier=earlier,
    )
    night.put_frame("flags", flagged)


def publish_night(folder: str) -> None:
    """Make the run visible as a whole: files, rows in the store, one short transaction."""
    night = Night(Path(folder))
    night.put("snapshots", snapshots.keep_snapshots(night))
    run = settled(night)
    with night.desk() as desk:
        done = publish(desk.store, desk.workspace, run)
        opened, failure = open_cases_of_run(desk.store, desk.configuration)
        losses = [failure] if failure else []
        try:
            snapshots.erase_old_snapshots(desk)
            erase_past_term(desk)
        except BarrierError as error:  # the run is out: that night did not fail
            losses.append(f"The run is published; what is past its term was not erased: {error} The next night does.")
        night.put(
            "published",
            {
                "run_id": done.run_id,
                "folder": str(desk.workspace.runs / done.run_id),
                "already": done.already,
                "document": desk.store.summary(done.run_id),
                "cases": opened,
                "losses": losses,
            },
        )


def settled(night: Night) -> RunBundle:
    """Bundle this night under the stops in force at this moment: a stop in between takes its hits out."""
    while True:
        if not rule_consent.is_up_to_date(night):
            run_indicators(str(night.folder))
            apply_review_rule(str(night.folder))
        run = bundle(night, code_version())
        if rule_consent.is_up_to_date(night):
            return run


#: The night in order. Names are what a person sees in the progress bars and in run.json.
STAGES = (
    ("intake", read_deliveries),
    ("validate", hold_against_contracts),
    ("addresses", resolve_addresses),
    ("parties", link_parties_of_night),
    ("indicators", run_indicators),
    ("flags", apply_review_rule),
    ("publish", publish_night),
)
