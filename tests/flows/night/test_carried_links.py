"""Nights of a town in their order: what is carried over, when all is compared, and what stops the night."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.configuration import load_configuration
from flows.desk import Desk
from flows.night import carried_links
from flows.night.run import night
from flows.rights.subject_access import collect_subject_data
from screening.base.errors import ContractStopError
from screening.base.frames import PREPARED_FILES
from screening.base.vocabulary import ExitCode
from screening.contracts import check_rule
from screening.matching.parties import estimation_rule
from tests.conftest import AS_OF


def night_of(town: Path, day: int):
    return night(town / "screening.toml", as_of=AS_OF + timedelta(days=day))


def linking(document: dict) -> dict:
    return {name: part for name, part in document["linking"].items() if name != "models"}


def without_managers(town: Path, count: int) -> None:
    """Managers leave, here and there: the register has fewer rows the next night, and is not cut."""
    file = town / "leidinggevenden.csv"
    rows = pl.read_csv(file, infer_schema_length=0)
    left = [place * (rows.height // count) for place in range(count)]
    rows.filter(~pl.int_range(pl.len()).is_in(left)).write_csv(file)


def test_nights_carry_over_and_repeat_until_one_estimates_anew(screened_town, clean_run):
    town, first = screened_town, clean_run
    assert linking(first)["why"] == "first"
    assert set(PREPARED_FILES) <= set(first["files"])
    without_managers(town, 5)
    second = night_of(town, 1).document
    assert linking(second) == linking(first) | {"why": None, "nights": 1}
    assert second["linking"]["models"] == first["linking"]["models"]
    assert second["party_model"] == first["party_model"]
    # a night before the last that is repeated gives the same bytes: publishing compares them
    assert [linking(night_of(town, 2).document)["nights"], night_of(town, 1).already] == [2, True]
    file = town / "screening.toml"
    asked = f"[matching]\nestimate_anew_from = {AS_OF + timedelta(days=3)}\n\n[run]"
    file.write_text(file.read_text(encoding="utf-8").replace("[run]", asked, 1), encoding="utf-8")
    fourth = night_of(town, 3)
    estimated = linking(fourth.document)
    assert (estimated["why"], estimated["estimated_in"]) == ("asked", fourth.run_id)
    assert estimated["estimated_on"] == str(AS_OF + timedelta(days=3))


def test_a_difference_stops_the_night_that_compares_all_and_publishes_nothing(screened_town, clean_run, monkeypatch):
    monkeypatch.setattr(estimation_rule, "CHECKED_EVERY", 1)
    read = carried_links.read_run_file

    def planted(store, workspace, run_id: str, name: str) -> pl.DataFrame:
        frame = read(store, workspace, run_id, name)
        if name != "linking_persons_pairs.parquet":
            return frame
        return frame.with_columns(log_odds=pl.col("log_odds") - 0.25)

    monkeypatch.setattr(carried_links, "read_run_file", planted)
    with pytest.raises(ContractStopError, match="Nothing was published") as stopped:
        night_of(screened_town, 1)
    assert stopped.value.exit_code == ExitCode.CONTRACT_STOP
    monkeypatch.setattr(carried_links, "read_run_file", read)
    with Desk(load_configuration(screened_town / "screening.toml")) as desk:
        assert [run.as_of for run in desk.store.runs()] == [AS_OF]
    monkeypatch.setattr(check_rule, "CHECKED_EVERY", 1)  # Great Expectations judges such a night too
    checked = night_of(screened_town, 1).document
    assert linking(checked) == linking(clean_run) | {"why": None, "nights": 0, "is_checked": True}
    assert clean_run["contract_checks"]["checked_in"] is None
    judged = {"is_checked": True, "checked_in": checked["run_id"], "nights": 0}
    assert checked["contract_checks"] == clean_run["contract_checks"] | judged


def test_the_night_after_one_of_a_version_that_kept_nothing_compares_all(screened_town, monkeypatch):
    whole = carried_links.plan_night
    monkeypatch.setattr(carried_links, "plan_night", lambda _document, *rest: whole(None, *rest))
    assert linking(night_of(screened_town, 1).document)["why"] == "first"


def test_what_is_kept_of_a_person_is_shown_to_them_by_name_and_birth_date(screened_town):
    managers = pl.read_csv(screened_town / "leidinggevenden.csv", infer_schema_length=0)
    name, born = managers.drop_nulls(["naam", "geboortedatum"]).select("naam", "geboortedatum").row(0)
    birth_date = date.fromisoformat(born)
    with Desk(load_configuration(screened_town / "screening.toml")) as desk:
        shown = collect_subject_data(desk, person=name, birth_date=birth_date)["files_of_last_run"]
        assert {row["birth_date"] for row in shown["linking"]} == {born}
        other = collect_subject_data(desk, person=name, birth_date=birth_date + timedelta(days=1))
        assert "linking" not in other["files_of_last_run"]


def test_a_suspect_register_teaches_the_linking_nothing_and_loses_no_id(screened_town, clean_run):
    """Its rows are counted in no drift, and its names are counted anew when it comes back."""
    town, first = screened_town, Path(clean_run["folder"])
    good = (town / "leidinggevenden.csv").read_text(encoding="utf-8")
    rows = pl.read_csv(town / "leidinggevenden.csv", infer_schema_length=0)
    keys = rows["zaaknummer"].unique(maintain_order=True).head(2)
    broken = pl.when(pl.col("zaaknummer").is_in(keys.implode())).then(pl.lit("?")).otherwise("rol").alias("rol")
    rows.head(rows.height * 3 // 4).with_columns(broken).write_csv(town / "leidinggevenden.csv")
    held = night_of(town, 1)
    assert held.document["deliveries"]["leidinggevenden"]["verdict"] == "suspect"
    assert linking(held.document)["why"] is None
    assert "leidinggevenden" not in linking(held.document)["registers"]
    (town / "leidinggevenden.csv").write_text(good, encoding="utf-8")
    back = night_of(town, 2)
    assert linking(back.document)["why"] == "drift", "names that the night before did not hold are counted anew"
    of_register = pl.col("dataset") == "leidinggevenden"
    rejected = pl.read_parquet(first / "quarantine.parquet").filter(of_register)["row_number"].n_unique()
    assert back.document["counts"]["mended"]["leidinggevenden"]["untold"] == rejected, "of the good night, not the held"
    before, after = (pl.read_parquet(folder / "identities.parquet") for folder in (first, back.folder))
    assert after.equals(before)
