"""Whether a town whose licences were never closed gives a queue of them: at most a tenth more flags (decision 84).

    python -m benchmarks.stale_licences TOWN [--share 0.2] [--from 366] [--to 1095] [--planted 20] [--keep DIR]

TOWN is a made-up municipality as `barrier synthetic` writes it, with canonical columns. Of its companies that hold a
valid licence a share is struck off in the trade register, each so many days ago (one to three years); nothing else
changes.
Both towns are screened, and told are the flags of each, the hits of ORG-01, and how many closed holders stand in the
quality list. Exit code 1 when there are more than a tenth more flags, or with --planted when a closed holder that is
seen in business (one by an inspection, the next by two kinds of record) is not flagged.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import zlib
from datetime import timedelta
from itertools import combinations, cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from flows.configuration import load_configuration
from screening.base.frames import Row
from screening.base.vocabulary import ADDRESS_COLUMNS

#: What shows that a licence is used where two of them do; an inspection that found the business open does alone.
_KINDS = ("meldingen", "vergunningen", "leidinggevenden", "handelsregister", "maatregelen")
#: At most so many more flags, counted before any cap.
LIMIT = 0.1


def close_holders(town: Path, share: float, seed: int, days_ago: tuple[int, int]) -> list[str]:
    """Strike off a share of the companies that hold a valid licence, and give their KVK numbers.

    Args:
        town: The folder of the town; its trade register is written anew.
        share: Of the companies that hold a licence, from 0 to 1.
        seed: Of the draw.
        days_ago: How long ago each ended, at least and at most.
    """
    as_of = load_configuration(town / "screening.toml").as_of
    register = _rows(town, "handelsregister")
    drawn = random.Random(seed)  # noqa: S311 - made-up companies
    holders = sorted(_holders(town, as_of.isoformat()) & set(register["kvk_nummer"]))
    closed = sorted(drawn.sample(holders, round(share * len(holders))))
    days = {kvk: (as_of - timedelta(days=drawn.randint(*days_ago))).isoformat() for kvk in closed}
    of_closed = pl.col("kvk_nummer").is_in(closed)
    register.with_columns(
        datum_einde=pl.when(of_closed)
        .then(pl.col("kvk_nummer").replace_strict(days, default=None))
        .otherwise("datum_einde"),
        reden_einde=pl.when(of_closed).then(pl.lit("opgeheven")).otherwise("reden_einde"),
        voortgezet_door_kvk=pl.when(~of_closed).then("voortgezet_door_kvk"),
    ).write_csv(town / "handelsregister.csv")
    return closed


def plant_use(town: Path, closed: list[str], count: int) -> list[str]:
    """Let so many closed holders be seen in business lately, and give the record ids of their licences.

    One by an inspection that found the business open, the next by two kinds of record, each two of the five in turn.
    Holders alone at an object: where another holds a licence, what is seen can be theirs.
    """
    as_of = load_configuration(town / "screening.toml").as_of
    permits, register = _rows(town, "vergunningen"), _rows(town, "handelsregister")
    alone = permits.drop_nulls("adresseerbaar_object_id").filter(pl.len().over("adresseerbaar_object_id") == 1)
    of_closed = alone.filter(_is_valid(as_of.isoformat()), pl.col("kvk_nummer").is_in(closed))
    lines = register.select("kvk_nummer", "sbi_codes", "sbi_versie").unique("kvk_nummer", keep="first")
    licences = of_closed.sort("zaaknummer").head(count).join(lines, on="kvk_nummer").to_dicts()
    planted: dict[str, list[Row]] = {}
    pairs = cycle(combinations(_KINDS, 2))
    for place, licence in enumerate(licences):
        for kind in next(pairs) if place % 2 else ("controles",):
            rows = _records(kind, licence, (as_of - timedelta(days=10)).isoformat())
            planted.setdefault(kind, []).extend(rows)
    for name, rows in planted.items():
        pl.concat([_rows(town, name), pl.DataFrame(rows)], how="diagonal").write_csv(town / f"{name}.csv")
    return [f"vergunningen:{licence['zaaknummer']}" for licence in licences]


def _records(kind: str, licence: Row, day: str) -> list[Row]:
    """What shows that a licence is used: one record of this kind on this day, of reports two."""
    key, place = licence["zaaknummer"], {name: licence[name] for name in ADDRESS_COLUMNS}
    line = {name: licence[name] for name in ("sbi_codes", "sbi_versie")}
    number = f"98{zlib.crc32(key.encode()) % 10**6:06}"
    records: dict[str, Row] = {
        "controles": {
            "controle_id": f"C-P{key}",
            "datum": day,
            "situatie": "toegang_verleend",
            "bevinding": "in_bedrijf",
        },
        "meldingen": {
            "datum_melding": f"{day}T12:00:00",
            "hoofdcategorie": "overlast-bedrijven-en-horeca",
            "subcategorie": "overig-horecabedrijven",
            "status": "afgehandeld",
        },
        "vergunningen": {
            "zaaknummer": f"Z-P{key}",
            "zaaktype": "terras",
            "status": "in_behandeling",
            "datum_aanvraag": day,
            "kvk_nummer": licence["kvk_nummer"],
            "houder_naam": "Geplant",
        },
        "leidinggevenden": {"zaaknummer": key, "naam": "G. Plant", "rol": "leidinggevende", "datum_van": day},
        "handelsregister": {
            "kvk_nummer": number,
            "vestigingsnummer": f"0000{number}",
            "rechtsvorm": "bv",
            "statutaire_naam": "Geplant B.V.",
            "handelsnamen": "Geplant",
            "datum_aanvang": day,
            **line,
        },
        "maatregelen": {
            "maatregel_id": f"M-P{key}",
            "type": "last_onder_dwangsom",
            "status": "onherroepelijk",
            "datum": day,
            "betrokkene_kvk": licence["kvk_nummer"],
            "betrokkene_naam": "Geplant",
        },
    }
    record = records[kind] if kind == "leidinggevenden" else records[kind] | place
    if kind != "meldingen":
        return [record]
    return [record | {"melding_id": f"ML-P{key}-{who}", "melder_token": f"mt_{number}{who}"} for who in ("a", "b")]


def _rows(town: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(town / f"{name}.csv", infer_schema=False)


def _flagged(town: Path, planted: list[str]) -> int:
    """How many of the licences are in a hit of ORG-01, which is alone enough for a flag."""
    file = max((town / "var" / "runs").glob("*/evidence.parquet"), key=lambda file: file.stat().st_mtime)
    hits = pl.read_parquet(file).filter(pl.col("indicator") == "ORG-01")
    return len(set(planted) & set(hits["record_ids"].explode()))


def _is_valid(day: str) -> pl.Expr:
    is_valid = (pl.col("status") == "verleend") & (pl.col("ingangsdatum") <= day)
    is_valid &= pl.col("einddatum").is_null() | (pl.col("einddatum") >= day)
    return is_valid & (pl.col("bezwaar_uitkomst").fill_null("") != "gegrond")


def _holders(town: Path, day: str) -> set[str]:
    numbers: set[str] = set()
    for name in ("vergunningen", "seksinrichtingen"):
        rows = _rows(town, name)
        numbers |= set(rows.filter(_is_valid(day))["kvk_nummer"].drop_nulls())
    return numbers


def screened(town: Path) -> Row:
    """Screen a town, and give the document of its run."""
    command = [sys.executable, "-m", "flows", "run", "--config", str(town / "screening.toml"), "--json"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
    run = max((town / "var" / "runs").glob("*/run.json"), key=lambda file: file.stat().st_mtime)
    document: Row = json.loads(run.read_text())
    return document


def _hits(document: Row) -> int:
    return next((rule["hits"] for rule in document["indicators"]["run"] if rule["code"] == "ORG-01"), 0)


def _in_quality_list(document: Row, town: Path, closed: list[str]) -> int:
    """How many of the companies stand in the list with a licence of theirs."""
    listed = {record for finding in document["indicators"]["findings"] for record in finding["records"]}
    numbers: set[str] = set()
    for name, key in (("vergunningen", "zaaknummer"), ("seksinrichtingen", "vergunning_id")):
        rows = _rows(town, name)
        numbers |= set(rows.filter((f"{name}:" + pl.col(key)).is_in(listed))["kvk_nummer"].drop_nulls())
    return len(numbers & set(closed))


def main() -> int:
    """Screen the town as it is and with its holders struck off."""
    parser = argparse.ArgumentParser(description="Flags in a town whose licences were never closed.")
    parser.add_argument("town", type=Path)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=int, default=366, dest="least", help="days since the end, at least")
    parser.add_argument("--to", type=int, default=1095, dest="most", help="days since the end, at most")
    parser.add_argument("--planted", type=int, default=0, help="closed holders that are seen in business")
    parser.add_argument("--keep", type=Path, help="where the two towns are made; absent: nowhere that stays")
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        place = args.keep or Path(folder)
        towns = {name: place / name for name in ("as_it_is", "stale")}
        for town in towns.values():
            shutil.copytree(args.town, town, ignore=shutil.ignore_patterns("var"))
        closed = close_holders(towns["stale"], args.share, args.seed, (args.least, args.most))
        planted = plant_use(towns["stale"], closed, args.planted)
        runs = {name: screened(town) for name, town in towns.items()}
        flagged = _flagged(towns["stale"], planted)
        listed = _in_quality_list(runs["stale"], towns["stale"], closed)
    flags = {name: run["counts"]["flags"] for name, run in runs.items()}
    more = flags["stale"] / flags["as_it_is"] - 1
    for name, run in runs.items():
        print(f"{name}: {flags[name]} flags {run['counts']['flags_by_reason']}, ORG-01 {_hits(run)} hits")
    print(f"{len(closed)} holders struck off, {listed} in the quality list; {more:+.0%} flags, {LIMIT:.0%} at most")
    if planted:  # these are flags that have to come
        print(f"{len(planted)} of them seen in business, {len(planted) // 2} by two kinds of record; {flagged} flagged")
        return int(flagged < len(planted))
    return int(more > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
