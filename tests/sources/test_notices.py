"""Official notices: how far a case is, and the address out of free text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screening.base.datasets import datasets
from screening.base.frames import SourceSpec
from screening.contracts.model import fields_of
from screening.sources import read_source
from screening.sources.json_rows import records_of
from screening.sources.notices import address_in

KEY = b"key-of-a-workspace-in-a-test"
REAL = Path(__file__).parents[3] / "shared" / "datasets" / "real" / "bekendmakingen_assen"


def notice(number: int, kind: str, title: str, description: str = "", *places: str) -> dict[str, object]:
    return {
        "date": "2026-05-01T00:00:00.000Z",
        "urlDoc": f"https://example.com/gmb-2026-{number}.html",
        "type": kind,
        "title": title,
        "description": description,
        "location": list(places),
    }


NOTICES = [
    notice(1, "bouwen", "bouwen", "Verleende vergunning, een schuur, Kerkstraat 2a, 1234 AB Plaats", "52.1 5.2"),
    notice(2, "bouwen", "Aanvraag omgevingsvergunning, Laan 10-12 te Plaats", "", "52.1 5.2", "52.2 5.3"),
    notice(3, "bouwen", "Ingetrokken aanvraag omgevingsvergunning, Laan 10, 1234AC Plaats"),
    notice(4, "uitschrijving", "Uitschrijving van iemand, geboren in 1980"),
    notice(5, "kappen", "Verleende vergunning, kappen, Laan 1, 1234AC Plaats"),
]


def test_notices_come_in_by_configuration_alone(tmp_path: Path) -> None:
    (tmp_path / "notices.json").write_text(json.dumps({"publications": NOTICES}))
    spec = SourceSpec(
        "vergunningen",
        path=str(tmp_path / "notices.json"),
        constant={"zaaktype": "omgeving"},
        lacks=("houder_naam",),
        belonging={"soort": ("bouwen", "uitschrijving")},
    )
    table = read_source(spec, fields_of(datasets()["vergunningen"]), reporter_key=KEY)
    columns = ["zaaknummer", "zaaktype", "status", "datum_aanvraag", "adres_tekst"]
    assert table.frame.select(columns).rows() == [
        ("gmb-2026-1", "omgeving", "verleend", "2026-05-01", "Kerkstraat 2a, 1234 AB Plaats"),
        ("gmb-2026-2", "omgeving", "aangevraagd", "2026-05-01", NOTICES[1]["title"]),
        ("gmb-2026-3", "omgeving", "buiten_behandeling", "2026-05-01", "Laan 10, 1234AC Plaats"),
        ("gmb-2026-4", "omgeving", None, "2026-05-01", None),
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("het plaatsen van een dakkapel aan de Dr. Nassaulaan 7, 9401 HJ Assen", "Dr. Nassaulaan 7, 9401 HJ Assen"),
        ("Kerkstraat 2 1234AB Plaats, Kerkstraat 3, 1234AB Plaats", "Kerkstraat 3, 1234AB Plaats"),
        ("Dorpsweg 12 A te Plaats", None),
        ("vergunning 2026, nr. 1234 AB", None),
        ("Verlenging beslistermijn Kerkstraat 3, 1234AB Plaats", "Kerkstraat 3, 1234AB Plaats"),
        ("Verleende omgevingsvergunning 1e Kruisstraat 3, 1234AB Plaats", "1e Kruisstraat 3, 1234AB Plaats"),
    ],
)
def test_the_address_in_a_text(text: str, address: str | None) -> None:
    assert address_in(text) == address


@pytest.mark.real
def test_most_real_permit_notices_name_an_address() -> None:
    texts = [
        str(record["description"])
        for path in sorted(REAL.glob("*.json"))
        for record in records_of(path.read_bytes(), path.name)
        if record["type"] == "bouwen"
    ]
    assert sum(address_in(text) is not None for text in texts) >= len(texts) * 0.8
