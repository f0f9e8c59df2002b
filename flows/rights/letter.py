"""The letter to whoever asked what is kept about an address or about them: `barrier subject --letter`."""

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
    """The answer to whoever asked, as an accessible page with a copy of the data.

    No other person, no colleague by name, no free notes. Nor that a colleague's tip exists (art. 41 UAVG): it may be
    about somebody who is held at the address by whoever asks. Every answer says so, whether there is one or not.
    Of an address a hit is told by its rule: its sentence may hold a number of who trades there in person.
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
