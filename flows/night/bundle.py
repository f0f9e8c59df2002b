"""From the night's folder to the bundle that the store publishes: files of the run, dossiers, declarations, report."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl

from flows.catalogue import all_indicators
from flows.night import rule_consent, summary, upheld_objections
from flows.night.links_to_judge import links_to_judge
from flows.night.staging import Night
from screening.datasets import datasets
from screening.frames import IDENTITIES, LINKS, PARTY_ROWS, RECORDS, conform, empty

_LICENCES = ("vergunningen", "seksinrichtingen")
#: An office that ended longer ago is not in a dossier: five years, as far as most rules look back (readings).
_OFFICE_DAYS = 1826


def bundle(night: Night, code_version: str):
    """The RunBundle of this night (see `screening.store.RunBundle`)."""
    from screening.report import render
    from screening.store import RunBundle, run_id

    settings, history = night.settings, night.get("history")
    in_force = night.get("evaluation")["parameters"]
    known = {one.code: one for one in all_indicators()}
    unavailable = "".join(f"\n{name}: {why['kind']}" for name, why in sorted(night.get("unavailable").items()))
    identity = run_id(
        inputs={name: [file["sha256"] for file in about["files"]] for name, about in night.get("sources").items()},
        configuration=settings.canonical + unavailable + rule_consent.identity(night) + upheld_objections.identity(night),
        as_of=settings.as_of,
        code_version=code_version,
        indicator_versions={code: one.version for code, one in known.items()},
        judgements_hash=history["judgements"],
        previous_run_id=history["previous_run"],
    )
    frames = run_frames(night, identity)
    here = addressed(night, frames)
    content, measured = summary.content(night, frames), summary.measured(night)
    head = {
        "run_id": identity,
        "as_of": settings.as_of.isoformat(),
        "municipality": settings.municipality_name,
        "code_version": code_version,
    }
    return RunBundle(
        run_id=identity,
        as_of=settings.as_of,
        municipality=settings.municipality_name,
        code_version=code_version,
        frames=frames,
        meta=content,
        measured=measured,
        declarations=[
            {
                **known[code].declaration(in_force[code]),
                **settings.indicators[code].grounds,
            }
            for code in in_force
        ],
        dossier_records=dossier_records(night, here),
        cited_records=dossier_records(night, cited(frames, here)),
        dossier_parties=dossier_parties(night),
        display=night.get_frame("display").select("address_id", "address"),
        links_to_judge=links_to_judge(night),
        sources=source_ages(night),
        extra={"run.html": render({**head, **content, **measured}).encode()},
    )


def run_frames(night: Night, run_id: str) -> dict[str, pl.DataFrame]:
    """File name -> rows, as the formats fix them."""
    return {
        "flags.parquet": night.get_frame("flags"),
        "evidence.parquet": night.get_frame("evidence"),
        "records.parquet": records(night),
        "parties.parquet": conform(night.get_frame("parties"), PARTY_ROWS),
        "links.parquet": conform(night.get_frame("links"), LINKS),
        "sample.parquet": sample(night, run_id),
        "quarantine.parquet": night.get_frame("quarantine"),
        "identities.parquet": conform(night.get_frame("identities"), IDENTITIES),
    }


def sample(night: Night, run_id: str) -> pl.DataFrame:
    """The unflagged addresses that this run draws: a share of its new cases, and some when every rule is stopped."""
    from screening.rules.sample import draw_sample, population

    settings, flagged, before = night.settings, night.get_frame("flags"), night.get_frame("sample_before")
    return draw_sample(
        population(night.frames("accepted")),
        pl.concat([*(frame.select("address_id") for frame in (flagged, before)), upheld_objections.addresses(night)]),
        new_flags=flagged.filter(pl.col("first_flagged") == settings.as_of).height,
        share=settings.review.sample_share,
        seed=run_id,
        drawn_on=settings.as_of,
        floor=settings.review.sample_when_stopped if rule_consent.are_all_stopped(night) else 0,
    )


def records(night: Night) -> pl.DataFrame:
    """One row an accepted record of every register, with its address where it has one."""
    parts = []
    own = {"address_id": "adresseerbaar_object_id", "address_method": pl.lit("id"), "address_score": pl.lit(1.0)}
    for name, frame in night.frames("accepted").items():
        placed = own if name == "bag_adressen" else {}  # an address of the BAG is its own object
        parts.append(conform(frame.with_columns(dataset=pl.lit(name), **placed), RECORDS))
    return pl.concat(parts)


def addressed(night: Night, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """`address_id`, `dataset`, `key`: the records of a flagged or a sampled address.

    Those that stand there, and those that have no address of their own: who manages under a licence there, and who
    holds an office in a company that is established or licensed there. Without them a licence is one without people.
    """
    wanted = pl.concat([frames[name].select("address_id") for name in ("flags.parquet", "sample.parquet")])
    here = frames["records.parquet"].join(wanted, on="address_id", how="semi").select("address_id", "dataset", "key")
    return pl.concat([here, _managers(night, here), _officers(night, here)]).unique(maintain_order=True)


def _managers(night: Night, here: pl.DataFrame) -> pl.DataFrame:
    """The rows of leidinggevenden that belong to a licence among `here`, as `here`."""
    numbers = [_column(night, here, name, datasets()[name].key) for name in _LICENCES]
    return _belonging(night, "leidinggevenden", "zaaknummer", pl.concat(numbers))


def _officers(night: Night, here: pl.DataFrame) -> pl.DataFrame:
    """The offices, in force or ended in _OFFICE_DAYS, in companies with an establishment or a licence among `here`.

    A company with a shielded establishment is left out: its people would name it where it must not be named.
    """
    numbers = pl.concat([_column(night, here, name, "kvk_nummer") for name in (*_LICENCES, "handelsregister")])
    if night.has_frame("accepted/handelsregister"):
        shielded = night.get_frame("accepted/handelsregister").filter(pl.col("afgeschermd").fill_null(False))
        numbers = numbers.join(shielded.select(value="kvk_nummer").drop_nulls(), on="value", how="anti")
    oldest = night.settings.as_of - timedelta(days=_OFFICE_DAYS)
    in_force = pl.col("datum_einde_max").is_null() | (pl.col("datum_einde_max") >= oldest)
    return _belonging(night, "functionarissen", "kvk_nummer", numbers, in_force)


def _column(night: Night, here: pl.DataFrame, dataset: str, name: str) -> pl.DataFrame:
    """`address_id`, `value`: what the records of this data set among `here` have in a column."""
    its = here.filter(pl.col("dataset") == str(dataset))
    if its.is_empty():
        return pl.DataFrame(schema={"address_id": pl.String, "value": pl.String})
    rows = night.get_frame(f"accepted/{dataset}").select(_key="key", value=pl.col(name))
    return its.join(rows, left_on="key", right_on="_key").select("address_id", "value").drop_nulls().unique()


def _belonging(night: Night, dataset: str, column: str, wanted: pl.DataFrame, *where: pl.Expr) -> pl.DataFrame:
    """`address_id`, `dataset`, `key`: the records whose `column` is a `value` of `wanted`."""
    if not night.has_frame(f"accepted/{dataset}"):
        return pl.DataFrame(schema={"address_id": pl.String, "dataset": pl.String, "key": pl.String})
    rows = night.get_frame(f"accepted/{dataset}").filter(*where).select("key", value=pl.col(column))
    found = wanted.unique().join(rows, on="value")
    return found.select("address_id", pl.lit(str(dataset)).alias("dataset"), "key").unique()


def cited(frames: dict[str, pl.DataFrame], here: pl.DataFrame) -> pl.DataFrame:
    """`address_id`, `dataset`, `key`: the records that a hit at a flagged address cites and that are not in `here`."""
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
    return named.join(here, on=["address_id", "dataset", "key"], how="anti")


def dossier_records(night: Night, wanted: pl.DataFrame) -> pl.DataFrame:
    """One row a row of `wanted` (`address_id`, `dataset`, `key`): the columns that a dossier may show, as flat JSON."""
    prints = (
        night.get_frame("parties").group_by("dataset", "key").agg(pl.col("fingerprint").min())
        if night.has_frame("parties")
        else None
    )
    parts = []
    for dataset, register in datasets().items():
        its = wanted.filter(pl.col("dataset") == str(dataset)).select("key", in_dossier="address_id")
        if its.is_empty():
            continue
        here = night.get_frame(f"accepted/{dataset}").join(its, on="key")
        if register.shielded_by:  # a shielded establishment is named nowhere at its address
            here = here.filter(~pl.col(register.shielded_by).fill_null(False))
        allowed = [name for name in register.dossier_columns if name in here.columns]
        dates = [name for name in allowed if here.schema[name].is_temporal()]
        parts.append(
            here.select(
                pl.col("in_dossier").alias("address_id"),
                pl.lit(str(dataset)).alias("dataset"),
                "key",
                pl.struct(_as_text(here, name) for name in allowed).struct.json_encode().alias("fields"),
                (pl.col(dates[0]).cast(pl.Date) if dates else pl.lit(None, dtype=pl.Date)).alias("source_date"),
            )
        )
    if not parts:
        from screening.store import DOSSIER_RECORDS

        return empty(DOSSIER_RECORDS)
    made = pl.concat(parts)
    return made.join(prints, on=["dataset", "key"], how="left") if prints is not None else made


def _as_text(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A value as a reviewer reads it; a partial date as far as it is known ("2026-05" is the whole of May)."""
    dtype, value = frame.schema[name], pl.col(name)
    if dtype == pl.Date:
        first, last = pl.col(f"{name}_min"), pl.col(f"{name}_max")
        same_month = (first.dt.year() == last.dt.year()) & (first.dt.month() == last.dt.month())
        partial = pl.when(same_month).then(first.dt.strftime("%Y-%m")).otherwise(first.dt.strftime("%Y"))
        return pl.coalesce(value.dt.strftime("%Y-%m-%d"), partial).alias(name)
    if isinstance(dtype, pl.List):
        return value.cast(pl.List(pl.String)).list.join("|").alias(name)
    if isinstance(dtype, pl.Datetime):
        return value.dt.strftime("%Y-%m-%d %H:%M").alias(name)
    if dtype == pl.Boolean:
        return pl.when(value).then(pl.lit("ja")).when(~value).then(pl.lit("nee")).alias(name)
    return value.cast(pl.String).alias(name)


def dossier_parties(night: Night) -> pl.DataFrame:
    """Every mention with its party and display name; the store keeps those on records of its dossiers."""
    names = night.get_frame("mentions").select("mention", "name").unique("mention", keep="first", maintain_order=True)
    return night.get_frame("parties").join(names, on="mention", how="left")


def source_ages(night: Night) -> pl.DataFrame:
    """One row a delivered file, with its age."""
    return pl.DataFrame(
        [
            {
                "dataset": name,
                "file_name": Path(file["path"]).name,
                "sha256": file["sha256"],
                "rows_read": file["rows_read"],
                "delivered": file["modified"],
                "age_days": about["age_days"],
            }
            for name, about in night.get("sources").items()
            for file in about["files"]
        ],
        schema={
            "dataset": pl.String, "file_name": pl.String, "sha256": pl.String, "rows_read": pl.Int64,
            "delivered": pl.String, "age_days": pl.Int64,
        },
    ).with_columns(pl.col("delivered").str.to_date("%Y-%m-%d"))  # fmt: skip
