"""A delivery that was cut at a row border switches its rules off, until a person accepts it; the next night is good."""

from __future__ import annotations

from tests.conftest import barrier


def test_a_cut_delivery_is_suspect_until_a_person_accepts_it(town):
    config, file = town / "screening.toml", town / "vergunningen.csv"
    first = barrier("run", "--config", config, "--json")
    assert first.code == 0, first.out
    assert {delivery["verdict"] for delivery in first.json["deliveries"].values()} == {"good"}
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: -len(lines) // 8]))

    held = barrier("run", "--config", config, "--as-of", "2026-11-02", "--json")
    assert held.code == 4
    delivery = held.json["deliveries"]["vergunningen"]
    assert delivery["verdict"] == "suspect"
    assert "keys_vanished" in {reason["code"] for reason in delivery["reasons"]}
    assert [(why["dataset"], why["kind"]) for why in held.json["unavailable"]] == [("vergunningen", "suspect")]
    assert "LIC-01" not in {rule["code"] for rule in held.json["indicators"]["run"]}
    assert {d["verdict"] for name, d in held.json["deliveries"].items() if name != "vergunningen"} == {"good"}

    accepted = barrier("intake", "accept", "vergunningen", "--reason", "verwijderd op verzoek", "--config", config)
    assert accepted.code == 0, accepted.err
    again = barrier("intake", "reject", "vergunningen", "--reason", "toch niet", "--config", config)
    assert again.code == 1
    assert "decided about before" in again.err
    after = barrier("run", "--config", config, "--as-of", "2026-11-02", "--json")
    assert after.code == 0, after.out
    assert after.json["deliveries"]["vergunningen"]["reasons"][-1]["code"] == "accepted"
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (town / "var" / "deliveries").iterdir())
