"""A recipient's key is proposed by one person and approved by another, each in a session of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from typer.testing import CliRunner

from flows.cli import app
from screening.base.vocabulary import Role
from screening.partners.desk.recipients import active_key, recipient_keys
from screening.review.views.partners import signing_keys
from screening.store import Workspace
from screening.store.access.accounts import disable, enable
from tests.mandates import bare_configuration
from tests.partners.desk.disclosed import AGE_KEY, RIEC, policy
from tests.partners.signing import Signer
from tests.review.conftest import ISSUER, Client, Review, review_on
from tests.review.pages.officers import words

GIVEN = {"ontvanger": RIEC, "soort": "age", "sleutel": AGE_KEY, "reden": "Nieuw convenant"}


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with review_on(Workspace(tmp_path / "var"), export=policy()) as made:
        yield made


def key_confirmed(review: Review, who: Client, signer: Signer) -> None:
    """A person registers the public key of their own, and a lead confirms it."""
    assert who.send_form("/mijn-account/sleutel", {"sleutel": signer.public}).status_code == 303
    lead = review.client(Role.LEAD)
    for key in [line for line in _fingerprints(lead)]:
        lead.send_form(f"/sleutels/{key}/bevestigen")


def _fingerprints(lead: Client) -> list[str]:
    from screening.store.access.personal_keys import personal_keys

    return [key.fingerprint for key in personal_keys(lead.review.store) if key.confirmed_by is None]


def test_one_proposes_another_approves_and_anyone_retires(review: Review) -> None:
    piet, kaat = review.client(Role.OFFICER, account="piet"), review.client(Role.LEAD, account="kaat")
    assert piet.send_form("/ontvangers", GIVEN).status_code == 303
    [key] = recipient_keys(review.store)
    path = f"/ontvangers/{key.fingerprint}"
    shown = words(kaat.get("/ontvangers").text)
    assert " ".join(key.fingerprint[n : n + 4] for n in range(0, 64, 4)) in shown
    assert "Een collega geeft akkoord" in words(piet.get("/ontvangers").text)
    said = {"reden": "Gebeld en vergeleken", "vergeleken": "ja"}
    # neither in this session nor in another one of the same person
    for client in (piet, review.client(Role.LEAD, account="piet")):
        client.send_form(f"{path}/akkoord", said)
        assert active_key(review.store, RIEC) is None
    kaat.send_form(f"{path}/akkoord", said | {"vergeleken": ""})
    assert active_key(review.store, RIEC) is None
    assert kaat.send_form(f"{path}/akkoord", said).status_code == 303
    assert (active_key(review.store, RIEC).approved_by, active_key(review.store, RIEC).key) == ("kaat", AGE_KEY)
    assert "Deze sleutel is al bekend" in words(piet.send_form("/ontvangers", GIVEN).text)
    piet.send_form(f"{path}/intrekken", {"reden": ""})
    assert active_key(review.store, RIEC) is not None
    piet.send_form(f"{path}/intrekken", {"reden": "Kwijt"})
    assert active_key(review.store, RIEC) is None
    acts = [(one.entry.actor, one.entry.result) for one in review.ledger.entries(object=f"recipient:{RIEC}")]
    assert acts == [("piet", "done"), ("piet", "refused"), ("piet", "refused"), ("kaat", "done"), ("piet", "done")]


@pytest.mark.parametrize("act", ["", "/akkoord", "/intrekken"])
def test_without_a_fresh_sign_in_nothing_of_it_happens(review: Review, act: str) -> None:
    piet = review.client(Role.OFFICER, account="piet")
    piet.send_form("/ontvangers", GIVEN)
    [key] = recipient_keys(review.store)
    other = review.client(Role.LEAD)
    review.clock.forward(minutes=6)
    path = f"/ontvangers/{key.fingerprint}{act}" if act else "/ontvangers"
    said = {"reden": "x", "vergeleken": "ja"} if act else GIVEN | {"ontvanger": "riec-west"}
    assert other.send_form(path, said).status_code == 403
    assert [(key.recipient, key.state) for key in recipient_keys(review.store)] == [(RIEC, "proposed")]


@pytest.mark.parametrize("kind", ["age", "openpgp"])
def test_a_private_key_is_refused_and_nothing_of_it_is_kept_or_shown(review: Review, kind: str) -> None:
    secret = str(pyrage.x25519.Identity.generate())
    text = {"age": f"# mijn sleutel\n{secret}", "openpgp": f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n{secret}"}[kind]
    piet = review.client(Role.OFFICER)
    answer = piet.send_form("/ontvangers", GIVEN | {"soort": kind, "sleutel": text})
    assert answer.status_code == 422
    assert "Dit is een geheime sleutel" in words(answer.text)
    assert secret not in answer.text
    assert recipient_keys(review.store) == []
    for file in review.workspace.path.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"ontvanger": "RIEC Oost"}, "kleine letters"),
        ({"sleutel": "age1"}, "geen openbare sleutel"),
        ({"soort": "openpgp", "sleutel": AGE_KEY}, "geen openbare sleutel"),
        ({"reden": " "}, "Schrijf waarom"),
    ],
)
def test_what_is_incomplete_is_told_at_its_field(review: Review, changed: dict[str, str], says: str) -> None:
    answer = review.client(Role.OFFICER).send_form("/ontvangers", GIVEN | changed)
    assert answer.status_code == 422
    assert says in words(answer.text)
    assert recipient_keys(review.store) == []


def test_who_is_no_officer_or_lead_has_no_such_page(review: Review) -> None:
    for role in (Role.ANALYST, Role.AUDITOR, Role.ADMIN):
        assert review.client(role).get("/ontvangers").status_code == 403
        assert review.client(role).send_form("/ontvangers", GIVEN).status_code == 403


def test_receivers_get_the_confirmed_keys_without_a_name(review: Review, tmp_path: Path) -> None:
    piet, signer = review.client(Role.OFFICER, account="piet"), Signer(tmp_path / "piet", "piet")
    assert "Nog niemand heeft een bevestigde sleutel" in words(piet.get("/ontvangers").text)
    key_confirmed(review, piet, signer)
    file = piet.get("/ontvangers/allowed_signers")
    assert file.text == signer.allowed.read_text()
    assert "piet" not in file.text


def test_receivers_get_no_key_of_who_left_or_of_another_provider(review: Review, tmp_path: Path) -> None:
    """Whoever starts the review beside a provider of their own can confirm keys there, and none of them leaves."""
    piet = review.client(Role.OFFICER, account="piet")
    key_confirmed(review, piet, Signer(tmp_path / "piet", "piet"))
    assert signing_keys(review.store, ISSUER)
    assert signing_keys(review.store, "https://elsewhere.example") == []
    disable(review.store, "piet", by="ivo", now=review.clock.now)
    assert review.client(Role.OFFICER).get("/ontvangers/allowed_signers").text == ""
    enable(review.store, "piet")
    assert review.client(Role.OFFICER).get("/ontvangers/allowed_signers").text


def test_no_command_pins_a_key_or_sends_a_batch_from_a_shell(tmp_path: Path) -> None:
    """Finding 3: one shell user of a real municipality proposed and approved a key of their own under two names."""
    config = bare_configuration(tmp_path)
    key = tmp_path / "riec.pub"
    key.write_text(AGE_KEY)
    names = ["--by", "niemand-een", "--reason", "x", "--config", str(config)]
    for attempt in (
        ["recipient", "propose", "riec-evil", "--key", str(key), *names],
        ["recipient", "approve", "ab" * 32, *names],
        ["riec", "--recipient", "riec-evil", "--by", "niemand-twee", "--config", str(config)],
        ["prepare", "--by", "niemand-een", "--config", str(config)],
    ):
        answer = CliRunner().invoke(app, ["export", *attempt])
        assert answer.exit_code == 2, attempt
        assert "No such" in answer.output
    assert not (tmp_path / "var").exists()
