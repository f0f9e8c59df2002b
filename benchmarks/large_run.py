"""A made-up run of any number of flags, as a night leaves it: Parquet files from which it is published.

    python -m benchmarks.large_run FOLDER [--flags 1000000] [--as-of 2026-11-01]

Each flag comes with a hit or two, two records, their places and a party: eleven rows of the store. A tenth as many
addresses are sampled.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from screening.store.bundle import DOSSIER_PARTIES, DOSSIER_RECORDS, Frame, RunBundle
from screening.store.runs.identity import run_id

AS_OF = date(2026, 11, 1)
#: The morning after.
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
#: Letters of the postcodes: of each area twenty times twenty.
LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
#: So many addresses at a time.
_PART = 100_000


def write_run(folder: Path, flags: int, as_of: date) -> None:
    """Write the frames of a run into a new folder, a part at a time."""
    last = flags + flags // 10
    for first in range(1, last + 1, _PART):
        addresses = _addresses(first, min(first + _PART, last + 1), flags)
        for name, make in _FRAMES.items():
            part = folder / name / f"{first:09}.parquet"
            part.parent.mkdir(parents=True, exist_ok=True)
            make(addresses, as_of).write_parquet(part, compression="lz4")


def run_in(folder: Path, flags: int, as_of: date) -> RunBundle:
    """The run whose frames lie in a folder: nothing of it is in memory yet."""
    return _bundle({name: pl.scan_parquet(folder / name / "*.parquet") for name in _FRAMES}, flags, as_of)


def bundle(flags: int, as_of: date) -> RunBundle:
    """The run in memory: for a small one."""
    addresses = _addresses(1, flags + flags // 10 + 1, flags)
    return _bundle({name: make(addresses, as_of) for name, make in _FRAMES.items()}, flags, as_of)


def _bundle(frames: Mapping[str, Frame], flags: int, as_of: date) -> RunBundle:
    return RunBundle(
        run_id=run_id(
            inputs={"vergunningen": [f"{flags:064x}"]},
            configuration="{}",
            as_of=as_of,
            code_version="0",
            indicator_versions={"LIC-04": 1},
            judgements_hash="",
            previous_run_id=None,
        ),
        as_of=as_of,
        municipality="9999",
        code_version="0",
        frames={f"{name}.parquet": frames[name] for name in ("flags", "evidence", "records", "sample")},
        meta={"indicators": {"run": [], "not_run": []}, "unavailable": [], "inputs": [], "deliveries": {}},
        declarations=[{"code": code, "version": 1} for code in ("LIC-04", "NUI-01")],
        dossier_records=frames["dossier_records"],
        dossier_parties=frames["dossier_parties"],
        display=frames["display"],
    )


def _addresses(first: int, end: int, flags: int) -> pl.DataFrame:
    number = pl.col("i")
    return pl.DataFrame({"i": range(first, end)}).with_columns(
        address_id=pl.format("999901{}", number.cast(pl.String).str.zfill(10)),
        address=pl.format(
            "Proefstraat {}, {} {}{} Voorbeeldstad",
            1 + number // 900,
            1000 + number % 900,
            *(pl.lit(LETTERS).str.slice(number // by % 20, 1) for by in (18_000, 900)),
        ),
        permit=pl.format("Z{}", number),
        report=pl.format("M{}", number),
        is_flagged=number <= flags,
    )


def _listed(column: str | pl.Expr) -> pl.Expr:
    return pl.concat_list(pl.lit(column) if isinstance(column, str) else column)


def _flags(addresses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    return addresses.filter("is_flagged").select(
        "address_id",
        "address",
        reason=pl.lit("A"),
        indicator_codes=_listed("LIC-04"),
        barriers=_listed("WERKPLEK"),
        datasets=_listed("vergunningen"),
        sensitive=pl.col("i") % 50 == 0,
        first_flagged=pl.lit(as_of),
    )


def _evidence(addresses: pl.DataFrame, _as_of: date) -> pl.DataFrame:
    hits = addresses.filter("is_flagged").select(
        "address_id",
        "i",
        indicator=pl.lit("LIC-04"),
        indicator_version=pl.lit(1),
        barrier=pl.lit("WERKPLEK"),
        dataset=pl.lit("vergunningen"),
        record_ids=_listed(pl.format("vergunningen:{}", "permit")),
        values=pl.lit('{"days":31}'),
        explanation_nl=pl.format("Vergunning {} liep af.", "permit"),
        explanation_en=pl.format("Licence {} expired.", "permit"),
        **{"class": pl.lit("A")},
    )
    more = hits.filter(pl.col("i") % 5 == 0).with_columns(
        indicator=pl.lit("NUI-01"), dataset=pl.lit("meldingen"), record_ids=_listed(pl.format("meldingen:M{}", "i"))
    )
    return pl.concat([hits, more]).drop("i")


def _keys(addresses: pl.DataFrame) -> pl.DataFrame:
    permits = addresses.select("address_id", "i", dataset=pl.lit("vergunningen"), key="permit")
    return pl.concat([permits, addresses.select("address_id", "i", dataset=pl.lit("meldingen"), key="report")])


def _records(addresses: pl.DataFrame, _as_of: date) -> pl.DataFrame:
    return _keys(addresses).select(
        "address_id",
        "dataset",
        "key",
        row_number="i",
        source_file_sha256=pl.lit("ab" * 32),
        address_method=pl.lit("exact"),
    )


def _sample(addresses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    return addresses.filter(~pl.col("is_flagged")).select("address_id", drawn_on=pl.lit(as_of))


def _display(addresses: pl.DataFrame, _as_of: date) -> pl.DataFrame:
    return addresses.select("address_id", "address")


def _dossier_records(addresses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    fields = pl.concat_str(pl.lit('{"status":"verlopen","nummer":"'), "key", pl.lit('"}'))
    return (
        _keys(addresses)
        .select(
            "address_id", "dataset", "key", fingerprint=pl.format("f{}", "i"), fields=fields, source_date=pl.lit(as_of)
        )
        .select(list(DOSSIER_RECORDS))
    )


def _dossier_parties(addresses: pl.DataFrame, _as_of: date) -> pl.DataFrame:
    permits = _keys(addresses).filter(pl.col("dataset") == "vergunningen")
    return permits.select(
        "dataset",
        "key",
        mention=pl.format("vergunningen:{}:houder:person", "key"),
        party_id=pl.format("p{}", "i"),
        role=pl.lit("houder"),
        kind=pl.lit("person"),
        name=pl.format("Proefpersoon {}", "i"),
        birth_date=pl.lit(date(1970, 1, 1)),
        kvk_nummer=pl.format("{}", 10_000_000 + pl.col("i")),
        fingerprint=pl.format("f{}", "i"),
    ).select(list(DOSSIER_PARTIES))


#: Name of a frame -> how it is made of some addresses.
_FRAMES: dict[str, Callable[[pl.DataFrame, date], pl.DataFrame]] = {
    "flags": _flags,
    "evidence": _evidence,
    "records": _records,
    "sample": _sample,
    "display": _display,
    "dossier_records": _dossier_records,
    "dossier_parties": _dossier_parties,
}


def main() -> None:
    """Write the run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--flags", type=int, default=1_000_000)
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF)
    given = parser.parse_args()
    write_run(given.folder, given.flags, given.as_of)


if __name__ == "__main__":
    main()
