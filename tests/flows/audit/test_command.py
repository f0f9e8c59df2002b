"""An auditor checks, reads and reviews from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.audit import command as audit_cli
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.vocabulary import LedgerAction
from screening.ledger import Entry, open_ledger, review_month, sign_off, terminal_origin
from screening.ledger.notary import note_decisions
from screening.store import Workspace, open_store
from screening.store.access.accounts import admit
from screening.store.sqlite_driver import Connection
from tests.flows.audit.town import CASE, NOW, configured, heads, published, read, write


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that keeps heads in a folder beside the workspace."""
    return configured(tmp_path, 'anchor = ["file:outside"]')


def call(*arguments: object, config: Path) -> Result:
    """`barrier audit …` as a person calls it; an error on purpose comes through as `barrier` prints it."""
    return CliRunner().invoke(audit_cli.app, [*map(str, arguments), "--config", str(config)])


def cut_tail(config: Path, *, after: int) -> None:
    """Take the entries after a number away: the guard is out of the way meanwhile, and back afterwards."""
    with Connection(config.parent / "var" / "ledger.sqlite") as database:
        trigger = "ledger_entry_refuse_delete"
        (text,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [trigger]).fetchone()
        database.execute(f"DROP TRIGGER {trigger}")
        database.execute("DELETE FROM ledger_entry WHERE seq > ?", [after])
        database.execute(text)


@pytest.mark.goal("S11", reached="entries cut off after the last head leave rows that are named")
def test_a_tail_that_was_cut_after_the_last_head_leaves_rows_without_an_entry(config: Path) -> None:
    """No head reaches what was cut, and the chain is faultless: the rows of the store that are left give it away."""
    published(config)
    workspace = Workspace(config.parent / "var")

    def admitted(*names: str) -> int:
        with open_store(workspace) as store, open_ledger(workspace) as ledger:
            note_decisions(store, lambda: ledger, actor=lambda: "system:run", now=lambda: NOW)
            for name in names:
                admit(store, account=name, issuer="https://id.example", subject=name, name="Iemand", now=NOW)
            return ledger.head().seq

    last = admitted("a.bakker")
    assert call("head", "--anchor", config=config).exit_code == 0
    admitted("riec.evil", "riec.accomplice")
    assert call("verify", config=config).exit_code == 0
    cut_tail(config, after=last)
    done = call("verify", "--json", config=config)
    found = json.loads(done.output)
    assert (done.exit_code, found["entries"], found["anchored"]) == (1, last, last)
    assert [finding["kind"] for finding in found["findings"]] == ["unnoted"] * 2
    for name, finding in zip(
        ("riec.accomplice", "riec.evil"), sorted(each["what"] for each in found["findings"]), strict=True
    ):
        assert finding.startswith(f"account {name} (account_change, account:{name}) is in the store, and no entry says")


def test_a_whole_ledger_passes_and_a_cut_one_does_not(config: Path) -> None:
    published(config)
    write(config, *(read("a.bakker", datetime(2026, 11, 2, 9, number, tzinfo=UTC)) for number in range(9)))
    assert call("head", "--anchor", config=config).exit_code == 0
    done = call("verify", config=config)
    assert (done.exit_code, "10 entries, vouched for by a head up to entry 10: whole." in done.output) == (0, True)
    cut_tail(config, after=5)
    cut = call("verify", config=config)
    assert cut.exit_code == 1
    assert "FOUND cut" in cut.output
    assert "NOT in order" in cut.output
    chain = call("verify", "--chain-only", "--json", config=config)
    assert (chain.exit_code, json.loads(chain.output)["ok"]) == (0, True), "the chain alone sees nothing: hence heads"


def test_an_auditor_uses_heads_and_a_key_of_their_own(config: Path, tmp_path: Path) -> None:
    published(config)
    printed = call("head", config=config).output.splitlines()[0]
    (tmp_path / "notebook.json").write_text(printed + "\n")
    key = tmp_path / "var" / "keys" / "ledger-signing.pub"
    copy = tmp_path / "auditor.pub"
    copy.write_bytes(key.read_bytes())
    key.unlink()
    key.with_suffix(".key").unlink()  # whoever makes new keys does not get past an auditor with the old one
    arguments = ("verify", "--heads", tmp_path / "notebook.json", "--public-key", copy)
    assert call(*arguments, config=config).exit_code == 0
    assert call("head", "--anchor", config=config).exit_code == 0
    assert call("verify", "--public-key", copy, config=config).exit_code == 1, "a head of the new key is not trusted"


def test_a_head_that_was_changed_is_found(config: Path) -> None:
    published(config)
    (file,) = heads(config)
    file.write_bytes(file.read_bytes().replace(b'"seq":1', b'"seq":0'))
    done = call("verify", config=config)
    assert done.exit_code == 1
    assert "FOUND head" in done.output


def test_without_any_head_it_says_that_nothing_vouches(tmp_path: Path) -> None:
    config = configured(tmp_path, "anchor = []")
    published(config)
    done = call("verify", config=config)
    assert done.exit_code == 1
    assert "No head vouches" in done.output
    absent = call("verify", "--heads", tmp_path / "absent", config=config)
    assert isinstance(absent.exception, ConfigurationError)


def test_an_empty_folder_of_heads_is_no_proof(config: Path) -> None:
    published(config)
    heads(config)[0].unlink()
    assert call("verify", config=config).exit_code == 1


def test_entries_are_shown_newest_first_and_the_looking_is_one_of_them(config: Path) -> None:
    published(config)
    write(config, read("a.bakker", datetime(2026, 11, 2, 9, tzinfo=UTC)))
    done = call("list", "--by", "A.Auditor", config=config)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert [line.split()[2] for line in lines] == ["a.auditor", "a.bakker", "system:run"]
    assert "read_audit" in lines[0]
    only = json.loads(call("list", "--by", "x.auditor", "--account", "a.bakker", "--json", config=config).output)
    assert [(one["actor"], one["object"]) for one in only] == [("a.bakker", f"case:{CASE}")]
    wrong = call("list", "--by", "x.auditor", "--action", "peek", config=config)
    assert isinstance(wrong.exception, ConfigurationError)
    nameless = call("list", "--by", "Jan de Vries", config=config)
    assert isinstance(nameless.exception, BarrierError)
    assert len(json.loads(call("list", "--by", "x", "--json", config=config).output)) == 5


def test_a_month_is_reviewed_at_the_terminal_and_signed_off_elsewhere(config: Path) -> None:
    late = datetime(2026, 10, 5, 22, 30, tzinfo=UTC)
    write(config, *(read("c.curious", late + timedelta(days=number), f"{number:016x}") for number in range(4)))
    shown = call("review", "--month", "2026-10", "--by", "a.auditor", config=config)
    assert shown.exit_code == 0, shown.output
    assert "c.curious keek 4 keer buiten werktijd in een dossier" in shown.output
    assert "Nog niet afgetekend" in shown.output
    assert call("review", "--month", "2026-10", "--by", "a.auditor", "--sign-off", config=config).exit_code == 2
    with open_ledger(config.parent / "var") as ledger:
        review = review_month(ledger, "2026-10")
        sign_off(ledger, review, by="a.auditor", now=NOW, origin=terminal_origin())
    signed = call("review", "--month", "2026-10", "--by", "a.auditor", "--english", config=config)
    assert "Signed off by a.auditor." in signed.output
    again = json.loads(call("review", "--month", "2026-10", "--by", "b.auditor", "--json", config=config).output)
    assert again["signed_off_by"] == "a.auditor"
    assert [one["pattern"] for one in again["findings"]] == ["outside_hours"]
    assert again["is_as_signed"]
    write(config, read("c.curious", late + timedelta(days=5), "00000000000000bb"))
    later = call("review", "--month", "2026-10", "--by", "b.auditor", config=config)
    assert "anders dan toen het werd afgetekend" in later.output


def test_other_working_hours_make_another_review(tmp_path: Path) -> None:
    config = configured(tmp_path, 'anchor = ["file:outside"]\nworking_hours = [0, 24]')
    late = datetime(2026, 10, 5, 21, 30, tzinfo=UTC)
    write(config, *(read("c.curious", late + timedelta(days=number), f"{number:016x}") for number in range(4)))
    done = call("review", "--month", "2026-10", "--by", "a.auditor", "--json", config=config)
    assert json.loads(done.output)["findings"] == []


def test_the_origin_of_a_command_is_one_that_the_ledger_takes() -> None:
    now = datetime.now(UTC)
    assert Entry(now, "system:run", LedgerAction.CONFIGURATION, "list:runs", origin=terminal_origin())
