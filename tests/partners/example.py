"""A made-up dossier as the export is handed it: an address of the synthetic town, and more than may leave."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

from screening.base.vocabulary import CaseState, Purpose, ReviewOutcome
from screening.partners.kinds.partner_kind import SignalField
from screening.partners.signal.canonical import canonical
from screening.partners.signal.codes import Theme
from screening.partners.signal.minimise import Choices, PersonChoice, minimise
from screening.partners.signal.refuse import AgreedTerms, ApprovalFacts
from screening.partners.signal.signal import FIRST_FORMAT, Signal

KEY = bytes(range(32))
ADDRESS = "9999010000000012"
PAPER = "De verlenging is op papier aangevraagd."
_CONTENT: dict[str, Any] = {
    "case_id": "0123456789abcdef",
    "notities": "Alleen voor de gemeente.",
    "meta": {
        "aanmaakdatum": dt.date(2026, 11, 20),
        "gemeente": {"naam": "Voorbeeldstad", "code": "9999", "inwoneraantal": 90_000},
        "afdeling": "Toezicht en handhaving",
        "contact_functie": "Coördinator ondermijning",
        "eerste_beoordelaar": "account-een",
        "tweede_beoordelaar": "account-twee",
        "vertrouwelijkheid": "vertrouwelijk",
        "doel": "P-VERG",
        "thema": "misbruik_van_bedrijven",
        "ontvanger": {"soort": "riec", "naam": "RIEC"},
        "grondslag": "Wgs art. 2.19 jo. APV art. 2:28",
        "dpia": "DPIA-2026-014",
    },
    "object": {
        "nummeraanduiding_id": "9999200000000012",
        "adresseerbaar_object_id": ADDRESS,
        "pand_ids": ["9999100000000012"],
        "adres": "Kade 12, 1234 AB Voorbeeldstad",
        "gebruiksdoelen": ["bijeenkomstfunctie"],
        "status": "Verblijfsobject in gebruik",
        "oppervlakte_m2": 140,
        "rd_x": 121500.5,
        "rd_y": 487200.0,
        "peildatum": "2026-11-19",
        "buurt": "Kadekwartier",
    },
    "aanleiding": {"eerst_gezien": "2026-11-02", "run_id": "9f1c2ab4"},
    "feiten": [
        {
            "datum": "2025-03-31",
            "omschrijving": "De exploitatievergunning Z-2020-17 liep af.",
            "bronregister": "vergunningen",
            "record_id": "vergunningen:Z-2020-17",
            "peildatum": "2026-11-19",
        },
        {
            "datum": "2019-06",
            "omschrijving": "De vestiging 000012345678 staat ingeschreven en is niet beëindigd.",
            "bronregister": "handelsregister",
            "record_id": "handelsregister:r14",
            "peildatum": "2026-11-19",
            "gecontroleerd_door": {"account": "account-een", "rol": "officer", "op": "2026-11-18"},
        },
        {
            "datum": "2026-10-07",
            "omschrijving": "Bij een controle was het bedrijf open.",
            "bronregister": "controles",
            "record_id": "controles:C-77",
            "peildatum": "2026-11-19",
        },
    ],
    "afwijkingen": [
        {
            "code": "LIC-04",
            "naam": "Verlopen vergunning, activiteit loopt door",
            "regelversie": 1,
            "klasse": "A",
            "barriere": "WERKPLEK",
            "uitleg": "De vergunning liep af op 31 maart 2025. De vestiging is nog actief.",
            "drempels": {"grace_days": 90},
            "betekenissen": {"grace_days": "Dagen na het einde"},
            "waarden": {
                "einddatum": dt.date(2025, 3, 31),
                "dagen": 599,
                "naam_gelijk": True,
                "houder_naam": "J. de Vries",
            },
            "record_ids": ["vergunningen:Z-2020-17", "handelsregister:r14"],
            "verklaringen": [PAPER],
        }
    ],
    "organisaties": [
        {
            "partij": "org:12345678",
            "rol": "exploitant",
            "rechtsvorm": "bv",
            "naam": "Kadebar B.V.",
            "kvk_nummer": "12345678",
            "vestigingsnummer": "000012345678",
            "rsin": "123456782",
            "periode": {"van": "2019-06"},
        },
        {
            "partij": "org:87654321",
            "rol": "eerdere houder",
            "rechtsvorm": "eenmanszaak",
            "naam": "Café J. de Vries",
            "kvk_nummer": "87654321",
            "rsin": "111222333",
        },
    ],
    "personen": [
        {"partij": "p1", "rol": "bestuurder", "naam": "Jan de Vries", "geboortedatum": dt.date(1971, 5, 3)},
        {"partij": "p2", "rol": "beheerder", "naam": "Anna Bakker", "geboortedatum": "1980-01-31"},
    ],
    "onderzoek_en_maatregelen": {
        "controles": [{"datum": "2026-10-07", "situatie": "toegang_verleend", "bevinding": "in_bedrijf", "door": "x"}],
        "maatregelen": [{"type": "waarschuwing", "datum": "2026-10-12", "status": "onherroepelijk"}],
        "lopende_procedures": ["handhaving"],
    },
    "barrieres_en_vraag": {
        "barrieres": ["WERKPLEK"],
        "voorgestelde_partner": "nederlandse_arbeidsinspectie",
        "voorgestelde_interventie": "Samen controleren op een avond in het weekend.",
        "vraag": "Kent een partner dit bedrijf, en is samen optreden mogelijk?",
        "urgentie": "gewoon",
    },
    "twijfels": {
        "tegenindicaties": ["Het handelsregister kan achterlopen."],
        "koppelingen": [
            {
                "omschrijving": "De vergunninghouder en de bv in het handelsregister",
                "record_ids": ["vergunningen:Z-2020-17", "handelsregister:r14"],
                "niveau": "exact",
            }
        ],
    },
    "bewaring_en_contact": {
        "bewaren_tot": "2027-11-20",
        "grondslag_termijn": "Een jaar, zoals in de configuratie van de gemeente",
        "contact": {"functie": "Privacy officer", "mailbox": "privacy@voorbeeldstad.example"},
        "kennisgeving": "uitgesteld",
        "kennisgeving_vanaf": "2027-02-20",
    },
}


def content() -> dict[str, Any]:
    """The dossier, fresh for each test."""
    return copy.deepcopy(_CONTENT)


def choices(number: int = 1, **changed: Any) -> Choices:
    """What the officer chose: one person as a token, nobody by name."""
    given: dict[str, Any] = {
        "signal_id": f"S-{number:032x}",
        "token_key": KEY,
        "persons": {"p1": PersonChoice("Bestuurder van de bv die na de einddatum doorgaat.")},
        "explanations": {"LIC-04": {PAPER: "In het archief en de post is geen aanvraag gevonden."}},
    }
    return Choices(**(given | changed))


def signal(number: int = 1, **changed: Any) -> Signal:
    """A signal that may leave."""
    return minimise(content(), choices(number, **changed))


def approval(**changed: Any) -> ApprovalFacts:
    """What the store knows of a case that may leave."""
    given: dict[str, Any] = {
        "state": CaseState.CLOSED,
        "outcome": ReviewOutcome.BEVESTIGD_AFWIJKING,
        "address_id": ADDRESS,
        "first_by": "account-een",
        "second_by": "account-twee",
        "arm": "flag",
        "sensitive": False,
        "purpose": Purpose.VERG,
        "legal_basis": "Wgs art. 2.19 jo. APV art. 2:28",
        "agreement": AgreedTerms(frozenset({Theme.BEDRIJVEN}), frozenset(map(str, SignalField))),
        "shown_themes": frozenset({Theme.BEDRIJVEN}),
        "on": dt.date(2026, 11, 25),
    }
    return ApprovalFacts(**(given | changed))


def plain_signal() -> dict[str, Any]:
    """The signal as its receiver reads it."""
    plain: dict[str, Any] = json.loads(canonical(signal()))
    return plain


def first_format() -> dict[str, Any]:
    """The same signal as it was written before there were an urgency and attachments."""
    old = plain_signal() | {"formaat": FIRST_FORMAT}
    del old["barrieres_en_vraag"]["urgentie"], old["meta"]["ontvanger"]
    old["meta"]["thema"] = "witwassen"  # one of those that there were
    return old
