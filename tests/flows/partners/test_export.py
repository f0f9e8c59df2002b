"""The commands of the export and its settings: prepared, listed, read, and opened by the receiver's own script."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
import sqlalchemy as sa

from flows.configuration import load_configuration
from flows.configuration.export import ANSWER_KEY, TOKEN_KEY, ExportSettings, served_policy
from flows.configuration.partner_tables import ExportTable
from flows.desk import open_desk
from flows.partners import after_run
from flows.partners.export import outbox_of, prepare_batches
from screening.base.civil_time import day_of
from screening.base.errors import ConfigurationError, LedgerError
from screening.base.vocabulary import Purpose, ReviewOutcome, Role
from screening.casework.cases.sync import sync_cases
from screening.casework.viewer import Viewer
from screening.ledger import open_ledger
from screening.partners.batch.feedback import FeedbackRow
from screening.partners.desk.agreements import agreement_in_force
from screening.partners.desk.content import Check, Draft
from screening.partners.desk.disclosures import Batch, batches, call_back, disclosures
from screening.partners.desk.drafts import batch_drafts
from screening.partners.desk.feedback import record_feedback
from screening.partners.desk.preparable import signal_source_of_case
from screening.partners.desk.recipients import approve_key, propose_key, recipient_keys, retire_key
from screening.partners.desk.signal_versions import signals
from screening.partners.desk.signals import approve_signal, prepare_signal
from screening.partners.receiver import verify_batch
from screening.partners.signal.codes import FeedbackOutcome, FeedbackRemark
from screening.store import Store, Workspace, open_store
from screening.store.schema.cases import review_case
from screening.store.sqlite_driver import Connection
from tests.casework.caseload import ANNA, BOTH, BRAM, judged
from tests.conftest import Ran, barrier, draw_the_same_ids
from tests.partners.desk.disclosed import BASIS, agreed
from tests.partners.signing import Signer, registered, sent_by

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
        draw_the_same_ids(store.engine)
        sync_cases(store, now=now)
        query = sa.select(review_case.c.case_id).where(
            review_case.c.arm == "flag", review_case.c.sensitive.is_(False), review_case.c.concluded_on.is_(None)
        )
        with store.engine.connect() as connection:
            ids = sorted(connection.scalars(query))[:3]
        for case_id in ids:
            for viewer in (ANNA, BRAM):
                judged(store, viewer, case_id, ReviewOutcome.BEVESTIGD_AFWIJKING, now=now)
        pinned(store, RIEC, key_of(town, "riec"))
        registered(store, Signer(town / "keys"), now=now)
    done("keys", "--config", town / "screening.toml")
    return town


def pinned(store: Store, name: str, key: str) -> None:
    """A recipient that two people stand behind."""
    made = propose_key(store, name, key, by="piet", reason="Nieuw convenant", now=datetime.now(UTC))
    approve_key(store, made.fingerprint, by="kaat", reason="Gebeld en vergeleken", now=datetime.now(UTC))
    if agreement_in_force(store, name) is None:
        agreed(store, name)


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
            recipient=RIEC,
            purpose=Purpose.VERG,
            legal_basis=BASIS,
            theme="overig_afgesproken",
            facts=frozenset(facts),
            deviations=frozenset(one["code"] for one in material.deviations),
            organisations=frozenset(str(party["partij"]) for party in material.organisations[:1]),
            partner="riec",
            intervention="Samen kijken.",
            question="Kent een partner dit bedrijf?",
            doubts=("Het register kan achterlopen.",),
            notification="geinformeerd",
            checks={carrying: Check("piet", Role.OFFICER, day_of(now))},
            explanations={one["code"]: dict.fromkeys(one["verklaringen"], WHY) for one in material.deviations},
        )
        made = prepare_signal(store, PIET, case_id, replace(draft, **changed), policy=policy, now=now)  # type: ignore[arg-type]
        if is_approved:
            approve_signal(store, KAAT, case_id, content_sha256=made.content_sha256, policy=policy, now=now)
    return made.signal_id


def done(*arguments: str | Path) -> Ran:
    """The command; it must end well."""
    ran = barrier("export", *arguments)
    assert ran.code == 0, ran.out + ran.err
    return ran


def accepted(town: Path, batch: Batch, into: str) -> dict:
    """What the receiver's stand-alone script makes of a batch, in a process without our package on its path."""
    ran = subprocess.run(
        [
            sys.executable,
            "-I",
            verify_batch.__file__,
            str(batch.file),
            "--identity",
            str(town / "riec.key"),
            "--signers",
            str(allowed(town)),
            "--state",
            str(town / "received.json"),
            "--into",
            str(town / into),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=town,
    )
    return json.loads(ran.stdout)


def test_the_whole_way_by_the_commands(town: Path, config: Path) -> None:
    assert done("list", "--config", config).out == "No signal was prepared, and nothing left.\n"
    assert done("prepare", "--config", config).out == "Nothing is approved, and nothing has to be called back.\n"
    signal_id = prepared(config)
    [waiting] = done("prepare", "--recipient", RIEC, "--config", config, "--json").json["waiting"]
    assert (waiting["kind"], waiting["number"], waiting["signals"], waiting["signed_by"]) == ("signals", 1, 1, None)
    assert "to be signed on the page Batches" in done("prepare", "--config", config).out
    [batch] = make(config)
    answer = accepted(town, batch, "ontvangen")
    assert answer["accepted"], answer
    assert accepted(town, batch, "nogmaals")["code"] == "replay"
    # the receiver answers, and it is called back
    with opened(config) as store:
        answered = FeedbackRow(
            batch.batch_id,
            signal_id,
            FeedbackOutcome.CASUS,
            day_of(datetime.now(UTC)),
            FeedbackRemark.GEEN,
            "Het loopt al.",
        )
        assert record_feedback(store, [answered], by="lea", now=datetime.now(UTC)) == 1
        call_back(store, signal_id, reason="bezwaar_gegrond", by="lea", now=datetime.now(UTC))
    [withdrawal] = make(config)
    # what calls back can be opened long after what it calls back: it must arrive
    assert (withdrawal.expires_at - batch.expires_at).days > 300
    answer = accepted(town, withdrawal, "terug")
    assert answer["accepted"], answer
    assert (answer["kind"], answer["sequence"], answer["missing_sequences"]) == ("withdrawal", 2, [])
    assert answer["what_to_do"][0]["reden"] == "bezwaar_gegrond"
    listed = done("list", "--config", config, "--json").json
    assert [one["kind"] for one in listed["register"]] == ["signals", "withdrawal"]
    assert [line["is_answered"] for line in listed["register"]] == [True, False]
    for said in ("casus", "Het loopt al."):
        assert said not in json.dumps(listed) + done("list", "--config", config).out, "it is read on a page"
    assert (listed["pending"], listed["waiting"]) == ([], [])
    assert [key["state"] for key in done("recipients", "--config", config, "--json").json] == ["active"]


def key_of(town: Path, name: str) -> str:
    """The public key of a receiver that is new; the secret half stands in NAME.key."""
    identity = pyrage.x25519.Identity.generate()
    (town / f"{name}.key").write_text(f"{identity}\n")
    (town / f"{name}.key").chmod(0o600)
    return str(identity.to_public())


def make(config: Path, recipient: str = RIEC) -> list[Batch]:
    """What is due to a recipient, prepared, signed by lea and approved by wim."""
    with open_desk(config) as desk:
        drafts = [draft for draft in prepare_batches(desk, [recipient]).waiting if draft.is_open]
        return [sent_by(outbox_of(desk), draft, signer_of(config)) for draft in drafts]


def signer_of(config: Path) -> Signer:
    """Lea, who signs with a key that lies beside the town."""
    signer = object.__new__(Signer)
    signer.key = config.parent / "keys" / "lea"
    return signer


def allowed(town: Path) -> Path:
    """What the receiver has of the people who sign."""
    return town / "keys" / "lea.allowed_signers"


def test_without_the_ledger_nothing_is_prepared(config: Path, monkeypatch) -> None:
    prepared(config)
    monkeypatch.setenv("BARRIER_LEDGER_URL", "sqlite:////proc/nowhere/ledger.sqlite")
    with pytest.raises(LedgerError):
        make(config)
    monkeypatch.delenv("BARRIER_LEDGER_URL")
    ledger = config.parent / "var" / "ledger.sqlite"
    with open_ledger(Workspace(config.parent / "var")):
        pass
    # a ledger that can be opened and not written
    with Connection(ledger) as raw:
        raw.execute("CREATE TRIGGER full BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(LedgerError):
        make(config)
    with opened(config) as store:
        assert (batches(store), batch_drafts(store)) == ([], [])


def test_after_a_night_what_must_be_called_back_is_prepared_or_only_told_where_that_is_configured(config: Path) -> None:
    signal_id = prepared(config)
    make(config)
    assert after_run.pending_after_run(load_configuration(config)) == after_run.AfterRun()
    with opened(config) as store:
        call_back(store, signal_id, reason="recht_op_wissing", by="privacy", now=datetime.now(UTC))
    counts, notes = after_night(config, "withdraw_automatically = false")
    assert (counts["to_withdraw"], counts["in_batches"]) == (1, 0)
    assert "1 signal at a partner is to be called back" in notes[0]
    for _ in range(2):  # the second night leaves what waits as it is
        counts, notes = after_night(config)
        assert (counts["to_withdraw"], counts["in_batches"]) == (0, 1)
        assert "1 signal waits in prepared batches" in notes[0]
        with opened(config) as store:
            [draft] = batch_drafts(store, is_open=True)
            assert (draft.made_by, draft.kind, len(batches(store))) == ("system:run", "withdrawal", 1)
    [batch] = make(config)
    assert (batch.made_by, batch.kind) == ("lea", "withdrawal")
    assert after_night(config) == ({}, [])


def after_night(config: Path, more: str = "") -> tuple[dict[str, int], list[str]]:
    """What the end of a night does, with more of `[export]`."""
    before = config.read_text(encoding="utf-8")
    config.write_text(f"{before}\n[export]\n{more}\n" if more else before, encoding="utf-8")
    try:
        after = after_run.pending_after_run(load_configuration(config))
        return after.counts, [*after.lines, *after.losses]
    finally:
        config.write_text(before, encoding="utf-8")


def test_the_night_prepares_an_approved_correction_and_never_a_new_signal(config: Path) -> None:
    signal_id = prepared(config)
    make(config)
    prepared(config, 1)
    assert after_night(config) == ({}, [])  # a new signal that is approved waits for a person
    prepared(config, reason="gegevens_onjuist", question="Wat is er bekend?", is_approved=False)
    assert after_night(config) == ({}, [])  # and so does a correction that nobody approved
    prepared(config, reason="gegevens_onjuist", question="Wat is er bekend?")
    counts, notes = after_night(config, "withdraw_automatically = false")
    assert (counts["in_batches"], counts["to_prepare"]) == (0, 1)
    assert "1 signal has an approved correction that is in no batch" in notes[0]
    counts, _ = after_night(config)
    assert {name: n for name, n in counts.items() if n} == {"in_batches": 1}
    with opened(config) as store:
        [draft] = batch_drafts(store, is_open=True)
        assert (draft.kind, draft.made_by) == ("correction", "system:run")
        assert len(disclosures(store, signal_id=signal_id)) == 1
    assert [batch.kind for batch in make(config)] == ["correction", "signals"]


def test_a_recipient_without_a_key_holds_up_no_other(config: Path, town: Path) -> None:
    first = prepared(config)
    with opened(config) as store:
        pinned(store, "riec-west", key_of(town, "west"))
    second = prepared(config, 1, recipient="riec-west")
    make(config)
    make(config, "riec-west")
    with opened(config) as store:
        for one in (first, second):
            call_back(store, one, reason="verklaard", by="privacy", now=datetime.now(UTC))
        [key] = [one for one in recipient_keys(store) if one.recipient == RIEC]
        retire_key(store, key.fingerprint, by="kaat", reason="Kwijt", now=datetime.now(UTC))
    counts, notes = after_night(config)
    assert (counts["in_batches"], counts["to_withdraw"]) == (1, 1)
    assert "a batch to riec-oost was not prepared" in notes[-1]


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
    for as_of, waiting in (("2026-11-02", []), ("2026-11-03", [("withdrawal", "bron_ingetrokken")])):
        ran = barrier("run", "--config", config, "--as-of", as_of, "--json")
        assert ran.code in {0, 4}, ran.err
        with opened(config) as store:
            drafts = batch_drafts(store, is_open=True)
            assert [(draft.kind, draft.lines[0][1]) for draft in drafts] == waiting


# keys and settings


@pytest.mark.parametrize("name", [TOKEN_KEY, ANSWER_KEY])
def test_the_keys_are_private_made_once_and_a_readable_one_is_refused(town: Path, config: Path, name: str) -> None:
    folder = town / "var" / "keys" / "export"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert set(before) == {TOKEN_KEY, ANSWER_KEY}
    assert (folder / name).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert done("keys", "--config", config, "--json").json["made"] == []
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    settings = ExportSettings(load_configuration(config))
    (folder / name).chmod(0o640)
    with pytest.raises(ConfigurationError, match="others can read"):
        settings.policy()
    (folder / name).write_text("zz", encoding="ascii")
    (folder / name).chmod(0o600)
    with pytest.raises(ConfigurationError, match="backup"):
        settings.policy()
    (folder / name).unlink()
    assert not settings.has_keys
    assert done("keys", "--config", config, "--json").json["made"] == [name]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
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
    prepared(config)
    plain = config.read_text(encoding="utf-8")
    config.write_text(f"{plain}\n[export]\nvalid_days = 400\n", encoding="utf-8")
    for ran in (barrier("export", "prepare", "--config", config), barrier("check", "--config", config)):
        assert ran.code == 2, ran.err
        assert "export.valid_days must be a whole number, 1 to 90 days" in " ".join((ran.out + ran.err).split())
    config.write_text(f"{plain}\n[export]\nvalid_days = 90\n", encoding="utf-8")
    assert "[export] can be meant" in barrier("check", "--config", config).out
    [batch] = make(config)
    assert (batch.expires_at - batch.made_at).days == 90


def test_the_table_on_the_page_is_one_that_works(town: Path, config: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "start.md").read_text(encoding="utf-8")
    [table] = [block for block in page.split("```") if block.startswith("toml\n[export]")]
    named = {line.split(" = ")[0] for line in table.splitlines() if " = " in line}
    for folder in ("keys", "out"):
        table = table.replace(f'{folder} = "/srv/barrier/', f'{folder} = "{town}/')
    with config.open("a", encoding="utf-8") as file:
        file.write(table.removeprefix("toml\n"))
    done("keys", "--config", config)
    made = ExportSettings(load_configuration(config))
    assert made.policy().keep_days == 365
    assert made.terms.withdraw_automatically
    assert all(name in named or f"also {name}" in page or f", {name}" in page for name in ExportTable.model_fields)


def test_a_real_municipality_says_itself_on_what_terms_it_sends(config: Path) -> None:
    config.write_text(config.read_text(encoding="utf-8").replace('code = "9999"', 'code = "0457"'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"\[export\] lacks department"):
        ExportSettings(load_configuration(config)).policy()
    assert served_policy(load_configuration(config)) is None
