"""A person registers a public key of their own on their own page, and somebody else confirms it."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from screening.base.vocabulary import LedgerAction, Role
from screening.signing.public_keys import key_fingerprint, public_text, ssh_fingerprint, ssh_text
from screening.store.access.personal_keys import key_in_force, personal_keys
from tests.review.conftest import Review

KEY = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))
PRINT = key_fingerprint(KEY.public_key())


def test_a_key_is_registered_confirmed_by_another_and_withdrawn(bare_review: Review) -> None:
    anna = bare_review.client(Role.LEAD, account="a.jansen")
    assert "nog geen sleutel" in anna.get("/mijn-account").text
    done = anna.send_form("/mijn-account/sleutel", {"sleutel": ssh_text(KEY.public_key()) + " anna@werk"})
    assert done.headers["location"] == "/mijn-account"
    own = anna.get("/mijn-account").text
    assert ssh_fingerprint(KEY.public_key()) in own
    assert f"&#34;a.jansen&#34; = &#34;{public_text(KEY.public_key())}&#34;" in own
    assert "Wacht op bevestiging" in own
    assert "Een ander bevestigt uw sleutel" in anna.get("/sleutels").text
    assert anna.send_form(f"/sleutels/{PRINT}/bevestigen").status_code == 409  # four eyes
    again = bare_review.client(Role.LEAD, Role.ADMIN, account="a.jansen")  # the same person in another session
    assert again.send_form(f"/sleutels/{PRINT}/bevestigen").status_code == 409
    assert key_in_force(bare_review.store, "a.jansen") is None
    ivo = bare_review.client(Role.ADMIN, account="i.beheer")
    assert f"/sleutels/{PRINT}/bevestigen" in ivo.get("/sleutels").text
    assert ivo.send_form(f"/sleutels/{PRINT}/bevestigen").headers["location"] == "/sleutels"
    assert key_in_force(bare_review.store, "a.jansen")
    assert "Bevestigd door i.beheer" in anna.get("/mijn-account").text
    # another person has no key of this name to withdraw on their own page
    assert ivo.send_form(f"/mijn-account/sleutel/{PRINT}/intrekken").status_code == 404
    assert anna.send_form(f"/mijn-account/sleutel/{PRINT}/intrekken").headers["location"] == "/mijn-account"
    assert key_in_force(bare_review.store, "a.jansen") is None
    assert ivo.send_form(f"/sleutels/{PRINT}/intrekken").status_code == 409
    changes = bare_review.ledger.entries(action=LedgerAction.ACCOUNT_CHANGE)
    written = [entry for entry in changes if not entry.entry.object.startswith("account:")]  # they signed in
    assert {entry.entry.object for entry in written} == {f"key:{PRINT}"}
    assert {entry.entry.actor for entry in written if entry.entry.result == "done"} == {"a.jansen", "i.beheer"}


def test_a_private_key_is_refused_loudly_and_nothing_of_it_is_kept(bare_review: Review) -> None:
    anna = bare_review.client(Role.OFFICER)
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    secret = pem.splitlines()[1]
    for text in (pem, " ".join(pem.splitlines()), "niets"):
        refused = anna.send_form("/mijn-account/sleutel", {"sleutel": text})
        assert refused.status_code == 422
        assert ("Dit is een geheime sleutel" in refused.text) == (text != "niets")
        assert secret not in refused.text
    # nor is it shown again to whom it is sent too late: what was written is given back, and this is not
    bare_review.clock.forward(minutes=6)
    late = anna.send_form("/mijn-account/sleutel", {"sleutel": " ".join(pem.splitlines()), "reden": "mijn sleutel"})
    assert late.status_code == 403
    assert "mijn sleutel" in late.text
    assert secret not in late.text
    assert personal_keys(bare_review.store) == []
    for file in bare_review.workspace.path.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file.name


def test_a_key_has_one_person_and_every_act_asks_a_fresh_sign_in(bare_review: Review) -> None:
    anna, bram = (bare_review.client(Role.OFFICER, account=name) for name in ("anna", "bram"))
    anna.send_form("/mijn-account/sleutel", {"sleutel": public_text(KEY.public_key())})
    assert "al vastgelegd" in bram.send_form("/mijn-account/sleutel", {"sleutel": public_text(KEY.public_key())}).text
    ivo = bare_review.client(Role.ADMIN)
    bare_review.clock.forward(minutes=6)
    for client, path in (
        (anna, "/mijn-account/sleutel"),
        (anna, f"/mijn-account/sleutel/{PRINT}/intrekken"),
        (ivo, f"/sleutels/{PRINT}/bevestigen"),
        (ivo, f"/sleutels/{PRINT}/intrekken"),
    ):
        assert client.send_form(path).status_code == 403
    assert "/bevestigen" not in ivo.get("/sleutels").text
    assert "/aanmelden/opnieuw" in ivo.get("/sleutels").text
    ivo.sign_in_anew()
    assert "/bevestigen" in ivo.get("/sleutels").text
    assert ivo.send_form(f"/sleutels/{'0' * 64}/bevestigen").status_code == 404


def test_a_person_sees_their_sessions_and_ends_the_others(bare_review: Review) -> None:
    here, left_open = (bare_review.client(Role.OFFICER, account="c.open") for _ in range(2))
    of_another = bare_review.client(Role.OFFICER, account="d.ander")
    own = here.get("/mijn-account").text
    assert (own.count("Deze browser"), own.count("Een andere browser")) == (1, 1)
    assert here.send_form("/mijn-account/sessies/afmelden").headers["location"] == "/mijn-account"
    own = here.get("/mijn-account").text
    assert (own.count("Deze browser"), own.count("Een andere browser")) == (1, 0)
    assert "Meld de andere af" not in own
    assert left_open.get("/mijn-account").status_code == 303
    assert of_another.get("/mijn-account").status_code == 200
    entry = bare_review.ledger.entries(action=LedgerAction.SIGN_OUT, actor="c.open")[-1].entry
    assert entry.object == "account:c.open"
