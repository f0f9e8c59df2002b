"""Runs every case table, and sees to it that a table says enough to fail when its rule is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import textstat

from screening.rules import Param
from tests.plain_dutch import B1, LONGEST

ROOT = Path(__file__).parents[2]
#: Columns of evidence that a case compares as they are.
AS_IT_IS = ("window_start", "window_end", "dataset")


def told(hits: list[dict]) -> list[tuple]:
    return [(hit["address_id"], hit["record_ids"], hit["values"], hit["explanation_nl"]) for hit in hits]


def matches(hit: dict, wanted: dict) -> bool:
    values = json.loads(hit["values"])
    return (
        hit["address_id"] == (None if wanted["address_id"] is None else str(wanted["address_id"]))
        and hit["record_ids"] == sorted(wanted.get("record_ids", hit["record_ids"]))
        and all(name in values and plain(values[name]) == plain(v) for name, v in wanted.get("values", {}).items())
        and all(plain(hit[name]) == plain(wanted[name]) for name in AS_IT_IS if name in wanted)
        and wanted.get("says_nl", "") in hit["explanation_nl"]
        and hit["explanation_nl"].startswith(wanted.get("begins_nl", ""))
    )


def plain(value: object) -> object:
    return value if isinstance(value, int | float | bool) or value is None else str(value)


def test_a_case_gives_the_hits_it_expects_and_no_others(case):
    hits = list(case.as_written)
    wanted = list(case.spec["expect"])
    assert len(hits) == len(wanted), told(hits)
    for one in wanted:
        found = [hit for hit in hits if matches(hit, one)]
        assert found, f"no hit like {one} among {told(hits)}"
        hits.remove(found[0])


def test_the_order_of_rows_never_matters(eighth_case):
    assert told(eighth_case.hits(shuffle=1)) == told(eighth_case.as_written)


def test_a_case_on_the_edge_of_a_parameter_turns_when_the_edge_moves_one_step(case_on_an_edge):
    case = case_on_an_edge
    for name, side in case.spec["side"].items():
        assert side in ("below", "above")
        value, step = case.in_force()[name], (case.spec.get("step") or {}).get(name)
        now = len(case.as_written)
        moved = [
            len(case.hits(parameters={name: then})) for then in one_step_away(case.indicator.params[name], value, step)
        ]
        assert any(then != now for then in moved), f"{name} = {value} ± {step} changes nothing: this is no edge"


def one_step_away(param: Param, value: object, step: float | None) -> list[object]:
    """The nearest other settings: a step down and up, or one code less and one more."""
    if param.choices:
        settings = [[c for c in value if c != code] for code in value] + [
            [*value, c] for c in param.choices if c not in value
        ]
        return [setting for setting in settings if setting]
    step = step or (1 if isinstance(value, int) else 0.05)
    return [value - step, value + step]


def test_what_a_case_rules_out_would_otherwise_be_a_hit(case_that_rules_out):
    case = case_that_rules_out
    assert "otherwise" in case.spec, "say with `otherwise` what would have made it a hit"
    assert len(case.hits(otherwise=case.spec["otherwise"])) > len(case.as_written)


def test_an_indicator_has_exactly_one_table_beside_its_file(indicator_code, indicators, cases_of):
    module = Path(*indicators[indicator_code].function.__module__.split("."))
    beside = ROOT / "tests" / module.with_suffix(".yaml")
    assert [path for path, _ in cases_of[indicator_code]] == [beside]
    assert module.name.startswith(indicator_code.lower().replace("-", "_") + "_")


def test_every_parameter_has_a_case_on_both_sides(indicator_code, indicators, cases_of):
    cases = [case for _, cases in cases_of[indicator_code] for case in cases]
    for name in indicators[indicator_code].params:
        sides = {(case.spec.get("side") or {}).get(name) for case in cases} - {None}
        assert sides == {"below", "above"}, f"{name}: cases on {sorted(sides) or 'no side'}"


def test_every_explanation_that_is_ruled_out_has_a_case(indicator_code, indicators, cases_of):
    covered: set[int] = set()
    for _, cases in cases_of[indicator_code]:
        for case in cases:
            out = case.spec.get("rules_out")
            covered |= set(out if isinstance(out, list) else [] if out is None else [out])
    assert covered == set(range(len(indicators[indicator_code].ruled_out_nl)))


def test_names_of_cases_are_different(indicator_code, cases_of):
    names = [case.spec["name"] for _, cases in cases_of[indicator_code] for case in cases]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_texts_are_short_sentences(indicator_code, indicators, language):
    one = indicators[indicator_code]
    texts = [getattr(one, f"rationale_{language}"), *getattr(one, f"innocent_{language}")]
    texts += [*getattr(one, f"ruled_out_{language}"), *getattr(one, f"limits_{language}")]
    for text in texts:
        for sentence in text.split(". "):
            assert len(sentence.split()) <= LONGEST, sentence


def test_dutch_texts_are_easy_to_read(indicator_code, indicators):
    """Flesch-Douma of 55 and up reads as level B1; a text is judged as a whole, since one sentence says little."""
    one = indicators[indicator_code]
    textstat.set_lang("nl")
    assert (
        textstat.flesch_reading_ease(" ".join([one.rationale_nl, *one.innocent_nl, *one.ruled_out_nl, *one.limits_nl]))
        >= B1
    )
