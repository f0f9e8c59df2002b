"""What a case table must show: the hits and no others, both sides of each parameter, each explanation ruled out.

Each function returns the faults that it sees, one sentence each; nothing is a good table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from screening.base.frames import Row
from screening.rules.cases.case import RuleCase
from screening.rules.declare import Indicator, Param
from screening.rules.suspicion_words import suspicion_word
from screening.wording.readability import READS_AS_B1, dutch_reading_ease, long_sentences

#: Columns of evidence that a case compares as they are.
_COMPARED = ("window_start", "window_end", "dataset")


def faults_of_case(case: RuleCase) -> list[str]:
    """All that one case does not show."""
    return unexpected_hits(case) + order_that_matters(case) + edges_that_do_not_turn(case) + vain_explanations(case)


def faults_of_table(rule: Indicator, cases: Sequence[RuleCase]) -> list[str]:
    """All that the cases of a rule leave out: a side of a parameter, an explanation, a name of its own, a hit."""
    return [
        *parameters_without_sides(rule, cases),
        *explanations_without_case(rule, cases),
        *repeated_names(cases),
        *([] if any(case.spec["expect"] for case in cases) else ["no case expects a hit"]),
        *([] if any(not case.spec["expect"] for case in cases) else ["no case expects that there is no hit"]),
    ]


def faults_of_texts(rule: Indicator) -> list[str]:
    """What a reader would stumble over: long sentences, Dutch that is harder than B1, words that suspect someone."""
    texts = {language: _texts(rule, language) for language in ("nl", "en")}
    faults = [f"more than 20 words: {part}" for text in (*texts["nl"], *texts["en"]) for part in long_sentences(text)]
    faults += [f"says {term!r}" for text in (*texts["nl"], *texts["en"]) if (term := suspicion_word(text))]
    ease = dutch_reading_ease(" ".join(texts["nl"]))
    if ease < READS_AS_B1:
        faults.append(f"the Dutch texts read as {ease:.0f}; B1 begins at {READS_AS_B1}")
    return faults


def unexpected_hits(case: RuleCase) -> list[str]:
    """Hits that a case expects and that do not come, or that come and are not expected."""
    hits, expected = list(case.as_written), list(case.spec["expect"])
    if len(hits) != len(expected):
        return [f"expects {len(expected)} hits and gives {len(hits)}: {comparable(hits)}"]
    for expected_hit in expected:
        same = [hit for hit in hits if _is_like(hit, expected_hit)]
        if not same:
            return [f"no hit like {expected_hit} among {comparable(hits)}"]
        hits.remove(same[0])
    return []


def order_that_matters(case: RuleCase) -> list[str]:
    """A rule whose hits follow from the order in which rows are handed to it."""
    if comparable(case.hits(shuffle=1)) == comparable(case.as_written):
        return []
    return ["another order of the rows gives other hits"]


def edges_that_do_not_turn(case: RuleCase) -> list[str]:
    """Parameters on whose edge a case says that it lies, where one step changes nothing."""
    faults = []
    for name, side in (case.spec.get("side") or {}).items():
        if side not in ("below", "above") or name not in case.indicator.params:
            faults.append(f"side: {name}: {side} is no side of a parameter (below, above)")
            continue
        value, step = case.in_force()[name], (case.spec.get("step") or {}).get(name)
        now = len(case.as_written)
        settings = _one_step_away(case.indicator.params[name], value, step)
        if all(len(case.hits(parameters={name: setting})) == now for setting in settings):
            faults.append(f"{name} = {value} ± {step or 'a step'} changes nothing: this is no edge")
    return faults


def vain_explanations(case: RuleCase) -> list[str]:
    """Of a case that an explanation rules out: that it would be no hit without the explanation either."""
    if case.spec.get("rules_out") is None:
        return []
    if "otherwise" not in case.spec:
        return ["say with `otherwise` what would have made it a hit"]
    if len(case.hits(otherwise=case.spec["otherwise"])) > len(case.as_written):
        return []
    return ["without the explanation it is no hit either"]


def parameters_without_sides(rule: Indicator, cases: Iterable[RuleCase]) -> list[str]:
    """Parameters that have no case below or no case above their edge."""
    faults = []
    for name in rule.params:
        sides = {(case.spec.get("side") or {}).get(name) for case in cases}
        faults += [f"{name}: no case {side} its edge" for side in ("below", "above") if side not in sides]
    return faults


def explanations_without_case(rule: Indicator, cases: Iterable[RuleCase]) -> list[str]:
    """Explanations that the rule says to rule out and that no case shows, and places that name none."""
    covered: set[int] = set()
    for case in cases:
        out = case.spec.get("rules_out")
        covered |= set(out if isinstance(out, list) else [] if out is None else [out])
    there = set(range(len(rule.ruled_out_nl)))
    return [f"ruled_out_nl[{place}] has no case" for place in sorted(there - covered)] + [
        f"rules_out: {place} is no place in ruled_out_nl" for place in sorted(covered - there)
    ]


def repeated_names(cases: Sequence[RuleCase]) -> list[str]:
    """Names that two cases of one rule bear."""
    names = [case.spec["name"] for case in cases]
    return [f"two cases are called {name!r}" for name in sorted({name for name in names if names.count(name) > 1})]


def comparable(hits: Iterable[Row]) -> list[tuple[Any, ...]]:
    """What of hits is compared between two runs, and shown of those that were not expected."""
    return [(hit["address_id"], hit["record_ids"], hit["values"], hit["explanation_nl"]) for hit in hits]


def _is_like(hit: Row, expected: Row) -> bool:
    values = json.loads(hit["values"])
    return bool(
        hit["address_id"] == (None if expected["address_id"] is None else str(expected["address_id"]))
        and ("record_ids" not in expected or hit["record_ids"] == sorted(expected["record_ids"]))
        and all(name in values and _plain(values[name]) == _plain(v) for name, v in expected.get("values", {}).items())
        and all(_plain(hit[name]) == _plain(expected[name]) for name in _COMPARED if name in expected)
        and expected.get("says_nl", "") in hit["explanation_nl"]
        and hit["explanation_nl"].startswith(expected.get("begins_nl", ""))
    )


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | bool) or value is None else str(value)


def _one_step_away(param: Param, value: Any, step: float | None) -> list[Any]:  # noqa: ANN401 - a number, or codes
    """The nearest other settings: a step down and up, or one code less and one more."""
    if param.choices:
        fewer = [[other for other in value if other != code] for code in value]
        more = [[*value, code] for code in param.choices if code not in value]
        return [setting for setting in fewer + more if setting]
    step = step or (1 if isinstance(value, int) else 0.05)
    return [value - step, value + step]


def _texts(rule: Indicator, language: str) -> list[str]:
    lists = ("innocent", "ruled_out", "limits")
    return [
        getattr(rule, f"rationale_{language}"),
        *(text for stem in lists for text in getattr(rule, f"{stem}_{language}")),
    ]
