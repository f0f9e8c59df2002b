"""For which tasks a case may be read: by what stands at the address."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import Purpose
from screening.casework.cases.queue import next_case
from screening.casework.cases.tasks import tasks_of_case
from screening.store import Store, Workspace
from screening.store.schema.runs import dossier_record
from tests.casework.caseload import ANNA, BRAM, NOW, case_of, published
from tests.store.bundles import address

VERG, WON, OO = Purpose.VERG, Purpose.WON, Purpose.OO

#: What stands at an address, and the tasks that it may be read for.
AT_ADDRESS = [
    ([], {VERG, WON, OO}),
    ([("leidinggevenden", {})], {VERG, WON, OO}),
    ([("vergunningen", {"zaaktype": "exploitatie"})], {VERG}),
    ([("vergunningen", {"zaaktype": "kamerverhuur"})], {WON}),
    ([("vergunningen", {"zaaktype": "logies"})], {VERG, WON}),
    ([("vergunningen", {})], {VERG}),
    ([("handelsregister", {})], {VERG}),
    ([("bag_adressen", {"gebruiksdoelen": "winkelfunctie|woonfunctie"})], {WON}),
    ([("bag_adressen", {"gebruiksdoelen": None}), ("meldingen", {})], {OO}),
]


@pytest.fixture
def town(store: Store, workspace: Workspace) -> Store:
    """A case for each of AT_ADDRESS."""
    published(store, workspace, flags=range(1, len(AT_ADDRESS) + 1))
    run = store.last_published()
    assert run is not None
    rows = [
        {
            "run_id": run.run_id,
            "address_id": address(n),
            "dataset": dataset,
            "key": "K1",
            "fields": json.dumps(fields, separators=(",", ":")),
        }
        for n, (records, _) in enumerate(AT_ADDRESS, 1)
        for dataset, fields in records
    ]
    with store.engine.begin() as connection:
        connection.execute(sa.delete(dossier_record))
        connection.execute(dossier_record.insert(), rows)
    return store


def test_the_tasks_follow_from_the_records_and_the_next_case_is_of_that_law(town: Store) -> None:
    for n, (_, tasks) in enumerate(AT_ADDRESS, 1):
        assert tasks_of_case(town, case_of(town, n)) == tasks, n
    for viewer, purpose in ((ANNA, OO), (BRAM, WON)):
        of_law = {address(n) for n, (_, tasks) in enumerate(AT_ADDRESS, 1) if purpose in tasks}
        taken = next_case(town, viewer, now=NOW, purpose=purpose)
        assert taken is not None
        assert taken.address_id in of_law
    assert next_case(town, ANNA, now=NOW, purpose=Purpose.REG) is None
