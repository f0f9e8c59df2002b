"""A file is taken for the register that it is like by names and content, and for none where that is not clear."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screening.sources.profile.file_profile import profile_file
from screening.sources.profile.register import Recognition, rank_registers, recognised

ROLES = "zaak;persoon;geb;hoedanigheid;sinds\n" + "".join(
    f"Z-{place};J. de Vries;1980-01-02;beheerder;2024-05-06\n" for place in range(12)
)
VISITS = "kenmerk;datum;adres;aangetroffen\n" + "".join(
    f"C-{place};2026-01-{place + 1:02};Hoofdstraat {place}, 1234 AB Weesp;niemand thuis\n" for place in range(12)
)
DECISIONS = "".join(
    f"M-{place};sluiting;2026-01-{place + 1:02};onherroepelijk;12345678;1234AB;0457010000001802\n"
    for place in range(12)
)


def ranked(path: Path, content: str | bytes) -> list[Recognition]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return rank_registers(profile_file(path))


def fits(recognition: Recognition) -> dict[str, str]:
    return {name: fit.profile.name or str(fit.profile.place) for name, fit in recognition.fits.items()}


def test_other_names_than_ours_are_recognised(tmp_path):
    recognition = recognised(ranked(tmp_path / "a.csv", ROLES))
    assert recognition.dataset == "leidinggevenden"
    assert fits(recognition) == {
        "zaaknummer": "zaak",
        "naam": "persoon",
        "geboortedatum": "geb",
        "rol": "hoedanigheid",
        "datum_van": "sinds",
    }


def test_registers_with_columns_of_the_same_names_are_told_apart_by_their_codes(tmp_path):
    recognition = recognised(ranked(tmp_path / "a.csv", VISITS))
    assert recognition.dataset == "controles"
    assert fits(recognition)["situatie"] == "aangetroffen"


def test_what_is_like_no_register_is_taken_for_none(tmp_path):
    assert recognised(ranked(tmp_path / "a.csv", "land;hoofdstad\nFrankrijk;Parijs\nItalië;Rome\n")) is None


def test_the_name_of_a_file_helps_where_little_is_known(tmp_path):
    few = "zaaknummer;naam zaak;zaak categorie;status vergunning;begindatum;einddatum\n"
    few += "Z-1;Bar;Horeca;Verleend;2026-01-01;\nZ-2;Café;Horeca;Verleend;2026-01-01;\n"
    assert recognised(ranked(tmp_path / "uitvoer.csv", few)) is None
    assert recognised(ranked(tmp_path / "exploitatievergunningen.csv", few)).dataset == "vergunningen"


def test_a_file_without_a_header_is_known_by_its_content(tmp_path):
    recognition = recognised(ranked(tmp_path / "a.csv", DECISIONS))
    assert (recognition.dataset, recognition.has_names) == ("maatregelen", False)
    assert fits(recognition) == {
        "maatregel_id": "0",
        "type": "1",
        "datum": "2",
        "status": "3",
        "betrokkene_kvk": "4",
        "postcode": "5",
        "adresseerbaar_object_id": "6",
    }


def test_without_a_header_the_one_text_that_is_left_is_the_one_name_that_is_required(tmp_path):
    rows = "".join(f"Bakkerij {chr(65 + place)};{12345670 + place}\n" for place in range(20))
    company = next(r for r in ranked(tmp_path / "a.csv", rows) if r.dataset == "handelsregister")
    assert fits(company) == {"kvk_nummer": "1", "handelsnamen": "0"}


def test_what_an_adapter_reads_is_of_its_register(tmp_path):
    notice = {
        "date": "2026-05-01T00:00:00.000Z",
        "urlDoc": "https://x.example/gmb-2026-1.html",
        "type": "bouwen",
        "title": "Aanvraag omgevingsvergunning, Markt 2, 9403 AZ Assen",
        "description": "",
        "location": ["53.0 6.5"],
    }
    notices = json.dumps({"publications": [notice]}).encode()
    assert recognised(ranked(tmp_path / "a.json", notices)).dataset == "vergunningen"


@pytest.mark.parametrize("dropped", ["telefoon", "foto"])
def test_a_column_that_may_not_be_read_feeds_none(tmp_path, dropped):
    rows = (
        f"kenmerk;soort seksbedrijf;stand;datum aanvraag;exploitant;{dropped}\nS-1;club;verleend;2026-01-01;Bar BV;x\n"
    )
    first = ranked(tmp_path / "a.csv", rows)[0]
    assert first.dataset == "seksinrichtingen"
    assert dropped not in fits(first).values()
