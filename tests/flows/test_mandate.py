"""Nothing of a real municipality is read before everything is in order and two people signed exactly that (G2)."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from flows import mandate
from flows.catalogue import all_contracts
from flows.cli import app
from flows.configuration import load_configuration
from flows.configuration.retention_terms import STATED
from flows.lazy_group import LazyGroup
from screening.base.errors import BarrierError, ConfigurationError, LedgerError
from screening.contracts import validate
from screening.sources import read_source
from tests.conftest import Ran
from tests.mandates import bare_configuration, change, missing, require, sign, sign_as_real


@pytest.fixture
def config(town) -> Path:
    return town / "screening.toml"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return bare_configuration(tmp_path)


def called(command: str, config: Path) -> Ran:
    """A command in this process; an error on purpose as the command line tells it."""
    done = CliRunner().invoke(app, [*command.split(), *REFUSES.get(command, ()), "--config", str(config)])
    error = done.exception
    if isinstance(error, BarrierError):
        return Ran(error.exit_code, str(error), "")
    return Ran(done.exit_code, done.output, "")


def test_a_municipality_in_order_starts_and_a_made_up_one_needs_nothing(config):
    assert require(config) == []
    assert mandate.examine(load_configuration(config)) == ([], [])
    assert not (config.parent / "var").exists()
    sign_as_real(config)
    missing, fine = mandate.examine(load_configuration(config))
    assert missing == []
    assert "Signed by anna, bram" in fine[1]
    mandate.refuse_without_mandate(load_configuration(config))  # a dry run: nothing is in the ledger by it
    assert mandate.known_state(load_configuration(config)).before is None
    require(config)  # tests/flows/audit/test_log_read_access.py has a whole night of such a municipality
    assert mandate.known_state(load_configuration(config)).before is not None


def test_without_anything_all_that_is_missing_is_named_at_once(config):
    change(config, 'code = "9999"', 'code = "0457"')
    for command in ("check", "run"):
        done = called(command, config)
        assert done.code == 2
        text = done.out
        assert ("rows read" in text) == (command == "check")  # which asks nobody, and keeps nothing
        named = ("controller", "contact", "[governance.mandate]", "purposes", "dpia", "fg_advice", "signers")
        assert [one for one in (*named, *STATED, "run.snapshot_days") if one not in text] == []
    left = [path for path in (config.parent / "var").rglob("*") if path.is_file()]
    assert [path.parent.name for path in left] == ["nights"], "that the night was refused is kept, and nothing else"


def test_without_a_ledger_nothing_starts_and_looking_makes_none(bare):
    missing(bare)
    assert not (bare.parent / "var").exists()
    sign(bare)
    assert missing(bare) == ""
    (bare.parent / "var" / "ledger.sqlite").unlink()
    (bare.parent / "var" / "ledger.sqlite").mkdir(parents=True)
    with pytest.raises(LedgerError):
        require(bare)


# --- every command

#: Commands that process, and so refuse; with what they need to be called.
REFUSES = {
    "run": (),
    "explain": ("9999010000000001",),
    "backtest": ("LIC-04",),
    "reproduce": ("x",),
    "rules load": ("LIC-04",),
    "links list": (),
    "links show": ("x",),
    "links history": ("x",),
    "links precision": (),
    "links profile": (),
    "export prepare": (),
    "mandate check": (),
    "pool counts": ("2026-Q4", "out"),
}
#: Commands that go on, and why.
GOES_ON = {
    "a stop, an approval and their history are about rules, not about people": (
        "rules list",
        "rules dossiers",
        "rules prepare",
        "rules stop",
        "rules history",
    ),
    "an auditor looks when something is wrong": ("audit verify", "audit head", "audit list", "audit review", "verify"),
    "what was sent must be known; what people do with it, they do on pages": (
        "export list",
        "export keys",
        "export recipients",
    ),
    "erasure and the rights of people do not wait for a paper": (
        "retention plan",
        "retention apply",
        "subject",
        "object list",
        "backup",
        "restore",
    ),
    "the way to the mandate": ("mandate init", "mandate statement", "papers"),
    "without a mandate it shows sign-in and the pages that lead to one (review/test_opening.py)": ("serve",),
    "read nothing of a municipality, or bytes alone": (
        "extensions examine",
        "new indicator",
        "new register",
        "indicators",
        "describe",
        "synthetic",
        "demo",
        "runs",
        "contracts suite",
        "intake seal",
    ),
    "read registers to show a fault before anybody signs, keep nothing and say what is missing": (
        "check",
        "profile",
        "init",
    ),
    "tell the owner of a register which rows to mend, without a value": ("intake rejects",),
    "tell of nights by counts, also of those that a missing mandate refused": (
        "notify send",
        "notify test",
        "status",
        "fleet status",
        "fleet send",
    ),
    "an administrator looks when something is wrong, also with the mandate": ("doctor",),
    "read the configuration alone; each night that they schedule or run refuses by itself": (
        "deploy",
        "fleet deploy",
        "fleet run",
    ),
    "sums of five municipalities or more, read in; and the processor, which has no configuration of a municipality": (
        "pool read",
        "pool add",
        "pool result",
    ),
    "tell how registers do from night to night, without a value": ("contracts quality",),
    "act with made-up data alone; in a real municipality a person does it signed in, on a page": (
        "intake accept",
        "intake reject",
        "links judge",
        "links undo",
    ),
}


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


@pytest.mark.goal("G2", reached="every command")
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
    with pytest.raises(ConfigurationError, match="made-up municipality"):
        validate(table, contract, code_allowed_prefix=settings.municipality.code)


@pytest.mark.parametrize("command", ["links judge x positive --reason x", "links undo x"])
def test_a_person_of_a_real_municipality_judges_links_on_a_page(bare, command):
    done = called(command, bare)
    assert (done.code, "on the page /koppelingen of the review" in done.out) == (2, True)


@pytest.mark.parametrize("command", ["intake accept vergunningen --reason x", "intake reject vergunningen --reason x"])
def test_a_person_of_a_real_municipality_decides_about_deliveries_on_a_page(bare, command):
    done = called(command, bare)
    assert (done.code, "on the page /leveringen of the review" in done.out) == (2, True)
    assert not (bare.parent / "var").exists()


def test_that_a_delivery_still_holds_is_confirmed_on_the_page_alone(bare):
    done = called("intake confirm vergunningen", bare)
    assert (done.code, "No such command" in done.out) == (2, True)


@pytest.mark.parametrize("command", ["audit list", "audit review --month 2026-10"])
def test_no_name_is_believed_at_the_terminal_of_a_real_municipality(bare, command):
    done = called(f"{command} --by verzonnen", bare)
    assert (done.code, "--by would be believed unseen" in done.out) == (2, True)
    assert not (bare.parent / "var").exists()
