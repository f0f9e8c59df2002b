"""Signing in at a real provider in a process of its own: who is let in, and what is not believed."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import LedgerAction, Role
from screening.review import oidc
from screening.review.csrf import token
from screening.store import Workspace
from screening.store.access import sessions
from screening.store.access.accounts import accounts, disable
from tests.conftest import ROOT
from tests.review.conftest import BASE, Client, Review, oidc_settings, own_port, review_on

SECRET = "Yq3-provider-gave-this-81"
FAULTS = [
    "nonce",
    "issuer",
    "audience",
    "azp",
    "expired",
    "no_end",
    "no_begin",
    "not_yet",
    "unsigned",
    "other_key",
    "shared_secret",
    "changed",
    "no_id_token",
    "subject",
    "odd_auth_time",
]
PEOPLE = [
    {"username": "A.Jansen", "name": "Anna Jansen", "sub": "s-1", "groups": ["bs-toezicht", "iedereen"]},
    {"username": "zonder.rol", "name": "Zonder Rol", "sub": "s-2", "groups": ["iedereen"]},
    {"username": "een.stap", "name": "Een Stap", "sub": "s-3", "groups": ["bs-toezicht"], "amr": ["pwd"]},
    {"username": "d.kaart", "name": "Dirk Kaart", "sub": "s-7", "groups": ["bs-toezicht"], "amr": [], "acr": "sc"},
    {"username": "e.zwak", "name": "Els Zwak", "sub": "s-8", "groups": ["bs-toezicht"], "amr": [], "acr": "1"},
    {"username": "balie", "name": "De Balie", "sub": "s-4", "groups": ["bs-toezicht"]},
    {"username": "c.beide", "name": "Co Beide", "sub": "s-6", "groups": ["bs-toezicht", "bs-controle"]},
    {"username": "m.twee", "name": "Mo Twee", "sub": "s-12", "groups": ["bs-toezicht", "bs-contact"]},
    {"username": "C.Naamgenoot", "name": "Anna Jansen", "sub": "s-9", "groups": ["bs-toezicht"]},
    {"username": "v.stil", "name": "Vera Stil", "sub": "s-10", "groups": ["bs-toezicht"], "faults": ["no_auth_time"]},
    {"username": "o.oud", "name": "Olga Oud", "sub": "s-11", "groups": ["bs-toezicht"], "faults": ["old_auth_time"]},
    {"username": "b.beheer", "name": "Bea Beheer", "sub": "s-5", "groups": ["bs-beheer"]},
    *(
        {"username": f"fout.{one}", "name": one, "sub": f"f-{one}", "groups": ["bs-toezicht"], "faults": [one]}
        for one in FAULTS
    ),
]


@dataclass
class Running:
    """The provider's process."""

    issuer: str
    file: Path

    def change(self, **values: object) -> None:
        self.file.write_text(json.dumps(json.loads(self.file.read_text()) | values))


@contextmanager
def answering(folder: Path, *tls: Path) -> Iterator[Running]:
    """A provider that answers; `tls`: its certificate, which it signed itself, and the key."""
    file = folder / "known.json"
    client = {
        "id": "toetsing",
        "secret": SECRET,
        "redirect_uris": [BASE + "/aanmelden/terug"],
        "after_sign_out": [BASE + "/afgemeld"],
    }
    file.write_text(json.dumps({"client": client, "people": PEOPLE}))
    with own_port() as held:
        issuer = f"http{'s' if tls else ''}://127.0.0.1:{held.getsockname()[1]}"
        command = [sys.executable, "-m", "tests.review.oidc_provider", str(held.fileno()), str(file), *map(str, tls)]
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[held.fileno()])
    trusted = ssl.create_default_context(cafile=str(tls[0])) if tls else True
    try:
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(issuer + "/jwks", trust_env=False, verify=trusted).raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None, "the provider ended at once"
                assert time.monotonic() < until, "the provider did not answer within 60 s"
                time.sleep(0.1)
        yield Running(issuer, file)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def provider(tmp_path_factory) -> Iterator[Running]:
    """A provider that answers."""
    with answering(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def review(provider: Running, tmp_path: Path) -> Iterator[Review]:
    """An application that trusts this provider, on the clock of the provider."""
    groups = {
        "bs-toezicht": Role.OFFICER,
        "bs-beheer": Role.ADMIN,
        "bs-controle": Role.AUDITOR,
        "bs-contact": Role.CONTACT_PERSON,
    }
    roles = {group: frozenset({role}) for group, role in groups.items()}
    trusted = oidc_settings(issuer=provider.issuer, client_secret=SECRET, role_map=roles)
    with review_on(Workspace(tmp_path / "oidc"), oidc=trusted) as made:
        made.clock.now = datetime.now(UTC)
        yield made


def csrf_of(client: Client, target: str = "/") -> str:
    """The token in the form of the sign-in page."""
    page = client.get("/aanmelden", params={"naar": target})
    field = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page.text)
    assert field
    return field.group(1)


def begin(client: Client, target: str = "/") -> str:
    """The address at the provider that the sign-in page sends to."""
    sent = client.post("/aanmelden", data={"csrf_token": csrf_of(client, target), "naar": target})
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


def choose(url: str, username: str, verify: ssl.SSLContext | bool = True) -> str:
    """What the provider's page sends the browser back to when this person signs in there."""
    with httpx.Client(trust_env=False, verify=verify) as browser:
        page = browser.get(url)
        assert page.status_code == 200, page.text
        fields = re.findall(r'name="([a-z_]+)" value="([^"]*)"', page.text)
        form = {key: unescape(value) for key, value in fields if key != "username"} | {"username": username}
        return browser.post(url.partition("?")[0], data=form).headers["location"]


def sign_in(client: Client, username: str, target: str = "/"):
    """The answer of our application after the way there and back."""
    back = choose(begin(client, target), username)
    return client.get(back.removeprefix(BASE))


def names(client: Client) -> set[str]:
    return {one.name for one in client.cookies.jar}


def test_a_person_signs_in_and_lands_where_they_were_going(review: Review) -> None:
    client = review.stranger()
    turned_away = client.get("/doel-van-de-dag?x=1")
    assert turned_away.status_code == 404  # what is not there asks nobody to sign in
    assert client.get("/").headers["location"] == "/aanmelden?naar=/"
    done = sign_in(client, "A.Jansen", "/direct-gevaar?x=1")
    assert (done.status_code, done.headers["location"]) == (303, "/direct-gevaar?x=1")
    cookie = done.headers["set-cookie"]
    for mark in ("__Host-barrier=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert mark in cookie
    assert "Domain" not in cookie
    page = client.get("/")
    assert page.status_code == 200
    assert "Anna Jansen" in page.text
    assert "toezichthouder" in page.text
    (person,) = accounts(review.store)
    assert (person.account, person.subject) == ("a.jansen", "s-1")
    (entry,) = review.ledger.entries(action=LedgerAction.SIGN_IN)
    assert entry.entry.actor == "a.jansen"


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that no public authority knows, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "eigen aanmelddienst")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "eigen-ca.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, secret


def test_a_provider_with_a_certificate_of_its_own_is_trusted_when_it_is_named(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with answering(tmp_path, certificate, key) as running:
        roles = {"bs-toezicht": frozenset({Role.OFFICER})}
        known = oidc_settings(issuer=running.issuer, client_secret=SECRET, role_map=roles)
        with review_on(Workspace(tmp_path / "unknown"), oidc=known) as review:
            page = review.stranger()
            sent = page.post("/aanmelden", data={"csrf_token": csrf_of(page), "naar": "/"})
            assert sent.status_code == 503  # nobody vouches for it
        with review_on(Workspace(tmp_path / "known"), oidc=replace(known, ca_file=certificate)) as review:
            review.clock.now = datetime.now(UTC)
            client = review.stranger()
            back = choose(begin(client), "A.Jansen", ssl.create_default_context(cafile=str(certificate)))
            assert client.get(back.removeprefix(BASE)).status_code == 303
            assert "Anna Jansen" in client.get("/").text
    with pytest.raises(ConfigurationError, match=r"review\.oidc\.ca_file: .*cannot be read"):
        replace(known, ca_file=running.file)  # no certificate
    with pytest.raises(ConfigurationError, match=r"review\.oidc\.ca_file"):
        replace(known, ca_file=tmp_path / "absent.pem")


def test_the_request_to_the_provider_has_pkce_state_and_nonce_and_a_new_one_each_time(review: Review) -> None:
    client = review.stranger()
    first, second = (parse_qs(urlsplit(begin(client)).query) for _ in range(2))
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


@pytest.mark.goal("S9", reached="every single fault of a token")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_token_with_one_thing_wrong_is_not_believed(review: Review, fault: str) -> None:
    client = review.stranger()
    answer = sign_in(client, f"fout.{fault}")
    assert answer.status_code == 403
    assert "__Host-barrier" not in names(client)
    assert accounts(review.store) == []
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    ("username", "why"),
    [
        ("zonder.rol", "geen rol"),
        ("een.stap", "tweede stap"),
        ("e.zwak", "tweede stap"),
        ("balie", "niet worden gebruikt"),
        ("c.beide", "toezichthouder, controleur."),
        ("m.twee", "contactpersoon mensenhandel, toezichthouder."),
        ("", "gestopt"),
    ],
    ids=[
        "no role",
        "no factor",
        "a level that is none",
        "a shared name",
        "auditor of own work",
        "officer and contact",
        "stopped there",
    ],
)
def test_a_person_who_may_not_come_in_is_told_why(review: Review, username: str, why: str) -> None:
    answer = sign_in(review.stranger(), username)
    assert answer.status_code == 403
    assert why in answer.text


def test_a_second_factor_may_be_told_as_a_level(review: Review) -> None:
    assert sign_in(review.stranger(), "d.kaart").status_code == 303


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://elsewhere.example"},
        {"authorization_endpoint": "https://elsewhere.example/authorize"},
        {"authorization_endpoint": None},
        {"token_endpoint": "https://elsewhere.example/token"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": "http://HERE/jwks"},  # the true keys, and a way on which they could be changed
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_provider_that_sends_to_somewhere_else_is_not_followed(review: Review, provider: Running, lie: dict) -> None:
    here = f"0.0.0.0:{urlsplit(provider.issuer).port}"  # this machine, by an address that is not its own alone
    provider.change(says={name: str(one).replace("HERE", here) if one else one for name, one in lie.items()})
    try:
        client = review.stranger()
        page = client.get("/aanmelden").text
        form = {"csrf_token": re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page).group(1), "naar": "/"}
        answer = client.post("/aanmelden", data=form)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith(f"{provider.issuer}/authorize?")
            answer = client.get(choose(answer.headers["location"], "A.Jansen").removeprefix(BASE))
        assert answer.status_code in {403, 503}
        assert "bruikbaar antwoord" in answer.text
        assert "__Host-barrier" not in names(client)
    finally:
        provider.change(says={})


def test_an_answer_counts_once_and_in_the_browser_that_asked(review: Review) -> None:
    client, other = review.stranger(), review.stranger()
    back = choose(begin(client), "A.Jansen").removeprefix(BASE)
    other.get("/aanmelden")
    assert other.get(back).status_code == 403  # a link with somebody's answer signs nobody else in
    assert client.get(back).status_code == 403  # and that try spent it
    back = choose(begin(client), "A.Jansen").removeprefix(BASE)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 403


def test_an_answer_that_comes_too_late_or_from_elsewhere_is_refused(review: Review) -> None:
    client = review.stranger()
    back = choose(begin(client), "A.Jansen").removeprefix(BASE)
    review.clock.forward(minutes=11)
    assert client.get(back).status_code == 403
    review.clock.forward(minutes=-11)
    back = choose(begin(client), "A.Jansen").removeprefix(BASE)
    assert client.get(re.sub(r"iss=[^&]*", "iss=https%3A%2F%2Felsewhere.example", back)).status_code == 403


@pytest.mark.goal("S9", reached="ids change")
def test_a_session_that_was_planted_before_is_dead_after_signing_in(review: Review) -> None:
    client = review.stranger()
    planted = "planted-by-somebody-else"
    client.cookies.set("__Host-barrier", planted)
    client.get("/aanmelden")
    visitor = next(one.value for one in client.cookies.jar if one.name == "__Host-barrier-visitor")
    done = sign_in(client, "A.Jansen")
    given = re.search(r"__Host-barrier=([^;]+)", done.headers["set-cookie"])
    assert given
    assert given.group(1) not in {planted, visitor}
    for dead in (planted, visitor):
        stale = review.stranger()
        stale.cookies.set("__Host-barrier", dead)
        assert stale.get("/").status_code == 303


def begin_anew(client: Client, target: str = "/hulp"):
    """The answer to the button of a form that asks to sign in anew."""
    field = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', client.get("/hulp").text)
    assert field
    return client.post("/aanmelden/opnieuw", data={"csrf_token": field.group(1), "naar": target})


def session_of(client: Client, review: Review) -> sessions.Session | None:
    return sessions.find_session(
        review.store, client.cookies["__Host-barrier"], now=review.clock.now, idle=timedelta(minutes=15)
    )


@pytest.mark.goal("S9", reached="a fresh sign-in with a second factor for acts of people")
def test_an_act_that_asks_it_sends_the_person_to_the_provider_once_more(review: Review) -> None:
    client = review.stranger()
    sign_in(client, "o.oud")  # of single sign-on: at work since this morning
    before = session_of(client, review)
    assert before
    assert not before.is_fresh(review.clock.now)
    sign_in(other := review.stranger(), "A.Jansen")
    began = session_of(other, review)
    assert began
    assert began.is_fresh(review.clock.now)
    review.clock.forward(minutes=6)
    assert not began.is_fresh(review.clock.now)
    review.clock.forward(minutes=-6)
    sent = begin_anew(other, "/hulp?x=1")
    assert sent.status_code == 303
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    back = other.get(choose(sent.headers["location"], "A.Jansen").removeprefix(BASE))
    assert back.headers["location"] == "/hulp?x=1"
    renewed = session_of(other, review)
    assert renewed
    assert renewed.key != began.key
    assert renewed.is_fresh(review.clock.now)
    assert [written.entry.actor for written in review.ledger.entries(action=LedgerAction.SIGN_IN)].count(
        "a.jansen"
    ) == 2


@pytest.mark.parametrize(
    ("first", "then", "why"),
    [
        ("A.Jansen", "d.kaart", "als iemand anders"),
        ("A.Jansen", "C.Naamgenoot", "als iemand anders"),
        ("v.stil", "v.stil", "zegt niet dat u zich zojuist"),
        ("o.oud", "o.oud", "zegt niet dat u zich zojuist"),
        ("A.Jansen", "een.stap", "tweede stap"),
        ("A.Jansen", "", "gestopt"),
    ],
    ids=["another person", "of the same name", "no time told", "a time of this morning", "no factor", "stopped there"],
)
def test_signing_in_anew_is_refused(review: Review, first: str, then: str, why: str) -> None:
    client = review.stranger()
    sign_in(client, first)
    before = session_of(client, review)
    assert before
    answer = client.get(choose(begin_anew(client).headers["location"], then).removeprefix(BASE))
    assert answer.status_code == 403
    assert why in answer.text
    assert session_of(client, review) == before  # as fresh as it was


def test_a_sign_in_anew_of_another_session_is_not_taken(review: Review) -> None:
    client, other = review.stranger(), review.stranger()
    sign_in(client, "A.Jansen")
    sent = begin_anew(client).headers["location"]
    sign_in(other, "A.Jansen")
    other.cookies.set("__Host-barrier-visitor", client.cookies["__Host-barrier-visitor"])
    assert other.get(choose(sent, "A.Jansen").removeprefix(BASE)).status_code == 403


def test_signing_in_again_ends_the_session_before(review: Review) -> None:
    client = review.stranger()
    first = re.search(r"__Host-barrier=([^;]+)", sign_in(client, "A.Jansen").headers["set-cookie"]).group(1)
    visitor = review.stranger()
    page = visitor.get("/aanmelden")
    assert page.status_code == 200
    back = choose(begin(visitor), "A.Jansen").removeprefix(BASE)
    visitor.cookies.set("__Host-barrier", first)
    assert visitor.get(back).status_code == 303
    assert sessions.find_session(review.store, first, now=review.clock.now, idle=review.settings.session.idle) is None


def test_signing_out_ends_the_session_here_and_at_the_provider(review: Review, provider: Running) -> None:
    client = review.stranger()
    given = re.search(r"__Host-barrier=([^;]+)", sign_in(client, "A.Jansen").headers["set-cookie"]).group(1)
    out = client.post("/afmelden", data={"csrf_token": token(given)})
    assert out.status_code == 303
    assert out.headers["location"].startswith(provider.issuer + "/logout?")
    there = httpx.get(out.headers["location"], trust_env=False)
    assert there.headers["location"] == BASE + "/afgemeld"
    assert "s-1" in httpx.get(provider.issuer + "/signed-out", trust_env=False).json()
    again = review.stranger()
    again.cookies.set("__Host-barrier", given)  # somebody kept the cookie
    assert again.get("/").status_code == 303
    assert [one.entry.actor for one in review.ledger.entries(action=LedgerAction.SIGN_OUT)] == ["a.jansen"]


def test_a_user_name_that_another_person_got_does_not_open_the_old_account(review: Review, provider: Running) -> None:
    assert sign_in(review.stranger(), "A.Jansen").status_code == 303
    successor = {"username": "A.Jansen", "name": "Arie Jansen", "sub": "s-99", "groups": ["bs-toezicht"]}
    provider.change(people=[successor])
    try:
        answer = sign_in(review.stranger(), "A.Jansen")
    finally:
        provider.change(people=PEOPLE)
    assert answer.status_code == 403
    assert [one.subject for one in accounts(review.store)] == ["s-1"]


def test_a_disabled_person_is_out_with_the_next_request_and_cannot_come_back(review: Review) -> None:
    client = review.stranger()
    sign_in(client, "A.Jansen")
    assert client.get("/").status_code == 200
    disable(review.store, "a.jansen", by="b.beheer", now=review.clock.now)
    assert client.get("/").status_code == 303
    assert sign_in(review.stranger(), "A.Jansen").status_code == 403


def test_a_provider_that_changes_its_keys_is_followed(review: Review, provider: Running) -> None:
    assert sign_in(review.stranger(), "A.Jansen").status_code == 303
    httpx.post(provider.issuer + "/rotate", trust_env=False)
    review.clock.forward(minutes=2)
    assert sign_in(review.stranger(), "A.Jansen").status_code == 303


def test_a_provider_that_does_not_answer_is_said_so_and_breaks_nothing(tmp_path: Path) -> None:
    with own_port() as held:  # nobody listens there
        gone = oidc_settings(issuer=f"http://127.0.0.1:{held.getsockname()[1]}", client_secret=SECRET)
        with review_on(Workspace(tmp_path / "gone"), oidc=gone) as review:
            client = review.stranger()
            page = client.get("/aanmelden")
            visitor = next(one.value for one in client.cookies.jar if one.name == "__Host-barrier-visitor")
            assert page.status_code == 200
            answer = client.post("/aanmelden", data={"csrf_token": token(visitor)})
            assert answer.status_code == 503
            assert "bruikbaar antwoord" in answer.text


def test_a_provider_that_hangs_does_not_take_the_threads_of_who_is_signed_in(monkeypatch) -> None:
    monkeypatch.setattr(oidc, "TIMEOUT_SECONDS", 30.0)  # this test hangs up itself, long before
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent, ThreadPoolExecutor(oidc.MAX_ASKING) as waiting:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        provider = oidc.Provider(oidc_settings(issuer=issuer), BASE, lambda: datetime.now(UTC))

        def reason() -> str:
            with pytest.raises(oidc.SignInError) as caught:
                provider.begin("visitor", "/")
            return caught.value.reason

        hang = [waiting.submit(reason) for _ in range(oidc.MAX_ASKING)]
        heard = [silent.accept()[0] for _ in hang]  # each of them waits for an answer now
        assert reason() == "busy"
        for one in heard:
            one.close()
        assert [one.result() for one in hang] == ["provider"] * oidc.MAX_ASKING
        for one in [waiting.submit(reason)]:  # and there is room again
            silent.accept()[0].close()
            assert one.result() == "provider"


def test_many_tries_from_one_place_are_slowed_down(review: Review) -> None:
    client = review.stranger()
    client.get("/aanmelden")
    visitor = next(one.value for one in client.cookies.jar if one.name == "__Host-barrier-visitor")
    statuses = [client.get("/aanmelden/terug?state=x&code=y").status_code for _ in range(65)]
    assert statuses == [403] * 60 + [429] * 5
    assert client.post("/aanmelden", data={"csrf_token": token(visitor)}).status_code == 429
    review.clock.forward(minutes=2)
    assert client.get("/aanmelden/terug?state=x&code=y").status_code == 403
