"""The letter to a person who asked for the data about an address or about them: `barrier subject --letter`."""

from __future__ import annotations

from collections.abc import Iterator

from screening.base.civil_time import day_of
from screening.base.frames import Row
from screening.base.vocabulary import Purpose, ReviewOutcome
from screening.casework.acts.acts import act_words
from screening.casework.cases.judging import REFER_TO
from screening.casework.cases.numbers import case_number
from screening.casework.visits.findings import FINDINGS, SITUATIONS, detail_lines
from screening.report.pages import page
from screening.rights.answer import (
    KeptName,
    links_of_person,
    names_of_person,
    records_of_address,
    records_of_person,
    registers_of,
)
from screening.store.schema.hand_overs import CALL, CALLED_BACK, RELEASED
from screening.wording.forms import code_word

#: What was decided, in words of who asks.
_OUTCOMES = {
    ReviewOutcome.BEVESTIGD_AFWIJKING: "Twee medewerkers vonden een afwijking, zonder gewone verklaring",
    ReviewOutcome.VERKLAARD: "Er is een gewone verklaring",
    ReviewOutcome.ONJUISTE_KOPPELING: "Gegevens van twee partijen waren ten onrechte bij elkaar gezet",
    ReviewOutcome.DATA_FOUT: "Er stond een fout in een register",
    ReviewOutcome.NIET_TE_BEOORDELEN: "Een medewerker kon dit niet beoordelen",
    ReviewOutcome.DOORGEZET: "Dit hoort bij een andere organisatie of afdeling",
}


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
    return page(
        "subject",
        {
            "lang": "nl",
            "made_at": data["made_at"],
            "address_id": data["about"].get("address_id"),
            "records": records,
            "registers": registers,
            "own_names": own,
            "namesakes": namesakes,
            "links": links,
            "hits": hits + last.get("evidence", []),
            "cases": [case | {"number": case_number(case["opened_on"], case["case_id"])} for case in data["cases"]],
            "outcomes": _OUTCOMES,
            "purposes": {str(purpose): code_word(purpose, "nl") for purpose in Purpose},
            "visits": [
                visit | {"detail_lines": detail_lines(visit["details"], "nl")}
                for case in data["cases"]
                for visit in case["visits"]
            ],
            "photos": data["photos"],
            "acts": [line for case in data["cases"] for line in _acts_of(case)],
            "situations": {code: words[0] for code, words in SITUATIONS.items()},
            "findings": {code: words[0] for code, words in FINDINGS.items()},
            "requests": asked,
            "received": data["received"],
            "seen": [entry for entry in data["seen"] if not str(entry.get("object", "")).startswith("signal:")],
        },
    )


def _acts_of(case: Row) -> Iterator[Row]:
    """What was done on a case after it was decided, by its day; and when it went to the case system."""
    for act in case["acts"]:
        what = act_words(act["kind"], act["choices"], "nl")
        yield {"day": act["on_day"], "what": what, "until": act["due_on"], "reference": act["reference"]}
    for file in case["handed_over"]:
        what = "Overdracht aan het zaaksysteem ingetrokken" if file["reason"] else "Overgedragen aan het zaaksysteem"
        yield {"day": day_of(file["at"]), "what": what, "until": None, "reference": None}
    for hand_over in case["told_partners"]:
        yield {"day": day_of(hand_over["at"]), "what": _told_partner(hand_over), "until": None, "reference": None}


def _told_partner(hand_over: Row) -> str:
    """What a partner without a key was told of a case, as a sentence."""
    left = [step["action"] for step in hand_over["steps"]]
    partner = hand_over["recipient"] or REFER_TO.get(hand_over["partner"], (hand_over["partner"],))[0]
    if hand_over["form"] == CALL:
        what = "het adres" if "adres" in hand_over["fields"] else "niets van de zaak"
        return f"Gesprek met {partner}. Genoemd is {what}" + (", teruggehaald" if CALLED_BACK in left else "")
    if RELEASED not in left:
        state = "nooit uitgegeven" if CALLED_BACK in left else "nog niet uitgegeven"
    else:
        state = "teruggehaald" if CALLED_BACK in left else "uitgegeven"
    return f"Blad voor {partner} ({hand_over['article']}), {state}"
