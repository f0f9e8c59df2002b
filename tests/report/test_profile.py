"""The page of a linking profile: one file, its own Content-Security-Policy, pictures with words, no value as markup."""

from __future__ import annotations

import copy
import re

import pytest

from screening.report.profile import height_chart, render_profile

DOCUMENT = {
    "run_id": "abc",
    "as_of": "2026-11-01",
    "municipality": "Voorbeeld <b>",
    "synthetic": True,
    "counts": {"mentions": 3312, "parties": 2304, "links": {"exact": 1007, "strong": 635, "probable": 5}},
    "notes": [{"nl": "Eén achternaam te gewoon.", "en": "One family name too common."}],
    "heights": {
        "exact": 1007,
        "probable_from_bits": 2.5,
        "strong_from_bits": 4.25,
        "bins": [
            {"from_bits": 3, "level": "probable", "links": 5},
            {"from_bits": 12, "level": "strong", "links": 1635},
        ],
        "expected": [{"log_odds": 12.0, "pairs": 1635, "expected_precision": 0.99996, "expected_recall": 0.5}],
    },
    "clusters": {
        "sizes": [{"kind": "person", "mentions": 1, "parties": 9}, {"kind": "person", "mentions": 25, "parties": 2}],
        "largest": [
            {"party_id": "P-1", "kind": "person", "mentions": 25, "registers": ["leidinggevenden"], "notations": 2}
        ],
        "odd": [
            {
                "party_id": "P-2",
                "kind": "person",
                "mentions": 6,
                "notations": 6,
                "density": 0.4667,
                "registers": [],
                "why": ["loose", "bridge"],
                "bridges": [{"link_id": "L-1", "records": ["leidinggevenden:r1", "vergunningen:Z-1"]}],
            }
        ],
        "odd_count": 1,
    },
    "judged": {
        "judged": 4,
        "calibration": {
            "judged": 240,
            "needed": 100,
            "brier": 0.03134,
            "thresholds": [
                {"log_odds": 3.0, "pairs": 240, "expected_precision": 0.962, "precision": 0.875, "error": 0.087}
            ],
        },
        "thresholds": [
            {
                "log_odds": 3.0,
                "links": 9,
                "judged": 4,
                "right": 3,
                "precision": 0.75,
                "precision_low": 0.3,
                "precision_high": 0.95,
                "recall": 1.0,
                "recall_low": 0.4,
                "recall_high": 1.0,
            }
        ],
    },
    "keys": [
        {
            "key": "birth_date",
            "kind": "person",
            "mentions": 9,
            "blocks": 2,
            "largest": 3,
            "pairs": 4,
            "links": 2,
            "only": 1,
        }
    ],
    "unlinkable": [
        {
            "dataset": "leidinggevenden",
            "role": "beheerder",
            "kind": "person",
            "mentions": 9,
            "nameless": 0,
            "keyless": 1,
            "alone": 3,
        }
    ],
    "not_repeated": None,
}


def test_everything_is_on_the_page_and_nothing_comes_from_elsewhere():
    page = render_profile(DOCUMENT)
    for said in ("3.312", "P-2", "L-1", "hangt los aan elkaar", "0,47", "Eén achternaam te gewoon.", "75,0 %"):
        assert said in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert "default-src 'none'" in page
    assert "<script" not in page


def test_a_value_is_never_markup():
    page = render_profile(DOCUMENT)
    assert "Voorbeeld &lt;b&gt;" in page
    assert "<b>\n" not in page.replace("<li><b>", "")


def test_a_share_below_one_is_never_said_to_be_all():
    assert "99,9 %" in render_profile(DOCUMENT)


@pytest.mark.parametrize("part", ["keys", "unlinkable"])
def test_what_could_not_be_repeated_is_said_and_left_out(part):
    document = copy.deepcopy(DOCUMENT)
    document["keys"] = document["unlinkable"] = None
    document["not_repeated"] = {"nl": "De leveringen zijn veranderd.", "en": "x"}
    page = render_profile(document)
    assert "De leveringen zijn veranderd." in page
    assert {"keys": "Alleen hierdoor", "unlinkable": "Zonder sleutel"}[part] not in page


def test_nothing_judged_and_nothing_odd_is_said():
    document = copy.deepcopy(DOCUMENT)
    few = {"judged": 1, "needed": 100, "brier": None, "thresholds": []}
    document["judged"] = {"judged": 0, "thresholds": [], "calibration": few}
    document["clusters"]["odd"], document["clusters"]["odd_count"] = [], 0
    page = render_profile(document)
    assert "nog geen gewogen koppeling beoordeeld" in page
    assert "Onvoldoende gegevens: 1 gewogen koppeling is beoordeeld, 100 zijn er nodig." in page
    assert "Brierscore" not in page
    assert "Geen enkele partij valt op" in page


def test_the_promised_precision_stands_beside_the_judged_one():
    page = render_profile(DOCUMENT)
    (row,) = re.findall(r'<tr><th scope="row">3,00</th><td class="n">240</td>.*?</tr>', page)
    assert row.index("96,2 %") < row.index("87,5 %")
    assert "Brierscore 0,0313" in page
    assert "Onvoldoende" not in page


def test_the_chart_says_every_height_and_both_thresholds():
    drawn = str(height_chart(DOCUMENT["heights"]))
    assert "3 5; 12 1635. Waarschijnlijk vanaf 2,50, sterk vanaf 4,25." in drawn
    assert height_chart({**DOCUMENT["heights"], "bins": []}) == ""
