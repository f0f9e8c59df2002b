"""The whole way of a signal by the real commands: sealed, opened by the receiver, told back about, and called back."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from flows.cli import app
from flows.configuration import load_configuration
from flows.configuration.export import ExportSettings, served_policy
from flows.configuration.tables import ExportTable
from flows.desk import open_desk
from flows.partners import after_run, make_batch, send_again
from flows.partners.export import preview_signal, send_due_batches, withdraw_signal
from flows.partners.recipients import decide_recipient_key, make_export_keys, propose_recipient_key
from flows.partners.send_again import send_batch_again
from flows.rights.letter import applicant_page
from screening.casework.cases.sync import sync_cases
from screening.casework.viewer import Viewer
from screening.civil_time import day_of
from screening.errors import BarrierError, ConfigurationError, LedgerError, StoreError
from screening.ledger import open_ledger
from screening.partners.desk.content import Check, Draft
from screening.partners.desk.disclosures import batches, call_back, disclosures, sent_pairs
from screening.partners.desk.preparable import signal_source_of_case
from screening.partners.desk.recipients import approve_key, recipient_keys, retire_key
from screening.partners.desk.signal_versions import signals
from screening.partners.desk.signals import approve_signal, prepare_signal
from screening.partners.receiver import verify_batch
from screening.store import Store, Workspace, open_store
from screening.store.rules.governance import resume_rule, stop_rule
from screening.store.schema.cases import review_case
from screening.vocabulary import Purpose, ReviewOutcome, Role
from tests.casework.caseload import ANNA, BOTH, BRAM, judged
from tests.conftest import Ran, barrier
from tests.flows.rights.at_desk import collect, decide, register

RIEC = "riec-oost"
PIET, KAAT = (Viewer(name, BOTH) for name in ("piet", "kaat"))
WHY = "In het archief en in de post is niets gevonden dat dit verklaart."


@pytest.fixture(scope="module")
def judged_town(clean_town: Path, clean_run: dict, tmp_path_factory) -> Path:
    """A published town of which two officers confirmed three cases, with keys and a recipient. Never change it."""
    town = tmp_path_factory.mktemp("export") / "town"
    shutil.copytree(clean_town, town, ignore=shutil.ignore_patterns("truth", "ledger*"))
    with open_store(Workspace(town / "var")) as store:
        now = datetime.now(UTC)
        sync_cases(store, now=now)
        query = sa.select(review_case.c.case_id).where(
            review_case.c.arm == "flag", review_case.c.sensitive.is_(False), review_case.c.concluded_on.is_(None)
        )
        with store.engine.connect() as connection:
            ids = sorted(connection.scalars(query))[:3]
        for case_id in ids:
            for viewer in (ANNA, BRAM):
                judged(store, viewer, case_id, ReviewOutcome.BEVESTIGD_AFWIJKING, now=now)
    config = town / "screening.toml"
    at_desk(config, "lea", make_export_keys)
    public = key_of(town, "riec")
    public.write_text(f"# of the receiver\n{public.read_text()}")
    made = at_desk(config, "piet", propose_recipient_key, RIEC, public, reason="Nieuw convenant")
    at_desk(config, "kaat", decide_recipient_key, made.fingerprint, reason="Gebeld en vergeleken", decide=approve_key)
    return town


@pytest.fixture
def town(judged_town: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(judged_town, tmp_path / "town"))


@pytest.fixture
def config(town: Path) -> Path:
    return town / "screening.toml"


def opened(config: Path) -> Store:
    return open_store(Workspace(config.parent / "var"))


def prepared(config: Path, number: int = 0, *, is_approved: bool = True, **changed: object) -> str:
    """A signal about the n-th confirmed case; its id."""
    policy = ExportSettings(load_configuration(config)).policy()
    now = datetime.now(UTC)
    with opened(config) as store:
        query = sa.select(review_case.c.case_id).where(review_case.c.outcome == ReviewOutcome.BEVESTIGD_AFWIJKING)
        with store.engine.connect() as connection:
            case_id = sorted(connection.scalars(query))[number]
        material = signal_source_of_case(store, PIET, case_id)
        assert material is not None
        facts = [one.record_id for one in material.facts if one.is_cited or one.can_carry]
        carrying = next(one.record_id for one in material.facts if one.can_carry)
        draft = Draft(
            recipient=RIEC, purpose=Purpose.VERG, legal_basis=policy.legal_bases[0], theme="mensenhandel",
            facts=frozenset(facts), deviations=frozenset(one["code"] for one in material.deviations),
            partner="riec", intervention="Samen kijken.", question="Kent een partner dit bedrijf?",
            doubts=("Het register kan achterlopen.",), notification="niet_van_toepassing",
            checks={carrying: Check("piet", Role.OFFICER, day_of(now))},
            explanations={one["code"]: dict.fromkeys(one["verklaringen"], WHY) for one in material.deviations},
        )  # fmt: skip
        made = prepare_signal(store, PIET, case_id, replace(draft, **changed), policy=policy, now=now)  # type: ignore[arg-type]
        if is_approved:
            approve_signal(store, KAAT, case_id, content_sha256=made.content_sha256, policy=policy, now=now)
    return made.signal_id


def at_desk(config: Path, by: str, action: Callable, *arguments: object, **options: object):
    """What an action of the export gives at the desk of this account."""
    with open_desk(config, by=by) as desk:
        return action(desk, *arguments, **options)


def done(*arguments: str | Path) -> Ran:
    """The command; it must end well."""
    ran = barrier("export", *arguments)
    assert ran.code == 0, ran.out + ran.err
    return ran


def accepted(town: Path, batch: str | Path, sender: str, into: str) -> dict:
    """What the receiver's stand-alone script makes of a batch, in a process without our package on its path."""
    ran = subprocess.run(
        [sys.executable, "-I", verify_batch.__file__, str(batch), "--identity", str(town / "riec.key"), "--sender",
         sender, "--state", str(town / "received.json"), "--into", str(town / into)],
        capture_output=True, text=True, check=False, cwd=town,
    )  # fmt: skip
    return json.loads(ran.stdout)


def test_the_whole_way_by_the_commands(town: Path, config: Path) -> None:
    assert done("list", "--by", "lea", "--config", config).out == "No signal was prepared, and nothing left.\n"
    signal_id = prepared(config)
    out = town / "uit"
    made = done("riec", "--recipient", RIEC, "--by", "lea", "--out", out, "--config", config, "--json").json
    [batch] = made["batches"]
    assert (batch["kind"], batch["sequence"], batch["signals"]) == ("signals", 1, [signal_id])
    assert Path(batch["file"]).stat().st_mode & 0o777 == 0o600
    # Debian's age and tar open it
    if shutil.which("age"):
        unpacked = town / "age"
        unpacked.mkdir()
        subprocess.run(
            f"age --decrypt -i {town / 'riec.key'} {batch['file']} | tar -x -C {unpacked}", shell=True, check=True
        )
        assert json.loads((unpacked / f"signalen/{signal_id}.json").read_text())["meta"]["signaal_id"] == signal_id
        assert (unpacked / f"signalen/{signal_id}.pdf").read_bytes().startswith(b"%PDF")
    told = accepted(town, batch["file"], batch["sender"], "ontvangen")
    assert told["accepted"], told
    assert accepted(town, batch["file"], batch["sender"], "nogmaals")["code"] == "replay"
    # the receiver fills in the sheet
    sheet = town / "ontvangen" / "terugmelding.csv"
    head, line, *_ = sheet.read_text(encoding="utf-8-sig").splitlines()
    separator = ";" if ";" in head else ","
    cells = line.split(separator)
    cells[2:5] = ["casus", datetime.now(UTC).date().isoformat(), "geen"]
    sheet.write_text("\n".join([head, separator.join(cells)]) + "\n", encoding="utf-8")
    assert done("feedback", sheet, "--by", "lea", "--config", config, "--json").json["new"] == 1
    assert done("feedback", sheet, "--by", "lea", "--config", config, "--json").json["new"] == 0
    # a sheet that cannot be right is refused by name, and nothing of it is kept
    cells[3] = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    sheet.write_text("\n".join([head, separator.join(cells)]) + "\n", encoding="utf-8")
    refused = barrier("export", "feedback", sheet, "--by", "lea", "--config", config)
    assert refused.code != 0
    assert f"{sheet.name}: The feedback sheet cannot be read: row 2, column datum: this date is yet to come" in (
        " ".join(refused.err.split())
    )
    # and it is called back
    back = done(
        "withdraw", signal_id, "--reason", "bezwaar_gegrond", "--by", "lea", "--out", out, "--config", config, "--json"
    ).json
    [withdrawal] = back["batches"]
    assert (withdrawal["kind"], withdrawal["sequence"]) == ("withdrawal", 2)
    # what calls back can be opened long after what it calls back: it must arrive
    months = datetime.fromisoformat(withdrawal["expires_at"]) - datetime.fromisoformat(batch["expires_at"])
    assert months.days > 300
    told = accepted(town, withdrawal["file"], withdrawal["sender"], "terug")
    assert told["accepted"], told
    assert told["missing_sequences"] == []
    assert told["what_to_do"][0]["signaal_id"] == signal_id
    assert told["what_to_do"][0]["reden"] == "bezwaar_gegrond"
    listed = done("list", "--by", "lea", "--config", config, "--json").json
    assert [one["kind"] for one in listed["register"]] == ["signals", "withdrawal"]
    assert listed["register"][0]["outcomes"][0][1] == "casus"
    assert listed["pending"] == []


def key_of(town: Path, name: str) -> Path:
    """The public half of a new key of a receiver; the secret half stands beside it (NAME.key)."""
    identity = pyrage.x25519.Identity.generate()
    (town / f"{name}.key").write_text(f"{identity}\n")
    (town / f"{name}.key").chmod(0o600)
    (town / f"{name}.pub").write_text(f"{identity.to_public()}\n")
    return town / f"{name}.pub"


def _lapsed(*_: object, **__: object) -> None:
    raise ConfigurationError("The mandate ended.")


def make(config: Path, by: str = "lea") -> dict:
    return at_desk(config, by, send_due_batches, RIEC, out=config.parent / "uit")


@pytest.mark.parametrize("by", ["piet", "kaat", "Kaat"])
def test_who_prepared_or_approved_holds_the_signal_back_and_an_unapproved_one_stays(config: Path, by: str) -> None:
    signal_id = prepared(config)
    prepared(config, 1, is_approved=False)
    made = make(config, by)
    assert made["batches"] == []
    assert [one["signal_id"] for one in made["held_back"]] == [signal_id]
    assert list((config.parent / "uit").iterdir()) == []
    assert make(config)["batches"][0]["signals"] == [signal_id]
    assert make(config)["batches"] == []


@pytest.mark.goal("H4", reached="nothing handed over")
def test_a_stopped_rule_holds_its_signals_back_and_all_stopped_still_calls_back(config: Path) -> None:
    sent_id = prepared(config)
    make(config)
    waiting = prepared(config, 1)
    with opened(config) as store:
        code = signals(store, signal_id=waiting)[0].basis["indicators"][0]
        stop_rule(store, code, by="lena", now=datetime.now(UTC), reason="Fout")
    assert code in make(config)["held_back"][0]["why"][0]
    with opened(config) as store:
        stop_rule(store, "all", by="lena", now=datetime.now(UTC), reason="Fout")
    assert make(config)["batches"] == []
    at_desk(config, "lea", withdraw_signal, sent_id, reason="gegevens_onjuist", is_sent=False)
    [batch] = make(config)["batches"]
    assert (batch["kind"], batch["signals"]) == ("withdrawal", [sent_id])


def test_without_the_ledger_nothing_leaves_and_nothing_is_noted_as_sent(config: Path, monkeypatch) -> None:
    prepared(config)
    monkeypatch.setenv("BARRIER_LEDGER_URL", "sqlite:////proc/nowhere/ledger.sqlite")
    with pytest.raises(LedgerError):
        make(config)
    monkeypatch.delenv("BARRIER_LEDGER_URL")
    ledger = config.parent / "var" / "ledger.sqlite"
    with open_ledger(Workspace(config.parent / "var")):
        pass
    # a ledger that can be opened and not written
    with sqlite3.connect(ledger) as raw:
        raw.execute("CREATE TRIGGER full BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(LedgerError):
        make(config)
    with opened(config) as store:
        assert (batches(store), disclosures(store)) == ([], [])
    assert list((config.parent / "uit").iterdir()) == []


def test_every_step_is_in_the_ledger_by_who_did_it(config: Path) -> None:
    signal_id = prepared(config)
    [batch] = make(config)["batches"]
    at_desk(config, "auditor", preview_signal, signal_id)
    at_desk(config, "lea", withdraw_signal, signal_id, reason="verklaard")
    with open_ledger(Workspace(config.parent / "var")) as ledger:
        found = [(one.entry.action, one.entry.actor, one.entry.object) for one in ledger.entries()]
    name, code = f"signal:{signal_id.removeprefix('S-')}", f"batch:{batch['batch_id'].removeprefix('L-')}"
    for expected in (
        ("recipient_change", "piet", f"recipient:{RIEC}"),
        ("recipient_change", "kaat", f"recipient:{RIEC}"),
        ("export", "lea", code),
        ("export", "lea", name),
        ("read_export", "auditor", name),
        ("withdrawal", "lea", name),
    ):
        assert expected in found


#: Where the process dies: (module, function that it dies in, before or after).
KILLS = {
    "before it is sealed": ("flows.partners.make_batch", "_write_sealed", "before", 0),
    "after it is sealed": ("flows.partners.make_batch", "_write_sealed", "after", 0),
    "before the commit": ("flows.partners.make_batch", "commit_batch", "before", 0),
    "after the commit": ("flows.partners.make_batch", "commit_batch", "after", 1),
    "before it has its name": ("os", "rename", "before", 1),
    "after it has its name": ("os", "rename", "after", 1),
    "before it is known to be there": ("flows.partners.make_batch", "note_placed", "before", 1),
}


@pytest.mark.parametrize("where", KILLS)
def test_killed_anywhere_it_is_sent_once_with_its_file_or_not_at_all(config: Path, where: str) -> None:
    signal_id = prepared(config)
    module, name, when, is_sent = KILLS[where]
    script = f"""
import importlib, os, signal, sys
from pathlib import Path
from flows.desk import open_desk
from flows.partners.export import send_due_batches
module = importlib.import_module({module!r}); whole = getattr(module, {name!r})
def dying(*given, **more):
    if {when!r} == "after": whole(*given, **more)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(module, {name!r}, dying)
with open_desk(Path({str(config)!r}), by="lea") as desk:
    send_due_batches(desk, {RIEC!r}, out=Path({str(config.parent / "uit")!r}))
"""
    died = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert died.returncode == -9, died.stderr
    with opened(config) as store:
        assert len(batches(store)) == is_sent
        # noted as sent: the sealed file is on the disk, under its name or on its way to it
        for one in batches(store):
            assert one.file.exists() or one.file.with_name(f".{one.file.name}.part").exists()
    if is_sent:
        assert make(config)["batches"] == []  # heals on its way
    else:
        assert make(config)["batches"][0]["signals"] == [signal_id]
    with opened(config) as store:
        [one] = batches(store)
        assert (one.sequence, one.is_placed, len(disclosures(store))) == (1, True, 1)
    assert [file.name for file in (config.parent / "uit").iterdir()] == [one.file_name]


def test_a_lost_reply_to_the_commit_leaves_the_file_for_the_next_call_to_name(config: Path, monkeypatch) -> None:
    prepared(config)
    commit = make_batch.commit_batch

    def lost(*given, **more) -> None:  # type: ignore[no-untyped-def]
        commit(*given, **more)
        raise StoreError("The store failed while committing a batch: OperationalError.")

    monkeypatch.setattr(make_batch, "commit_batch", lost)
    with pytest.raises(StoreError, match="failed while committing"):
        make(config)
    monkeypatch.undo()
    assert make(config)["batches"] == []
    with opened(config) as store:
        [one] = batches(store)
    assert one.is_placed
    assert [file.name for file in (config.parent / "uit").iterdir()] == [one.file_name]


def test_every_disclosure_has_its_line_in_the_logboek(config: Path) -> None:
    prepared(config)
    make(config)
    with open_ledger(Workspace(config.parent / "var")) as ledger:
        lines = [line for line in ledger.logboek.lines() if line["name"] == "export"]
        assert [ledger.logboek.subject_of(line).kind for line in lines] == ["urn:barrier-screening:address"]


def test_a_correction_goes_with_its_new_version_to_whoever_had_the_old(town: Path, config: Path) -> None:
    signal_id = prepared(config)
    [first] = make(config)["batches"]
    assert prepared(config, reason="gegevens_onjuist", question="Wat is er bekend?") == signal_id
    [second] = make(config)["batches"]
    assert (second["kind"], second["sequence"], second["signals"]) == ("correction", 2, [signal_id])
    assert accepted(town, first["file"], first["sender"], "een")["accepted"]
    told = accepted(town, second["file"], second["sender"], "twee")
    assert told["what_to_do"][0]["nieuwe_versie"] == 2
    assert told["what_to_do"][0]["eerdere_leveringen"] == [first["batch_id"]]
    sent = json.loads((town / "twee" / f"signalen/{signal_id}.json").read_text())
    assert (sent["meta"]["versie"], sent["barrieres_en_vraag"]["vraag"]) == (2, "Wat is er bekend?")


def signals_in(town: Path, into: str) -> dict[str, bytes]:
    """What the receiver unpacked of the signals themselves: name -> bytes."""
    return {file.name: file.read_bytes() for file in (town / into / "signalen").iterdir()}


def test_a_lost_batch_is_sent_again_to_the_key_in_force_and_the_old_one_is_a_replay_then(
    town: Path, config: Path
) -> None:
    kept, gone, out = prepared(config), prepared(config, 1), town / "uit"
    [first] = make(config)["batches"]
    old_key = (town / "riec.key").read_bytes()
    # the receiver lost the key along with the batch; one of the signals was called back meanwhile
    with opened(config) as store:
        [key] = recipient_keys(store)
    at_desk(config, "kaat", decide_recipient_key, key.fingerprint, reason="Kwijt", decide=retire_key)
    shutil.move(town / "riec.key", town / "old.key")
    made = at_desk(config, "piet", propose_recipient_key, RIEC, key_of(town, "riec"), reason="Nieuwe sleutel")
    at_desk(config, "kaat", decide_recipient_key, made.fingerprint, reason="Gebeld en vergeleken", decide=approve_key)
    at_desk(config, "lea", withdraw_signal, gone, reason="verklaard", is_sent=False)
    told = done(
        "again", first["batch_id"], "--reason", "lost", "--by", "lea", "--out", out, "--config", config, "--json"
    ).json
    [again] = told["batches"]
    assert (again["kind"], again["sequence"], again["signals"]) == ("signals", 2, [kept])
    assert again["batch_id"] != first["batch_id"]
    [left_out] = told["left_out"]
    assert left_out["signal_id"] == gone
    assert "called back" in left_out["why"][0]
    assert accepted(town, again["file"], again["sender"], "nieuw")["accepted"]
    assert first["batch_id"] in (town / "nieuw" / "README.txt").read_text(encoding="utf-8")
    # the old one turns up after all
    (town / "riec.key").write_bytes(old_key)
    (town / "received.json").rename(town / "remembered.json")
    assert accepted(town, first["file"], first["sender"], "oud")["accepted"]
    (town / "remembered.json").replace(town / "received.json")
    assert accepted(town, first["file"], first["sender"], "weer")["code"] == "replay"
    of_kept = {name: content for name, content in signals_in(town, "oud").items() if kept in name}
    assert signals_in(town, "nieuw") == of_kept
    assert len(of_kept) == 2
    # who received it, and when: told twice, with why
    listed = done("list", "--by", "lea", "--config", config, "--json").json["register"]
    assert [(one["signal_id"], one["repeats"], one["repeated_for"]) for one in listed if one["signal_id"] == kept] == [
        (kept, None, None), (kept, first["batch_id"], "lost"),
    ]  # fmt: skip
    assert f"again for {first['batch_id']} (lost)" in done("list", "--by", "lea", "--config", config).out
    with opened(config) as store:
        address = signals(store, signal_id=kept)[0].address_id
    about = collect(config, address=address)
    assert [(one["batch_id"], one["repeats"]) for one in about["received"]] == [
        (first["batch_id"], None), (again["batch_id"], first["batch_id"]),
    ]  # fmt: skip
    assert "opnieuw verzonden omdat de eerdere levering niet aankwam" in applicant_page(about)
    with open_ledger(Workspace(town / "var")) as ledger:
        acts = [(one.entry.action, one.entry.actor, one.entry.object, one.entry.result) for one in ledger.entries()]
    for name in (f"batch:{again['batch_id'][2:]}", f"batch:{first['batch_id'][2:]}", f"signal:{kept[2:]}"):
        assert ("export", "lea", name, "done") in acts
    # and feedback is about the batch that it came with
    with opened(config) as store:
        assert (again["batch_id"], kept) in sent_pairs(store)


def test_one_that_expired_unread_is_sent_again_with_a_new_expiry(town: Path, config: Path) -> None:
    signal_id = prepared(config)
    [first] = make(config)["batches"]
    with pytest.raises(StoreError, match="has not expired"):
        again(config, first, "expired")
    with pytest.raises(ConfigurationError, match="one of lost, expired"):
        again(config, first, "kwijt")
    with pytest.raises(StoreError, match="no such batch"):
        again(config, {"batch_id": "L-0000000000000000"}, "lost")
    later = datetime.now(UTC) + timedelta(days=31)

    [second] = again(config, first, "expired", now=later)["batches"]
    assert datetime.fromisoformat(second["expires_at"]) == later + timedelta(days=30)
    identity = town / "riec.key"
    known = {"identity": identity, "sender": first["sender"], "state": town / "received.json"}
    with pytest.raises(verify_batch.BatchError) as refused:
        verify_batch.accept(Path(first["file"]), **known, into=town / "een", now=later)
    assert refused.value.code == "expired"
    assert verify_batch.accept(Path(second["file"]), **known, into=town / "twee", now=later)["accepted"]
    assert [file.name for file in sorted((town / "twee" / "signalen").iterdir())] == [
        f"{signal_id}.json", f"{signal_id}.pdf",
    ]  # fmt: skip


def again(config: Path, batch: dict, reason: str, by: str = "lea", now: datetime | None = None) -> dict:
    with open_desk(config, by=by, now=now) as desk:
        return send_batch_again(desk, batch["batch_id"], reason=reason, out=config.parent / "uit")


def test_sending_again_asks_everything_again_and_three_hands(config: Path, monkeypatch) -> None:
    signal_id = prepared(config)
    [first] = make(config)["batches"]
    for by in ("piet", "kaat"):
        with pytest.raises(StoreError, match="Ask a colleague"):
            again(config, first, "lost", by)
    with opened(config) as store:
        code = signals(store, signal_id=signal_id)[0].basis["indicators"][0]
        stop_rule(store, code, by="lena", now=datetime.now(UTC), reason="Fout")
    with pytest.raises(StoreError, match=f"may be sent again.*{signal_id}.*{code}"):
        again(config, first, "lost")
    with opened(config) as store:
        stop_rule(store, "all", by="lena", now=datetime.now(UTC), reason="Fout")
    with pytest.raises(StoreError, match="Every rule is stopped"):
        again(config, first, "lost")
    with opened(config) as store:
        for one in (code, "all"):
            resume_rule(store, one, by="lena", now=datetime.now(UTC), reason="Hersteld")
    monkeypatch.setattr(send_again.mandate, "require_mandate", _lapsed)
    with pytest.raises(ConfigurationError, match="mandate ended"):
        again(config, first, "lost")
    monkeypatch.undo()
    with opened(config) as store:
        assert len(batches(store)) == len(disclosures(store)) == 1
    assert [file.name for file in (config.parent / "uit").iterdir()] == [Path(first["file"]).name]
    with open_ledger(Workspace(config.parent / "var")) as ledger:
        entries = [one.entry for one in ledger.entries(object=f"batch:{first['batch_id'][2:]}")]
    assert [one.result for one in entries].count("refused") == 5
    # a correction that is under way keeps the old version here, also once it was sent
    prepared(config, reason="gegevens_onjuist", question="Wat is er bekend?", is_approved=False)
    with pytest.raises(StoreError, match="A later version of it was prepared"):
        again(config, first, "lost")
    prepared(config, reason="gegevens_onjuist", question="Wat is er bekend?")
    [second] = make(config)["batches"]
    with pytest.raises(StoreError, match="A later version of it left"):
        again(config, first, "lost")
    [third] = again(config, second, "lost")["batches"]
    assert (third["kind"], third["sequence"]) == ("correction", 3)


def test_a_withdrawal_that_was_lost_is_sent_again_by_anyone_also_when_every_rule_is_stopped(
    town: Path, config: Path
) -> None:
    signal_id = prepared(config)
    [first] = make(config)["batches"]
    [back] = at_desk(config, "lea", withdraw_signal, signal_id, reason="verklaard", out=town / "uit")["batches"]
    with opened(config) as store:
        stop_rule(store, "all", by="lena", now=datetime.now(UTC), reason="Fout")
    with pytest.raises(StoreError, match="Every rule is stopped"):
        again(config, first, "lost")
    [second] = again(config, back, "lost", by="piet")["batches"]
    told = accepted(town, second["file"], second["sender"], "weg")
    assert (told["kind"], told["missing_sequences"]) == ("withdrawal", [1, 2])
    [notice] = told["what_to_do"]
    assert (notice["signaal_id"], notice["reden"]) == (signal_id, "verklaard")
    assert notice["eerdere_leveringen"] == [first["batch_id"]]


def test_without_the_ledger_nothing_is_sent_again(config: Path) -> None:
    prepared(config)
    [first] = make(config)["batches"]
    with sqlite3.connect(config.parent / "var" / "ledger.sqlite") as raw:
        raw.execute("CREATE TRIGGER full BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(LedgerError):
        again(config, first, "lost")
    with opened(config) as store:
        assert len(batches(store)) == 1
    assert len(list((config.parent / "uit").iterdir())) == 1


def test_nothing_to_send_is_no_error_and_a_recipient_that_nobody_knows_is(config: Path) -> None:
    signal_id = prepared(config)
    at_desk(config, "lea", withdraw_signal, signal_id, reason="verklaard")
    asked = ["export", "riec", "--by", "lea", "--config", str(config), "--recipient"]
    told = CliRunner().invoke(app, [*asked, RIEC])
    assert (told.exit_code, told.output) == (0, f"Nothing is approved for {RIEC}, and nothing has to be called back.\n")
    with pytest.raises(StoreError, match="riec-ost has no key that two people stand behind"):
        at_desk(config, "lea", send_due_batches, "riec-ost")


def test_one_that_never_left_is_dropped(config: Path) -> None:
    signal_id = prepared(config)
    assert at_desk(config, "lea", withdraw_signal, signal_id, reason="verklaard")["dropped"]
    assert make(config)["batches"] == []


def test_after_a_night_what_must_be_called_back_is_sent_or_only_told_where_that_is_configured(config: Path) -> None:
    signal_id = prepared(config)
    make(config)
    assert after_run.pending_after_run(load_configuration(config)) == ({}, [])
    with opened(config) as store:
        call_back(store, signal_id, reason="recht_op_wissing", by="privacy", now=datetime.now(UTC))
    before = config.read_text(encoding="utf-8")
    config.write_text(before + "\n[export]\nwithdraw_automatically = false\n", encoding="utf-8")
    counts, notes = after_run.pending_after_run(load_configuration(config))
    assert (counts["to_withdraw"], counts["withdrawn"]) == (1, 0)
    assert "1 signal at the RIEC is to be called back" in notes[0]
    config.write_text(before, encoding="utf-8")
    counts, notes = after_run.pending_after_run(load_configuration(config))
    assert (counts["to_withdraw"], counts["withdrawn"]) == (0, 1)
    assert "1 signal was withdrawn" in notes[0]
    with opened(config) as store:
        assert [(one.made_by, one.kind) for one in batches(store)][-1] == ("system:run", "withdrawal")
    assert after_run.pending_after_run(load_configuration(config)) == ({}, [])


def test_a_signal_that_nobody_approved_yet_keeps_its_ground_through_a_newer_night(config: Path) -> None:
    signal_id = prepared(config, is_approved=False)
    again = barrier("run", "--config", config, "--as-of", "2026-11-02", "--json")
    assert again.code in {0, 4}, again.err
    told = at_desk(config, "piet", preview_signal, signal_id)
    assert "ground_lost" not in {one.code for one in told.refused}


def after_night(config: Path, more: str = "") -> tuple[dict[str, int], list[str]]:
    """What the end of a night does, with more of `[export]`."""
    before = config.read_text(encoding="utf-8")
    config.write_text(f"{before}\n[export]\n{more}\n" if more else before, encoding="utf-8")
    try:
        return after_run.pending_after_run(load_configuration(config))
    finally:
        config.write_text(before, encoding="utf-8")


def test_the_night_sends_an_approved_correction_and_never_a_new_signal(town: Path, config: Path) -> None:
    signal_id = prepared(config)
    [first] = make(config)["batches"]
    new = prepared(config, 1)
    assert after_night(config) == ({}, [])  # a new signal that is approved waits for a person
    prepared(config, reason="gegevens_onjuist", question="Wat is er bekend?", is_approved=False)
    assert after_night(config) == ({}, [])  # and so does a correction that nobody approved
    prepared(config, reason="gegevens_onjuist", question="Wat is er bekend?")
    counts, notes = after_night(config, "withdraw_automatically = false")
    assert (counts["corrected"], counts["to_export"]) == (0, 1)
    assert "1 signal has an approved correction that did not leave" in notes[0]
    counts, notes = after_night(config)
    assert {name: n for name, n in counts.items() if n} == {"corrected": 1}
    assert "1 signal was corrected: send the batches" in notes[0]
    with opened(config) as store:
        [_, batch] = batches(store)
        assert (batch.kind, batch.made_by) == ("correction", "system:run")
        assert [one.signal_id for one in disclosures(store)] == [signal_id, signal_id]
        assert [one.state for one in signals(store, signal_id=new)] == ["approved"]
    assert accepted(town, first["file"], first["sender"], "een")["accepted"]
    told = accepted(town, batch.file, first["sender"], "twee")
    assert [(one["signaal_id"], one["nieuwe_versie"]) for one in told["what_to_do"]] == [(signal_id, 2)]
    assert after_night(config) == ({}, [])
    with open_ledger(Workspace(town / "var")) as ledger:
        found = [one.entry for one in ledger.entries(object=f"signal:{signal_id.removeprefix('S-')}")]
    assert (found[-1].action, found[-1].actor) == ("export", "system:run")


def test_the_night_holds_a_correction_back_that_may_not_leave_and_calls_back_all_the_same(
    config: Path, monkeypatch
) -> None:
    corrected, called = prepared(config), prepared(config, 1)
    make(config)
    prepared(config, reason="gegevens_onjuist")
    with opened(config) as store:
        code = signals(store, signal_id=corrected)[0].basis["indicators"][0]
        stop_rule(store, code, by="lena", now=datetime.now(UTC), reason="Fout")
        call_back(store, called, reason="verklaard", by="privacy", now=datetime.now(UTC))
    counts, notes = after_night(config)
    assert {name: n for name, n in counts.items() if n} == {"withdrawn": 1, "to_export": 1}
    assert "barrier export riec sends it or says why not" in notes[1]
    # rules in force again and the mandate lapsed since the night began; the configuration no longer one to export by
    with opened(config) as store:
        resume_rule(store, code, by="lena", now=datetime.now(UTC), reason="Hersteld")
    monkeypatch.setattr(after_run.mandate, "require_mandate", _lapsed)
    counts, notes = after_night(config)
    assert (counts["corrected"], counts["to_export"]) == (0, 1)
    assert "a batch to riec-oost was not made: The mandate ended." in notes[-1]
    monkeypatch.undo()
    with pytest.raises(ConfigurationError, match=r"export\.themes must be"):  # no night begins with such a file
        after_night(config, "themes = ['alles']")
    with opened(config) as store:
        assert [one.kind for one in batches(store)] == ["signals", "withdrawal"]
    assert after_night(config)[0]["corrected"] == 1


def test_a_recipient_without_a_key_holds_up_no_other(config: Path, town: Path) -> None:
    first = prepared(config)
    made = at_desk(config, "piet", propose_recipient_key, "riec-west", key_of(town, "west"), reason="Ook daar")
    at_desk(config, "kaat", decide_recipient_key, made.fingerprint, reason="Gebeld", decide=approve_key)
    second = prepared(config, 1, recipient="riec-west")
    make(config)
    at_desk(config, "lea", send_due_batches, "riec-west", out=town / "uit")
    with opened(config) as store:
        for one in (first, second):
            call_back(store, one, reason="verklaard", by="privacy", now=datetime.now(UTC))
        [key] = [one for one in recipient_keys(store) if one.recipient == RIEC]
    at_desk(config, "kaat", decide_recipient_key, key.fingerprint, reason="Kwijt", decide=retire_key)
    counts, notes = after_night(config)
    assert (counts["withdrawn"], counts["to_withdraw"]) == (1, 1)
    assert "a batch to riec-oost was not made" in notes[-1]


def test_a_signal_whose_ground_went_while_it_waited_is_held_back(config: Path) -> None:
    signal_id = prepared(config)
    with opened(config) as store:
        record = min(signals(store, signal_id=signal_id)[0].basis["records"])
    asked = {"by": "rita", "case_file": "Z-2026-00123", "received_on": datetime.now(UTC).date()}
    made = register(config, "restriction", record=record, **asked)
    decide(config, made.objection_id, "upheld", by="otto")
    told = make(config)
    assert told["batches"] == []
    [held] = told["held_back"]
    assert held["signal_id"] == signal_id
    assert "upheld" in held["why"][0]
    assert "ground_lost" in {one.code for one in at_desk(config, "lea", preview_signal, signal_id).refused}


@pytest.mark.goal("G6", reached="called back by the second night")
@pytest.mark.long
def test_a_record_that_the_source_takes_back_is_called_back_by_the_second_night(town: Path, config: Path) -> None:
    signal_id = prepared(config)
    make(config)
    with opened(config) as store:
        one = signals(store, signal_id=signal_id)[0]
    for dataset in ("vergunningen", "meldingen", "controles", "maatregelen"):
        gone = [key.partition(":")[2] for key in one.basis["records"] if key.startswith(f"{dataset}:")]
        file = town / f"{dataset}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not any(key in line for key in gone)), encoding="utf-8")
    left = [("signals", None)]
    for as_of, and_then in (("2026-11-02", []), ("2026-11-03", [("withdrawal", "bron_ingetrokken")])):
        ran = barrier("run", "--config", config, "--as-of", as_of, "--json")
        assert ran.code in {0, 4}, ran.err
        left += and_then
        with opened(config) as store:
            assert [(one.kind, one.reason) for one in disclosures(store, signal_id=signal_id)] == left


# keys and settings


def test_keys_are_private_made_once_and_a_readable_one_is_refused(town: Path, config: Path) -> None:
    folder = town / "var" / "keys" / "export"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in folder.iterdir())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert at_desk(config, "lea", make_export_keys)["made"] == []
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    (folder / "tokens.key").chmod(0o640)
    with pytest.raises(ConfigurationError, match="others can read"):
        ExportSettings(load_configuration(config)).policy()


def test_a_secret_key_is_never_taken_for_a_recipient(town: Path, config: Path) -> None:
    with pytest.raises(BarrierError, match="secret key"):
        at_desk(config, "piet", propose_recipient_key, "riec-west", town / "riec.key", reason="x")
    for file in (town / "var").rglob("*"):
        if file.is_file():
            assert b"AGE-SECRET-KEY-" not in file.read_bytes()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('themes = ["alles"]', "export.themes must be a list of mensenhandel, "),
        ("keep_days = 0", "keep_days"),
        ('department = ""', "department"),
        ("kees = 1", "unknown key 'kees'"),
        ("withdraw_automatically = 1", "true or false"),
        ("valid_days = 400", "export.valid_days must be a whole number, 1 to 90 days"),
        ("valid_days = 0", "1 to 90 days"),
        ("valid_days = '30'", "1 to 90 days"),
        ("valid_days = true", "1 to 90 days"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_with_its_key(config: Path, lines: str, says: str) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write(f"\n[export]\n{lines}\n")
    with pytest.raises(ConfigurationError, match=says):
        ExportSettings(load_configuration(config)).policy()


def test_days_that_cannot_be_meant_stop_every_command(config: Path) -> None:
    signal_id = prepared(config)
    [first] = make(config)["batches"]
    prepared(config, 1)
    plain = config.read_text(encoding="utf-8")
    config.write_text(f"{plain}\n[export]\nvalid_days = 400\n", encoding="utf-8")
    for ran in (
        barrier("export", "riec", "--recipient", RIEC, "--by", "lea", "--config", config),
        barrier("export", "again", first["batch_id"], "--reason", "lost", "--by", "lea", "--config", config),
        barrier("check", "--config", config),
    ):
        assert ran.code == 2, ran.err
        assert "export.valid_days must be a whole number, 1 to 90 days" in " ".join((ran.out + ran.err).split())
    with opened(config) as store:
        assert len(batches(store)) == 1
        call_back(store, signal_id, reason="verklaard", by="privacy", now=datetime.now(UTC))
    config.write_text(f"{plain}\n[export]\nvalid_days = 90\n", encoding="utf-8")
    assert after_run.pending_after_run(load_configuration(config))[0]["withdrawn"] == 1
    assert "[export] can be meant" in barrier("check", "--config", config).out
    [made] = make(config)["batches"]
    with opened(config) as store:
        last = batches(store)[-1]
    assert (last.batch_id, (last.expires_at - last.made_at).days) == (made["batch_id"], 90)


def test_the_table_on_the_page_is_one_that_works(town: Path, config: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "start.md").read_text(encoding="utf-8")
    [table] = [block for block in page.split("```") if block.startswith("toml\n[export]")]
    named = {line.split(" = ")[0] for line in table.splitlines() if " = " in line}
    for folder in ("keys", "out"):
        table = table.replace(f'{folder} = "/srv/barrier/', f'{folder} = "{town}/')
    with config.open("a", encoding="utf-8") as file:
        file.write(table.removeprefix("toml\n"))
    at_desk(config, "lea", make_export_keys)
    made = ExportSettings(load_configuration(config))
    assert made.policy().keep_days == 365
    assert made.terms.withdraw_automatically
    assert all(name in named or f"also {name}" in page or f", {name}" in page for name in ExportTable.model_fields)


def test_a_real_municipality_says_itself_on_what_terms_it_sends(config: Path) -> None:
    config.write_text(config.read_text(encoding="utf-8").replace('code = "9999"', 'code = "0457"'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"\[export\] lacks department"):
        ExportSettings(load_configuration(config)).policy()
    assert served_policy(load_configuration(config)) is None
