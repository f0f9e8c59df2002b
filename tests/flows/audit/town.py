"""A small municipality with a ledger: its configuration, a published run, entries and the heads outside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from flows.audit.heads import run_published
from flows.configuration import load_configuration
from screening.base.vocabulary import LedgerAction
from screening.ledger import Entry, open_ledger

RUN = "0123456789abcdef"
CASE = "00000000000000aa"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CONFIGURATION = """
[municipality]
name = "Voorbeeldstad"
code = "9999"
[sources]
vergunningen.path = "v.csv"
seksinrichtingen.path = "s.csv"
meldingen.path = "m.csv"
bag_adressen.path = "b.csv"
"""


def configured(folder: Path, audit_table: str) -> Path:
    file = folder / "screening.toml"
    file.write_text(f"{CONFIGURATION}\n[audit]\n{audit_table}\n")
    return file


def published(config: Path, run_id: str = RUN) -> list[str]:
    """What `barrier run` does at its end; two people, an organisation and a flagged address are in the run."""
    people = [(f"P-000000000000000{number}", "person") for number in (1, 2)]
    folder = config.parent / "var" / "runs" / run_id
    folder.mkdir(parents=True, exist_ok=True)
    parties = pl.DataFrame([*people, *people, ("O-1", "organisation")], schema=["party_id", "kind"], orient="row")
    parties.write_parquet(folder / "parties.parquet")
    pl.DataFrame({"address_id": ["9999010000000001"]}).write_parquet(folder / "flags.parquet")
    return run_published(load_configuration(config), run_id)


def write(config: Path, *entries: Entry) -> None:
    with open_ledger(config.parent / "var") as ledger:
        ledger.write_all(list(entries))


def read(actor: str, at: datetime, case: str = CASE) -> Entry:
    return Entry(
        at, actor, LedgerAction.READ_DOSSIER, f"case:{case}", origin="session:0123456789ab", case=case, purpose="P-WON"
    )


def heads(config: Path) -> list[Path]:
    return sorted((config.parent / "outside").iterdir())
