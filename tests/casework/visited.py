"""A small town of confirmed cases along one street, for tests of visits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import polars as pl
import sqlalchemy as sa

from screening.store import Store, Workspace, publish
from screening.store.schema.cases import review_case
from tests.store.bundles import address, make_bundle

RUN = make_bundle(60)
#: Flagged addresses of the run along one street, by number: the cases of the tests.
NUMBERS = (3, 6, 9, 12, 15)
#: What the BAG says of the use of some of them.
USES = {3: "woonfunctie", 6: "winkelfunctie", 9: "winkelfunctie", 12: "woonfunctie|bijeenkomstfunctie"}


def case_id(number: int) -> str:
    """The case at a number."""
    return f"{number:016x}"


def confirmed_town(store: Store, workspace: Workspace) -> Store:
    """A store with a run, and a confirmed case at each of the numbers; only 6 is sensitive, 15 has no place."""
    spots = [
        {"address_id": address(n), "dataset": "bag_adressen", "key": f"N{n}", "fingerprint": None, "source_date": None}
        | {"fields": json.dumps(_place(n) | ({"gebruiksdoelen": USES[n]} if n in USES else {}))}
        for n in NUMBERS
    ]
    records = pl.concat([RUN.dossier_records, pl.DataFrame(spots, schema=RUN.dossier_records.schema)])
    flags = RUN.frames["flags.parquet"].with_columns(sensitive=pl.col("address_id") == address(6))
    frames = {**RUN.frames, "flags.parquet": flags}
    publish(store, workspace, replace(RUN, dossier_records=records, frames=frames))
    for number in NUMBERS:
        add_case(store, number)
    return store


def _place(number: int) -> dict[str, str | None]:
    return {"rd_x": f"{1000.0 * number}", "rd_y": "450000.0"} if number != 15 else {"rd_x": None}


def add_case(store: Store, number: int, **changes: object) -> str:
    """A case at a number, confirmed by two officers unless changed. Its id."""
    row = {
        "case_id": case_id(number),
        "address_id": address(number),
        "address": f"Teststraat {number:02d}",
        "arm": "flag",
        "sensitive": number == 6,
        "run_id": RUN.run_id,
        "opened_on": date(2026, 11, 1),
        "due_on": date(2026, 11, 15),
        "expires_on": date(2026, 12, 31),
        "state": "closed",
        "round": 1,
        "outcome": "bevestigd_afwijking",
        "concluded_on": date(2026, 11, 2),
        "version": 3,
    } | changes
    with store.engine.begin() as connection:
        without_judgements(connection)
        connection.execute(review_case.insert(), row)
    return str(row["case_id"])


def without_judgements(connection: sa.Connection) -> None:
    """Cases appear as they are after two officers: the triggers that ask for their judgements are tested elsewhere."""
    if connection.dialect.name == "sqlite":
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'review_case'"
        for name in connection.exec_driver_sql(triggers).scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        connection.exec_driver_sql("ALTER TABLE review_case DISABLE TRIGGER USER")
