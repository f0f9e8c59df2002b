"""Two people sign exactly what starts, and only those in force may change who signs."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows import mandate
from flows.configuration import load_configuration
from flows.desk import Desk
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import LedgerAction, Role
from screening.mandate import signatures
from screening.mandate.signing import MandateError, sign_mandate
from screening.signing import public_keys
from screening.signing.signature import SignatureError
from screening.store.access.personal_keys import confirm_key, register_key
from tests.mandates import (
    KEYS,
    bare_configuration,
    change,
    entries,
    governance,
    missing,
    person,
    refused,
    register,
    require,
    sign,
    signature,
    with_analysts,
)

PRINT = {name: public_keys.key_fingerprint(key.public_key()) for name, key in KEYS.items()}


def test_unsigned_signed_by_one_and_signed_twice_by_one_are_refused(bare):
    assert "nobody signed" in refused(bare)
    sign(bare, "anna")
    assert "1 of the people" in refused(bare)
    sign(bare, "anna", "anna")
    assert "1 of the people" in refused(bare)
    with pytest.raises(MandateError) as named:
        sign(bare, "carla")
    assert named.value.reason == "named"
    assert "1 of the people" in refused(bare)
    sign(bare, "bram")
    require(bare)


def test_one_person_under_two_names_or_with_two_keys_is_one(bare):
    anna = public_keys.public_text(KEYS["anna"].public_key())
    bram = public_keys.public_text(KEYS["bram"].public_key())
    change(bare, bram, anna)
    assert "one person or one key twice" in missing(bare)
    change(bare, f'bram = "{anna}"', f'Anna = "{bram}"')
    assert "one person or one key twice" in missing(bare)


def place(config: Path, who: str, key: Ed25519PrivateKey) -> None:
    """Put a signature into the file, as anybody with a shell can."""
    plan = mandate.to_approve(load_configuration(config))
    text = base64.b64encode(key.sign(signatures.statement(plan))).decode()
    signatures.add_signature(plan, who, key.public_key(), text, in_force=None)


def test_a_signature_of_another_under_a_name_does_not_count(bare):
    sign(bare, "anna")
    place(bare, "bram", KEYS["carla"])
    assert "1 of the people" in refused(bare)


@pytest.mark.goal("S5", reached="one shell user signs for nobody")
def test_one_shell_user_cannot_sign_for_two_invented_people(bare):
    """The attack: two keys made by one person, two names in the configuration, two signatures in the file."""
    shutil.rmtree(bare.parent / "var")  # nobody has registered a key
    for name in ("anna", "bram"):
        place(bare, name, KEYS[name])
    told = refused(bare)
    assert "0 of the people in [governance.signers] signed" in told
    assert "nobody sent in signed in, on the page /mandaat" in told
    # a person who is signed in signs with the key that is theirs, and not with one that they made for another
    with Desk(load_configuration(bare)) as desk:
        register(desk.store, "anna", "carla")
        state = mandate.state_of(desk.configuration, desk.ledger, desk.store)
        now = datetime.now(tz=UTC)
        for who, reason in (("carla", "named"), ("bram", "named")):
            with pytest.raises(MandateError) as caught:
                sign_mandate(desk.store, person(desk.store, who), state, signature(bare, "bram"), now=now)
            assert caught.value.reason == reason
        with pytest.raises(SignatureError):
            sign_mandate(desk.store, person(desk.store, "anna"), state, signature(bare, "bram"), now=now)
        late = now + timedelta(minutes=6)  # a sign-in of before
        with pytest.raises(MandateError):
            sign_mandate(desk.store, person(desk.store, "anna", now=now), state, signature(bare, "anna"), now=late)
    assert "0 of the people in [governance.signers] signed" in refused(bare)


def test_a_signature_of_openssh_counts_and_openssh_verifies_the_statement(bare, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ssh")
    key, statement = folder / "id", folder / "statement.json"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = public_keys.read_public((folder / "id.pub").read_text())
    line = f'anna = "{public_keys.ssh_text(public)}"\n'
    change(bare, _line("anna"), line)
    statement.write_bytes(signatures.statement(mandate.to_approve(load_configuration(bare))))
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "barrier", "-f", key, statement], check=True)
    text = (folder / "statement.json.sig").read_text()
    with Desk(load_configuration(bare)) as desk:
        now = datetime.now(tz=UTC)
        register_key(desk.store, person(desk.store, "anna"), public_keys.ssh_text(public), now=now)
        confirm_key(desk.store, person(desk.store, "ivo", Role.ADMIN), public_keys.key_fingerprint(public), now=now)
        state = mandate.state_of(desk.configuration, desk.ledger, desk.store)
        sign_mandate(desk.store, person(desk.store, "anna"), state, text, now=now)
    require(sign(bare, "bram"))
    kept = json.loads(signatures.signature_file(bare).read_text())["signatures"][0]["signature"]
    (folder / "again.sig").write_text(kept + "\n")
    (folder / "allowed").write_text(f"anna {public_keys.ssh_text(public)}\n")
    command = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "anna", "-n", "barrier", "-s", "again.sig"]
    subprocess.run(command, cwd=folder, input=statement.read_bytes(), check=True, capture_output=True)


def test_every_byte_that_changes_after_signing_is_noticed(bare):
    sign(bare)
    require(bare)
    content = bare.read_bytes()
    for place in range(0, len(content), 97):
        changed = bytearray(content)
        changed[place] ^= 1
        bare.write_bytes(bytes(changed))
        try:
            settings = load_configuration(bare)
        except ConfigurationError:
            continue  # no configuration any more
        if settings.is_synthetic:
            continue
        with pytest.raises(ConfigurationError):
            mandate.require_mandate(settings)
    bare.write_bytes(content)
    require(bare)


def test_every_field_of_a_signature_that_changes_is_noticed(bare):
    sign(bare)
    file = signatures.signature_file(bare)
    document = json.loads(file.read_text(encoding="utf-8"))
    for name, value in (
        ("account", "carla"),
        ("key", PRINT["carla"]),
        ("sha256", "0" * 64),
        ("signature", "AAAA"),
        ("public_key", public_keys.public_text(KEYS["carla"].public_key())),
    ):
        changed = json.loads(json.dumps(document))
        changed["signatures"][0][name] = value
        file.write_text(json.dumps(changed), encoding="utf-8")
        assert "1 of the people" in refused(bare), name


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"signatures": 7}', b"[" * 70_000, b"x" * 99_999]
)
def test_a_signature_file_that_is_none_is_refused_calmly(bare, content):
    signatures.signature_file(bare).write_bytes(content)
    assert "no file of signatures" in refused(bare)


def test_a_signature_over_another_configuration_does_not_hold(bare, tmp_path):
    sign(bare)
    other = tmp_path / "other" / "screening.toml"
    other.parent.mkdir()
    other.write_text(bare.read_text(encoding="utf-8").replace("Proefstad", "Elders"), encoding="utf-8")
    shutil.copy(bare.with_name("screening.toml.sig"), other.with_name("screening.toml.sig"))
    told = missing(other)
    assert told.count("changed after it was signed") == 1
    assert "signed by anna, bram does not hold" in told


def test_a_word_list_that_changes_after_signing_is_noticed(bare):
    (bare.parent / "terms.csv").write_text("term_id,term\nm1,matras\n", encoding="utf-8")
    rule = '[indicators."NUI-06"]\nlegal_basis = "APV"\ndpia = "D"\nfg_advice = 2026-01-15\nword_list = "terms.csv"\n'
    change(bare, '[indicators."LIC-01"]\n', f'{rule}[indicators."LIC-01"]\n')
    require(sign(bare))
    (bare.parent / "terms.csv").write_text("term_id,term\nm1,stoel\n", encoding="utf-8")
    assert "word list" in refused(bare)


def test_an_area_that_changes_after_signing_is_noticed(bare):
    (bare.parent / "area.csv").write_text("postcode\n1234AB\n", encoding="utf-8")
    area = (
        '[areas.centrum]\nduty = "verhuur_wgv"\npath = "area.csv"\ndecision = "Besluit 2025-1"\n'
        'publication = "https://example.nl/gmb-2025-1.html"\nsince = 2025-01-01\nuntil = 2028-12-31\n'
    )
    change(bare, '[indicators."LIC-01"]\n', f'{area}[indicators."LIC-01"]\n')
    require(sign(bare))
    (bare.parent / "area.csv").write_text("postcode\n1234\n", encoding="utf-8")
    assert "area" in refused(bare)


def test_the_ledger_tells_every_configuration_and_who_could_sign_it(bare):
    told = require(sign(bare))
    assert "anna" in told[0]
    assert "Compare" in told[0]
    assert require(bare) == []
    first = entries(bare)
    assert [one for one in first if one.startswith("key:")] == [
        f"key:{one}" for one in sorted((PRINT["anna"], PRINT["bram"]))
    ]
    change(bare, "Proefstad", "Proefdorp")
    require(sign(bare))
    after = [one for one in entries(bare) if one.startswith("configuration:")]
    assert len(after) == len(set(after)) == 2
    assert after[0] == first[0]


def test_whoever_replaces_the_file_cannot_replace_the_signers(bare, monkeypatch):
    require(sign(bare))
    text = bare.read_text(encoding="utf-8")
    for one in ("anna", "bram"):
        text = re.sub(rf"^{one} = .+$\n", "", text, flags=re.MULTILINE)
    keys = {"carla": KEYS["carla"], "dirk": Ed25519PrivateKey.generate()}
    lines = "".join(f'{who} = "{public_keys.public_text(key.public_key())}"\n' for who, key in keys.items())
    bare.write_text(text.replace("[governance.signers]\n", f"[governance.signers]\n{lines}"), encoding="utf-8")
    monkeypatch.setitem(KEYS, "dirk", keys["dirk"])
    sign(bare, "carla", "dirk")
    assert "Two of the signers until now must sign the change; 0 did" in refused(bare)
    sign(bare, "anna")
    assert "1 did" in refused(bare)
    sign(bare, "bram")
    require(bare)  # both of those until now agreed
    change(bare, "Proefstad", "Proefdorp")
    with pytest.raises(MandateError):
        sign(bare, "anna")  # and from then on those until then sign nothing
    assert "0 of the people" in refused(bare)


def test_one_of_three_can_be_replaced_by_the_other_two(bare):
    bare.write_text(bare.read_text(encoding="utf-8").partition("\n[governance]")[0], encoding="utf-8")
    alone = bare.read_text(encoding="utf-8")
    bare.write_text(alone + governance("anna", "bram", "carla"), encoding="utf-8")
    require(sign(bare, "anna", "carla"))
    bare.write_text(alone + governance("anna", "carla"), encoding="utf-8")
    require(sign(bare, "anna", "carla"))


def test_the_keys_in_force_outlive_the_term_of_the_ledger(bare):
    sign(bare)
    now = datetime.now(tz=UTC)
    require(bare, now=now)
    require(bare, now=now + timedelta(days=364))
    assert len([one for one in entries(bare) if one.startswith("key:")]) == 2
    require(bare, now=now + timedelta(days=366))
    assert len([one for one in entries(bare) if one.startswith("key:")]) == 4


def test_an_entry_of_somebody_else_is_not_taken_for_a_signer(bare):
    from screening.ledger import Entry

    require(sign(bare))
    with Desk(load_configuration(bare)).ledger as ledger:
        now = datetime.now(tz=UTC)
        for what in (f"configuration:{'a' * 64}", f"key:{PRINT['carla']}"):
            ledger.write(Entry(now, "mallory", LedgerAction.CONFIGURATION, what, origin="host:here"))
        assert signatures.in_force(ledger).keys == {PRINT["anna"], PRINT["bram"]}


def test_nothing_is_signed_while_something_is_missing(bare):
    change(bare, 'contact = "privacy@proef.example"\n', "")
    with Desk(load_configuration(bare)) as desk:
        register(desk.store, "anna")
        state = mandate.state_of(desk.configuration, desk.ledger, desk.store)
        with pytest.raises(MandateError) as caught:
            sign_mandate(desk.store, person(desk.store, "anna"), state, "", now=datetime.now(tz=UTC))
    assert caught.value.reason == "unready"


def test_one_session_signs_once_and_a_lost_file_is_signed_again(bare):
    with Desk(load_configuration(bare)) as desk:
        register(desk.store, "anna", "bram")
        state = mandate.state_of(desk.configuration, desk.ledger, desk.store)
        now = datetime.now(tz=UTC)
        session = person(desk.store, "anna")
        sign_mandate(desk.store, session, state, signature(bare, "anna"), now=now)
        signatures.signature_file(bare).unlink()
        sign_mandate(desk.store, session, state, signature(bare, "anna"), now=now)
        # the session of another, as a row of the database
        stolen = replace(person(desk.store, "bram"), key=session.key)
        with pytest.raises(MandateError) as caught:
            sign_mandate(desk.store, stolen, state, signature(bare, "bram"), now=now)
    assert caught.value.reason == "session"
    assert "1 of the people" in refused(bare)


# --- a change of mapping alone

REGISTER = '[sources.meldingen]\npath = "absent.csv"\n'
MAPPED = f'{REGISTER}codes.status = {{ afgehandeld = ["Klaar"] }}\n'


@pytest.fixture
def mapped(bare: Path) -> Path:
    """In force with the signatures of anna and bram; daan and carla are its analysts."""
    config = with_analysts(change(bare, REGISTER, MAPPED), "carla", "daan")
    require(sign(config))
    return config


def test_a_changed_spelling_is_signed_by_its_author_and_one_other(mapped):
    change(mapped, "Klaar", "Gereed")
    assert "0 of the people in [governance.signers] and [governance.analysts] signed that" in refused(mapped)
    sign(mapped, "carla")
    assert "1 of the people in [governance.signers] and [governance.analysts]" in refused(mapped)
    sign(mapped, "carla")  # twice is one
    refused(mapped)
    sign(mapped, "daan")
    require(mapped)
    fine = mandate.examine(load_configuration(mapped))[1]
    assert fine[1:] == ["Signed by anna, bram.", "Mapping since signed by carla, daan."]
    assert len([name for name in entries(mapped) if name.startswith("configuration:")]) == 2
    change(mapped, "Gereed", "Af")
    assert "0 of the people" in refused(mapped)  # what they signed was another spelling
    require(sign(mapped, "anna", "daan"))  # a signer may be the other


@pytest.mark.parametrize(
    "line",
    [
        'columns = { status = "stand" }',
        'null = ["-"]',
        'encoding = "cp850"',
        'sheet = "Blad1"',
        "header = 3",
        'header = 0\nnames = ["melding_id"]',
        'dates = { forms = ["%d/%m/%Y"] }',
    ],
)
def test_each_key_of_mapping_is_a_light_change(mapped, line):
    change(mapped, MAPPED, f"{MAPPED}{line}\n")
    assert "how registers are mapped was changed" in refused(mapped)
    require(sign(mapped, "carla", "daan"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MAPPED, MAPPED.replace("absent", "other")),
        *(
            (MAPPED, f"{MAPPED}{line}\n")
            for line in (
                'constant = { status = "gemeld" }',
                'where = { status = ["gemeld"] }',
                'lacks = ["datum_melding"]',
                'otherwise.status = "gemeld"',
                'drop = ["bsn"]',
                "join.adres_tekst = { from = ['a', 'b'] }",
                "split.a = { at = ',', into = ['b', 'c'] }",
                'manifest = "required"',
                "max_quarantine = 0.5",
                'open_end = ["31-12-9999"]',
                "max_age_days = 9",
            )
        ),
        ("Proefstad", "Proefdorp"),
        ('document = "Mandaatbesluit 1"', 'document = "Mandaatbesluit 2"'),
        ("[retention]", 'eva = "ed25519:x"\n[retention]'),
    ],
)
def test_any_other_change_needs_two_signers_whatever_else_changed_with_it(mapped, before, after):
    change(mapped, before, after)
    change(mapped, "Klaar", "Gereed")
    assert "signed by anna, bram does not hold" in missing(mapped) or "eva" in after
    if "eva" not in after:
        for name in ("carla", "daan"):
            with pytest.raises(MandateError, match="More than the mapping"):
                sign(mapped, name)
    refused(mapped)
    if "eva" not in after:  # a line that is no key is told of before anything is signed
        require(sign(mapped))


def test_an_analyst_signs_nothing_but_mapping(mapped):
    change(mapped, "Klaar", "Gereed")
    sign(mapped, "carla")
    change(mapped, "absent.csv", "other.csv")
    with pytest.raises(MandateError) as caught:
        sign(mapped, "carla")
    assert caught.value.reason == "analyst"
    sign(mapped, "anna")
    assert "1 of the people in [governance.signers]" in refused(mapped)


def test_the_old_signatures_hold_until_the_new_ones_are_complete(mapped, tmp_path_factory):
    """Whoever works under the configuration in force goes on while the next one is signed."""
    served = tmp_path_factory.mktemp("served") / "screening.toml"
    served.write_bytes(mapped.read_bytes())
    before = load_configuration(mapped)
    change(mapped, "absent.csv", "other.csv")
    sign(mapped, "anna")
    with Desk(before) as desk:
        assert mandate.state_of(before, desk.ledger, desk.store).missing == ()
    require(sign(mapped, "bram"))


def test_nobody_is_the_author_and_the_other_by_two_keys(bare):
    lines = {"Anna": KEYS["carla"], "elsa": KEYS["bram"]}
    for name, key in lines.items():
        other = with_analysts(bare_configuration(bare.parent), "daan")
        change(other, "daan = ", f'{name} = "{public_keys.public_text(key.public_key())}"\ndaan = ')
        assert "hold one person or one key twice" in missing(other)


def test_a_signer_who_becomes_an_analyst_still_signs_the_change_of_signers(bare):
    change(bare, "[governance.signers]\n", f"[governance.signers]\n{_line('carla')}")
    require(sign(bare, "anna", "carla"))
    change(bare, _line("carla"), "")
    with_analysts(bare, "carla")
    require(sign(bare, "carla", "anna", "bram"))


def _line(name: str) -> str:
    return f'{name} = "{public_keys.public_text(KEYS[name].public_key())}"\n'
