"""A delivery of the made-up heat network for the synthetic town, and the lines of the configuration that read it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

TABLES = """
[sources.zom_warmtenet]
path = "warmtenet.dat"
reader = "zom_warmtemeter"
max_quarantine = 0.5
[indicators."ZOM.LOC-01"]
legal_basis = "APV art. 2:1"
dpia = "DPIA-2026-090"
fg_advice = 2026-05-12
"""


def deliver_heat_network(town: Path) -> pl.DataFrame:
    """Write `warmtenet.dat`: a company that ended long ago, one that goes on, and a kind that there is not.

    Returns the rows of the trade register whose companies have the first two.
    """
    register = pl.read_csv(town / "handelsregister.csv", infer_schema_length=0)
    placed = register.filter(
        pl.col("postcode").is_not_null(),
        pl.col("huisnummertoevoeging").is_null(),
        pl.col("afgeschermd") == "nee",
        pl.len().over("kvk_nummer") == 1,
    )
    ended = placed.filter(pl.col("datum_einde") < "2026-01-01").head(1)
    going_on = placed.filter(pl.col("datum_einde").is_null()).head(1)
    holders = pl.concat([ended, going_on])
    address = ("straatnaam", "huisnummer", "huisletter", "postcode", "plaats")
    rows = [
        {
            "aansluiting_id": f"W-{place}",
            "begindatum": "2020-01-01",
            "einddatum": None,
            **{name: row[name] for name in address},
            "soort": "gestolen" if place == 2 else "bedrijf",
            "contracthouder_kvk": row["kvk_nummer"],
        }
        for place, row in enumerate([*holders.to_dicts(), ended.row(0, named=True)])
    ]
    lines = ["~".join(value or "" for value in row.values()) for row in rows]
    text = "\r\n".join([f"WARMTENET {len(rows)} {'~'.join(rows[0])}", *lines])
    (town / "warmtenet.dat").write_bytes(text.encode("cp850"))
    return holders
