"""From nothing to a mandate through the pages: closed until two people signed, open without a restart, closed again."""

from __future__ import annotations

import base64
import html
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.configuration import Configuration, load_configuration
from flows.configuration.review import ReviewPlace
from flows.desk import Desk
from flows.examination.outcomes import keep_outcome
from flows.extensions.discovery import read_extension
from flows.new.package import NewPackage, write_package
from flows.review.opening import Opening
from flows.rules.backtest import backtest
from screening.base.errors import ConfigurationError
from screening.base.extensions import extensions_in_force, using_extensions
from screening.base.vocabulary import LedgerAction, Role
from screening.mandate import signatures
from screening.mandate.signatures import InForce
from screening.review import ReviewSettings
from screening.review.pages import all_routes
from screening.rules.examination import Trial
from screening.rules.examination.trial import TRIALS
from screening.signing.public_keys import key_fingerprint, public_text
from screening.store.files import sha256_of
from screening.store.rules.governance import rule_governance
from tests.conftest import AS_OF, barrier
from tests.mandates import KEYS, bare_configuration, change, missing, sign
from tests.review.conftest import BASE, Client, Clock, Review, oidc_settings
from tests.rule_dossiers import write_dossier


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return bare_configuration(tmp_path)


@contextmanager
def opened(config: Path) -> Iterator[Review]:
    """The review of a municipality that exists, as `serve` has it, without its port; `[review]` names the provider."""
    clock, chosen = Clock(), load_configuration(config)

    def place_of(configuration: Configuration) -> ReviewPlace:
        named = configuration.review.oidc
        provider = replace(oidc_settings(), issuer=named.issuer) if named else oidc_settings()
        settings = ReviewSettings("Proefstad", BASE, "oidc", provider, clock=clock)
        return ReviewPlace("127.0.0.1", 8410, settings)

    with Desk(chosen) as desk:
        opening = Opening(chosen, place_of, desk)
        yield Review(opening, opening.settings, desk.store, desk.ledger, clock, desk.workspace)


def sent(client: Client, text: str):
    """The answer to a signature, sent with the statement that the page shows."""
    shown = re.search(r'name="verklaring" value="([0-9a-f]{64})"', client.get("/mandaat").text)
    assert shown
    return client.send_form("/mandaat", {"handtekening": text, "verklaring": shown[1]})


def bare_signature(client: Client, name: str) -> str:
    """What this person makes of the statement that the page gives, on a machine of their own."""
    return base64.b64encode(KEYS[name].sign(client.get("/mandaat/verklaring").content)).decode()


def test_a_municipality_begins_from_nothing_by_its_pages_alone(bare: Path, tmp_path_factory) -> None:
    """First sign in, register keys, let an administrator confirm them, name them, sign twice: then it is open."""
    folder = tmp_path_factory.mktemp("anna")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "id"], check=True)
    with opened(bare) as review:
        ivo = review.client(Role.ADMIN, account="ivo")
        anna, bram = (review.client(Role.LEAD, account=name) for name in ("anna", "bram"))
        stranger = review.stranger()
        assert stranger.get("/").headers["location"] == "/aanmelden?naar=/"
        assert "geen geldig mandaat" in anna.get("/").text
        public = (folder / "id.pub").read_text()
        for client, line in ((anna, public), (bram, public_text(KEYS["bram"].public_key()))):
            assert client.send_form("/mijn-account/sleutel", {"sleutel": line}).status_code == 303
        for path in sorted(set(re.findall(r'action="(/sleutels/[0-9a-f]{64}/bevestigen)"', ivo.get("/sleutels").text))):
            assert ivo.send_form(path).status_code == 303
        # the line that the page shows goes into the configuration; nobody may sign before it names them
        assert "niet ondertekenen met een sleutel" in anna.get("/mandaat").text
        line = re.search(r'"anna" = "ed25519:[\w-]+"', html.unescape(anna.get("/mijn-account").text))
        assert line
        change(bare, f'anna = "{public_text(KEYS["anna"].public_key())}"', line[0])
        statement = folder / "mandaat.json"
        statement.write_bytes(anna.get("/mandaat/verklaring").content)
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "barrier", "-f", folder / "id", statement], check=True)
        assert sent(anna, (folder / "mandaat.json.sig").read_text()).headers["location"] == "/mandaat"
        assert "1 of the people in [governance.signers] signed" in html.unescape(anna.get("/mandaat").text)
        assert anna.get("/").status_code == 503
        assert sent(bram, bare_signature(bram, "bram")).status_code == 303
        # the same process, and everything is there
        assert anna.get("/").status_code == 200
        assert "Ondertekend door anna, bram" in bram.get("/mandaat").text
        assert missing(bare) == ""
        told = review.ledger.entries(action=LedgerAction.CONFIGURATION)
        digest = f"configuration:{signatures.statement_digest(review.app.look().plan)}"
        assert [each.entry.actor for each in told if each.entry.object == digest] == ["anna", "bram"]
        assert {each.entry.origin.partition(":")[0] for each in told if each.entry.object == digest} == {"session"}


@pytest.mark.goal("G2", reached="every route is shut without a mandate")
def test_without_a_mandate_nothing_else_is_shown(bare: Path) -> None:
    may = {
        "/aanmelden/opnieuw",
        "/afmelden",
        "/nog-hier",
        "/accounts",
        "/sleutels",
        "/mijn-account",
        "/mandaat",
        "/hulp",
    }
    with opened(bare) as review:
        everybody = review.client(*(role for role in Role if role not in {Role.AUDITOR}), account="alles")
        closed = set()
        for route in all_routes():
            path = re.sub(r"\{\w+[^}]*}", "1", route.path)
            answer = everybody.get(path) if route.method == "GET" else None
            if route.is_public or route.without_mandate:
                assert answer is None or "geen geldig mandaat" not in answer.text
                assert route.is_public or any(route.path == each or route.path.startswith(f"{each}/") for each in may)
            elif route.instead:  # nothing is taken, and who has to call reads whom
                assert everybody.send_form(path).headers["location"] == route.instead
            else:
                answer = answer or everybody.send_form(path)
                assert answer.status_code == 503, path
                assert "geen geldig mandaat" in answer.text
                closed.add(route.path)
        assert {"/", "/zaken", "/zaken/{case_id}", "/leveringen", "/beleid"} <= closed
        assert 'href="/zaken"' not in everybody.get("/mijn-account").text


def test_a_mandate_that_lapses_closes_and_a_new_one_opens_without_a_restart(bare: Path) -> None:
    sign(bare)
    with opened(bare) as review:
        gate, client = review.app, review.client(Role.LEAD)
        assert client.get("/").status_code == 200
        signatures.signature_file(bare).rename(bare.with_suffix(".away"))  # two people took it back
        gate.look()
        assert client.get("/").status_code == 503
        bare.with_suffix(".away").rename(signatures.signature_file(bare))
        gate.look()
        assert client.get("/").status_code == 200
        # a change that is signed by one: the work goes on under what was signed before
        change(bare, "Mandaatbesluit 1", "Mandaatbesluit 2")
        sign(bare, "anna")
        gate.look()
        assert client.get("/").status_code == 200
        before = gate.settings
        sign(bare, "bram")
        gate.look()
        assert gate.settings is not before  # that of the new configuration
        assert client.get("/").status_code == 200
        change(bare, 'code = "0457"', 'code = "0344"')
        assert "start barrier serve anew" in "".join(gate.look().missing)
        bare.write_text("[municipality")
        assert "not valid TOML" in gate.look().missing[0]
        assert client.get("/").status_code == 200  # what two people signed still holds


def test_an_extension_that_nobody_signed_holds_nothing_while_the_work_goes_on(bare: Path) -> None:
    sign(bare)
    write_package(NewPackage("ZOM", "LOC-01", "warmtenet"), bare.parent / "made")
    (bare.parent / "uitbreidingen").mkdir()
    folder = (bare.parent / "made" / "barrier_zom").rename(bare.parent / "uitbreidingen" / "ZOM")
    digest = read_extension("ZOM", "ZOM", folder).digest
    with using_extensions(()), opened(bare) as review:
        with bare.open("a", encoding="utf-8") as text:
            text.write(f'\n[extensions]\npath = "uitbreidingen"\n[extensions.hashes]\nZOM = "{digest}"\n{ITS_RULE}')
        assert review.app.look().missing
        assert extensions_in_force() == ()
        assert review.client(Role.LEAD).get("/").status_code == 200
        sign(bare)
        assert not review.app.look().missing
        assert [extension.namespace for extension in extensions_in_force()] == ["ZOM"]
        decide_on_its_rule(review, bare)


def decide_on_its_rule(review: Review, bare: Path) -> None:
    """Two people decide on a rule of an extension as on every other, once it was examined as it is now."""
    dossier = write_dossier(bare.with_name("dossier.toml"))
    prepare = ("rules", "prepare", CODE, "--dossier", dossier, "--config", bare, "--json")
    held = barrier(*prepare)
    assert (held.code, "Not examined" in held.out) == (2, True)
    with pytest.raises(ConfigurationError, match="Not examined"):
        backtest(bare, CODE)
    (extension,) = extensions_in_force()
    trials = [Trial(CODE, name, int(name != "poisoning"), ()) for name in TRIALS]
    keep_outcome(review.workspace.path, extension, trials, day=AS_OF)
    draft = barrier(*prepare).json
    anna, bram = (review.client(Role.LEAD, account=name) for name in ("anna", "bram"))
    form = {"reden": "eerste versie", "inhoud": draft["digest"], "tot": f"1-1-{AS_OF.year + 5}"}
    shown = anna.get(f"/regels/concept/{draft['draft_id']}").text
    for told in ("1 november 2026", extension.digest, "gaat niet over deze regel", "geslaagd"):
        assert told in shown
    assert anna.send_form(f"/regels/concept/{draft['draft_id']}", form).status_code == 303
    page = f"/regels/versie/{draft['version_id']}"
    assert bram.send_form(f"{page}/akkoord", form).status_code == 303
    keep_outcome(review.workspace.path, extension, [], day=AS_OF)  # examined as it was before, and not as it is
    assert "Vraag de beheerder om het onderzoek" in bram.get(page).text
    bram.send_form(f"{page}/in-gebruik", form)
    assert not rule_governance(review.store).active(CODE)
    keep_outcome(review.workspace.path, extension, trials, day=AS_OF)
    bram.send_form(f"{page}/in-gebruik", form)
    assert rule_governance(review.store).active(CODE)


CODE = "ZOM.LOC-01"
ITS_RULE = f'[sources.zom_warmtenet]\npath = "absent.csv"\n[indicators."{CODE}"]\nlegal_basis = "APV"\ndpia = "D"\n'
ITS_RULE += "fg_advice = 2026-01-15\n"
PROVIDER = '[review.oidc]\nissuer = "https://aanmelden.example.nl"\nclient_id = "barrier"\nclient_secret_env = "OIDC"\n'


def issuer(config: Path) -> str:
    """Who vouches for people, in a review that begins now."""
    with opened(config) as review:
        return review.settings.oidc.issuer


def test_while_it_is_closed_people_sign_in_by_what_was_signed_last(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, foreign = "https://aanmelden.example.nl", "https://evil.example"
    change(bare, "\n[retention]\n", f"\n{PROVIDER}\n[retention]\n")
    change(bare, own, foreign)
    assert issuer(bare) == foreign, "the first sign-in rests on the file"
    change(bare, foreign, own)
    sign(bare)
    assert issuer(bare) == own
    change(bare, own, foreign)
    assert missing(bare)
    assert issuer(bare) == own
    sign(bare)
    assert issuer(bare) == foreign
    change(bare, foreign, own)
    kept = "[review]\nhelp = []\n"
    for content in (None, kept):
        monkeypatch.setattr("flows.review.opening.configuration_of", lambda *_, content=content: content)
        with pytest.raises(ConfigurationError, match="gone or not what they signed"):
            issuer(bare)
    # what was signed is of a version that had another [review]
    signed = InForce(sha256_of(kept.encode()), frozenset(), datetime.now(tz=UTC))
    monkeypatch.setattr("flows.review.opening.in_force", lambda _: signed)
    with pytest.raises(ConfigurationError, match="under the version before"):
        issuer(bare)


def test_an_auditor_signs_a_head_that_verifies_by_their_registered_key(bare: Path) -> None:
    outside = bare.parent / "outside"
    change(bare, "\n[retention]\n", f'\n[audit]\nanchor = ["file:{outside}"]\n[retention]\n')
    sign(bare)
    with opened(bare) as review:
        review.clock.now = datetime.now(tz=UTC)  # audit verify, a process of its own, asks how old the head is
        carla, ivo = review.client(Role.AUDITOR, account="carla"), review.client(Role.ADMIN)
        began = carla.get("/logboek/stand").headers["location"]
        name, _, query = began.partition("?")
        text = base64.b64encode(KEYS["carla"].sign(carla.get(f"{name}/verklaring?{query}").content)).decode()
        assert "geen sleutel die bevestigd is" in carla.send_form(began, {"handtekening": text}).text
        carla.send_form("/mijn-account/sleutel", {"sleutel": public_text(KEYS["carla"].public_key())})
        ivo.send_form(f"/sleutels/{key_fingerprint(KEYS['carla'].public_key())}/bevestigen")
        refused = carla.send_form(began, {"handtekening": "x" * 88})
        assert (refused.status_code, "geen handtekening" in refused.text) == (422, True)
        review.clock.forward(seconds=30)  # the head that was begun is still the one that is signed
        taken = carla.send_form(began, {"handtekening": text})
        assert taken.status_code == 200
        assert "plaatsen die de instellingen noemen" in taken.text
        (file,) = outside.iterdir()
        assert file.read_text().strip() in html.unescape(taken.text)
        for wrong in (
            query.replace("nummer=", "nummer=9"),
            "nummer=1&op=99999999999",
            "nummer=1&op=-1",
            "nummer=-1&op=1",
        ):
            assert carla.get(f"/logboek/stand?{wrong}").status_code == 404
        assert [each.entry.actor for each in review.ledger.entries(action=LedgerAction.HEAD)] == ["carla"]
    ran = barrier("audit", "verify", "--config", bare, "--json")
    checked = ran.json
    assert (checked["heads"], checked["findings"]) == (1, [])
    file.write_text(file.read_text().replace('"seq":', '"seq":1'))
    assert barrier("audit", "verify", "--config", bare, "--json").json["findings"] != []
