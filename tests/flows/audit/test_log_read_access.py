"""At the terminal of a real municipality nothing personal is shown that the ledger does not know of."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from flows.configuration import load_configuration
from flows.desk import Desk, terminal_account
from flows.links.judge import list_links, open_link_desk, show_link
from flows.night.explain import explain
from flows.night.run import night
from screening.base.errors import ConfigurationError, LedgerError
from screening.base.vocabulary import LedgerAction, Purpose
from tests.mandates import sign_as_real

FOR = {"case": "Z-2026-00123", "purpose": "P-VERG"}


@pytest.fixture(scope="module")
def real(clean_town, tmp_path_factory) -> Path:
    """The configuration of a municipality that is not synthetic, with a night behind it."""
    town = tmp_path_factory.mktemp("real") / "town"
    shutil.copytree(clean_town, town, ignore=shutil.ignore_patterns("var", "truth"))
    config = town / "screening.toml"
    sign_as_real(config)
    night(config)
    return config


@pytest.fixture(scope="module")
def address(real) -> str:
    records = pl.read_parquet(next((real.parent / "var" / "runs").glob("*/records.parquet")))
    return records.filter(pl.col("dataset") == "meldingen")["address_id"].drop_nulls()[0]


def _entries(config: Path, action: LedgerAction) -> list:
    with Desk(load_configuration(config)).ledger as ledger:
        return ledger.entries(action=action)


def test_an_explanation_is_in_the_ledger_with_who_and_why(real, address):
    before = len(_entries(real, LedgerAction.READ_EXPLANATION))
    told = explain(real, address, **FOR)
    assert told.records
    entries = _entries(real, LedgerAction.READ_EXPLANATION)
    assert len(entries) == before + 1
    entry = entries[-1].entry
    assert (entry.object, entry.case, entry.purpose) == (f"address:{address}", "Z-2026-00123", Purpose.VERG)
    assert entry.actor == terminal_account()
    assert entry.origin.startswith("host:")


@pytest.mark.parametrize(
    "said", [{}, {"case": "Z-2026-00123"}, {"purpose": "P-VERG"}, FOR | {"purpose": "P-REG"}, FOR | {"purpose": "x"}]
)
def test_without_a_case_and_a_purpose_nothing_is_told(real, address, said):
    before = len(_entries(real, LedgerAction.READ_EXPLANATION))
    with pytest.raises(ConfigurationError, match="--purpose"):
        explain(real, address, **said)
    assert len(_entries(real, LedgerAction.READ_EXPLANATION)) == before


def test_a_case_that_is_no_number_is_refused_without_being_repeated(real, address):
    with pytest.raises(LedgerError, match="such as Z-2026-00123") as caught:
        explain(real, address, case="buurvrouw Jansen", purpose="P-VERG")
    assert "Jansen" not in str(caught.value)


def test_when_the_ledger_cannot_be_written_nothing_is_told(real, address, tmp_path):
    town = tmp_path / "town"
    shutil.copytree(real.parent, town)
    for file in (town / "var").glob("ledger.sqlite*"):
        file.unlink()
    (town / "var" / "ledger.sqlite").mkdir()
    with pytest.raises(LedgerError):
        explain(town / real.name, address, **FOR)
    with pytest.raises(LedgerError), open_link_desk(town / real.name) as desk:
        list_links(desk)


def test_links_that_are_listed_or_shown_are_in_the_ledger(real):
    before = len(_entries(real, LedgerAction.READ_LINK))
    with open_link_desk(real) as desk:
        link = list_links(desk, limit=1)["shown"][0]["link_id"]
        show_link(desk, link)
    assert [one.entry.object for one in _entries(real, LedgerAction.READ_LINK)[before:]] == [
        "list:links",
        f"link:{link}",
    ]


def test_made_up_data_need_no_reason_and_one_that_is_given_is_kept(clean_town, clean_run, tmp_path):
    town = tmp_path / "town"
    shutil.copytree(clean_town, town)
    config = town / "screening.toml"
    with Desk(load_configuration(config)).store as store:
        address = store.flags(clean_run["run_id"])["address_id"][0]
    explain(config, address)
    assert _entries(config, LedgerAction.READ_EXPLANATION) == []
    explain(config, address, **FOR)
    assert len(_entries(config, LedgerAction.READ_EXPLANATION)) == 1


def test_the_actor_is_who_the_system_knows_and_not_who_the_environment_says(monkeypatch):
    known = terminal_account()
    for name in ("USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "iemand.anders")
    assert terminal_account() == known
    assert os.getuid() == 0 or known != "root"
