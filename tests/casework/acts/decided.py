"""A small town with cases that were decided, for the tests of what follows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from screening.base.vocabulary import ReviewOutcome
from screening.casework.acts.case_system import CaseSystem
from screening.casework.cases.sync import sync_cases
from screening.store import RunBundle, Store, Workspace, publish
from tests.casework.caseload import ANNA, BRAM, DAY, NOW, case_of, judged, night
from tests.store.bundles import address

SYSTEM = CaseSystem("002564440", "002564440", "https://zaken.example/catalogi/api/v1/zaaktypen/1")
#: Numbers of addresses: three that rules flag, of which 6 has the licence of a sex establishment; and one drawn.
FLAGGED, DRAWN = (3, 5, 6), 9


def town(as_of: date = DAY, flags: object = FLAGGED, **more: object) -> RunBundle:
    """A night of this town, in which the BAG has each address."""
    bundle = night(as_of, flags, (DRAWN,), sex_licence=(6,), **more)
    spots = [
        {
            "address_id": address(n),
            "dataset": "bag_adressen",
            "key": f"N{n}",
            "fields": json.dumps(
                {
                    "nummeraanduiding_id": f"99992000000{n:05d}",
                    "straatnaam": "Teststraat",
                    "huisnummer": str(n),
                    "huisletter": "",
                    "huisnummertoevoeging": "H",
                    "postcode": "1203 ab",
                    "woonplaats": "Voorbeeld",
                }
            ),
        }
        for n in (*FLAGGED, DRAWN)
    ]
    records = pl.concat([bundle.dossier_records, pl.DataFrame(spots, schema=bundle.dossier_records.schema)])
    summary = {"indicators": {"run": ["LIC-04"], "not_run": []}, "inputs": [{"dataset": "bag_adressen"}]}
    return replace(bundle, dossier_records=records, meta=bundle.meta | summary)


def decided(
    store: Store, workspace: Workspace, outcome: ReviewOutcome = ReviewOutcome.BEVESTIGD_AFWIJKING, n: int = 3
) -> str:
    """The case of an address, decided: by two officers where it is confirmed. Its id."""
    if store.last_published() is None:
        publish(store, workspace, town())
        sync_cases(store, now=NOW)
    case_id = case_of(store, n).case_id
    judged(store, ANNA, case_id, outcome)
    if outcome is ReviewOutcome.BEVESTIGD_AFWIJKING:
        judged(store, BRAM, case_id, outcome)
    return case_id


def published_without_flag(store: Store, workspace: Workspace, nights: int = 2) -> None:
    """So many later nights in which the registers of address 3 were corrected."""
    for number in range(1, nights + 1):
        publish(store, workspace, town(DAY + timedelta(days=number), FLAGGED[1:]))
