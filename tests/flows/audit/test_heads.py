"""A run leaves an entry in the ledger, and its head is brought to every place outside."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from flows.audit import heads as heads_module
from flows.audit.heads import anchor, anchor_head, audit_settings
from flows.configuration import load_configuration
from flows.configuration.audit import HeadPlace
from screening.base.errors import ConfigurationError, DamagedStoreError
from screening.base.vocabulary import LedgerAction
from screening.ledger import open_ledger, public_key, read_head
from tests.flows.audit.town import NOW, RUN, configured, heads, published, read


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that keeps heads in a folder beside the workspace."""
    return configured(tmp_path, 'anchor = ["file:outside"]')


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
        ("address", "9999010000000001"),
        ("party", "P-0000000000000001"),
        ("party", "P-0000000000000002"),
    ]
    assert about.count(None) == 1  # the run as a whole


def test_a_run_that_cannot_be_written_down_says_so(config: Path) -> None:
    published(config)
    (config.parent / "var" / "ledger.sqlite").write_bytes(b"damaged" * 1_000)
    for leftover in (config.parent / "var").glob("ledger.sqlite-*"):
        leftover.unlink()
    with pytest.raises(DamagedStoreError):
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
        places = anchor_head(ledger, audit_settings(load_configuration(config)), now=NOW)
    assert places[0].problem is None
    assert "exit code 1" in places[1].problem
    assert '"seq":1,' in heads(config)[0].read_text()


def test_a_command_that_hangs_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads_module, "COMMAND_TIMEOUT_S", 0.2)
    (done,) = anchor(b"{}", (HeadPlace("command", "sleep 30"),))
    assert "no answer" in done.problem


def test_a_command_is_no_shell(tmp_path: Path) -> None:
    (done,) = anchor(b"{}", (HeadPlace("command", f"true ; touch {tmp_path}/shell && true"),))
    assert done.problem is None
    assert not (tmp_path / "shell").exists()


def test_another_head_under_the_same_name_is_told_and_left(config: Path) -> None:
    published(config)
    (file,) = heads(config)
    place = HeadPlace("file", str(config.parent / "outside"))
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
    [
        "ankor = []",
        'anchor = "file:x"',
        'anchor = ["x"]',
        'anchor = ["file:"]',
        'anchor = ["mail:a@b"]',
        'anchor = ["command:lp \'x"]',
        "anchor = [1]",
        "signing_key = 1",
        "working_hours = [20, 7]",
        "working_hours = [7]",
        "working_hours = [true, 9]",
        "working_hours = [0, 25]",
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, table: str) -> None:
    with pytest.raises(ConfigurationError, match="audit"):
        audit_settings(load_configuration(configured(tmp_path, table)))


def test_where_heads_go_is_no_part_of_the_run_id(tmp_path: Path) -> None:
    one = load_configuration(configured(tmp_path, 'anchor = ["file:a"]')).canonical
    assert one == load_configuration(configured(tmp_path, 'anchor = ["file:b"]\nworking_hours = [6, 22]')).canonical
