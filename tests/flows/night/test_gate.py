"""A delivery that was cut at a row border switches its rules off, until a person accepts it; the next night is good."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.catalogue import all_contracts
from flows.configuration import load_configuration
from flows.desk import Desk, open_desk
from flows.intake.decide import decide_about
from flows.intake.seal import write_manifest
from flows.night.gate import Delivered, judge_delivery, stale
from flows.night.last_good import erase_past_term
from flows.night.manifests import check_manifests
from screening.base.vocabulary import LedgerAction
from screening.contracts.age import AgeBasis, Reference
from screening.contracts.validation import typed_rows
from screening.sources import read_source
from tests.conftest import barrier

REQUIRED = ("vergunningen", "seksinrichtingen", "meldingen", "bag_adressen")


def run(town: Path, night: int):
    return barrier("run", "--config", town / "screening.toml", "--as-of", f"2026-11-{night:02}", "--json")


def codes(delivery: dict) -> set[str]:
    return {reason["code"] for reason in delivery["reasons"]}


def cut(file: Path) -> bytes:
    """Cut a file at a row border, an eighth from its end; return what it was."""
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: -len(lines) // 8]))
    return whole


def decide(town: Path, *words: str):
    return barrier("intake", *words, "--config", town / "screening.toml")


def test_a_cut_delivery_is_suspect_until_a_person_accepts_it(screened_town: Path, clean_run: dict) -> None:
    town = screened_town
    assert {delivery["verdict"] for delivery in clean_run["deliveries"].values()} == {"good"}
    cut(town / "vergunningen.csv")

    held = run(town, 2)
    assert held.code == 4, held.out
    delivery = held.json["deliveries"]["vergunningen"]
    assert delivery["verdict"] == "suspect"
    assert {"keys_vanished", "cut_at_end"} <= codes(delivery)
    assert [(why["dataset"], why["kind"]) for why in held.json["unavailable"]] == [("vergunningen", "suspect")]
    not_run = {rule["code"]: rule for rule in held.json["indicators"]["not_run"]}
    assert not_run["LIC-01"]["kind"] == "suspect_source"
    others = {name: d for name, d in held.json["deliveries"].items() if name != "vergunningen"}
    assert {d["verdict"] for d in others.values()} == {"good"}
    assert all("same_delivery" in codes(d) for d in others.values() if "delivery_sha256" in d)
    flagged = pl.read_parquet(Path(clean_run["folder"]) / "flags.parquet")["address_id"]
    drawn = pl.read_parquet(Path(held.json["folder"]) / "sample.parquet")["address_id"]
    assert not set(drawn) & set(flagged), "what a rule did not see tonight is not drawn as unflagged"
    page = (Path(held.json["folder"]) / "run.html").read_text()
    assert "Vergunningen: de levering is twijfelachtig" in page

    ahead = decide(town, "accept", "vergunningen", "--reason", "gezien", "--holds-for", "2999-01-01")
    assert ahead.code == 2
    assert "a day to come" in ahead.err
    accepted = decide(town, "accept", "vergunningen", "--reason", "verwijderd op verzoek")
    assert accepted.code == 0, accepted.err
    again = decide(town, "reject", "vergunningen", "--reason", "toch niet")
    assert again.code == 1
    assert "accepted before" in again.err
    after = run(town, 2)
    assert after.code == 0, after.out
    assert after.json["deliveries"]["vergunningen"]["reasons"][-1]["code"] == "accepted"
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (town / "var" / "deliveries").iterdir())


@pytest.fixture
def with_last_good(town: Path) -> Path:
    config = town / "screening.toml"
    marked = config.read_text().replace("[sources.meldingen]", '[sources.meldingen]\nwhen_suspect = "last_good"')
    config.write_text(marked)
    return town


def test_the_last_good_delivery_is_used_in_place_of_a_suspect_one(with_last_good: Path) -> None:
    town = with_last_good
    first = run(town, 1)
    cut(town / "meldingen.csv")
    held = run(town, 2)
    assert held.code == 4, held.out
    delivery = held.json["deliveries"]["meldingen"]
    assert delivery["verdict"] == "suspect"
    assert delivery["used"]["as_of"] == "2026-11-01"
    assert held.json["unavailable"] == []
    assert held.json["counts"]["records"] == first.json["counts"]["records"]
    assert "NUI-01" in {rule["code"] for rule in held.json["indicators"]["run"]}
    kept = [path for path in (town / "var" / "deliveries").glob("meldingen-*") if path.is_dir()]
    assert len(kept) == 1
    sealed = list(kept[0].iterdir())
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in sealed)
    assert all(path.read_bytes().startswith(b"age-encryption.org/v1") for path in sealed)


def test_nothing_is_published_on_addresses_that_are_suspect(screened_town: Path) -> None:
    town = screened_town
    cut(town / "bag_adressen.csv")
    held = run(town, 2)
    assert held.code == 4
    assert "bag_adressen: the delivery is doubtful" in held.out + held.err
    assert len(barrier("runs", "--config", town / "screening.toml", "--json").json) == 1


# --- the verdict of one register, without a night around it


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A municipality of reports alone: 200, two a day, and its configuration."""
    write_reports(tmp_path, range(200))
    sources = "".join(f'[sources.{name}]\npath = "{name}.csv"\n' for name in REQUIRED)
    head = '[municipality]\nname = "Proefstad"\ncode = "9999"\n[run]\nworkspace = "var"\n'
    (tmp_path / "screening.toml").write_text(head + sources, encoding="utf-8")
    return tmp_path


def write_reports(folder: Path, numbers: Iterable[int], *, status: str = "gemeld", end: str = "\n") -> None:
    days = [date(2026, 7, 1) + timedelta(days=number // 2) for number in numbers]
    lines = [f"M-{n},{day},wonen,leegstand,{status}" for n, day in zip(numbers, days, strict=True)]
    text = "\n".join(["melding_id,datum_melding,hoofdcategorie,subcategorie,status", *lines]) + end
    (folder / "meldingen.csv").write_text(text, encoding="utf-8")


def judge(folder: Path, night: int, *, code: str = "9999") -> dict:
    """The verdict on the reports in a night of November."""
    config = folder / "screening.toml"
    content = config.read_bytes().replace(b'"9999"', f'"{code}"'.encode())
    settings = load_configuration(config, as_of=date(2026, 11, night), content=content)
    contract = all_contracts()["meldingen"]
    with Desk(settings) as desk:
        table = read_source(settings.source_specs["meldingen"], contract.fields, reporter_key=b"k" * 32)
        manifests = check_manifests("meldingen", table.files, "used")
        document, _reference = judge_delivery(desk, Delivered(table, typed_rows(table, contract), manifests), None)
    return document


def test_the_first_delivery_of_a_real_municipality_waits_for_a_person_or_has_a_manifest(small: Path) -> None:
    first = judge(small, 1, code="0457")
    assert (first["verdict"], codes(first)) == ("suspect", {"first_delivery"})
    write_manifest(small / "meldingen.csv", as_of=date(2026, 10, 31))
    sealed = judge(small, 1, code="0457")
    assert (sealed["verdict"], codes(sealed), sealed["age_days"]) == ("good", {"sealed"}, 1)
    assert judge(small, 2, code="0457")["verdict"] == "good"


def test_a_manifest_that_fits_does_not_make_an_older_delivery_good(small: Path) -> None:
    write_manifest(small / "meldingen.csv", as_of=date(2026, 10, 31))
    assert judge(small, 1)["verdict"] == "good"
    write_reports(small, range(150))
    write_manifest(small / "meldingen.csv", as_of=date(2026, 10, 30))
    held = judge(small, 2)
    assert (held["verdict"], codes(held)) == ("suspect", {"manifest_older", "sealed"})
    write_manifest(small / "meldingen.csv", as_of=date(2026, 10, 31))
    assert judge(small, 2)["verdict"] == "good", "a correction of the same date"
    write_manifest(small / "meldingen.csv", as_of=date(2062, 10, 31))
    assert codes(judge(small, 3)) >= {"manifest_ahead"}, "it would never be old"


def test_the_same_delivery_again_is_recorded_and_an_ordinary_next_one_is_good(small: Path) -> None:
    assert judge(small, 1)["reasons"] == []
    again = judge(small, 2)
    assert (again["verdict"], codes(again)) == ("good", {"same_delivery"})
    assert "2026-11-01" in again["reasons"][0]["nl"]
    write_reports(small, range(206))
    assert judge(small, 3)["reasons"] == []


def test_it_is_held_against_the_last_good_one_also_on_the_same_date(small: Path) -> None:
    judge(small, 1)
    write_reports(small, range(150))
    held = judge(small, 1)
    assert held["verdict"] == "suspect"
    assert codes(held) == {"row_count", "older_delivery", "keys_vanished", "cut_at_end"}
    write_reports(small, range(149))
    assert judge(small, 2)["verdict"] == "suspect", "the half is no measure for what comes after"
    write_reports(small, range(200))
    assert judge(small, 3)["verdict"] == "good"


def test_an_older_file_that_comes_again_is_not_good_because_it_once_was(small: Path) -> None:
    judge(small, 1)
    write_reports(small, range(206))
    judge(small, 2)
    write_reports(small, range(200))
    held = judge(small, 3)
    assert held["verdict"] == "suspect"
    assert codes(held) >= {"same_delivery", "cut_at_end"}


def test_small_steps_in_one_direction_add_up(small: Path) -> None:
    """Three rows a night go from the middle, and as many come: never 2 % at once, a fifth in all."""
    numbers = list(range(200))
    for night in range(1, 20):
        write_reports(small, numbers)
        held = judge(small, night)
        if held["verdict"] != "good":
            break
        numbers = [n for place, n in enumerate(numbers) if place not in {50, 90, 130}]
        numbers += range(1000 + 3 * night, 1003 + 3 * night)
    assert night == 15, "fourteen steps of 1.5 % are more than 20 %"
    assert codes(held) == {"drift_vanished"}
    with open_desk(small / "screening.toml") as desk:
        decide_about(desk, "meldingen", "accepted", "elke nacht drie oude weg, zoals afgesproken")
    assert judge(small, 15)["verdict"] == "good"
    numbers = [n for place, n in enumerate(numbers) if place not in {50, 90, 130}]
    write_reports(small, numbers)
    assert judge(small, 16)["verdict"] == "good", "counted anew from what a person looked at"


def test_a_last_line_without_its_end_is_suspect_where_it_had_one(small: Path) -> None:
    judge(small, 1)
    write_reports(small, range(203), end="")
    assert codes(judge(small, 2)) == {"last_line_open"}


def test_codes_that_move_by_nature_move_and_others_do_not(small: Path) -> None:
    judge(small, 1)
    lines = (small / "meldingen.csv").read_text().splitlines()
    moved = [line.replace(",gemeld", ",afgehandeld") if n % 6 == 0 else line for n, line in enumerate(lines)]
    (small / "meldingen.csv").write_text("\n".join(moved) + "\n")
    assert judge(small, 2)["verdict"] == "good"
    other = [
        line.replace(",leegstand", ",onderhuur-en-adreskwaliteit") if n % 6 == 0 else line
        for n, line in enumerate(moved)
    ]
    (small / "meldingen.csv").write_text("\n".join(other) + "\n")
    assert codes(judge(small, 3)) == {"values_changed", "codes_shifted"}


def test_what_is_rejected_is_used_in_no_night_and_nothing_is_held_against_it(small: Path) -> None:
    judge(small, 1)
    write_reports(small, range(206))
    assert judge(small, 2)["verdict"] == "good"
    with open_desk(small / "screening.toml") as desk:
        decide_about(desk, "meldingen", "rejected", "testbestand")
        [entry] = desk.ledger.entries(action=LedgerAction.DELIVERY, is_newest_first=True, limit=1)
        assert entry.entry.object.endswith("-rejected")
    assert codes(judge(small, 3)) >= {"rejected"}
    write_reports(small, range(207))
    assert judge(small, 4)["verdict"] == "good"


def erase_row_hashes(folder: Path) -> None:
    """What a week without the last good delivery does."""
    for path in (folder / "var" / "deliveries").iterdir():
        os.utime(path, (0, 0))
    with open_desk(folder / "screening.toml") as desk:
        assert erase_past_term(desk)


def test_a_doubtful_delivery_stays_so_when_the_rows_of_the_last_good_one_are_erased(small: Path) -> None:
    judge(small, 1)
    write_reports(small, [n for n in range(200) if n not in range(50, 56)])
    assert codes(judge(small, 2)) == {"block_gone", "keys_vanished"}
    erase_row_hashes(small)
    for night in (3, 3, 4):
        held = judge(small, night)
        assert (held["verdict"], codes(held)) == ("suspect", {"doubt_not_settled", "same_delivery"})
    with open_desk(small / "screening.toml") as desk:
        decide_about(desk, "meldingen", "rejected", "een stuk ontbreekt")
    write_reports(small, range(206))
    assert codes(judge(small, 5)) == {"doubt_not_settled"}


def test_it_is_said_where_rows_cannot_be_compared(small: Path) -> None:
    judge(small, 1)
    erase_row_hashes(small)
    write_reports(small, range(203))
    held = judge(small, 2)
    assert (held["verdict"], codes(held)) == ("good", {"rows_not_compared"})


def test_what_was_accepted_by_day_is_what_the_next_file_is_held_against_row_by_row(small: Path) -> None:
    assert judge(small, 1, code="0457")["verdict"] == "suspect"
    with open_desk(small / "screening.toml") as desk:
        decide_about(desk, "meldingen", "accepted", "eerste levering")
    write_reports(small, [n for n in range(206) if n not in range(50, 56)])
    assert codes(judge(small, 2, code="0457")) == {"block_gone", "keys_vanished"}


@pytest.mark.parametrize(
    ("code", "confirmed", "kind"),
    [
        ("9999", None, None),
        ("0457", None, "stale"),
        ("0457", date(2026, 10, 1), None),
        ("0457", date(2026, 9, 1), "stale"),
    ],
)
def test_where_nothing_tells_its_age_a_real_municipality_confirms_it(
    small: Path, code: str, confirmed: date | None, kind: str | None
) -> None:
    config = small / "screening.toml"
    content = config.read_bytes().replace(b'"9999"', f'"{code}"'.encode())
    settings = load_configuration(config, as_of=date(2026, 11, 1), content=content)
    why = stale(settings, "bag_adressen", Reference(None, AgeBasis.UNKNOWN), confirmed)
    assert (why and why["kind"]) == kind


def test_what_run_json_says_of_a_delivery_names_nobody_and_tells_its_newest_date(small: Path) -> None:
    document = judge(small, 1)
    assert document["newest_date"] == "2026-10-08"
    assert (document["reference_date"], document["age_days"], document["age_from"]) == ("2026-10-08", 24, "newest_date")
    assert document["fingerprint"]["rows"] == 200
    assert document["fingerprint"]["columns"]["status"]["codes"] == {"gemeld": 1.0}
    assert set(document["fingerprint"]["columns"]["melding_id"]) == {"empty", "length", "digits"}
