"""The review rule: A, or BB, or BBC; C alone never; hits that share a record count once; no score anywhere."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.frames import EVIDENCE, FLAGS
from screening.base.vocabulary import FlagReason
from screening.rules import Sensitive, Tables, review
from screening.rules.review import Hit, reason_to_review

AS_OF = date(2026, 11, 1)
NO_TABLES = Tables({})


def reviewed(hits: pl.DataFrame, rules: list, tables: Tables = NO_TABLES, **of_night: object) -> pl.DataFrame:
    """The flags of a night in which nothing is sensitive but what these tables say."""
    return review(hits, rules, sensitive=Sensitive.of(tables), **of_night)


def hit(indicator: str, cls: str, barrier: str = "WERKPLEK", dataset: str = "vergunningen", records: str = "") -> Hit:
    names = records.split() or [indicator]
    return Hit(indicator, cls, barrier, dataset, frozenset(f"{dataset}:{name}" for name in names))


@pytest.mark.parametrize(
    ("hits", "reason"),
    [
        ([], None),
        ([hit("I1", "A")], FlagReason.A),
        ([hit("I1", "B")], None),
        ([hit("I1", "B"), hit("I2", "B")], None),
        ([hit("I1", "B"), hit("I2", "B", dataset="meldingen")], FlagReason.BB),
        ([hit("I1", "B"), hit("I2", "C", dataset="meldingen")], None),
        ([hit("I1", "B"), hit("I2", "C", "VASTGOED", "meldingen")], None),
        ([hit("I1", "B"), hit("I2", "B"), hit("I3", "C", "VASTGOED", "meldingen")], FlagReason.BBC),
        ([hit("I1", "B"), hit("I2", "C"), hit("I3", "C", "VASTGOED", "meldingen")], FlagReason.BBC),
        ([hit("I1", "B"), hit("I2", "B"), hit("I3", "C", "WERKPLEK", "meldingen")], None),
        ([hit("I1", "B"), hit("I2", "B"), hit("I3", "C", "VASTGOED")], None),
        ([hit("I1", "C"), hit("I2", "C", "VASTGOED"), hit("I3", "C", dataset="meldingen")], None),
        ([hit("I1", "A"), hit("I2", "B"), hit("I3", "B", dataset="meldingen")], FlagReason.A),
    ],
)
def test_the_first_clause_that_fires_is_the_reason(hits, reason):
    assert reason_to_review(hits) == reason


def test_two_hits_on_one_record_count_once():
    apart = [hit("I1", "B"), hit("I2", "B"), hit("I3", "C", "VASTGOED", "meldingen")]
    shared = [hit("I1", "B", records="Z-1"), hit("I2", "B", records="Z-1 Z-2"), apart[2]]
    assert reason_to_review(apart) == FlagReason.BBC
    assert reason_to_review(shared) is None


def test_a_hit_that_only_another_made_possible_is_no_second_one():
    own = hit("I1", "B")
    raised = replace(hit("I2", "B", "VASTGOED", "maatregelen"), leans_on=frozenset({"I1"}))
    assert reason_to_review([own, raised]) is None
    assert reason_to_review([own, replace(raised, leans_on=frozenset({"I1", "I3"}))]) == FlagReason.BB
    assert reason_to_review([hit("I3", "B"), raised]) == FlagReason.BB


def test_one_indicator_that_hits_twice_is_not_two_patterns():
    twice = [hit("I1", "B", records="Z-1"), hit("I1", "B", records="Z-2"), hit("I3", "C", "VASTGOED", "meldingen")]
    assert reason_to_review(twice) is None
    assert reason_to_review([hit("I1", "B"), hit("I1", "B", dataset="meldingen")]) is None


def test_a_hit_with_fewer_records_stands_in_for_one_with_more():
    hits = [
        hit("I1", "B", records="Z-1 Z-2"),
        hit("I1", "B", records="Z-2"),
        hit("I2", "B", records="Z-1"),
        hit("I3", "C", "VASTGOED", "meldingen"),
    ]
    assert reason_to_review(hits) == FlagReason.BBC


def by_definition(hits: list[Hit]) -> FlagReason | None:
    """Every subset that shares no record and no indicator, held against the words of the rule."""
    best = None
    for size in range(1, len(hits) + 1):
        for some in itertools.combinations(hits, size):
            alone = all(
                one.indicator != two.indicator
                and not one.records & two.records
                and one.leans_on != {two.indicator}
                and two.leans_on != {one.indicator}
                for one, two in itertools.combinations(some, 2)
            )
            if not alone:
                continue
            classes = [one.cls for one in some]
            datasets, barriers = {one.dataset for one in some}, {one.barrier for one in some}
            if "A" in classes:
                return FlagReason.A
            if classes == ["B", "B"] and len(datasets) == 2:
                best = FlagReason.BB
            if size >= 3 and len(datasets) >= 2 and len(barriers) >= 2 and "B" in classes:
                best = best or FlagReason.BBC
    return best


CLASS_OF = {f"I{n}": cls for n, cls in enumerate("ABBBBCCC")}


@st.composite
def some_hits(draw):
    """Hits whose class and barrier follow from the indicator, as they do; records overlap often."""
    hits = []
    for _ in range(draw(st.integers(0, 7))):
        indicator = draw(st.sampled_from(sorted(CLASS_OF)[draw(st.integers(0, 1)) :]))
        dataset = draw(st.sampled_from(["vergunningen", "meldingen"]))
        records = draw(st.sets(st.sampled_from("1234"), min_size=1, max_size=3))
        barrier = "VASTGOED" if int(indicator[1]) % 2 else "WERKPLEK"
        leans_on = draw(st.sets(st.sampled_from(sorted(CLASS_OF)), max_size=2)) if indicator == "I3" else ()
        ids = frozenset(f"{dataset}:{name}" for name in records)
        hits.append(Hit(indicator, CLASS_OF[indicator], barrier, dataset, ids, frozenset(leans_on)))
    return hits


@settings(max_examples=300, deadline=None)
@given(some_hits())
def test_the_rule_is_its_definition(hits):
    assert reason_to_review(hits) == by_definition(hits)


@settings(max_examples=100, deadline=None)
@given(some_hits(), st.randoms(use_true_random=False))
def test_the_order_of_hits_and_a_hit_told_twice_never_matter(hits, random):
    mixed = hits + hits[:2]
    random.shuffle(mixed)
    assert reason_to_review(mixed) == reason_to_review(hits)


@settings(max_examples=100, deadline=None)
@given(some_hits())
def test_weak_hits_alone_never_make_a_flag(hits):
    assert reason_to_review([one for one in hits if one.cls == "C"]) is None


# ------------------------------------------------------------------ frames


def evidence(*rows: dict) -> pl.DataFrame:
    usual = {"class": "B", "barrier": "WERKPLEK", "dataset": "vergunningen", "indicator_version": 1, "links": []}
    return pl.DataFrame([{**dict.fromkeys(EVIDENCE), **usual, **row} for row in rows], schema=EVIDENCE)


DISPLAY = pl.DataFrame({"address_id": ["a", "b"], "address": ["Plein 1", "Plein 2"]})
TWO_B = (
    {"address_id": "b", "indicator": "TST-01", "record_ids": ["vergunningen:Z-1"]},
    {
        "address_id": "b",
        "indicator": "TST-02",
        "dataset": "meldingen",
        "barrier": "HUISVESTING",
        "record_ids": ["meldingen:M-1", "vergunningen:Z-1"],
    },
)


def test_a_flag_cites_every_indicator_that_hits_the_address(declare):
    rules = [declare(code="TST-01"), declare(code="TST-02", dataset="meldingen")]
    flags = reviewed(evidence(*TWO_B), rules, display=DISPLAY, as_of=AS_OF)
    assert flags.schema == pl.Schema(FLAGS)
    assert flags.to_dicts() == [
        {
            "address_id": "b",
            "address": "Plein 2",
            "reason": "BB",
            "indicator_codes": ["TST-01", "TST-02"],
            "barriers": ["HUISVESTING", "WERKPLEK"],
            "datasets": ["meldingen", "vergunningen"],
            "sensitive": False,
            "first_flagged": AS_OF,
        }
    ]


def test_a_context_record_of_another_data_set_is_no_shared_record(declare):
    """TST-02 names Z-1 as context, TST-01 rests on it: they still count as two."""
    rules = [declare(code="TST-01"), declare(code="TST-02")]
    assert reviewed(evidence(*TWO_B), rules, display=DISPLAY, as_of=AS_OF).height == 1


def test_a_rule_says_which_other_register_it_rests_on(declare):
    """A restart that two rules tell of, each from its own register: the earlier decision is in both."""
    first, second = TWO_B
    rules = [declare(code="TST-01"), declare(code="TST-02", rests_on=("vergunningen",))]
    assert reviewed(evidence(first, second), rules, display=DISPLAY, as_of=AS_OF).is_empty()
    elsewhere = {**first, "record_ids": ["vergunningen:Z-2"]}
    assert reviewed(evidence(elsewhere, second), rules, display=DISPLAY, as_of=AS_OF).height == 1


def test_what_a_hit_leans_on_is_read_from_its_values(declare):
    rows = {"address_id": "b", "indicator": "TST-02", "dataset": "maatregelen", "record_ids": ["maatregelen:B-1"]}
    leaning = declare(
        code="TST-02", leans_on="own", after=("TST-01",), needs=(), inputs={"treffers": ("address_id", "indicator")}
    )
    for own, count in (("TST-01", 0), ("TST-01|TST-03", 1)):
        hits = evidence(TWO_B[0], {**rows, "values": json.dumps({"own": own})})
        assert reviewed(hits, [declare(code="TST-01"), leaning], display=DISPLAY, as_of=AS_OF).height == count


def test_two_rules_that_rest_on_reports_are_not_two_registers(declare):
    """One reporter under many names: a rule on permits that is made of reports says nothing that the reports do not."""
    first, second = TWO_B
    on_reports = {**first, "record_ids": ["vergunningen:Z-1", "meldingen:M-2"]}
    assert reviewed(evidence(on_reports, second), [declare()], display=DISPLAY, as_of=AS_OF).is_empty()
    third = {**first, "indicator": "TST-03", "class": "C", "record_ids": ["vergunningen:Z-2", "meldingen:M-3"]}
    assert reviewed(evidence(on_reports, second, third), [declare()], display=DISPLAY, as_of=AS_OF).is_empty()
    own_proof = {**third, "class": "B", "record_ids": ["vergunningen:Z-2"]}
    assert reviewed(evidence(on_reports, second, own_proof), [declare()], display=DISPLAY, as_of=AS_OF).height == 1


def test_a_flag_is_sensitive_when_a_sensitive_indicator_is_cited(declare):
    rules = [declare(code="TST-01"), declare(code="TST-02", sensitive=True)]
    assert reviewed(evidence(*TWO_B), rules, display=DISPLAY, as_of=AS_OF)["sensitive"].to_list() == [True]


def test_an_address_that_was_flagged_before_keeps_its_first_date(declare):
    dates = [date(2026, 9, 1), date(2026, 8, 1), AS_OF]
    before = pl.DataFrame({"address_id": ["b", "b", "z"], "first_flagged": dates, "sensitive": False})
    flags = reviewed(evidence(*TWO_B), [declare()], display=DISPLAY, as_of=AS_OF, earlier=before)
    assert flags["first_flagged"].to_list() == [date(2026, 8, 1)]
    assert flags.height == 1


@pytest.mark.parametrize(("is_now", "since"), [(False, AS_OF), (True, date(2026, 9, 1))])
def test_the_date_of_a_flag_tells_of_no_sensitive_one_before_it(declare, is_now: bool, since: date):
    before = pl.DataFrame({"address_id": ["b"], "first_flagged": [date(2026, 9, 1)], "sensitive": True})
    rules = [declare(code="TST-01"), declare(code="TST-02", sensitive=is_now)]
    flags = reviewed(evidence(*TWO_B), rules, display=DISPLAY, as_of=AS_OF, earlier=before)
    assert flags["first_flagged"].to_list() == [since]


def test_flags_stand_in_a_neutral_order_and_each_address_once(declare):
    rows = [
        {"address_id": address, "indicator": "TST-01", "class": "A", "record_ids": [f"vergunningen:{address}{n}"]}
        for address in "cab"
        for n in range(2)
    ]
    flags = reviewed(evidence(*rows), [declare()], display=pl.concat([DISPLAY, DISPLAY]), as_of=AS_OF)
    assert flags["address_id"].to_list() == ["a", "b", "c"]


def test_an_address_without_a_way_to_show_it_shows_its_id(declare):
    rows = [{"address_id": "q", "indicator": "TST-01", "class": "A", "record_ids": ["vergunningen:Z-1"]}]
    assert reviewed(evidence(*rows), [declare()], display=DISPLAY, as_of=AS_OF)["address"].to_list() == ["q"]


def test_without_evidence_there_are_no_flags(declare):
    flags = reviewed(evidence(), [declare()], display=DISPLAY, as_of=AS_OF)
    assert flags.is_empty()
    assert flags.schema == pl.Schema(FLAGS)


def test_there_is_no_score_in_a_flag():
    numbers = [name for name, dtype in FLAGS.items() if dtype.is_numeric()]
    assert numbers == []
