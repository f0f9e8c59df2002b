"""From the night's folder to the bundle that the store publishes: files of the run, dossiers, declarations, report."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import polars as pl

from flows.catalogue import all_indicators
from flows.night import rule_consent, summary, surroundings, upheld_objections
from flows.night.carried_links import LINKING, linking_document
from flows.night.contract_checks import CONTRACT_CHECKS, contract_checks_document
from flows.night.links_to_judge import links_to_judge
from flows.night.staging import Night
from screening.base.datasets import datasets
from screening.base.frames import (
    LINKS,
    OPEN_ADDRESSES,
    PARTIES,
    PARTY_ROWS,
    RECORDS,
    Schema,
    conform,
    empty,
    known_date,
)
from screening.base.vocabulary import AddressNote
from screening.casework.cases.line import most_flagged
from screening.report import render_run
from screening.rules.sample import draw_sample, population
from screening.store import RunBundle
from screening.store.bundle import DOSSIER_RECORDS
from screening.store.files import fitted
from screening.store.runs.identity import run_id

_ESTABLISHMENTS = "handelsregister"
_LICENCES = ("vergunningen", "seksinrichtingen")
#: An office that ended longer ago is not in a dossier: five years, as far as most rules look back (readings).
_OFFICE_DAYS = 1826


def bundle(night: Night, code_version: str) -> RunBundle:
    """Gather what this night leaves for the store to publish."""
    settings, history = night.settings, night.get("history")
    in_force = night.get("evaluation")["parameters"]
    rules = {rule.code: rule for rule in all_indicators()}
    unavailable = "".join(f"\n{name}: {why['kind']}" for name, why in sorted(night.get("unavailable").items()))
    verdicts = json.dumps(night.get("deliveries"), sort_keys=True)
    identity = run_id(
        inputs={name: [file["sha256"] for file in about["files"]] for name, about in night.get("sources").items()},
        configuration=settings.canonical
        + unavailable
        + verdicts
        + rule_consent.consent_identity(night)
        + upheld_objections.objections_identity(night),
        as_of=settings.as_of,
        code_version=code_version,
        indicator_versions={code: rule.version for code, rule in rules.items()},
        judgements_hash=history["judgements"],
        previous_run_id=history["previous_run"],
    )
    placed = records(night)
    frames = run_frames(night, identity, placed)
    shown = addressed(night, frames, placed)
    elsewhere = cited(frames, shown)
    parties = parties_of(night, pl.concat([shown, elsewhere]), frames)
    content = {
        **summary.content(night, frames),
        LINKING: linking_document(night, identity),
        CONTRACT_CHECKS: contract_checks_document(night, identity),
    }
    measured = summary.measured(night)
    head = {
        "run_id": identity,
        "as_of": settings.as_of.isoformat(),
        "municipality": settings.municipality.name,
        "code_version": code_version,
    }
    return RunBundle(
        run_id=identity,
        as_of=settings.as_of,
        municipality=settings.municipality.name,
        code_version=code_version,
        # those of which nobody else needs the whole are read when their files are written
        frames={
            **frames,
            "records.parquet": placed,
            "parties.parquet": night.scan_frame("parties").select(list(PARTY_ROWS)),
            "identities.parquet": night.scan_frame("identities"),
            "places.parquet": surroundings.map_of_night(night),
        },
        meta=content,
        measured=measured,
        declarations=[
            {**rules[code].declaration(in_force[code]), **settings.indicators[code].grounds} for code in in_force
        ],
        dossier_records=dossier_records(night, shown, parties),
        cited_records=dossier_records(night, elsewhere, parties),
        dossier_parties=parties,
        network=surroundings.networks(night, shown),
        display=night.scan_frame("display").select("address_id", "address"),
        sensitive_records=night.get_frame("sensitive_records"),
        links_to_judge=links_to_judge(night),
        sources=source_ages(night),
        prepared={f"{name}.parquet": frame for name, frame in night.scan_frames("prepared").items()},
        extra={"run.html": render_run({**head, **content, **measured}).encode()},
    )


def run_frames(night: Night, run_id: str, placed: pl.LazyFrame) -> dict[str, pl.DataFrame]:
    """File name -> rows, as the formats fix them; without the three that are as long as the registers."""
    return {
        "flags.parquet": night.get_frame("flags"),
        "evidence.parquet": night.get_frame("evidence"),
        "open_addresses.parquet": open_addresses(night, placed),
        "links.parquet": conform(night.get_frame("links"), LINKS),
        "sample.parquet": sample(night, run_id),
        "quarantine.parquet": night.get_frame("quarantine"),
    }


def sample(night: Night, run_id: str) -> pl.DataFrame:
    """The unflagged addresses that this run draws: a share of its new cases, and some when every rule is stopped.

    With a cap the share of as many as may come in: flagged ones of an earlier night come in with a draw of this one.
    """
    settings, flagged = night.settings, night.get_frame("flags")
    share, most = settings.review.sample_share, settings.review.new_cases_per_night
    new_flags = flagged.filter(pl.col("first_flagged") == settings.as_of).height
    return draw_sample(
        population(night.scan_frames("accepted")),
        pl.concat(
            [flagged.select("address_id"), night.get_frame("not_drawn"), upheld_objections.kept_out_addresses(night)]
        ),
        new_flags=new_flags if most is None else most_flagged(most, share),
        share=share,
        seed=run_id,
        drawn_on=settings.as_of,
        floor=settings.review.sample_when_stopped if rule_consent.are_all_stopped(night) else 0,
    )


def records(night: Night) -> pl.LazyFrame:
    """One row an accepted record of every register, with its address where it has one."""
    parts = []
    # an address of the BAG is its own object
    object_id = pl.col("adresseerbaar_object_id")
    own = {"address_id": object_id, "address_method": pl.lit("id"), "address_score": pl.lit(1.0)}
    for name, frame in night.scan_frames("accepted").items():
        placed = own if name == "bag_adressen" else {}
        parts.append(fitted(frame.with_columns(dataset=pl.lit(name), **placed), RECORDS))
    return pl.concat(parts)


def open_addresses(night: Night, placed: pl.LazyFrame) -> pl.DataFrame:
    """One row a record whose address leads to no object (OPEN_ADDRESSES), with the one that a person may look at."""
    resolved = night.scan_frame("resolved").filter(pl.col("address_note") != AddressNote.NO_ADDRESS)
    resolved = resolved.select("dataset", "key", "address_note", "candidate_id", "candidate_probability")
    unplaced = placed.filter(pl.col("address_id").is_null())
    left_open = unplaced.join(resolved, on=["dataset", "key"]).collect()
    shown = night.scan_frame("display").select(candidate_id="address_id", candidate="address")
    shown = shown.join(left_open.lazy(), on="candidate_id", how="semi")
    return conform(left_open.join(shown.collect(), on="candidate_id", how="left"), OPEN_ADDRESSES)


def addressed(night: Night, frames: dict[str, pl.DataFrame], placed: pl.LazyFrame) -> pl.DataFrame:
    """`address_id`, `dataset`, `key`: the records of a flagged or a sampled address.

    Those that stand there, and those that have no address of their own: who manages under a licence there, and who
    holds an office in a company that is established or licensed there. Without them a licence is one without people.
    """
    addresses = pl.concat([frames[name].select("address_id") for name in ("flags.parquet", "sample.parquet")])
    places = placed.select("address_id", "dataset", "key")
    there = places.join(addresses.lazy(), on="address_id", how="semi", maintain_order="left").collect()
    return pl.concat([there, _managers(night, there), _officers(night, there)]).unique(maintain_order=True)


def _managers(night: Night, shown: pl.DataFrame) -> pl.DataFrame:
    """Find the rows of leidinggevenden that belong to a licence among `shown`, with its columns."""
    numbers = [_column(night, shown, name, datasets()[name].key or "key") for name in _LICENCES]
    return _belonging(night, "leidinggevenden", "zaaknummer", pl.concat(numbers))


def _officers(night: Night, shown: pl.DataFrame) -> pl.DataFrame:
    """Find the offices, in force or ended in _OFFICE_DAYS, in companies with an establishment or licence in `shown`.

    A company with a shielded establishment is left out: its people would name it where it must not be named.
    """
    numbers = pl.concat([_column(night, shown, name, "kvk_nummer") for name in (*_LICENCES, "handelsregister")])
    shielded = _shielded_companies(night)
    numbers = numbers.filter(~pl.col("value").is_in(shielded.implode()))
    oldest = night.settings.as_of - timedelta(days=_OFFICE_DAYS)
    in_force = pl.col("datum_einde_max").is_null() | (pl.col("datum_einde_max") >= oldest)
    return _belonging(night, "functionarissen", "kvk_nummer", numbers, in_force)


def _shielded_companies(night: Night) -> pl.Series:
    """The KVK numbers of companies with a shielded establishment."""
    if not night.has_frame(f"accepted/{_ESTABLISHMENTS}"):
        return pl.Series(dtype=pl.String)
    shielded = night.scan_frame(f"accepted/{_ESTABLISHMENTS}").filter(pl.col("afgeschermd").fill_null(False))
    return shielded.select("kvk_nummer").drop_nulls().unique().collect()["kvk_nummer"]


def _column(night: Night, shown: pl.DataFrame, dataset: str, name: str) -> pl.DataFrame:
    """`address_id`, `value`: what the records of this data set among `shown` have in a column."""
    records = shown.filter(pl.col("dataset") == str(dataset))
    if records.is_empty():
        return pl.DataFrame(schema={"address_id": pl.String, "value": pl.String})
    rows = night.scan_frame(f"accepted/{dataset}").select("key", value=pl.col(name))
    return records.lazy().join(rows, on="key").select("address_id", "value").drop_nulls().unique().collect()


def _belonging(night: Night, dataset: str, column: str, values: pl.DataFrame, *conditions: pl.Expr) -> pl.DataFrame:
    """`address_id`, `dataset`, `key`: the records whose `column` is one of `values`."""
    if not night.has_frame(f"accepted/{dataset}"):
        return pl.DataFrame(schema={"address_id": pl.String, "dataset": pl.String, "key": pl.String})
    rows = night.scan_frame(f"accepted/{dataset}").filter(*conditions).select("key", value=pl.col(column))
    records = values.unique().lazy().join(rows, on="value")
    return records.select("address_id", pl.lit(str(dataset)).alias("dataset"), "key").unique().collect()


def cited(frames: dict[str, pl.DataFrame], shown: pl.DataFrame) -> pl.DataFrame:
    """`address_id`, `dataset`, `key`: the records that a hit at a flagged address cites and that are not in `shown`."""
    flagged = frames["evidence.parquet"].join(frames["flags.parquet"], on="address_id", how="semi")
    named = (
        flagged.select("address_id", record="record_ids")
        .explode("record")
        .drop_nulls("record")
        .unique()
        # a data set's name holds no colon, a key may
        .with_columns(pl.col("record").str.splitn(":", 2).struct.rename_fields(["dataset", "key"]))
        .unnest("record")
    )
    return named.join(shown, on=["address_id", "dataset", "key"], how="anti")


def dossier_records(night: Night, records: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """One row a row of `records` (`address_id`, `dataset`, `key`): what a dossier may show of it, as flat JSON.

    `parties`: those on these records at least.
    """
    parts = []
    shielded = _shielded_companies(night)
    for dataset, register in datasets().items():
        keys = records.filter(pl.col("dataset") == str(dataset)).select("key", in_dossier="address_id")
        if keys.is_empty():
            continue
        rows = night.scan_frame(f"accepted/{dataset}").join(keys.lazy(), on="key")
        if register.shielded_by:  # a shielded establishment is named nowhere at its address
            rows = rows.filter(~pl.col(register.shielded_by).fill_null(False))
            if dataset != _ESTABLISHMENTS:  # what was said of it before it was shielded would name it there as well
                rows = rows.filter(~pl.col("kvk_nummer").is_in(shielded.implode()))
        schema = rows.collect_schema()
        allowed = [name for name in register.dossier_columns if name in schema]
        dates = [name for name in allowed if schema[name].is_temporal()]
        parts.append(
            rows.select(
                pl.col("in_dossier").alias("address_id"),
                pl.lit(str(dataset)).alias("dataset"),
                "key",
                pl.struct(_as_text(schema, name) for name in allowed).struct.json_encode().alias("fields"),
                (pl.col(dates[0]).cast(pl.Date) if dates else pl.lit(None, dtype=pl.Date)).alias("source_date"),
            ).collect()
        )
    if not parts:
        return empty(DOSSIER_RECORDS)
    prints = parties.group_by("dataset", "key").agg(pl.col("fingerprint").min())
    return pl.concat(parts).join(prints, on=["dataset", "key"], how="left")


def _as_text(schema: Schema, name: str) -> pl.Expr:
    """A value as a reviewer reads it."""
    dtype, value = schema[name], pl.col(name)
    if dtype == pl.Date:
        return known_date(name)
    if isinstance(dtype, pl.List):
        return value.cast(pl.List(pl.String)).list.join("|").alias(name)
    if isinstance(dtype, pl.Datetime):
        return value.dt.strftime("%Y-%m-%d %H:%M").alias(name)
    if dtype == pl.Boolean:
        return pl.when(value).then(pl.lit("ja")).when(~value).then(pl.lit("nee")).alias(name)
    return value.cast(pl.String).alias(name)


def parties_of(night: Night, records: pl.DataFrame, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The mentions on these records (`dataset`, `key`) and on those at the ends of links that a hit cites, with names.

    The store keeps of them what its dossiers show; of the others, two in three of a night, nobody has to make a name.
    """
    cited_links = frames["evidence.parquet"].select(link_id=pl.col("links").explode()).drop_nulls()
    links = frames["links.parquet"].join(cited_links, on="link_id", how="semi")
    ends = pl.concat([links.select(mention=side) for side in ("left", "right")]).lazy()
    parties, on = night.scan_frame("parties").select(*PARTIES, "name"), ["dataset", "key"]
    pairs = pl.concat([records.lazy().select(on), parties.join(ends, on="mention", how="semi").select(on)])
    return parties.join(pairs, on=on, how="semi").collect()


def source_ages(night: Night) -> pl.DataFrame:
    """One row a delivered file, with its age."""
    deliveries = night.get("deliveries")
    return pl.DataFrame(
        [
            {
                "dataset": name,
                "file_name": Path(file["path"]).name,
                "sha256": file["sha256"],
                "rows_read": file["rows_read"],
                "delivered": deliveries[name]["reference_date"],
                "age_days": deliveries[name]["age_days"],
            }
            for name, about in night.get("sources").items()
            for file in about["files"]
        ],
        schema={
            "dataset": pl.String,
            "file_name": pl.String,
            "sha256": pl.String,
            "rows_read": pl.Int64,
            "delivered": pl.String,
            "age_days": pl.Int64,
        },
    ).with_columns(pl.col("delivered").str.to_date("%Y-%m-%d"))
