"""The receiver's page in Chromium, from disk and without a network: it opens what it may, refuses the rest, answers."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyrage
import pytest
from playwright.sync_api import Browser, Page

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.partners.batch.batch import make_batch
from screening.partners.batch.container import tar
from screening.partners.batch.feedback import read_feedback
from screening.partners.batch.manifest import manifest, signed
from screening.partners.batch.notices import later_version, withdrawal
from screening.partners.batch.seal import seal
from screening.partners.kinds.partner_kind import HandOverForm, partner_kinds
from screening.partners.receiver import verify_batch
from screening.partners.receiver.page import receiver_page
from screening.partners.signal.minimise import minimise
from screening.partners.signal.signal import Signal
from tests.partners import example
from tests.partners.conftest import NOW, Post, meta_for
from tests.partners.desk.disclosed import ANSWER_IDENTITY
from tests.partners.signing import Signer
from tests.review.conftest import axe_violations, overflows

IDS = [f"S-{number:032x}" for number in (1, 2)]
#: A fact of a register of a municipality's own, whose contract the receiver does not have.
OF_OWN_REGISTER = {
    "datum": "2020-01-01",
    "omschrijving": "Aansluiting W-0, vanaf 1 januari 2020.",
    "bronregister": "zom_warmtenet",
    "record_id": "zom_warmtenet:W-0",
    "peildatum": "2026-11-19",
    "betrouwbaarheid": "eigen_administratie",
}


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Post:
    """A batch of two signals, who signed it and for whom it is."""
    signer, identity = Signer(tmp_path_factory.mktemp("page")), pyrage.x25519.Identity.generate()
    meta = meta_for(identity)
    content = example.content()
    content["feiten"].append(OF_OWN_REGISTER)
    files = make_batch([example.signal(1), minimise(content, example.choices(2))], meta)
    unsealed = Post(signer, identity, files, meta, b"")
    return replace(unsealed, sealed=unsealed.sealed_with())


@contextmanager
def opened_page(browser: Browser, **more: object) -> Iterator[Page]:
    """The page as a receiver opens it: from disk, without a network, at the moment that the batches are of."""
    context = browser.new_context(offline=True, locale="nl-NL", accept_downloads=True, **more)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.clock.set_fixed_time(NOW)
    with TemporaryDirectory() as folder:
        (file := Path(folder, receiver_page().name)).write_bytes(receiver_page().content)
        page.goto(file.as_uri())
        try:
            yield page
        finally:
            context.close()
    assert faults == []


def given_file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def choose(page: Page, field: str, content: bytes, told: str) -> str:
    """Choose a file; what the page says of it."""
    page.evaluate("id => document.getElementById(id).replaceChildren()", told)
    page.set_input_files(f"#{field}", given_file("bestand", content))
    return page.locator(f"#{told} p").first.inner_text()


def trust(page: Page, signer: Signer) -> None:
    page.click("text=Mijn eerste levering")
    choose(page, "signers-file", signer.allowed.read_bytes(), "sender-told")
    page.check("#compared")


def use_key(page: Page, identity: pyrage.x25519.Identity) -> str:
    return choose(page, "key-file", f"# public key\n{identity}\n".encode(), "key-told")


def open_batch(page: Page, sealed: bytes) -> str:
    """Open a batch; what the page says of it."""
    page.set_input_files("#batch-file", given_file("levering.age", sealed))
    page.click("#open")
    return page.locator("#open-told .good, #open-told .wrong").inner_text()


def saved(page: Page, button: str) -> bytes:
    with page.expect_download() as download:
        page.click(f"#{button}")
    return Path(download.value.path()).read_bytes()


@contextmanager
def ready_page(browser: Browser, sender: Post) -> Iterator[Page]:
    """The page with the receiver's key and with whom they trust."""
    with opened_page(browser, viewport={"width": 1280, "height": 900}) as page:
        use_key(page, sender.identity)
        trust(page, sender.signer)
        yield page


def test_a_batch_is_opened_shown_answered_and_read_back_by_the_municipality(browser: Browser, sender: Post) -> None:
    with opened_page(browser, viewport={"width": 360, "height": 800}) as page:
        assert axe_violations(page) == []
        assert "In orde" in use_key(page, sender.identity)
        recipient = str(sender.identity.to_public())
        shown = page.inner_text("#key-told")
        assert recipient in shown
        assert verify_batch.fingerprint(recipient.encode()) in shown.replace(" ", "")
        page.click("text=Mijn eerste levering")
        choose(page, "signers-file", sender.signer.allowed.read_bytes(), "sender-told")
        command = ["ssh-keygen", "-l", "-f", sender.signer.key.with_suffix(".pub")]
        fingerprint = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[1]
        assert fingerprint in page.inner_text("#fingerprints")
        # who did not compare trusts nobody
        assert "stap 2" in open_batch(page, sender.sealed)
        page.check("#compared")
        assert "Alles klopt" in open_batch(page, sender.sealed)
        assert page.evaluate("document.activeElement.id") == "result-title"
        text = page.inner_text("#signals")
        for words in (
            "Kade 12, 1234 AB Voorbeeldstad",
            "Kadebar B.V.",
            "31 maart 2025",
            "Kent een partner dit bedrijf",
            "Het handelsregister kan achterlopen.",
            "Aansluiting W-0, vanaf 1 januari 2020.",
        ):
            assert words in text
        assert not overflows(page)
        assert axe_violations(page) == []
        # an answer: nothing without an outcome, no number in the text, then what the municipality reads
        page.click("#save-answer")
        assert "nog niets ingevuld" in page.inner_text("#answer-told")
        page.select_option(f"#uitkomst-{IDS[0]}", "casus")
        page.fill(f"#toelichting-{IDS[0]}", "Bel 06 12 34 56 78.")
        page.click("#save-answer")
        assert page.evaluate("document.activeElement.id") == f"toelichting-{IDS[0]}"
        page.fill(f"#toelichting-{IDS[0]}", "Het past bij een casus die al loopt.")
        answer = saved(page, "save-answer")
        files = zipfile.ZipFile(io.BytesIO(saved(page, "save-all")))
        book = json.loads(saved(page, "save-book"))
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    listing = manifest(sender.files, sender.meta)
    feedback = read_feedback(
        answer,
        ANSWER_IDENTITY,
        manifests={sender.meta.batch_id: verify_batch.fingerprint(listing)},
        received={(sender.meta.batch_id, signal_id): ("casus",) for signal_id in IDS},
        today=NOW.date(),
    )
    (row,) = feedback.rows
    assert (row.signal_id, row.outcome, row.text) == (IDS[0], "casus", "Het past bij een casus die al loopt.")
    assert {name: files.read(name) for name in sender.files} == sender.files
    assert (book["leveringen"][0]["nummer"], book["berichten"]) == (1, {})
    assert IDS[0] not in json.dumps(book)


def test_what_was_changed_is_not_whole_or_is_for_another_is_refused_as_the_script_refuses_it(
    browser: Browser, sender: Post, tmp_path: Path
) -> None:
    files = sender.signed()
    name = f"signalen/{IDS[0]}.json"
    packed = bytearray(tar(files))
    place = packed.index(b"Kadebar")
    flipped = bytes(packed[:place] + b"Kadebas" + packed[place + 7 :])
    stranger, elsewhere = Signer(tmp_path / "ander"), pyrage.x25519.Identity.generate()
    key = str(sender.identity.to_public())
    to_us = lambda content: pyrage.encrypt(content, [sender.identity.to_public()])  # noqa: E731
    later = {"made_at": NOW + dt.timedelta(days=2)}
    over = {"made_at": NOW - dt.timedelta(days=3), "expires_at": NOW - dt.timedelta(days=1)}
    spaced = files["manifest.json"].replace(b'{"batch_id"', b'{ "batch_id"')
    cases = {
        "a byte of a signal": (to_us(flipped), "beschadigd"),
        "a file beside it": (seal({**files, "x.txt": b"x"}, key), "beschadigd"),
        "a file that lacks": (seal({other: files[other] for other in files if other != name}, key), "beschadigd"),
        "a manifest that was written anew": (seal({**files, "manifest.json": spaced}, key), "niet ondertekend"),
        "signed by somebody else": (seal(sender.signed(signer=stranger), key), "niet ondertekend"),
        "signed for another use": (
            seal(
                signed(
                    sender.files, files["manifest.json"], sender.signer.sign(files["manifest.json"], namespace="file")
                ),
                key,
            ),
            "niet ondertekend",
        ),
        "another municipality": (sender.sealed_with(municipality_code="0457"), "niet ondertekend"),
        "sealed anew to us": (
            seal(sender.signed(recipient=replace(sender.meta.recipient, key=str(elsewhere.to_public()))), key),
            "andere sleutel",
        ),
        "sealed to another": (seal(files, str(elsewhere.to_public())), "kan niet worden geopend"),
        "cut off": (sender.sealed[:-100], "kan niet worden geopend"),
        "no age": (b"PK\x03\x04" + bytes(600), "geen levering"),
        "expired": (sender.sealed_with(**over), "verlopen"),
        "of tomorrow": (sender.sealed_with(**later), "klok"),
        "something after the end": (to_us(tar(files) + bytes(512)), "beschadigd"),
    }
    with ready_page(browser, sender) as page:
        for case, (sealed, words) in cases.items():
            assert words in open_batch(page, sealed), case
            assert page.locator("#result").is_hidden(), case
            assert page.locator("#signals article").count() == 0, case
            assert not sender.accepts(sealed), case
        # a receiver with OpenPGP has a certificate for a key, and opens with GnuPG first
        certificate = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nmDMEZ\n-----END PGP PUBLIC KEY BLOCK-----"
        opened_before = tar(sender.signed(recipient=replace(sender.meta.recipient, key=certificate)))
        assert "geen levering" in open_batch(page, opened_before)
        assert "In orde" in choose(page, "key-file", f"{certificate}\n".encode(), "key-told")
        assert "In orde" in open_batch(page, opened_before)
        assert "andere sleutel" in open_batch(page, tar(files))
        assert "sleutel van age" in open_batch(page, sender.sealed)
        # wrong keys and wrong files are told in words too
        assert "geen sleutel" in choose(page, "key-file", b"niets", "key-told")
        assert "beschadigd" in choose(page, "key-file", f"{str(sender.identity)[:-3]}QQQ".encode(), "key-told")
        assert "allowed_signers" in choose(page, "signers-file", b"gemeente-9999 ssh-rsa AAAA", "sender-told")
        assert "ontvangstboek" in choose(page, "book-file", b"{}", "sender-told")


def test_the_book_knows_what_came_before_and_what_was_withdrawn(browser: Browser, sender: Post) -> None:
    notice = withdrawal(
        IDS[0], version=1, batches=[sender.meta.batch_id], reason=NoticeReason.ONJUISTE_KOPPELING, on="2026-11-25"
    )
    again = later_version(
        BatchKind.REVERSAL,
        IDS[0],
        version=1,
        new_version=2,
        batches=[sender.meta.batch_id],
        reason=NoticeReason.TEN_ONRECHTE_INGETROKKEN,
        on="2026-11-25",
    )
    called = {"batch_id": "L-00000000000000ab", "kind": BatchKind.WITHDRAWAL, "sequence": 3}
    back = {"batch_id": "L-00000000000000ac", "kind": BatchKind.REVERSAL, "sequence": 4}
    withdrawn = make_batch([], replace(sender.meta, **called), notices=[notice])
    restored = make_batch([example.signal(1, version=2)], replace(sender.meta, **back), notices=[again])
    with ready_page(browser, sender) as page:
        open_batch(page, sender.sealed)
        assert "Kadebar" in page.inner_text(f"article:has(#h-{IDS[0]})")
        assert "In orde" in open_batch(page, sender.sealed_with(files=withdrawn, **called))
        assert "nummer 2 niet geopend" in page.inner_text("#remarks")
        assert "Gebruik dit signaal niet meer." in page.inner_text("#signals")
        page.select_option(f"#opmerking-{IDS[0]}", "verwijderd")  # of what is withdrawn can be answered too
        # number 2 after number 3 is a replay, or came too late
        assert "later" in open_batch(page, sender.sealed_with(sequence=2, batch_id="L-00000000000000ad"))
        book = saved(page, "save-book")
    with opened_page(browser) as page:
        use_key(page, sender.identity)
        assert "Geopende leveringen: 2" in choose(page, "book-file", book, "sender-told")
        # opened before: it is shown again, but for the signal that was withdrawn, and nothing of it is saved
        assert "In orde" in open_batch(page, sender.sealed)
        assert "al eerder, op 25 november 2026" in page.inner_text("#remarks")
        assert "Kadebar" not in page.inner_text(f"article:has(#h-{IDS[0]})")
        assert "Niet gebruiken" in page.inner_text(f"article:has(#h-{IDS[0]})")
        assert "Kadebar" in page.inner_text(f"article:has(#h-{IDS[1]})")
        assert page.locator("#save-all").is_hidden()
        assert "In orde" in open_batch(page, sender.sealed_with(files=restored, **back))
        assert "Kadebar" in page.inner_text(f"article:has(#h-{IDS[0]})")
        page.clock.set_fixed_time(NOW + dt.timedelta(days=800))
        assert "In orde" in open_batch(page, sender.sealed), "what was opened in time can be answered later"
        assert "bewaartermijn" in page.inner_text(f"article:has(#h-{IDS[1]})")
        # new keys of the municipality keep what the book remembers
        trust(page, sender.signer)
        assert len(json.loads(saved(page, "save-book"))["leveringen"]) == 3


def test_the_page_makes_a_key_forgets_all_and_is_used_by_keyboard_in_the_dark(browser: Browser, sender: Post) -> None:
    with opened_page(browser, color_scheme="dark", forced_colors="active") as page:
        page.click("text=Ik heb nog geen sleutel")
        secret = saved(page, "key-make").decode().splitlines()
        assert verify_batch.recipient_of(secret[-1]) == secret[1].removeprefix("# public key: ")
        assert axe_violations(page) == []
    with opened_page(browser, color_scheme="dark") as page:
        page.click("text=Of plak de sleutel")
        page.fill("#key-text", str(sender.identity))
        page.press("#key-text", "Tab")
        page.keyboard.press("Enter")
        page.locator("#key-told .good").wait_for()
        assert page.input_value("#key-text") == ""
        assert axe_violations(page) == []
        trust(page, sender.signer)
        page.set_input_files("#batch-file", given_file("levering.age", sender.sealed))
        page.focus("#open")
        page.keyboard.press("Enter")
        page.locator("#open-told .good").wait_for()
        assert axe_violations(page) == []
        page.on("dialog", lambda dialog: dialog.accept())  # the book was not saved
        with page.expect_navigation():
            page.click("#forget")
        assert str(sender.identity) not in page.content()
        assert page.locator("#signals article").count() == 0
        assert "stap 1" in open_batch(page, sender.sealed)


KINDS = [code for code, kind in partner_kinds().items() if HandOverForm.BATCH in kind.forms]


def with_birth_date(signal: Signal) -> Signal:
    """The signal with the full date of birth of its first person, as a partner who works on subjects gets it."""
    content = signal.model_dump(mode="json", exclude_none=True)
    person = content["personen"][0]
    person.pop("geboortejaar", None)
    person["geboortedatum"] = {"waarde": "1971-05-03", "motivering": "Anders is deze bestuurder niet te vinden."}
    return Signal.model_validate(content)


def test_each_kind_of_partner_opens_answers_in_its_own_words_and_is_called_back(
    browser: Browser, sender: Post, tmp_path: Path
) -> None:
    assert {"riec", "politie", "arbeidsinspectie"} <= set(KINDS)
    (tmp_path / "key").write_text(f"{sender.identity}\n", encoding="ascii")
    with ready_page(browser, sender) as page:
        for number, code in enumerate(KINDS):
            words = tuple(map(str, partner_kinds()[code].feedback))
            changed = {
                "batch_id": f"L-{number:016x}",
                "sequence": 2 * number + 1,
                "recipient": replace(sender.meta.recipient, kind=code),
            }
            meta = replace(sender.meta, **changed)
            files = make_batch([with_birth_date(example.signal(1, version=number + 1))], meta)
            sealed = sender.sealed_with(files=files, **changed)
            assert "In orde" in open_batch(page, sealed)
            assert "Kadebar" in page.inner_text(f"article:has(#h-{IDS[0]})")
            # a full date of birth is for looking somebody up, and never on paper
            born = page.get_by_text("3 mei 1971")
            assert born.is_visible()
            page.emulate_media(media="print")
            assert born.is_hidden()
            assert page.get_by_text("Kadebar").first.is_visible()
            page.emulate_media(media="screen")
            options = page.locator(f"#uitkomst-{IDS[0]} option").evaluate_all("all => all.map(one => one.value)")
            assert options == ["nog niet", *words]
            page.select_option(f"#uitkomst-{IDS[0]}", words[-1])
            feedback = read_feedback(
                saved(page, "save-answer"),
                ANSWER_IDENTITY,
                received={(meta.batch_id, IDS[0]): words},
                manifests={meta.batch_id: verify_batch.fingerprint(manifest(files, meta))},
                today=NOW.date(),
            )
            assert [row.outcome for row in feedback.rows] == [words[-1]]
            done = subprocess.run(
                ["age", "-d", "-i", str(tmp_path / "key")], input=sealed, capture_output=True, check=True
            )
            assert files.items() <= verify_batch.unpacked(done.stdout).items()
            back = changed | {"batch_id": f"L-{number:015x}f", "sequence": 2 * number + 2, "kind": BatchKind.WITHDRAWAL}
            notice = withdrawal(
                IDS[0],
                version=number + 1,
                batches=[meta.batch_id],
                reason=NoticeReason.BRON_INGETROKKEN,
                on="2026-11-25",
            )
            called = make_batch([], replace(sender.meta, **back), notices=[notice])
            assert "In orde" in open_batch(page, sender.sealed_with(files=called, **back))
            assert "In orde" in open_batch(page, sealed)
            assert "Niet gebruiken" in page.inner_text(f"article:has(#h-{IDS[0]})")
