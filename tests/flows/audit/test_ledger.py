"""A run leaves an entry and a head outside; an auditor checks, reads and reviews from the command line."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows.audit import command as audit_cli
from flows.audit import ledger as audit
from flows.audit.ledger import Place, anchor
from flows.configuration import load_configuration
from screening.errors import BarrierError, ConfigurationError, LedgerError
from screening.ledger import Entry, open_ledger, public_key, read_head
from screening.vocabulary import LedgerAction

RUN = "0123456789abcdef"
CASE = "00000000000000aa"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CONFIGURATION = """
[municipality]
name = "Voorbeeldstad"
code = "9999"
[sources]
vergunningen.path = "v.csv"
seksinrichtingen.path = "s.csv"
meldingen.path = "m.csv"
bag_adressen.path = "b.csv"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that keeps heads in a folder beside the workspace."""
    return configured(tmp_path, 'anchor = ["file:outside"]')


def configured(folder: Path, audit_table: str) -> Path:
    file = folder / "screening.toml"
    file.write_text(f"{CONFIGURATION}\n[audit]\n{audit_table}\n")
    return file


def published(config: Path, run_id: str = RUN) -> list[str]:
    """What `barrier run` does at its end; two people, an organisation and a flagged address are in the run."""
    people = [(f"P-000000000000000{number}", "person") for number in (1, 2)]
    folder = config.parent / "var" / "runs" / run_id
    folder.mkdir(parents=True, exist_ok=True)
    parties = pl.DataFrame([*people, *people, ("O-1", "organisation")], schema=["party_id", "kind"], orient="row")
    parties.write_parquet(folder / "parties.parquet")
    pl.DataFrame({"address_id": ["9999010000000001"]}).write_parquet(folder / "flags.parquet")
    return audit.run_published(load_configuration(config), run_id)


def write(config: Path, *entries: Entry) -> None:
    with open_ledger(config.parent / "var") as ledger:
        ledger.write_all(list(entries))


def read(actor: str, at: datetime, case: str = CASE) -> Entry:
    return Entry(at, actor, LedgerAction.READ_DOSSIER, f"case:{case}", origin="session:0123456789ab", case=case,
                 purpose="P-WON")  # fmt: skip


def call(*arguments: object, config: Path) -> Result:
    """`barrier audit …` as a person calls it; an error on purpose comes through as `barrier` prints it."""
    return CliRunner().invoke(audit_cli.app, [*map(str, arguments), "--config", str(config)])


def heads(config: Path) -> list[Path]:
    return sorted((config.parent / "outside").iterdir())


def test_a_run_is_written_down_once_and_its_head_is_outside(config: Path) -> None:
    assert published(config) == []
    assert published(config) == [], "a run that was there already"
    with open_ledger(config.parent / "var") as ledger:
        (entry,) = [one.entry for one in ledger.entries()]
    assert (entry.actor, entry.action, entry.object) == ("system:run", LedgerAction.RUN_PUBLISHED, f"run:{RUN}")
    assert entry.origin.startswith("host:")
    key = public_key(config.parent / "var" / "keys" / "ledger-signing.pub")
    found = [read_head(file.read_bytes(), [key]) for file in heads(config)]
    assert [head.seq for head in found] == [1, 1]
    assert stat.S_IMODE(heads(config)[0].stat().st_mode) == 0o600


def test_a_run_leaves_a_line_of_the_logboek_for_each_person_and_each_flagged_address(config: Path) -> None:
    published(config)
    published(config)
    with open_ledger(config.parent / "var") as ledger:
        lines = list(ledger.logboek.lines())
        about = [one and (str(one.kind).rpartition(":")[2], one.id) for one in map(ledger.logboek.subject_of, lines)]
    assert {one["name"] for one in lines} == {"run_published"}
    assert sorted(filter(None, about)) == [
        ("address", "9999010000000001"), ("party", "P-0000000000000001"), ("party", "P-0000000000000002"),
    ]  # fmt: skip
    assert about.count(None) == 1  # the run as a whole


def test_a_run_that_cannot_be_written_down_says_so(config: Path) -> None:
    published(config)
    (config.parent / "var" / "ledger.sqlite").write_bytes(b"damaged" * 1_000)
    for leftover in (config.parent / "var").glob("ledger.sqlite-*"):
        leftover.unlink()
    with pytest.raises(LedgerError):
        published(config, "fedcba9876543210")


def test_a_place_that_fails_is_told_and_the_others_get_the_head(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    config = configured(
        tmp_path,
        'anchor = ["file:taken", "command:false", "command:no-such-program-here", '
        f'"command:tee {tmp_path}/by-command", "file:outside"]',
    )
    told = published(config)
    assert len(told) == 3
    assert all("could NOT be" in one for one in told)
    assert "exit code 1" in told[1]
    assert (tmp_path / "by-command").read_bytes() == heads(config)[0].read_bytes()
    assert published(config), "told again each time"


def test_a_server_brings_the_head_of_its_open_ledger_outside(tmp_path: Path) -> None:
    config = configured(tmp_path, 'anchor = ["file:outside", "command:false"]')
    with open_ledger(tmp_path / "var") as ledger:
        ledger.write(read("a.bakker", NOW))
        told = audit.anchor_head(load_configuration(config), ledger, now=NOW)
    assert len(told) == 1
    assert "exit code 1" in told[0]
    assert '"seq":1,' in heads(config)[0].read_text()


def test_a_command_that_hangs_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "COMMAND_TIMEOUT_S", 0.2)
    (done,) = anchor(b"{}", (Place("command", "sleep 30"),))
    assert "no answer" in done.problem


def test_a_command_is_no_shell(tmp_path: Path) -> None:
    (done,) = anchor(b"{}", (Place("command", f"true ; touch {tmp_path}/shell && true"),))
    assert done.problem is None
    assert not (tmp_path / "shell").exists()


def test_another_head_under_the_same_name_is_told_and_left(config: Path) -> None:
    published(config)
    (file,) = heads(config)
    place = Place("file", str(config.parent / "outside"))
    assert anchor(file.read_bytes(), (place,))[0].problem is None
    changed = file.read_bytes().replace(b'"signature":"', b'"signature":"x')
    assert "Another head" in anchor(changed, (place,))[0].problem
    assert len(heads(config)) == 1


@pytest.mark.parametrize(
    ("table", "advice"),
    [("", "kept in the workspace only"), ("anchor = []", "no head goes anywhere"), ('anchor = ["file:out"]', None)],
)
def test_heads_beside_the_ledger_are_advised_against(tmp_path: Path, table: str, advice: str | None) -> None:
    told = published(configured(tmp_path, table))
    assert told == [] if advice is None else advice in " ".join(told)


def test_folders_are_those_of_the_configuration_from_wherever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "town").mkdir()
    configured(tmp_path / "town", "")
    monkeypatch.chdir(tmp_path)
    assert "kept in the workspace only" in published(Path("town/screening.toml"))[0]
    assert len(list((tmp_path / "town" / "var" / "heads").iterdir())) == 1
    assert (tmp_path / "town" / "var" / "keys" / "ledger-signing.key").exists()
    configured(tmp_path / "town", 'anchor = ["file:outside"]\nsigning_key = "own.key"')
    assert published(Path("town/screening.toml")) == []
    assert len(list((tmp_path / "town" / "outside").iterdir())) == 1
    assert (tmp_path / "town" / "own.key").exists()


@pytest.mark.parametrize(
    "table",
    ["ankor = []", 'anchor = "file:x"', 'anchor = ["x"]', 'anchor = ["file:"]', 'anchor = ["mail:a@b"]',
     "anchor = [\"command:lp 'x\"]", "anchor = [1]", "signing_key = 1", "working_hours = [20, 7]",
     "working_hours = [7]", "working_hours = [true, 9]", "working_hours = [0, 25]"],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, table: str) -> None:
    with pytest.raises(ConfigurationError, match="audit"):
        audit.audit_settings(load_configuration(configured(tmp_path, table)))


def test_where_heads_go_is_no_part_of_the_run_id(tmp_path: Path) -> None:
    one = load_configuration(configured(tmp_path, 'anchor = ["file:a"]')).canonical
    assert one == load_configuration(configured(tmp_path, 'anchor = ["file:b"]\nworking_hours = [6, 22]')).canonical


def test_a_whole_ledger_passes_and_a_cut_one_does_not(config: Path) -> None:
    published(config)
    write(config, *(read("a.bakker", datetime(2026, 11, 2, 9, number, tzinfo=UTC)) for number in range(9)))
    assert call("head", "--anchor", config=config).exit_code == 0
    done = call("verify", config=config)
    assert (done.exit_code, "10 entries, vouched for by a head up to entry 10: whole." in done.output) == (0, True)
    with closing(sqlite3.connect(config.parent / "var" / "ledger.sqlite")) as database, database:
        trigger = "ledger_entry_refuse_delete"
        (text,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [trigger]).fetchone()
        database.execute(f"DROP TRIGGER {trigger}")
        database.execute("DELETE FROM ledger_entry WHERE seq > 5")
        database.execute(text)
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


def test_a_month_is_reviewed_and_signed_off_by_somebody_else(config: Path) -> None:
    late = datetime(2026, 10, 5, 22, 30, tzinfo=UTC)
    write(config, *(read("c.curious", late + timedelta(days=number), f"{number:016x}") for number in range(4)))
    shown = call("review", "--month", "2026-10", "--by", "a.auditor", config=config)
    assert shown.exit_code == 0, shown.output
    assert "c.curious keek 4 keer buiten werktijd in een dossier" in shown.output
    assert "Nog niet afgetekend" in shown.output
    own = call("review", "--month", "2026-10", "--by", "C.Curious", "--sign-off", config=config)
    assert isinstance(own.exception, LedgerError)
    signed = call("review", "--month", "2026-10", "--by", "a.auditor", "--sign-off", "--english", config=config)
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
    assert audit.review(config, "2026-10", by="a.auditor")["findings"] == []


def test_the_origin_of_a_command_is_one_that_the_ledger_takes() -> None:
    now = datetime.now(UTC)
    assert Entry(now, "system:run", LedgerAction.CONFIGURATION, "list:runs", origin=audit.terminal_origin())
