"""Runs to publish: made from a seed, with rows that may be stored and rows that may not."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime

import polars as pl

from screening.base.frames import (
    EVIDENCE,
    FLAGS,
    IDENTITIES,
    LINKS,
    PARTY_ROWS,
    PREPARED_FILES,
    QUARANTINE,
    RECORDS,
    SAMPLE,
)
from screening.store import RunBundle
from screening.store.bundle import DOSSIER_PARTIES, DOSSIER_RECORDS, SOURCE_AGES
from screening.store.runs.identity import run_id

#: Stands in a dossier that may be stored. Made up, and long enough to be found in any file by its bytes.
NAME = "Xanthippe Qwertzuiop"
#: Stands in a dossier of an address that was drawn for the sample.
SAMPLED_NAME = "Eudoxia Steekproefsma"
#: Stands in a dossier of an address that is neither flagged nor drawn: may be nowhere.
UNFLAGGED_NAME = "Zebedeus Nergensvandaan"
HASH = "ab" * 32


def address(number: int) -> str:
    """An object id of a synthetic municipality."""
    return f"999901{number:010d}"


def make_bundle(
    addresses: int = 60, as_of: date = date(2026, 11, 1), shuffle: int | None = None, **changes: object
) -> RunBundle:
    """A run over so many addresses, of which every third is flagged and a few of the others are drawn at random.

    `shuffle`: a seed for the order of its rows.
    """
    numbers = range(1, addresses + 1)
    flagged = [n for n in numbers if n % 3 == 0]
    drawn = [n for n in numbers if is_drawn(n)]
    rows = {
        "flags.parquet": (FLAGS, [_flag(n, as_of) for n in flagged]),
        "evidence.parquet": (EVIDENCE, [hit for n in numbers for hit in _hits(n)]),
        "records.parquet": (RECORDS, [_record(n) for n in numbers]),
        "parties.parquet": (PARTY_ROWS, [_party_row(n) for n in numbers]),
        "links.parquet": (LINKS, [_link(n) for n in numbers]),
        "sample.parquet": (SAMPLE, [{"address_id": address(n), "drawn_on": as_of} for n in drawn]),
        "quarantine.parquet": (QUARANTINE, [_rejected(n) for n in numbers if n % 10 == 0]),
        "identities.parquet": (IDENTITIES, [{"fingerprint": f"f{n}", "party_id": f"p{n}"} for n in numbers]),
    }
    records = [_dossier_record(n) for n in numbers]
    parties = [party for n in numbers for party in _dossier_parties(n)]
    lists = [*(content for _, content in rows.values()), records, parties]
    if shuffle is not None:
        for content in lists:
            random.Random(shuffle).shuffle(content)
    given = {
        "run_id": make_run_id(as_of, addresses),
        "as_of": as_of,
        "municipality": "9999",
        "code_version": "0.1.0",
        "frames": {name: pl.DataFrame(content, schema=schema) for name, (schema, content) in rows.items()},
        "meta": {"indicators": {"LIC-04": 1}, "counts": {"flags": len(flagged)}},
        "measured": {"timings": {"publish": 1.25}, "peak_memory_mib": 512},
        "declarations": [_declaration("LIC-04", 1), _declaration("NUI-01", 2)],
        "dossier_records": pl.DataFrame(records, schema=DOSSIER_RECORDS),
        "dossier_parties": pl.DataFrame(parties, schema=DOSSIER_PARTIES),
        "display": pl.DataFrame({"address_id": [address(n) for n in numbers], "address": [_shown(n) for n in numbers]}),
        "sources": pl.DataFrame([_source("vergunningen"), _source("meldingen")], schema=SOURCE_AGES),
        "prepared": {name: pl.DataFrame({"id": [7], "value": ["voorbeeld"]}) for name in PREPARED_FILES},
        "extra": {"run.html": b"<!doctype html><title>run</title>"},
        "started_at": datetime(2026, 11, 1, 3, 0, tzinfo=UTC),
        "finished_at": datetime(2026, 11, 1, 3, 1, tzinfo=UTC),
    }
    return RunBundle(**(given | changes))


def make_run_id(as_of: date, addresses: int, previous: str | None = None) -> str:
    """The id of such a run."""
    return run_id(
        inputs={"vergunningen": [f"{addresses:064x}"]},
        configuration="{}",
        as_of=as_of,
        code_version="0.1.0",
        indicator_versions={"LIC-04": 1},
        judgements_hash="",
        previous_run_id=previous,
    )


def is_drawn(n: int) -> bool:
    """Whether the address of this number is in the sample of such a run: 2, 22, 62 …"""
    return n % 20 == 2 and n % 3 != 0


def _shown(n: int) -> str:
    return f"Teststraat {n}, 9999 AA Voorbeeld"


def _flag(n: int, as_of: date) -> dict:
    return {
        "address_id": address(n),
        "address": _shown(n),
        "reason": "A",
        "indicator_codes": ["LIC-04", "NUI-01"],
        "barriers": ["WERKPLEK"],
        "datasets": ["vergunningen", "meldingen"],
        "sensitive": n % 2 == 0,
        "first_flagged": as_of,
    }


def _hits(n: int) -> list[dict]:
    common = {"address_id": address(n), "barrier": "WERKPLEK", "explanation_en": f"Expired ({n})."}
    return [
        {
            **common,
            "indicator": "LIC-04",
            "indicator_version": 1,
            "class": "A",
            "dataset": "vergunningen",
            "record_ids": [f"vergunningen:Z{n}"],
            "values": json.dumps({"days": n, "tekst": 'met "aanhaling" en é'}),
            "window_start": date(2026, 1, 1),
            "window_end": date(2026, 11, 1),
            "explanation_nl": f"Vergunning Z{n} liep af.",
            "links": [f"L{n}"],
        },
        {
            **common,
            "indicator": "NUI-01",
            "indicator_version": 2,
            "class": "B",
            "dataset": "meldingen",
            "record_ids": [f"meldingen:M{n}"],
            "values": "{}",
            "window_start": None,
            "window_end": None,
            "explanation_nl": "Meldingen.",
            "links": None,
        },
    ]


def _record(n: int) -> dict:
    row = {"dataset": "vergunningen", "key": f"Z{n}", "source_file_sha256": HASH, "row_number": n}
    return row | {"address_id": address(n), "address_method": "exact", "address_score": 1 - n / 1e6}


def _party_row(n: int) -> dict:
    row = {"dataset": "vergunningen", "key": f"Z{n}", "role": "houder", "kind": "person"}
    return row | {"party_id": f"p{n}", "name_normalised": f"naam {n}"}


def _link(n: int) -> dict:
    row = {"link_id": f"L{n}", "left": f"vergunningen:Z{n}:houder:person", "right": f"meldingen:M{n}:x:person"}
    return row | {"score": 0.9 + n / 1e5, "log_odds": 3.1, "level": "strong", "comparisons": '{"name":[0.97,3.1]}'}


def _rejected(n: int) -> dict:
    row = {"dataset": "meldingen", "source_file_sha256": HASH, "row_number": n, "key": f"M{n}"}
    return row | {"column": "datum_melding", "expectation": "date", "reason": "not a date"}


def _dossier_record(n: int) -> dict:
    row = {"address_id": address(n), "dataset": "vergunningen", "key": f"Z{n}", "fingerprint": f"vergunningen|Z{n}"}
    return row | {"fields": json.dumps({"status": "verleend", "n": n}), "source_date": date(2026, 10, 31)}


def _dossier_parties(n: int) -> list[dict]:
    name = NAME if n % 3 == 0 else SAMPLED_NAME if is_drawn(n) else UNFLAGGED_NAME
    row = {"mention": f"vergunningen:Z{n}:houder:person", "dataset": "vergunningen", "key": f"Z{n}", "kind": "person"}
    row |= {"party_id": f"p{n}", "role": "houder", "name": f"{name} {n}", "birth_date": date(1970, 1, 1)}
    return [row | {"kvk_nummer": None, "fingerprint": f"vergunningen|Z{n}|houder"}]


def _declaration(code: str, version: int) -> dict:
    ground = {"legal_basis": "APV art. 2:28", "dpia": "DPIA-2026-014", "fg_advice": date(2026, 5, 12)}
    return {"code": code, "version": version, **ground, "name_nl": "Regel", "parameters": {"grace_days": 90}}


def _source(dataset: str) -> dict:
    row = {"dataset": dataset, "file_name": f"{dataset}.csv", "sha256": HASH, "rows_read": 100}
    return row | {"delivered": date(2026, 10, 31), "age_days": 1}
