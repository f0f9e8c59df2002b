"""Deliveries that come twice, late or not at all, and columns that drift (R12).

One night of each kind is a test of `tests/flows/night`; the schedules of many nights are marked `long`.
"""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.catalogue import all_indicators
from flows.intake.seal import write_manifest
from flows.night.run import NightOutcome, night
from screening.base.errors import ContractStopError, SuspectDeliveryError
from screening.synthetic import generate
from tests.assurance.damage import drifted, structural
from tests.assurance.pipeline import AS_OF
from tests.assurance.verdicts import GoodNight

REGISTERS = ("vergunningen", "seksinrichtingen", "meldingen", "handelsregister", "maatregelen")
SCHEDULES, NIGHTS = 30, (2, 3)


def on(town: Path, day: int) -> NightOutcome:
    return night(town / "screening.toml", as_of=date(2026, 11, day))


def flags(outcome: NightOutcome) -> set[tuple]:
    frame = pl.read_parquet(outcome.folder / "flags.parquet")
    return set(frame.select("address_id", "reason", pl.col("indicator_codes").list.sort().list.join(" ")).iter_rows())


@pytest.fixture(scope="module")
def first_night(clean_town, tmp_path_factory) -> Path:
    """A municipality after its first night. Take a copy."""
    town = tmp_path_factory.mktemp("schedules") / "town"
    shutil.copytree(clean_town, town, ignore=shutil.ignore_patterns("var", "truth"))
    on(town, 1)
    return town


@pytest.fixture(scope="module")
def undisturbed(first_night, tmp_path_factory) -> dict[int, set[tuple]]:
    """The flags of each night where every delivery comes as it should."""
    town = Path(shutil.copytree(first_night, tmp_path_factory.mktemp("undisturbed") / "town"))
    return {day: flags(on(town, day)) for day in NIGHTS}


def deliver(file: Path, event: str, chance: random.Random) -> None:
    if event == "missing":
        file.unlink()
    elif event == "late":
        write_manifest(file, as_of=date(2026, 9, 1))
    elif event == "reordered":
        header, *rows = file.read_bytes().splitlines(keepends=True)
        chance.shuffle(rows)
        file.write_bytes(header + b"".join(rows))
    elif event == "copied":
        file.write_bytes(file.read_bytes())


@pytest.mark.goal("R12", reached="30 schedules")
@pytest.mark.long
@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_what_comes_twice_changes_no_flag_and_what_is_late_or_missing_is_said(seed, first_night, undisturbed, tmp_path):
    chance = random.Random(seed)
    town = Path(shutil.copytree(first_night, tmp_path / "town"))
    for day in NIGHTS:
        events = {
            name: chance.choice(["reordered", "copied", "late", "missing"]) for name in chance.sample(REGISTERS, 2)
        }
        kept = {name: (town / f"{name}.csv").read_bytes() for name in events}
        for name, event in events.items():
            deliver(town / f"{name}.csv", event, chance)
        outcome = on(town, day)
        off = {name for name, event in events.items() if event in {"late", "missing"}}
        assert {why["dataset"]: why["kind"] for why in outcome.document["unavailable"]} == {
            name: "missing" if events[name] == "missing" else "stale" for name in off
        }
        assert outcome.exit_code == (4 if off else 0)
        ran = {rule["code"] for rule in outcome.document["indicators"]["run"]}
        assert not [rule.code for rule in all_indicators() if rule.code in ran and off & set(rule.inputs)]
        assert outcome.cases.get("withdrawn", 0) == 0
        assert {name: outcome.document["deliveries"][name]["age_days"] for name in off if events[name] == "late"} == {
            name: 60 + day for name in off if events[name] == "late"
        }
        if not off:
            assert flags(outcome) == undisturbed[day]
        for name, content in kept.items():
            (town / f"{name}.csv").write_bytes(content)
            (town / f"{name}.csv.manifest.json").unlink(missing_ok=True)


#: What changed flags in silence before deliveries had verdicts.
SILENT = (
    ("vergunningen", "the register of another municipality"),
    ("vergunningen", "13.2% of the rows gone at the end"),
    ("vergunningen", "no column bezwaar_uitkomst"),
    ("meldingen", "day and month exchanged"),
    ("meldingen", "no column melder_token"),
    ("meldingen", "dates -100 years"),
    ("handelsregister", "19.0% of the rows gone at the end"),
    ("handelsregister", "no column afgeschermd"),
    ("seksinrichtingen", "19.0% of the rows gone at the end"),
    ("bag_adressen", "19.0% of the rows gone at the end"),
    ("bag_adressen", "the register of another municipality"),
)


@pytest.mark.long
@pytest.mark.parametrize(("register", "what"), SILENT)
def test_a_night_on_a_damaged_delivery_gains_no_flag_and_ends_no_case(
    register, what, first_night, undisturbed, tmp_path
):
    town = Path(shutil.copytree(first_night, tmp_path / "town"))
    file, elsewhere = town / f"{register}.csv", generate(8, 3000, regime="clean", as_of=AS_OF).tables[register]
    structural(register, pl.read_csv(file, infer_schema=False), elsewhere)[what].write_csv(file)
    try:
        outcome = on(town, 2)
    except (ContractStopError, SuspectDeliveryError):  # nothing is published
        return
    assert outcome.document["deliveries"][register]["verdict"] == "suspect"
    assert outcome.exit_code == 4
    assert {flag[0] for flag in flags(outcome)} <= {flag[0] for flag in undisturbed[2]}
    assert outcome.cases.get("withdrawn", 0) == 0


@pytest.fixture(scope="module")
def good_night(tmp_path_factory) -> GoodNight:
    return GoodNight(generate(7, 3000, regime="clean", as_of=AS_OF), tmp_path_factory.mktemp("drift"))


def drift(good_night: GoodNight, register: str) -> None:
    """Every change of the columns is refused, suspect, or read as the same rows."""
    changes = drifted(good_night.table(register), register)
    assert len(changes) == 12
    verdicts = {name: good_night.judge(register, change) for name, change in changes.items()}
    print(register, {name: verdict.kind for name, verdict in verdicts.items()})
    assert not {name for name, verdict in verdicts.items() if verdict.kind == "good"}


@pytest.mark.goal("R12", reached="60 changes of columns")
@pytest.mark.long
@pytest.mark.parametrize("register", REGISTERS)
def test_columns_that_drift_are_refused_suspect_or_mapped(good_night, register):
    drift(good_night, register)
