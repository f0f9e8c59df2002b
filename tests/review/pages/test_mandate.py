"""What is signed is shown to who signs or checks it, and what is no signature of that person is told and not taken."""

from __future__ import annotations

import base64
import re
import tomllib
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from screening.base.vocabulary import LedgerAction, Role
from screening.mandate import signatures
from screening.signing.public_keys import key_fingerprint, public_text
from tests.flows.review.test_opening import bare_signature, opened, sent
from tests.mandates import KEYS, bare_configuration, change, sign


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return bare_configuration(tmp_path)


def test_what_is_signed_is_shown_to_who_signs_or_checks_it_with_what_changed(bare: Path) -> None:
    sign(bare)
    with opened(bare) as review:
        clerk, lead = review.client(Role.COLLEAGUE), review.client(Role.LEAD)
        anna = review.client(Role.OFFICER, account="anna")
        for client, may in ((clerk, False), (lead, True), (anna, True), (review.client(Role.AUDITOR), True)):
            assert ("Onderdelen van de instellingen" in client.get("/mandaat").text) == may
            for path in ("/mandaat/verklaring", "/mandaat/instellingen"):
                assert client.get(path).status_code == (200 if may else 404)
        assert clerk.send_form("/mandaat").status_code == 404
        assert "Niets anders" in lead.get("/mandaat").text
        change(bare, "Mandaatbesluit 1", "Mandaatbesluit <b>2</b>")
        page = lead.get("/mandaat").text
        assert "die nu gelden: 1" in page
        assert "governance.mandate.document" in page
        assert "Mandaatbesluit &lt;b&gt;2&lt;/b&gt;" in page
        assert "<b>2</b>" not in page
        assert lead.get("/mandaat/instellingen").content == bare.read_bytes()
        state = review.app.look()
        assert state.plan
        assert lead.get("/mandaat/verklaring").content == signatures.statement(state.plan)
        assert signatures.statement_digest(state.plan) in page


def test_what_is_no_signature_of_this_person_is_told_and_not_taken(bare: Path) -> None:
    with opened(bare) as review:
        anna, bram = (review.client(Role.OFFICER, account=name) for name in ("anna", "bram"))
        ivo = review.client(Role.ADMIN)
        for client, name in ((anna, "anna"), (bram, "carla")):  # bram has a key, and the configuration another
            line = public_text(KEYS[name].public_key())
            assert client.send_form("/mijn-account/sleutel", {"sleutel": line}).status_code == 303
            assert ivo.send_form(f"/sleutels/{key_fingerprint(KEYS[name].public_key())}/bevestigen").status_code == 303
        statement = anna.get("/mandaat/verklaring").content
        for text, why in (
            ("", "geen handtekening"),
            ("x" * 5000, "geen handtekening"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "geheime sleutel, geen handtekening"),
            (base64.b64encode(KEYS["anna"].sign(statement + b" ")).decode(), "niet over deze verklaring"),
            (base64.b64encode(KEYS["bram"].sign(statement)).decode(), "niet over deze verklaring"),
        ):
            refused = sent(anna, text)
            assert refused.status_code == 422
            assert why in refused.text
            assert "b3Bl" not in refused.text
        assert "niet ondertekenen met een sleutel" in bram.get("/mandaat").text
        digest = signatures.statement_digest(review.app.look().plan)
        named = bram.send_form("/mandaat", {"handtekening": bare_signature(bram, "carla"), "verklaring": digest})
        assert "noemen geen sleutel van u" in named.text
        old = anna.send_form("/mandaat", {"handtekening": bare_signature(anna, "anna"), "verklaring": "0" * 64})
        assert (old.status_code, "gewijzigd sinds u deze pagina opende" in old.text) == (409, True)
        review.clock.forward(minutes=6)
        assert anna.send_form("/mandaat", {"verklaring": digest}).status_code == 403
        assert not signatures.signature_file(bare).exists()
        assert {each.entry.result for each in review.ledger.entries(action=LedgerAction.CONFIGURATION)} == {"refused"}


def test_the_papers_stand_on_the_page_with_what_is_open_for_who_reads_what_is_signed(bare: Path) -> None:
    sign(bare)
    with opened(bare) as review:
        for role in (Role.AUDITOR, Role.LEAD, Role.ADMIN):
            text = review.client(role).get("/mandaat").text
            assert 'href="/mandaat/papieren/dpia.pdf"' in text
            assert 'href="/mandaat/papieren/dpia.md"' in text
            assert "Open punten" in text
            assert "Ongewijzigd: nog geen" in text
        paper = review.client(Role.AUDITOR).get("/mandaat/papieren/dpia.md")
        assert paper.text.startswith("# Concept van de DPIA")
        assert "Open punten: " in paper.text
        pdf = review.client(Role.LEAD).get("/mandaat/papieren/besluitbrief.pdf")
        read = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages).split())
        assert "Alinea voor de besluitbrief" in read
        assert "Open punten: " in read
        assert "Ongewijzigd. Op geen enkele vraag" in read
        questions = review.client(Role.AUDITOR).get("/mandaat/papieren/open-punten.toml").text
        assert "answers" in tomllib.loads(questions)
        for absent in ("geen.md", "geen.pdf", "open-punten.pdf"):
            assert review.client(Role.AUDITOR).get(f"/mandaat/papieren/{absent}").status_code == 404
        clerk = review.client(Role.COLLEAGUE)
        assert "papieren" not in clerk.get("/mandaat").text
        for name in ("dpia.md", "dpia.pdf"):
            assert clerk.get(f"/mandaat/papieren/{name}").status_code == 404


def test_who_signs_reads_the_papers_before_anything_is_signed_and_sees_how_many_are_unchanged(bare: Path) -> None:
    answers = bare.with_name("antwoorden.toml")
    change(bare, "[governance.mandate]", '[governance.papers]\nanswers = "antwoorden.toml"\n[governance.mandate]')
    answers.write_text("[answers]\n", encoding="utf-8")
    with opened(bare) as review:
        anna, ivo = review.client(Role.OFFICER, account="anna"), review.client(Role.ADMIN)
        key = KEYS["anna"].public_key()
        anna.send_form("/mijn-account/sleutel", {"sleutel": public_text(key)})
        ivo.send_form(f"/sleutels/{key_fingerprint(key)}/bevestigen")
        shown = re.search(r"Ongewijzigd van het programma: (\d+) van de (\d+) stukken", anna.get("/mandaat").text)
        assert shown
        assert anna.get("/mandaat/papieren/besluitbrief.pdf").headers["content-type"] == "application/pdf"
        unchanged = int(shown[1])
        answers.write_text('[answers]\nbrief-lezer = "De juridisch adviseur."\n', encoding="utf-8")
        page = anna.get("/mandaat").text
        assert f"Ongewijzigd van het programma: {unchanged - 1} van" in page
        assert "De juridisch adviseur." in anna.get("/mandaat/papieren/besluitbrief.md").text
