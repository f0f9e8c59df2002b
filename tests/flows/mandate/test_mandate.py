"""Nothing of a real municipality is read before everything is in order and two people signed exactly that (G2)."""

from __future__ import annotations

import json
import re
import shutil
import threading
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from flows import mandate
from flows.audit.log_read_access import reason_to_read
from flows.catalogue import all_contracts
from flows.cli import app
from flows.configuration import load_configuration
from flows.configuration.retention_terms import STATED
from flows.desk import open_configured_ledger
from flows.lazy_group import LazyGroup
from flows.mandate import command as mandate_command
from flows.mandate.template import template
from screening.contracts import validate
from screening.errors import BarrierError, ConfigurationError, LedgerError
from screening.mandate import signatures, signing_keys
from screening.mandate.approval import case_purposes
from screening.sources import read_source
from screening.vocabulary import LedgerAction, Purpose
from tests.conftest import Ran, barrier
from tests.mandates import KEYS, TODAY, governance, make_real, sign, sign_as_real

PRINT = {name: signing_keys.key_fingerprint(key.public_key()) for name, key in KEYS.items()}


@pytest.fixture
def config(town) -> Path:
    return town / "screening.toml"


@pytest.fixture
def bare(tmp_path) -> Path:
    """The same without registers: enough for the gate, which reads none."""
    file = tmp_path / "screening.toml"
    sources = "".join(
        f'[sources.{name}]\npath = "absent.csv"\n'
        for name in ("vergunningen", "seksinrichtingen", "meldingen", "bag_adressen")
    )
    rule = '[indicators."LIC-01"]\nlegal_basis = "APV"\ndpia = "D"\nfg_advice = 2026-01-15\n'
    head = '[municipality]\nname = "Proefstad"\ncode = "9999"\n[run]\nas_of = 2026-11-01\nworkspace = "var"\n'
    file.write_text(head + sources + rule, encoding="utf-8")
    return make_real(file)


def missing(config: Path) -> str:
    """Everything that `barrier check` would say is missing."""
    return "\n".join(mandate.examine(load_configuration(config))[0])


def refused(config: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        mandate.require_mandate(load_configuration(config))
    assert caught.value.exit_code == 2
    return str(caught.value)


def require(config: Path, **when) -> list[str]:
    return mandate.require_mandate(load_configuration(config), **when)


def entries(config: Path) -> list[str]:
    with open_configured_ledger(load_configuration(config)) as ledger:
        return [one.entry.object for one in ledger.entries(action=LedgerAction.CONFIGURATION)]


def called(command: str, config: Path) -> Ran:
    """A command in this process; an error on purpose as the command line tells it."""
    done = CliRunner().invoke(app, [*command.split(), *REFUSES[command], "--config", str(config)])
    error = done.exception
    if isinstance(error, BarrierError):
        return Ran(error.exit_code, str(error), "")
    return Ran(done.exit_code, done.output, "")


def change(config: Path, before: str, after: str) -> Path:
    text = config.read_text(encoding="utf-8")
    assert before in text
    config.write_text(text.replace(before, after, 1), encoding="utf-8")
    return config


def key_of(line: str) -> str:
    """What a line states; its value may be a key made now, and a test has the same name in every worker."""
    return line.partition("=")[0].strip()


def lines_of(text: str) -> list[str]:
    """Every key of the tables that a real municipality must have, each as the line on which it stands."""
    return [line for line in text.splitlines() if "=" in line]


# --- G2: everything, and each thing


def test_a_municipality_in_order_starts_and_a_made_up_one_needs_nothing(config):
    assert require(config) == []
    assert mandate.examine(load_configuration(config)) == ([], [])
    assert not (config.parent / "var").exists()
    sign_as_real(config)
    missing, fine = mandate.examine(load_configuration(config))
    assert missing == []
    assert "Signed by anna, bram" in fine[1]
    require(config)  # tests/flows/audit/test_log_read_access.py has a whole night of such a municipality


def test_without_anything_all_that_is_missing_is_named_at_once(config):
    change(config, 'code = "9999"', 'code = "0457"')
    for command in ("check", "run"):
        told = called(command, config)
        assert told.code == 2
        text = told.out
        named = ("controller", "contact", "[governance.mandate]", "purposes", "dpia", "fg_advice", "signers")
        assert [one for one in (*named, *STATED, "run.snapshot_days") if one not in text] == []
    assert not (config.parent / "var" / "runs").exists()


@pytest.mark.parametrize("line", lines_of(governance()), ids=key_of)
def test_each_thing_that_is_taken_away_refuses_the_start(bare, line):
    key = key_of(line)
    sign(change(bare, f"{line}\n", ""))
    assert key in refused(bare) or (key in KEYS and "signers" in refused(bare))
    assert key in missing(bare) or key in KEYS


@pytest.mark.parametrize("table", re.findall(r"^\[.+\]$", governance(), re.MULTILINE))
def test_each_table_that_is_taken_away_refuses_the_start(bare, table):
    text = bare.read_text(encoding="utf-8")
    taken = re.sub(rf"{re.escape(table)}\n(?:[^\[\n].*\n)*", "", text)
    assert table not in taken
    bare.write_text(taken, encoding="utf-8")
    sign(bare)
    if table in {'[governance.purposes."P-WON"]', '[governance.purposes."P-OO"]', '[governance.purposes."P-REG"]'}:
        assert missing(bare) == ""  # no rule that is on serves it
    else:
        refused(bare)


@pytest.mark.parametrize("line", lines_of(governance()), ids=key_of)
def test_each_thing_that_says_nothing_refuses_the_start(bare, line):
    key, _, value = line.partition("=")
    if '"' not in value:  # no date and no number: that is no configuration at all
        change(bare, f"{line}\n", f"{key}= true\n")
        with pytest.raises(ConfigurationError, match=f"{key.strip()} must be "):
            load_configuration(bare)
        return
    empty = '[""]' if "[" in value else '"  "'
    sign(change(bare, f"{line}\n", f"{key}= {empty}\n"))
    refused(bare)


def test_a_term_that_is_not_stated_or_not_allowed_refuses_the_start(bare):
    sign(change(bare, "snapshot_days = 90\n", ""))
    assert "run.snapshot_days is not stated" in refused(bare)
    change(bare, "deliveries_days = 7", "deliveries_days = 8")
    with pytest.raises(ConfigurationError, match="deliveries_days must be 1 to 7 days: a raw delivery holds what"):
        load_configuration(bare)


def test_a_rule_whose_purpose_is_not_stated_refuses_the_start(bare):
    basis = 'legal_basis = "Verordening van de proef"\narticles = ["art. 1"]\n'
    sign(change(bare, f'[governance.purposes."P-VERG"]\n{basis}', ""))
    assert 'indicators."LIC-01" serves P-VERG' in refused(bare)
    change(bare, '[governance.purposes."P-WON"]\n', '[governance.purposes."P-WO"]\n')
    with pytest.raises(
        ConfigurationError, match=r"\[governance.purposes\] holds an unknown key 'P-WO'. Did you mean 'P-WON'"
    ):
        load_configuration(bare)


def test_a_dossier_is_read_for_the_purposes_of_the_mandate_alone(bare):
    for name in ("P-WON", "P-OO"):
        change(
            bare,
            f'[governance.purposes."{name}"]\nlegal_basis = "Verordening van de proef"\narticles = ["art. 1"]\n',
            "",
        )
    settings = load_configuration(bare)
    assert case_purposes(settings.governance, is_synthetic=False) == (Purpose.VERG,)
    assert reason_to_read(settings, "Z-1", "P-VERG") == ("Z-1", Purpose.VERG)
    with pytest.raises(ConfigurationError, match="mandate states: P-VERG"):
        reason_to_read(settings, "Z-1", "P-WON")


def test_articles_that_are_not_filled_in_are_told_as_such(bare):
    change(
        bare,
        '[governance.purposes."P-OO"]\nlegal_basis = "Verordening van de proef"\narticles = ["art. 1"]',
        '[governance.purposes."P-OO"]\nlegal_basis = "Verordening van de proef"\narticles = ["VUL IN"]',
    )
    assert "governance.purposes.P-OO.articles still says VUL IN." in missing(bare)


@pytest.mark.parametrize(
    ("until", "why"),
    [(TODAY - timedelta(days=1), "DPIA is over"), (TODAY + timedelta(days=5000), "within three years")],
)
def test_a_dpia_that_is_over_or_never_ends_refuses_the_start(bare, until, why):
    text = bare.read_text(encoding="utf-8")
    again = re.sub(r"valid_until = .+", f"valid_until = {until}", text)
    bare.write_text(again, encoding="utf-8")
    sign(bare)
    assert why in refused(bare)


def test_a_dpia_that_ends_before_the_night_that_is_asked_for_refuses_it(bare):
    sign(bare)
    later = TODAY + timedelta(days=701)
    with pytest.raises(ConfigurationError, match="DPIA is over"):
        mandate.require_mandate(load_configuration(bare, as_of=later))


@pytest.mark.parametrize("key", ["governance.mandate", "governance.dpia", "governance.fg_advice"])
def test_what_is_dated_in_the_future_is_not_there_yet(bare, key):
    text = bare.read_text(encoding="utf-8")
    table = f"[{key}]\n"
    head, _, tail = text.partition(table)
    bare.write_text(head + table + re.sub(r"date = .+", f"date = {TODAY + timedelta(days=400)}", tail, count=1))
    sign(bare)
    assert "is not there yet" in refused(bare)


def test_the_example_names_every_key_and_is_refused_until_it_is_filled_in(bare):
    example = tomllib.loads(template())
    have = tomllib.loads(governance())
    assert set(example["retention"]) == set(have["retention"])
    assert set(example["governance"]) == set(have["governance"])
    text = bare.read_text(encoding="utf-8").partition("\n[governance]")[0]
    bare.write_text(text + "\n" + template(), encoding="utf-8")
    assert refused(bare).count("VUL IN") >= 6


def test_a_refusal_never_repeats_what_the_configuration_holds(bare):
    change(bare, "privacy@proef.example", "0612345678 Jansen")
    assert "Jansen" not in refused(sign(bare))


# --- signatures


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
    anna = signing_keys.public_text(KEYS["anna"].public_key())
    bram = signing_keys.public_text(KEYS["bram"].public_key())
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
        ("public_key", signing_keys.public_text(KEYS["carla"].public_key())),
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


# --- who may sign


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
    lines = "".join(f'{who} = "{signing_keys.public_text(key.public_key())}"\n' for who, key in keys.items())
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
    with open_configured_ledger(load_configuration(bare)) as ledger:
        now = datetime.now(tz=UTC)
        for what in (f"configuration:{'a' * 64}", f"key:{PRINT['carla']}"):
            ledger.write(Entry(now, "mallory", LedgerAction.CONFIGURATION, what, origin="host:here"))
        assert signatures.in_force(ledger).keys == {PRINT["anna"], PRINT["bram"]}


def test_without_a_ledger_nothing_starts_and_looking_makes_none(bare):
    sign(bare)
    assert missing(bare) == ""
    assert not (bare.parent / "var").exists()
    (bare.parent / "var" / "ledger.sqlite").mkdir(parents=True)
    with pytest.raises(LedgerError):
        require(bare)


def test_what_keeps_running_ends_when_the_mandate_does(bare):
    require(sign(bare))
    settings, stopped = load_configuration(bare), threading.Event()
    with open_configured_ledger(settings) as ledger, mandate.watched(settings, ledger, stopped.set, every_seconds=0.02):
        assert not stopped.wait(0.3)
        signatures.signature_file(bare).unlink()
        assert stopped.wait(10)
    again = threading.Event()
    made_up = settings.model_copy(update={"municipality": settings.municipality.model_copy(update={"code": "9999"})})
    with open_configured_ledger(settings) as ledger, mandate.watched(made_up, ledger, again.set, every_seconds=0.02):
        assert not again.wait(0.2)


# --- every command

#: Commands that process, and so refuse; with what they need to be called.
REFUSES = {
    "run": (), "check": (), "serve": (), "explain": ("9999010000000001",), "backtest": ("LIC-04",), "reproduce": ("x",),
    "links list": (), "links show": ("x",), "links judge": ("x", "positive", "--by", "anna", "--reason", "x"),
    "links history": ("x",), "links undo": ("x", "--by", "anna", "--reason", "x"), "links precision": (),
    "match profile": (), "export riec": ("--recipient", "x", "--by", "anna"),
    "export preview": ("x", "--by", "anna"), "mandate check": (),
}  # fmt: skip
#: Commands that go on, and why.
GOES_ON = {
    "a stop, an approval and their history are about rules, not about people":
        ("rules list", "rules propose", "rules approve", "rules activate", "rules stop", "rules resume",
         "rules history"),
    "an auditor looks when something is wrong": ("audit verify", "audit head", "audit list", "audit review", "verify"),
    "what was sent must be called back, and what was sent must be known":
        ("export withdraw", "export list", "export keys", "export feedback", "export verify",
         "export recipient propose", "export recipient approve", "export recipient list", "export recipient retire"),
    "a withdrawal can be sent again; what carries a signal asks for the mandate (test_export)": ("export again",),
    "erasure and the rights of people do not wait for a paper":
        ("retention plan", "retention apply", "subject", "object register", "object decide",
         "object list",
         "backup", "restore"),
    "the way to the mandate": ("mandate init", "mandate key", "mandate sign", "papers"),
    "read nothing of a municipality": ("indicators", "describe", "synthetic", "demo", "runs"),
}  # fmt: skip


def every_command() -> set[str]:
    found = set()

    def walk(group, path: tuple[str, ...]) -> None:
        for name, listed in group.commands.items():
            command = group.load(name) if isinstance(group, LazyGroup) else listed
            if hasattr(command, "commands"):
                walk(command, (*path, name))
            else:
                found.add(" ".join((*path, name)))

    walk(typer.main.get_command(app), ())
    return found


def test_every_command_refuses_or_has_a_reason_not_to():
    told = set(REFUSES) | {one for names in GOES_ON.values() for one in names}
    assert every_command() - told == set(), "say in this test whether the command needs a mandate, and why not"
    assert told - every_command() == set()


@pytest.mark.parametrize("command", sorted(set(REFUSES) & every_command()))
def test_a_command_that_processes_refuses_without_a_mandate(bare, command):
    bare.write_text(re.sub(r"\[governance\.dpia\]\n(?:[^\[\n].*\n)*", "", bare.read_text(encoding="utf-8")))
    done = called(command, bare)
    assert done.code == 2, done.out
    assert "governance.dpia" in done.out


# --- the commands themselves


def test_by_the_commands_from_keys_to_a_start(bare, tmp_path_factory):
    keys = tmp_path_factory.mktemp("elsewhere")
    text = bare.read_text(encoding="utf-8")
    for name in ("anna", "bram"):
        made = barrier("mandate", "key", name, "--file", keys / f"{name}.key", "--config", bare, "--json")
        assert made.code == 0, made.out + made.err
        assert (keys / f"{name}.key").stat().st_mode & 0o777 == 0o600
        text = re.sub(rf"^{name} = .+$", made.json["line"], text, flags=re.MULTILINE)
    bare.write_text(text, encoding="utf-8")
    assert barrier("mandate", "check", "--config", bare).code == 2
    for name in ("anna", "bram"):
        signed = barrier("mandate", "sign", "--key", keys / f"{name}.key", "--config", bare, "--json")
        assert signed.code == 0, signed.out + signed.err
    assert signed.json["signed"] == ["anna", "bram"]
    assert barrier("mandate", "check", "--config", bare).code == 0
    assert barrier("mandate", "init").out == template()


def test_a_signature_bears_the_day_of_the_town_hall(bare, tmp_path_factory, monkeypatch):
    file = tmp_path_factory.mktemp("keys") / "anna.key"
    line = f'anna = "{signing_keys.public_text(signing_keys.make_key(file, password=None))}"'
    bare.write_text(re.sub(r"^anna = .+$", line, bare.read_text(), flags=re.MULTILINE), encoding="utf-8")
    tomorrow = TODAY + timedelta(days=1)  # which it is there for an hour or two while it is today in Greenwich
    monkeypatch.setattr(mandate_command, "today", lambda: tomorrow)
    done = CliRunner().invoke(app, ["mandate", "sign", "--key", str(file), "--config", str(bare)])
    assert done.exit_code == 0, done.output
    signed = json.loads(bare.with_name("screening.toml.sig").read_text())
    assert [(one["account"], one["date"]) for one in signed["signatures"]] == [("anna", tomorrow.isoformat())]


def test_a_key_is_made_once_and_nowhere_near_what_it_signs(bare, tmp_path_factory):
    for place in (bare.parent / "anna.key", bare.parent / "var" / "keys" / "anna.key"):
        with pytest.raises(ConfigurationError, match="does not belong"):
            signing_keys.make_key(place, password=None, forbidden=mandate_command.no_place_for_keys(bare))
        assert not place.exists()
    file = tmp_path_factory.mktemp("keys") / "new" / "anna.key"
    signing_keys.make_key(file, password="geheim")
    with pytest.raises(ConfigurationError, match="already"):
        signing_keys.make_key(file, password=None)
    assert b"ENCRYPTED" in file.read_bytes()
    for wrong in (None, "anders"):
        with pytest.raises(ConfigurationError):
            signing_keys.load_key(file, password=wrong)
    signing_keys.load_key(file, password="geheim")
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="others can read"):
        signing_keys.load_key(file, password="geheim")


def test_a_key_that_may_sign_nothing_here_is_told_so(bare):
    def sign_as_listed(name: str, by: str | None) -> None:
        plan = mandate.to_approve(load_configuration(bare))
        signatures.sign_as_listed(plan, KEYS[name], by, before=None, day=TODAY, on=TODAY)

    for by in (None, "carla"):
        with pytest.raises(ConfigurationError, match=r"not in \[governance.signers\]"):
            sign_as_listed("carla", by)
    change(bare, 'contact = "privacy@proef.example"\n', "")
    with pytest.raises(ConfigurationError, match="nothing to sign yet"):
        sign_as_listed("anna", None)


# --- and made-up data stay made up


@pytest.mark.parametrize("column", ["adresseerbaar_object_id", "nummeraanduiding_id", "pand_id"])
def test_a_made_up_municipality_cannot_point_at_a_real_register(town, column):
    file = town / "bag_adressen.csv"
    bag = pl.read_csv(file, infer_schema_length=0)
    own = bag[column][0]
    foreign = f"{own}|0344{own[4:]}" if column == "pand_id" else f"0344{own[4:]}"
    bag.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(foreign)).otherwise(column).alias(column)
    ).write_csv(file)
    settings, contract = load_configuration(town / "screening.toml"), all_contracts()["bag_adressen"]
    table = read_source(settings.source_specs["bag_adressen"], contract.fields, reporter_key=bytes(32))
    with pytest.raises(ConfigurationError, match="synthetic municipality"):
        validate(table, contract, code_allowed_prefix=settings.municipality_code)
