"""One person who reports a neighbour again and again, under one or more pseudonyms: made-up campaigns, many at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.rules.examination.night import Frames, with_groups
from screening.rules.schema import tables_for_rules

#: The day on which the town of the campaigns is looked at.
CAMPAIGN_DAY = date(2026, 11, 1)
LONG_AGO = date(2024, 3, 1)
#: What there is at an address where nothing is wrong.
LAWFUL = ("dwelling", "shared_house", "let_dwelling", "cafe", "hotel", "club", "escort_office", "office", "new_shop")
#: What the register itself leaves open there: an honest second report would rightly make it an irregularity.
OPEN_ENDED = ("expired_cafe", "expired_club")
#: Main and sub category of the reports that a neighbour could make.
REPORT_KINDS = (
    ("wonen", "woonfraude"),
    ("wonen", "woningdelen-spookburgers"),
    ("wonen", "wonen-ondermijning"),
    ("overlast-bedrijven-en-horeca", "overlast-door-bezoekers-niet-op-terras"),
    ("overlast-bedrijven-en-horeca", "geluidsoverlast-muziek"),
    ("overlast-bedrijven-en-horeca", "overig-horecabedrijven"),
)


@dataclass(frozen=True)
class Campaigns:
    """`tables`: the whole municipality; `about`: one row a campaign: address_id, kind, reports, pseudonyms."""

    tables: Frames
    about: pl.DataFrame


def campaigns(
    number: int,
    *,
    seed: int,
    kinds: tuple[str, ...] = LAWFUL,
    least_reports: int = 1,
    most_reports: int = 1000,
    least_pseudonyms: int = 1,
    most_pseudonyms: int = 20,
) -> Campaigns:
    """So many campaigns, each against an address of its own; numbers of reports are spread over orders of size."""
    dice = np.random.default_rng(seed)
    about = pl.DataFrame(
        {
            "address_id": [f"9999010{n:09d}" for n in range(number)],
            "kind": [kinds[n % len(kinds)] for n in range(number)],
            "reports": np.exp(dice.uniform(np.log(least_reports), np.log(most_reports + 1), number))
            .astype(int)
            .clip(least_reports, most_reports),
            "pseudonyms": dice.integers(least_pseudonyms, most_pseudonyms + 1, number),
        }
    )
    rows: dict[str, list[Row]] = {str(dataset): [] for dataset in datasets()}
    for place, (address, kind) in enumerate(about.select("address_id", "kind").iter_rows()):
        _address(rows, address, kind, place)
    tables = {name: _frame(name, of_table) for name, of_table in rows.items()}
    tables["meldingen"] = _reports(about, dice)
    for name in ("partijen", "handelsnamen", "gelijkende_namen", "mogelijk_een_partij", "koppelingen"):
        tables[name] = pl.DataFrame(schema=tables_for_rules()[name])
    return Campaigns(with_groups(tables, CAMPAIGN_DAY), about)


def _frame(name: str, rows: list[Row]) -> pl.DataFrame:
    schema = tables_for_rules()[name]
    filled = {column: dtype for column, dtype in schema.items() if not rows or column in rows[0]}
    return _with_bounds(pl.DataFrame(rows, schema=filled), schema)


def _with_bounds(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    columns = []
    for column, dtype in schema.items():
        stem = column.removesuffix("_min").removesuffix("_max")
        if column in frame.columns:
            columns.append(pl.col(column))
        elif stem != column and stem in frame.columns and dtype == pl.Date:
            columns.append(pl.col(stem).alias(column))
        else:
            columns.append(pl.lit(None, dtype=dtype).alias(column))
    return frame.select(columns)


def _address(rows: dict[str, list[Row]], address: str, kind: str, place: int) -> None:
    functions = {
        "dwelling": ["woonfunctie"],
        "shared_house": ["woonfunctie"],
        "let_dwelling": ["woonfunctie"],
        "cafe": ["bijeenkomstfunctie"],
        "expired_cafe": ["bijeenkomstfunctie"],
        "hotel": ["logiesfunctie"],
        "club": ["bijeenkomstfunctie"],
        "expired_club": ["bijeenkomstfunctie"],
        "escort_office": ["kantoorfunctie"],
        "office": ["kantoorfunctie"],
        "new_shop": ["winkelfunctie"],
    }[kind]
    rows["bag_adressen"].append(
        {
            "record": f"bag_adressen:{place}",
            "key": f"{place}",
            "nummeraanduiding_id": f"{place}",
            "adresseerbaar_object_id": address,
            "pand_id": [f"p{place}"],
            "gebruiksdoelen": functions,
            "oppervlakte": 400.0,
            "status": "Verblijfsobject in gebruik",
            "pand_status": "Pand in gebruik",
            "rd_x": 1000.0 * (place % 100),
            "rd_y": 1000.0 * (place // 100),
            "is_nevenadres": False,
        }
    )
    kvk = f"{10_000_000 + place}"
    ended = CAMPAIGN_DAY - timedelta(days=40) if kind.startswith("expired") else None
    permits = {
        "shared_house": ["omzetting"],
        "let_dwelling": ["verhuur_wgv"],
        "cafe": ["exploitatie", "alcohol"],
        "expired_cafe": ["exploitatie"],
        "hotel": ["logies"],
    }.get(kind, [])
    for number, permit in enumerate(permits):
        rows["vergunningen"].append(
            {
                "record": f"vergunningen:Z-{place}-{number}",
                "key": f"Z-{place}-{number}",
                "zaaknummer": f"Z-{place}-{number}",
                "zaaktype": permit,
                "status": "verleend",
                "bezwaar_uitkomst": "geen",
                "kvk_nummer": kvk,
                "address_id": address,
                "datum_aanvraag": LONG_AGO,
                "datum_besluit": LONG_AGO,
                "ingangsdatum": LONG_AGO,
                "einddatum": ended,
                "max_personen": 4,
                "max_kamers": 4,
            }
        )
    if kind in ("club", "expired_club", "escort_office"):
        rows["seksinrichtingen"].append(
            {
                "record": f"seksinrichtingen:S-{place}",
                "key": f"S-{place}",
                "vergunning_id": f"S-{place}",
                "type": "escort" if kind == "escort_office" else "club",
                "status": "verleend",
                "bezwaar_uitkomst": "geen",
                "kvk_nummer": kvk,
                "address_id": address,
                "datum_aanvraag": LONG_AGO,
                "datum_besluit": LONG_AGO,
                "ingangsdatum": LONG_AGO,
                "einddatum": ended,
                "aantal_werkruimten": 4,
            }
        )
        rows["leidinggevenden"].append(
            {
                "record": f"leidinggevenden:r{place}",
                "key": f"r{place}",
                "zaaknummer": f"S-{place}",
                "rol": "beheerder",
                "datum_van": LONG_AGO,
                "datum_tot": None,
            }
        )
    line = {
        "cafe": ["56300"],
        "hotel": ["55100"],
        "club": ["96990"],
        "escort_office": ["96990"],
        "office": ["70200"],
        "new_shop": ["47110"],
    }
    if kind in line:
        rows["handelsregister"].append(
            {
                "record": f"handelsregister:r{place}",
                "key": f"r{place}",
                "kvk_nummer": kvk,
                "vestigingsnummer": f"{place:012d}",
                "rechtsvorm": "bv",
                "sbi_codes": line[kind],
                "sbi_versie": "2025",
                "address_id": address,
                "datum_aanvang": LONG_AGO,
                "datum_einde": None,
                "afgeschermd": False,
            }
        )


def _reports(about: pl.DataFrame, dice: np.random.Generator) -> pl.DataFrame:
    """All reports: some campaigns keep to one kind of report, others vary; some last a week, others two years."""
    campaign = np.repeat(np.arange(about.height), about["reports"].to_numpy())
    size = len(campaign)
    span = dice.choice([7, 30, 90, 180, 365, 700], about.height)[campaign]
    constant = (dice.random(about.height) < 0.5)[campaign]
    fixed = dice.integers(0, len(REPORT_KINDS), about.height)[campaign]
    kind = np.where(constant, fixed, dice.integers(0, len(REPORT_KINDS), size))
    token = (dice.random(size) * about["pseudonyms"].to_numpy()[campaign]).astype(int)
    day = np.datetime64(CAMPAIGN_DAY) - (dice.random(size) * span).astype(int).astype("timedelta64[D]")
    ids = np.arange(size)
    reports = pl.DataFrame(
        {
            "record": [f"meldingen:m{n}" for n in ids],
            "key": [f"m{n}" for n in ids],
            "melding_id": [f"m{n}" for n in ids],
            "address_id": about["address_id"].gather(campaign),
            "datum_melding": pl.Series(day).cast(pl.Date),
            "hoofdcategorie": [REPORT_KINDS[k][0] for k in kind],
            "subcategorie": [REPORT_KINDS[k][1] for k in kind],
            "melder_token": [f"t{a}-{t}" for a, t in zip(campaign, token, strict=True)],
            "termen": [["T-01"]] * size,
            "status": ["afgehandeld"] * size,
        },
        schema_overrides={"termen": pl.List(pl.String)},
    )
    midnight = pl.col("datum_melding").cast(pl.Datetime("us"))
    at_night = {"incident_van": midnight + pl.duration(hours=23), "incident_tot": midnight + pl.duration(hours=25)}
    return _with_bounds(reports.with_columns(**at_night), tables_for_rules()["meldingen"])
