"""For which tasks a case may be read: by what stands at the address."""

from __future__ import annotations

import pytest

from screening.casework.cases.tasks import tasks_of_records
from screening.vocabulary import Purpose

VERG, WON, OO = Purpose.VERG, Purpose.WON, Purpose.OO


@pytest.mark.parametrize(
    ("records", "tasks"),
    [
        ([], {VERG, WON, OO}),
        ([("leidinggevenden", {})], {VERG, WON, OO}),
        ([("vergunningen", {"zaaktype": "exploitatie"})], {VERG}),
        ([("vergunningen", {"zaaktype": "kamerverhuur"})], {WON}),
        ([("vergunningen", {"zaaktype": "logies"})], {VERG, WON}),
        ([("handelsregister", {})], {VERG}),
        ([("bag_adressen", {"gebruiksdoelen": "winkelfunctie|woonfunctie"})], {WON}),
        ([("bag_adressen", {"gebruiksdoelen": None}), ("meldingen", {})], {OO}),
    ],
)
def test_the_tasks_follow_from_the_records(records: list[tuple[str, dict]], tasks: set[Purpose]) -> None:
    assert tasks_of_records([{"dataset": dataset, "fields": fields} for dataset, fields in records]) == tasks
