"""The quality page says what came in of each register in each night, and how many rows broke which rule. No value."""

from __future__ import annotations

import pytest

from screening.base.word_lists import read_lists
from screening.report.quality import render_quality
from screening.wording.quality import mended_sentence, part_text, quality_body, quality_document, trend


def rule(name: str, failed: int, severity: str = "error") -> dict:
    column, _, expectation = name.partition(".")
    return {
        "rule_id": f"meldingen.{name}",
        "column": column,
        "expectation": expectation,
        "severity": severity,
        "description_nl": f"{column} klopt",
        "description_en": f"{column} is right",
        "rows_tested": 1_000,
        "rows_failed": failed,
    }


def document() -> dict:
    """What run.json says of one register, as the page reads it."""
    rejected = [
        {"dataset": "meldingen", "column": "lat", "expectation": "in_range", "reason": "te ver", "rows": 2},
        {"dataset": "meldingen", "column": None, "expectation": "row_shape", "reason": "1 veld", "rows": 1},
    ]
    counts = {"rows_read": 1200, "rows_accepted": 1197, "rows_quarantined": 3}
    return {
        "inputs": [{"dataset": "meldingen", "path": "m.csv", **counts}],
        "unavailable": [],
        "counts": {"quarantine": rejected},
    }


def findings(records: int) -> dict:
    """A night in which one rule ran, with findings on as many records of one register, and one on another."""
    names = [*(f"meldingen:M-{n}" for n in range(records)), "vergunningen:Z-1"]
    return {
        "run": [{"code": "ZOM.LOC-01"}],
        "findings": [{"code": "ZOM.LOC-01", "reason_nl": "Dubbel", "reason_en": "Twice", "records": names}],
    }


@pytest.fixture
def nights() -> list[dict]:
    """Three nights: a good one, one in which a register is doubted, one in which it is not there."""
    first, second, third = document(), document(), document()
    for night, run in enumerate((first, second, third), 29):
        run |= {"as_of": f"2026-10-{night}", "deliveries": {}, "expectations": {}}
        run["expectations"]["meldingen"] = [
            rule("lat.in_range", 2),
            rule("status.in_code_list", 0),
            rule("status.exists_in", 5, "warning"),
        ]
    reason = {"code": "row_count", "nl": "veel minder rijen.", "en": "far fewer rows."}
    second["deliveries"]["meldingen"] = {"verdict": "suspect", "age_days": 3, "reasons": [reason]}
    second["counts"]["mended"] = {"meldingen": {"mended": 4, "rejected": 1, "gone": 0, "untold": 2}}
    third |= {"inputs": [], "expectations": {}, "unavailable": [{"dataset": "meldingen", "kind": "missing"}]}
    third["counts"]["quarantine"] = []
    first["indicators"], second["indicators"] = findings(3), findings(0)
    return [first, second, third]


def test_each_night_has_its_counts_verdict_and_age(nights):
    [register] = quality_document(nights)["registers"]
    assert [night["verdict"] for night in register["nights"]] == ["unknown", "suspect", "missing"]
    assert [night["read"] for night in register["nights"]] == [1200, 1200, None]
    assert register["nights"][1]["age_days"] == 3
    assert register["nights"][1]["mended"]["mended"] == 4


def test_a_register_that_is_not_configured_in_a_night_has_none(nights):
    nights[2]["unavailable"] = []
    [register] = quality_document(nights)["registers"]
    assert register["nights"][2] is None
    assert "niet geleverd" in quality_body(quality_document(nights), "nl")


def test_rules_that_rows_broke_are_told_and_the_others_counted_also_those_of_reading(nights):
    [register] = quality_document(nights)["registers"]
    assert {broken["rule_id"]: broken["nights"] for broken in register["broken"]} == {
        "meldingen.lat.in_range": [[1000, 2], [1000, 2], None],
        "meldingen.status.exists_in": [[1000, 5], [1000, 5], None],
        "meldingen.*.row_shape": [[1200, 1], [1200, 1], None],
    }
    assert register["rules"] == 4


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_stands_alone_and_says_it_in_both_languages(nights, language):
    page = render_quality(quality_document(nights), "Voorbeelddam <b>", language)
    assert "Voorbeelddam &lt;b&gt;" in page
    assert f'<html lang="{language}">' in page
    assert not {"<script", "<link", "<img", "http:", "https:", "style="} & {
        part for part in ("<script", "<link", "<img", "http:", "https:", "style=") if part in page
    }
    told = {
        "nl": (
            "twijfelachtig",
            "ontbreekt",
            "veel minder rijen.",
            "kwamen er 4 hersteld terug",
            "waarschuwing",
            "0,2 %",
        ),
        "en": ("doubtful", "missing", "far fewer rows.", "4 came back mended", "warning", "0.2%"),
    }
    assert [text for text in told[language] if text not in page] == []


def test_findings_are_counted_by_kind_and_night_and_only_those_that_the_owner_may_read(nights):
    [register] = quality_document(nights, codes={"ZOM.LOC-01"})["registers"]
    assert register["findings"] == [{"code": "ZOM.LOC-01", "nl": "Dubbel", "en": "Twice", "nights": [3, 0, None]}]
    assert "Na te gaan: Meldingen" in quality_body({**quality_document(nights), "registers": [register]}, "nl")
    [register] = quality_document(nights)["registers"]
    assert register["findings"] == []
    [register] = quality_document(nights, codes={"ZOM.LOC-01"}, closed={"meldingen"})["registers"]
    assert register["findings"] is None


def test_beside_every_picture_stands_a_table(nights):
    body = quality_body(quality_document(nights), "nl")
    assert body.count("<svg") == 1 + 3
    assert body.count('role="img"') == body.count("<svg") == body.count("<title>")
    assert body.count("<table") == 3


def test_before_the_first_night_it_says_so():
    assert "nog geen nacht" in render_quality(quality_document([]), "Voorbeelddam")


def test_hostile_words_are_text(nights):
    nights[0]["expectations"]["meldingen"][0]["description_nl"] = "<img src=x>"
    assert "<img" not in quality_body(quality_document(nights), "nl")


def test_shares_never_round_to_nothing_or_to_all():
    assert [part_text(*pair, "nl") for pair in ((0, 0), (0, 9), (1, 9_999), (9_998, 9_999), (9, 9))] == [
        "–",
        "0,0 %",
        "0,1 %",
        "99,9 %",
        "100,0 %",
    ]


def test_a_trend_tells_nothing_from_not_there():
    drawn = trend([None, 0.0, 0.02, 0.04], "Verloop", "nl")
    assert "<title>Verloop, 0–4,0 %</title>" in drawn
    assert drawn.count("<rect") == 1 + 2 * 3
    assert 'height="40"' in drawn


def test_of_rows_without_a_key_it_says_only_that():
    counts = {"mended": 0, "rejected": 0, "gone": 0, "untold": 9}
    assert mended_sentence(counts) == "Niet te volgen, want zonder eigen kenmerk: 9."


def test_every_text_has_both_languages():
    def leaves(texts):
        for text in texts.values():
            yield from [text] if text.keys() & {"nl", "en"} else leaves(text)

    assert all(text.keys() == {"nl", "en"} for text in leaves(read_lists("screening.wording", "quality.yaml")))
