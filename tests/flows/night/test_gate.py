"""A delivery that was cut at a row border switches its rules off, until a person accepts it; the next night is good."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import barrier


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


def test_a_cut_delivery_is_suspect_until_a_person_accepts_it(town: Path) -> None:
    first = run(town, 1)
    assert first.code == 0, first.out
    assert {delivery["verdict"] for delivery in first.json["deliveries"].values()} == {"good"}
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
    page = (Path(held.json["folder"]) / "run.html").read_text()
    assert "vergunningen: de levering is verdacht" in page

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


def test_nothing_is_published_on_addresses_that_are_suspect(town: Path) -> None:
    assert run(town, 1).code == 0
    cut(town / "bag_adressen.csv")
    held = run(town, 2)
    assert held.code == 4
    assert "bag_adressen: the delivery is suspect" in held.out + held.err
    assert len(barrier("runs", "--config", town / "screening.toml", "--json").json) == 1
