"""The letter to a person who asked for the data about an address or about them: `barrier subject --letter`."""

from __future__ import annotations

from screening.casework.visits.words import FINDINGS, SITUATIONS
from screening.frames import Row
from screening.report.pages import page
from screening.rights.answer import (
    KeptName,
    links_of_person,
    names_of_person,
    records_of_address,
    records_of_person,
    registers_of,
)


def applicant_page(data: Row) -> str:
    """Return the answer to the applicant as an accessible page with a copy of the data.

    It names no other person and no colleague, and holds no free notes. It does not say whether a colleague's tip exists
    (art. 41 UAVG): the applicant may hold the person of the tip at the address. Every answer says this, whether there
    is a tip or not. For an address a hit is named by its rule: its sentence may hold the number of a sole trader.
    """
    last = data["files_of_last_run"]
    registers: list[str] = []
    own: list[KeptName] = []
    namesakes: list[KeptName] = []
    if "mentions" in data:
        records = records_of_person(data["mentions"])
        links, hits = links_of_person(data["links"], data["compared_links"], data["mentions"]), data["hits"]
        asked = [request for request in data["requests"] if request["person_hash"]]
        own, namesakes = names_of_person(last.get("parties", []), data["mentions"])
    else:
        records, links, asked = records_of_address(data["dossiers"]), [], []
        registers = registers_of(last.get("records", []), records)
        hits = [hit for dossier in data["dossiers"] for hit in dossier["hits"]]
    return page("subject", {
        "lang": "nl",
        "made_at": data["made_at"],
        "address_id": data["about"].get("address_id"),
        "records": records,
        "registers": registers,
        "own_names": own,
        "namesakes": namesakes,
        "links": links,
        "hits": hits + last.get("evidence", []),
        "cases": data["cases"],
        "visits": [visit for case in data["cases"] for visit in case["visits"]],
        "situations": {code: words[0] for code, words in SITUATIONS.items()},
        "findings": {code: words[0] for code, words in FINDINGS.items()},
        "requests": asked,
        "received": data["received"],
        "seen": [entry for entry in data["seen"] if not str(entry.get("object", "")).startswith("signal:")],
    })  # fmt: skip
