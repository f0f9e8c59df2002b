"""For which tasks of the municipality a case may be read: those whose law is about something at the address.

It follows from the records at the address alone, so it is the same for a flagged and for a drawn case.
"""

from __future__ import annotations

from collections.abc import Iterable

from screening.casework.cases.case import Case
from screening.frames import Row
from screening.store.schema.runs import dossier_record
from screening.store.store import Store
from screening.vocabulary import Purpose

#: Permits of the Huisvestingswet and the Wet goed verhuurderschap; of lodging and building either law can be meant.
_HOUSING = frozenset({"kamerverhuur", "omzetting", "verhuur_wgv", "toeristische_verhuur"})
_EITHER = frozenset({"logies", "omgeving"})


def tasks_of_case(store: Store, case: Case) -> frozenset[Purpose]:
    """The tasks for which the records of a case may be read; every one where no record tells."""
    return tasks_of_records(store.dossier_rows(dossier_record, case.run_id, [case.address_id]))


def tasks_of_records(records: Iterable[Row]) -> frozenset[Purpose]:
    """Do the same of these records: rows with `dataset` and `fields`."""
    tasks = {task for record in records for task in _tasks(record["dataset"], record["fields"])}
    return frozenset(tasks) or frozenset({Purpose.VERG, Purpose.WON, Purpose.OO})


def _tasks(dataset: str, fields: Row) -> set[Purpose]:
    if dataset == "vergunningen":
        kind = fields.get("zaaktype")
        return {Purpose.VERG, Purpose.WON} if kind in _EITHER else {Purpose.WON if kind in _HOUSING else Purpose.VERG}
    if dataset == "bag_adressen":
        return {Purpose.WON} if "woonfunctie" in str(fields.get("gebruiksdoelen") or "").split("|") else set()
    if dataset in {"handelsregister", "seksinrichtingen"}:
        return {Purpose.VERG}
    return {Purpose.OO} if dataset in {"meldingen", "controles", "maatregelen"} else set()
