"""Two people sign exactly what starts, and only those in force may change who signs."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows import mandate
from flows.configuration import load_configuration
from flows.desk import Desk
from screening.errors import ConfigurationError
from screening.mandate import signatures
from screening.signing import public_keys
from screening.vocabulary import LedgerAction
from tests.mandates import (
    KEYS,
    TODAY,
    bare_configuration,
    change,
    entries,
    governance,
    missing,
    refused,
    require,
    sign,
    with_analysts,
)

PRINT = {name: public_keys.key_fingerprint(key.public_key()) for name, key in KEYS.items()}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return bare_configuration(tmp_path)


def test_unsigned_signed_by_one_and_signed_twice_by_one_are_refused(bare):
    assert "nobody signed" in refused(bare)
    sign(bare, "anna")
    assert "1 of the people" in refused(bare)
    sign(bare, "anna", "anna")
    assert "1 of the people" in refused(bare)
    sign(bare, "carla")  # not named
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


def test_a_signature_of_another_under_a_name_does_not_count(bare):
    settings = load_configuration(bare)
    signatures.sign(mandate.to_approve(settings), KEYS["anna"], "anna", on=TODAY)
    signatures.sign(mandate.to_approve(settings), KEYS["carla"], "bram", on=TODAY)
    assert "1 of the people" in refused(bare)


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
        ("account", "carla"), ("key", PRINT["carla"]), ("date", "2020-01-01"), ("signature", "AAAA"),
        ("public_key", public_keys.public_text(KEYS["carla"].public_key())),
    ):  # fmt: skip
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


def test_whoever_replaces_the_file_cannot_replace_the_signers(bare):
    require(sign(bare))
    text = bare.read_text(encoding="utf-8")
    for one in ("anna", "bram"):
        text = re.sub(rf"^{one} = .+$\n", "", text, flags=re.MULTILINE)
    keys = {"carla": KEYS["carla"], "dirk": Ed25519PrivateKey.generate()}
    lines = "".join(f'{who} = "{public_keys.public_text(key.public_key())}"\n' for who, key in keys.items())
    bare.write_text(text.replace("[governance.signers]\n", f"[governance.signers]\n{lines}"), encoding="utf-8")
    settings = load_configuration(bare)
    for who, key in keys.items():
        signatures.sign(mandate.to_approve(settings), key, who, on=TODAY)
    assert "Two of the signers until now must sign the change; 0 did" in refused(bare)
    signatures.sign(mandate.to_approve(settings), KEYS["anna"], "anna", on=TODAY)
    assert "1 did" in refused(bare)
    signatures.sign(mandate.to_approve(settings), KEYS["bram"], "bram", on=TODAY)
    require(bare)  # both of those until now agreed
    change(bare, "Proefstad", "Proefdorp")
    settings = load_configuration(bare)
    signatures.sign(mandate.to_approve(settings), KEYS["anna"], "anna", on=TODAY)
    signatures.sign(mandate.to_approve(settings), KEYS["bram"], "bram", on=TODAY)
    assert "0 of the people" in refused(bare)  # and from then on those until then sign nothing


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


def test_a_key_that_may_sign_nothing_here_is_told_so(bare):
    def sign_as_listed(name: str, by: str | None) -> None:
        plan = mandate.to_approve(load_configuration(bare))
        signatures.sign_as_listed(plan, KEYS[name], by, before=None, day=TODAY, on=TODAY)

    for by in (None, "carla"):
        with pytest.raises(ConfigurationError, match=r"in neither \[governance.signers\]"):
            sign_as_listed("carla", by)
    change(bare, 'contact = "privacy@proef.example"\n', "")
    with pytest.raises(ConfigurationError, match="nothing to sign yet"):
        sign_as_listed("anna", None)


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
        'columns = { status = "stand" }', 'null = ["-"]', 'encoding = "cp850"', 'sheet = "Blad1"', "header = 3",
        'header = 0\nnames = ["melding_id"]', 'dates = { forms = ["%d/%m/%Y"] }',
    ],
)  # fmt: skip
def test_each_key_of_mapping_is_a_light_change(mapped, line):
    change(mapped, MAPPED, f"{MAPPED}{line}\n")
    assert "how registers are mapped was changed" in refused(mapped)
    require(sign(mapped, "carla", "daan"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MAPPED, MAPPED.replace("absent", "other")),
        *((MAPPED, f"{MAPPED}{line}\n") for line in (
            'constant = { status = "gemeld" }', 'where = { status = ["gemeld"] }', 'lacks = ["datum_melding"]',
            'otherwise.status = "gemeld"', 'drop = ["bsn"]', "join.adres_tekst = { from = ['a', 'b'] }",
            "split.a = { at = ',', into = ['b', 'c'] }", 'manifest = "required"', "max_quarantine = 0.5",
            'open_end = ["31-12-9999"]', "max_age_days = 9",
        )),
        ("Proefstad", "Proefdorp"), ('document = "Mandaatbesluit 1"', 'document = "Mandaatbesluit 2"'),
        ("[retention]", 'eva = "ed25519:x"\n[retention]'),
    ],
)  # fmt: skip
def test_any_other_change_needs_two_signers_whatever_else_changed_with_it(mapped, before, after):
    change(mapped, before, after)
    change(mapped, "Klaar", "Gereed")
    assert "signed by anna, bram does not hold" in missing(mapped) or "eva" in after
    sign(mapped, "carla", "daan")
    refused(mapped)
    if "eva" not in after:  # a line that is no key is told of before anything is signed
        require(sign(mapped))


def test_an_analyst_signs_nothing_but_mapping(mapped):
    def sign_as_listed(name: str) -> list[str]:
        plan = mandate.to_approve(load_configuration(mapped))
        return signatures.sign_as_listed(plan, KEYS[name], None, before=None, day=TODAY, on=TODAY)["signed"]

    change(mapped, "Klaar", "Gereed")
    assert sign_as_listed("carla") == ["anna", "bram", "carla"]
    change(mapped, "absent.csv", "other.csv")
    with pytest.raises(ConfigurationError, match="more than the mapping of registers changed"):
        sign_as_listed("carla")
    assert sign_as_listed("anna") == ["anna"]


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
    before = mandate.known_in_force(load_configuration(bare))
    plan = mandate.to_approve(load_configuration(bare))
    signatures.sign_as_listed(plan, KEYS["carla"], None, before=before, day=TODAY, on=TODAY)
    require(sign(bare))


def _line(name: str) -> str:
    return f'{name} = "{public_keys.public_text(KEYS[name].public_key())}"\n'
