"""A batch over the pages: prepared, signed with ssh-keygen, approved by another person, opened by the receiver."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest

from screening.base.vocabulary import NoticeReason, Role
from screening.partners.desk.disclosures import batches, call_back, disclosures
from screening.partners.desk.drafts import batch_drafts
from screening.partners.desk.recipients import approve_key, propose_key, recipient_keys, retire_key
from screening.partners.desk.signal_versions import signals
from screening.partners.receiver import verify_batch
from screening.store import Store, Workspace, open_store
from screening.store.access.accounts import disable
from screening.store.access.personal_keys import personal_keys
from screening.store.schema.cases import review_case
from tests.assurance.canaries import HARMLESS, KINDS, Canaries, stored
from tests.partners.desk.disclosed import NOW, RIEC, approved, confirmed_town, copied_town, policy
from tests.partners.signing import Signer
from tests.review.conftest import Client, Review, axe_violations, looking, overflows, review_on, serving
from tests.review.pages.officers import words
from tests.review.pages.test_partner_recipients import key_confirmed

LIST = "/riec-leveringen"


@dataclass
class Office:
    """A municipality with two officers who have keys of their own, a receiver, and what each has."""

    review: Review
    folder: Path
    cases: dict[int, str]
    signers: dict[str, Signer]

    def client(self, account: str, *roles: Role) -> Client:
        return self.review.client(*(roles or (Role.OFFICER,)), account=account)

    def draft(self, kind: str = "signals", *, sensitive: bool = False):
        drafts = batch_drafts(self.review.store, is_open=True)
        return next(draft for draft in drafts if (draft.kind, draft.sensitive) == (kind, sensitive))

    def signature(self, who: Client, name: str, batch_id: str) -> str:
        """What a person makes of the statement that they downloaded."""
        statement = who.get(f"{LIST}/{batch_id}/manifest")
        assert statement.status_code == 200
        return self.signers[name].sign(statement.content).decode()

    def sign(self, name: str, batch_id: str, *roles: Role) -> None:
        who = self.client(name, *roles)
        text = self.signature(who, name, batch_id)
        assert who.send_form(f"{LIST}/{batch_id}/handtekening", {"handtekening": text}).status_code == 303

    def approve(self, name: str, batch_id: str, *roles: Role):
        [draft] = batch_drafts(self.review.store, batch_id=batch_id)
        said = {"gezien": "ja", "inhoud": draft.manifest_sha256}
        return self.client(name, *roles).send_form(f"{LIST}/{batch_id}/akkoord", said)

    def send(self, kind: str = "signals", *, signer: str = "lea") -> str:
        """Prepare, sign and approve the batch of this kind; its id."""
        self.client(signer).send_form(LIST, {"ontvanger": RIEC})
        batch_id = self.draft(kind).batch_id
        self.sign(signer, batch_id)
        assert self.approve("wim", batch_id).status_code == 303
        return batch_id

    def accepted(self, batch_id: str, into: str) -> dict:
        """What the receiver's script makes of the file that the page gives."""
        file = self.folder / f"{batch_id}.age"
        file.write_bytes(self.client("wim").get(f"{LIST}/{batch_id}/bestand").content)
        signers = self.folder / "allowed_signers"
        signers.write_text(self.client("wim").get("/ontvangers/allowed_signers").text)
        return verify_batch.accept(
            file,
            identity=self.folder / "riec.key",
            signers=signers,
            state=self.folder / "received.json",
            into=self.folder / into,
            now=self.review.clock.now,
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, str]]:
    workspace = Workspace(tmp_path_factory.mktemp("batches") / "var")
    with open_store(workspace) as store:
        return workspace.path, confirmed_town(store, workspace, (1, 2, 3, 4), sensitive=(2,))


def receiver_key(review: Review, folder: Path) -> None:
    """The receiver makes a key, and two people pin it instead of the one that the town has."""
    identity = pyrage.x25519.Identity.generate()
    (folder / "riec.key").write_text(f"{identity}\n")
    for key in recipient_keys(review.store):
        retire_key(review.store, key.fingerprint, by="piet", reason="Nieuw", now=NOW)
    key = propose_key(review.store, RIEC, str(identity.to_public()), by="piet", reason="Nieuw", now=NOW)
    approve_key(review.store, key.fingerprint, by="kaat", reason="Gebeld", now=NOW)


@pytest.fixture
def office(made: tuple[Path, dict[int, str]], tmp_path: Path) -> Iterator[Office]:
    with copied_town(made[0], tmp_path / "var"):
        pass
    with review_on(Workspace(tmp_path / "var"), export=policy(out=tmp_path / "uit")) as review:
        review.clock.now = NOW
        receiver_key(review, tmp_path)
        signers = {name: Signer(tmp_path / name, name) for name in ("lea", "piet")}
        for name, signer in signers.items():
            key_confirmed(review, review.client(Role.OFFICER, account=name), signer)
        yield Office(review, tmp_path, made[1], signers)


@contextmanager
def another_case(store: Store, case_id: str) -> Iterator[None]:
    """For a while, a later case of the same address that nobody judged."""
    changed = {"case_id": secrets.token_hex(8), "state": "open", "outcome": None, "concluded_on": None}
    with store.engine.begin() as connection:
        case = connection.execute(review_case.select().where(review_case.c.case_id == case_id)).one()
        connection.execute(review_case.insert(), {**case._mapping, **changed})
    yield
    ended = {"state": "withdrawn", "concluded_on": case.concluded_on}
    with store.engine.begin() as connection:
        connection.execute(review_case.update().where(review_case.c.case_id == changed["case_id"]).values(**ended))


@pytest.mark.goal("S10", reached="signed by a person's own key, approved by another, opened by ssh-keygen and age")
def test_a_batch_is_signed_by_one_approved_by_another_and_opened_by_the_receiver(office: Office) -> None:
    signal = approved(office.review.store, office.cases[1])
    lea, wim = office.client("lea"), office.client("wim")
    assert f'href="/riec/{signal.case_id}"' in lea.get(LIST).text
    with another_case(office.review.store, signal.case_id):  # it waits for lea, so its address tells lea nothing
        assert f"/riec/{signal.case_id}" not in lea.get(LIST).text
        assert f"/riec/{signal.case_id}" in office.client("lena", Role.LEAD).get(LIST).text
    assert lea.send_form(LIST, {"ontvanger": RIEC}).status_code == 303
    draft = office.draft()
    path = f"{LIST}/{draft.batch_id}"
    with another_case(office.review.store, signal.case_id):
        assert lea.get(path).status_code == 404
    shown = words(lea.get(path).text)
    assert f"{RIEC} krijgt nieuwe signalen. Aantal: 1." in shown
    assert " ".join(draft.manifest_sha256[n : n + 4] for n in range(0, 64, 4)) in shown
    assert not (office.folder / "uit").exists() or list((office.folder / "uit").iterdir()) == []
    # the statement is what is signed, byte for byte; nothing leaves before the second person
    office.sign("lea", draft.batch_id)
    assert batches(office.review.store) == []
    assert office.approve("lea", draft.batch_id).status_code == 303  # told on the page that a colleague does it
    assert batches(office.review.store) == []
    assert office.approve("wim", draft.batch_id).status_code == 303
    [batch] = batches(office.review.store)
    assert (batch.made_by, batch.is_placed, batch.file.parent) == ("lea", True, office.folder / "uit")
    answer = office.accepted(draft.batch_id, "ontvangen")
    assert (answer["accepted"], answer["sequence"], answer["missing_sequences"]) == (True, 1, [])
    with pytest.raises(verify_batch.BatchError, match="accepted before"):
        office.accepted(draft.batch_id, "nogmaals")
    # and the tools alone agree: what the receiver unpacked was signed by a key on the list
    into = office.folder / "ontvangen"
    verified = subprocess.run(
        [
            "ssh-keygen",
            "-Y",
            "verify",
            "-n",
            "barrier",
            "-f",
            office.folder / "allowed_signers",
            "-I",
            "gemeente-9999",
            "-s",
            into / "manifest.json.sig",
        ],
        input=(into / "manifest.json").read_bytes(),
        capture_output=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr
    [line] = disclosures(office.review.store)
    assert (line.exported_by, line.prepared_by, line.approved_by) == ("lea", "piet", "kaat")
    assert signal.signal_id in words(wim.get(path).text)
    with another_case(office.review.store, signal.case_id):
        assert signal.signal_id not in words(lea.get(path).text)
    acts = {
        (one.entry.action, one.entry.actor, one.entry.result)
        for one in office.review.ledger.entries(object=f"batch:{draft.batch_id.removeprefix('L-')}")
    }
    assert {("export_approval", "lea", "done"), ("export", "wim", "done"), ("export", "lea", "refused")} <= acts
    lines = [line for line in office.review.ledger.logboek.lines() if line["name"] == "export"]
    assert lines
    # no private key of a person is on the server
    for file in office.review.workspace.path.rglob("*"):
        assert not file.is_file() or b"PRIVATE KEY" not in file.read_bytes()


def test_an_answer_is_taken_in_and_is_for_who_prepared_and_who_approved(office: Office) -> None:
    signal = approved(office.review.store, office.cases[1])
    batch_id = office.send()
    path = f"{LIST}/{batch_id}"
    [draft] = batch_drafts(office.review.store, batch_id=batch_id)
    canaries = Canaries()
    written = canaries.text("answer", "toelichting", "harmless", HARMLESS)

    def handed_in(account: str, content: bytes) -> str:
        client = office.client(account)
        file = {"antwoord": ("antwoord.age", content, "application/octet-stream")}
        assert client.send_form(f"{path}/antwoord", files=file).status_code == 303
        return words(client.get(path).text)

    def answer_of(text: str, **changed: object) -> bytes:
        content = {
            "formaat": "barrier-antwoord/1",
            "levering_id": batch_id,
            "manifest_sha256": draft.manifest_sha256,
            "op": NOW.date().isoformat(),
            "antwoorden": [
                {"signaal_id": signal.signal_id, "uitkomst": "casus", "opmerking": "geen", "toelichting": text}
            ],
        }
        key = pyrage.x25519.Recipient.from_str(policy().answers_to)
        return pyrage.encrypt(json.dumps(content | changed).encode(), [key], armored=True)

    # nothing chosen, another batch, a number in the text
    assert "Dit antwoord kan niet worden geopend" in handed_in("lea", b"")
    assert "hoort bij een andere levering" in handed_in("lea", answer_of(written, manifest_sha256="ab" * 32))
    for kind in KINDS:
        shown = handed_in("lea", answer_of(canaries.text("answer", "toelichting", kind)))
        assert "Een toelichting is niet bewaard" in shown
        assert "casus geworden" not in shown
    # who hands it in did not prepare or approve the signal, and reads that there is an answer
    shown = handed_in("lea", answer_of(written))
    assert "Ingelezen" in shown
    assert "was al ingelezen" in handed_in("wim", answer_of(written))
    kept = {whose[2] for texts in stored(office.review).values() for whose in canaries.met_in(texts)}
    assert kept == {"harmless"}
    _only_its_two_people_read(office, signal.case_id, path, written)
    acts = {
        (act.entry.action, act.entry.actor, act.entry.result)
        for act in office.review.ledger.entries(object=f"batch:{batch_id.removeprefix('L-')}")
    }
    assert ("feedback", "lea", "done") in acts
    logged = str([act.entry for act in office.review.ledger.entries()])
    assert written not in logged
    assert "casus" not in logged
    assert office.client("lea").send_form(f"{LIST}/L-0000000000000000/antwoord").status_code == 404


def _only_its_two_people_read(office: Office, case_id: str, batch: str, written: str) -> None:
    """Who reads the answer of a receiver: on which page its words stand, by person; its text is on one page alone."""
    officer, sensitive = {Role.OFFICER}, {Role.OFFICER, Role.SENSITIVE_REVIEWER}
    readers = {"piet": officer, "kaat": officer}
    others = {
        "lea": officer,
        "wim": officer,
        "anna": officer,
        "bram": officer,
        "sara": sensitive,
        "lena": {Role.LEAD},
        "ad": {Role.AUDITOR},
        "an": {Role.ANALYST},
        "ivo": {Role.ADMIN},
    }
    says_word = {batch, f"/riec/{case_id}", "/riec"}
    dossier = {f"/zaken/{case_id}", f"/zaken/{case_id}/afdruk"}
    pages = [
        *says_word,
        *dossier,
        LIST,
        f"/zaken/{case_id}/vervolg",
        "/na-het-oordeel",
        "/",
        f"{batch}/bestand",
        "/logboek",
    ]
    sought = {"postcode": "1201 AB", "huisnummer": "1", "doel": "P-VERG"}
    for account, roles in (readers | others).items():
        client = office.client(account, *roles)
        client.state_purpose(case_id)
        for page in pages:
            answer = client.get(page)
            shown = answer.text
            assert answer.status_code < 500, page
            assert answer.status_code == 200 or page not in dossier or account not in {"anna", "bram"}, page
            assert ("casus geworden" in words(shown)) == (account in readers and page in says_word), (account, page)
            assert (written in words(shown)) == (account in readers and page == batch), (account, page)
            if Role.OFFICER in roles and account not in readers and page in says_word:
                assert "Wie het signaal voorbereidde of goedkeurde, leest het antwoord" in words(shown), account
        hits = words(client.send_form("/zoeken", sought).text)
        assert "casus geworden" not in hits
        assert written not in hits


def test_only_the_persons_own_key_over_this_very_batch_counts(office: Office) -> None:
    approved(office.review.store, office.cases[1])
    lea = office.client("lea")
    lea.send_form(LIST, {"ontvanger": RIEC})
    draft = office.draft()
    path = f"{LIST}/{draft.batch_id}/handtekening"
    statement = draft.manifest.encode()
    for wrong in (
        "",
        "geen handtekening",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        office.signers["piet"].sign(statement).decode(),
        office.signers["lea"].sign(statement + b" ").decode(),
        office.signers["lea"].sign(statement, namespace="file").decode(),
    ):
        assert lea.send_form(path, {"handtekening": wrong}).status_code == 303
        assert office.draft().signed_by is None
    # who prepared or approved a signal does not sign, nor does somebody without a key
    piet = office.client("piet")
    piet.send_form(path, {"handtekening": office.signers["piet"].sign(statement).decode()})
    assert "Wie een signaal voorbereidde" in words(piet.get(f"{LIST}/{draft.batch_id}").text)
    office.client("wim").send_form(path, {"handtekening": office.signers["lea"].sign(statement).decode()})
    assert office.draft().signed_by is None
    # nor does the right signature in a session that is not fresh
    text = office.signature(lea, "lea", draft.batch_id)
    office.review.clock.forward(minutes=6)
    assert lea.send_form(path, {"handtekening": text}).status_code == 403
    assert office.draft().signed_by is None
    office.sign("lea", draft.batch_id)
    assert office.draft().signed_by == "lea"


@pytest.mark.parametrize("gone", ["key", "account"])
def test_a_key_or_an_account_that_went_after_the_signature_sends_nothing(office: Office, gone: str) -> None:
    approved(office.review.store, office.cases[1])
    lea = office.client("lea")
    lea.send_form(LIST, {"ontvanger": RIEC})
    batch_id = office.draft().batch_id
    office.sign("lea", batch_id)
    key = next(key for key in personal_keys(office.review.store) if key.account == "lea")
    if gone == "key":
        assert lea.send_form(f"/mijn-account/sleutel/{key.fingerprint}/intrekken").status_code == 303
    else:
        disable(office.review.store, "lea", by="ivo", now=office.review.clock.now)
    office.approve("wim", batch_id)
    assert batches(office.review.store) == []


def test_a_sensitive_batch_leaves_no_trace_for_who_may_not_see_it(office: Office) -> None:
    store, both = office.review.store, (Role.OFFICER, Role.SENSITIVE_REVIEWER)
    wim = office.client("wim")
    before = wim.get(LIST).text
    signal = approved(store, office.cases[2], 2, code="SEX-01")
    assert without_tokens(wim.get(LIST).text) == without_tokens(before)
    # who may not see it prepares nothing of it
    wim.send_form(LIST, {"ontvanger": RIEC})
    wim.get(LIST)  # takes the message that nothing is to be prepared
    assert batch_drafts(store) == []
    office.client("lea", *both).send_form(LIST, {"ontvanger": RIEC})
    batch_id = office.draft(sensitive=True).batch_id
    assert without_tokens(wim.get(LIST).text) == without_tokens(before)
    for path in ("", "/manifest", "/bestand"):
        answer, absent = wim.get(f"{LIST}/{batch_id}{path}"), wim.get(f"{LIST}/L-0000000000000000{path}")
        assert (answer.status_code, len(answer.content)) == (404, len(absent.content))
    for path in ("/handtekening", "/akkoord", "/weg", "/opnieuw"):
        assert wim.send_form(f"{LIST}/{batch_id}{path}", {"waarom": "lost"}).status_code == 404
    office.sign("lea", batch_id, *both)
    assert office.approve("wim", batch_id).status_code == 404
    assert office.approve("wil", batch_id, *both).status_code == 303
    assert [line.signal_id for line in disclosures(store)] == [signal.signal_id]
    assert without_tokens(wim.get(LIST).text) == without_tokens(before)
    assert wim.get(f"{LIST}/{batch_id}").status_code == 404
    # the next ordinary batch is number one all the same
    approved(store, office.cases[1])
    assert office.accepted(office.send(), "gewoon")["sequence"] == 1


def test_of_a_batch_with_a_hidden_signal_a_viewer_sees_that_there_is_one_and_no_more(office: Office) -> None:
    store = office.review.store
    signal, hidden = (approved(store, office.cases[n], n) for n in (1, 3))
    wim, lena = office.client("wim", Role.OFFICER, Role.LEAD), office.client("lena", Role.LEAD)
    with another_case(store, hidden.case_id):
        assert wim.send_form(LIST, {"ontvanger": RIEC}).status_code == 303
        batch_id, page = office.draft().batch_id, wim.get(LIST).text
        assert words(page).count("Er is een levering klaargemaakt die een ander ondertekent.") == 2  # told, and listed
        # it is prepared, so it does not wait for that any more; and no start page counts what its list does not show
        assert f"/riec/{signal.case_id}" not in page
        assert batch_id not in page
        assert [f'href="{LIST}"><strong>' in who.get("/goedkeuren").text for who in (wim, lena)] == [False, True]
    office.sign("lea", batch_id)
    approved(store, office.cases[4], 4)
    lea = office.client("lea")
    lea.send_form(LIST, {"ontvanger": RIEC})
    [later] = [draft.batch_id for draft in batch_drafts(store, is_open=True) if draft.batch_id != batch_id]
    office.sign("lea", later)
    with another_case(store, hidden.case_id):
        page = wim.get(f"{LIST}/{later}").text
        assert "Eerst gaat een andere levering" in words(page)
        assert batch_id not in page
    assert f'href="{LIST}/{batch_id}"' in wim.get(f"{LIST}/{later}").text
    assert office.approve("kim", batch_id).status_code == 303
    with another_case(store, hidden.case_id):
        assert ["0 van 1" in words(who.get(LIST).text) for who in (wim, lena)] == [True, False]


def without_tokens(page: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


def test_a_withdrawal_goes_before_what_was_prepared_and_who_prepared_a_signal_may_sign_it(office: Office) -> None:
    store = office.review.store
    first = approved(store, office.cases[1])
    office.send()
    call_back(store, first.signal_id, reason=NoticeReason.BEZWAAR_GEGROND, by="anna", now=NOW)
    page = words(office.client("wim").get(LIST).text)
    assert "Intrekking Dringend" in page
    assert office.accepted(batches(store)[0].batch_id, "een")["accepted"]
    batch_id = office.send("withdrawal", signer="piet")
    answer = office.accepted(batch_id, "twee")
    assert (answer["kind"], answer["sequence"], answer["what_to_do"][0]["reden"]) == (
        "withdrawal",
        2,
        "bezwaar_gegrond",
    )
    assert signals(store, case_id=office.cases[1])[0].state == "withdrawn"


def test_a_batch_that_did_not_arrive_is_prepared_signed_and_approved_once_more(office: Office) -> None:
    approved(office.review.store, office.cases[1])
    first = office.send()
    lea = office.client("lea")
    lea.send_form(f"{LIST}/{first}/opnieuw", {"waarom": "zomaar"})
    lea.send_form(f"{LIST}/{first}/opnieuw", {"waarom": "expired"})  # it can still be opened
    assert batch_drafts(office.review.store, is_open=True) == []
    lea.send_form(f"{LIST}/{first}/opnieuw", {"waarom": "lost"})
    draft = office.draft()
    assert (draft.number, draft.repeat.batch_id) == (2, first)
    office.sign("lea", draft.batch_id)
    office.approve("wim", draft.batch_id)
    answer = office.accepted(draft.batch_id, "opnieuw")
    assert (answer["sequence"], answer["missing_sequences"]) == (2, [1])
    assert first in (office.folder / "opnieuw" / "README.txt").read_text()


def test_what_is_dropped_can_be_prepared_again_and_what_changed_does_not_leave(office: Office) -> None:
    signal = approved(office.review.store, office.cases[1])
    lea = office.client("lea")
    lea.send_form(LIST, {"ontvanger": RIEC})
    first = office.draft().batch_id
    lea.send_form(LIST, {"ontvanger": RIEC})
    assert office.draft().batch_id == first  # the same is not prepared anew
    lea.send_form(f"{LIST}/{first}/weg")
    assert batch_drafts(office.review.store, is_open=True) == []
    lea.send_form(LIST, {"ontvanger": RIEC})
    batch_id = office.draft().batch_id
    office.sign("lea", batch_id)
    lead = office.client("kees", Role.LEAD)
    lead.state_purpose(signal.case_id)
    assert lead.send_form(f"/riec/{signal.case_id}/terug", {"reden": "Toch niet."}).status_code == 303
    office.approve("wim", batch_id)
    assert batches(office.review.store) == []
    assert "mag zo niet meer weg" in words(office.client("wim").get(f"{LIST}/{batch_id}").text)


def test_only_what_the_signer_may_sign_is_prepared_on_request(office: Office) -> None:
    approved(office.review.store, office.cases[1])
    piet = office.client("piet")
    piet.send_form(LIST, {"ontvanger": RIEC, "mijn": "ja"})
    assert batch_drafts(office.review.store) == []
    piet.send_form(LIST, {"ontvanger": RIEC})
    assert len(office.draft().lines) == 1


def test_the_pages_are_accessible_and_fit_a_telephone(
    made: tuple[Path, dict[int, str]], tmp_path: Path, browser
) -> None:
    with copied_town(made[0], tmp_path / "var"):
        pass
    wrong = []
    with serving(Workspace(tmp_path / "var"), export=policy(out=tmp_path / "uit")) as served:
        review = served.review
        receiver_key(review, tmp_path)
        office = Office(review, tmp_path, made[1], {"lea": Signer(tmp_path / "lea", "lea")})
        key_confirmed(review, office.client("lea"), office.signers["lea"])
        approved(review.store, made[1][1])
        sent = office.send()
        approved(review.store, made[1][2], 2, code="SEX-01")
        both = (Role.OFFICER, Role.SENSITIVE_REVIEWER)
        office.client("lea", *both).send_form(LIST, {"ontvanger": RIEC})
        waits = office.draft(sensitive=True).batch_id
        paths = ["/ontvangers", LIST, f"{LIST}/{sent}", f"{LIST}/{waits}"]
        for name in ("wim", "lea"):
            with looking(browser, served, width=360) as page:
                page.context.add_cookies(served.cookies(*both, account=name))
                for path in paths:
                    page.goto(served.url + path)
                    wrong += [f"{path}: {fault}" for fault in axe_violations(page)]
                    wrong += [f"{path}: scrolls sideways"] * overflows(page)
            if name == "wim":  # what lea approved goes; then she sees it signed
                office.sign("lea", waits, *both)
    assert wrong == []


def test_a_manifest_says_what_the_page_says(office: Office) -> None:
    approved(office.review.store, office.cases[1])
    lea = office.client("lea")
    lea.send_form(LIST, {"ontvanger": RIEC})
    manifest = json.loads(lea.get(f"{LIST}/{office.draft().batch_id}/manifest").content)
    assert (manifest["kind"], manifest["sequence"], manifest["sender"]["code"]) == ("signals", 1, "9999")
    assert manifest["confidentiality"] == "vertrouwelijk"
