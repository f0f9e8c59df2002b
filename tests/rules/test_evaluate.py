"""Rules run only when they may, and a hit that breaks the contract stops the run instead of reaching a reviewer."""

from __future__ import annotations

import json
import random
from datetime import date

import polars as pl
import pytest

from screening.base.errors import ConfigurationError, RuleDefinitionError
from screening.base.frames import EVIDENCE
from screening.rules import Activation
from screening.rules.registry import evaluation_order

AS_OF = date(2026, 11, 1)
GIVEN = {"legal_basis": "APV art. 2:28", "dpia": "DPIA-1", "fg_advice": AS_OF}


def hit(t, **columns) -> pl.LazyFrame:
    """One hit on permit Z-1, with these columns instead of the usual."""
    usual = {"address_id": pl.lit("a"), "record_ids": pl.lit(["vergunningen:Z-1"]), "zaaknummer": pl.lit("Z-1")}
    return pl.LazyFrame({"one": [1]}).select(**{**usual, **columns})


# ------------------------------------------------------------------ may it run


def test_a_rule_that_is_not_configured_does_not_run_and_says_so(declare, run):
    result = run(declare(), activations={"TST-01": None})
    assert result.run == ()
    assert result.evidence.is_empty()
    assert result.evidence.schema == pl.Schema(EVIDENCE)
    assert result.not_run["TST-01"].kind == "not_configured"
    assert '[indicators."TST-01"]' in result.not_run["TST-01"].reason_nl


@pytest.mark.parametrize("key", list(GIVEN))
def test_without_one_of_the_three_keys_a_rule_does_not_run_and_names_it(declare, run, key):
    for nothing in (None, ""):
        result = run(declare(), activations={"TST-01": Activation(**{**GIVEN, key: nothing})})
        assert result.run == ()
        assert result.not_run["TST-01"].kind == "incomplete"
        assert key in result.not_run["TST-01"].reason_nl
        assert key in result.not_run["TST-01"].reason_en


def test_a_norm_has_no_default_in_a_municipality_that_exists(declare, run):
    rule = declare(asks_norm=True)
    decided = {"norm": "Beleidsregel kamers, art. 4", "parameters": {"grace_days": 60}}
    assert run(rule, activations={"TST-01": Activation(**GIVEN)}).run == ("TST-01",)
    assert run(rule, activations={"TST-01": Activation(**GIVEN, is_real=True, **decided)}).run == ("TST-01",)
    for key, named in (("norm", "norm"), ("parameters", "parameters.grace_days")):
        half = {name: value for name, value in decided.items() if name != key}
        result = run(rule, activations={"TST-01": Activation(**GIVEN, is_real=True, **half)})
        assert result.not_run["TST-01"].kind == "incomplete"
        assert named in result.not_run["TST-01"].reason_nl
    assert run(declare(), activations={"TST-01": Activation(**GIVEN, is_real=True)}).run == ("TST-01",)


def test_a_rule_whose_data_set_has_no_source_does_not_run_and_names_it(declare, run):
    rule = declare(inputs={"vergunningen": ("record", "address_id", "status", "zaaknummer"), "controles": ("record",)})
    result = run(rule)
    assert result.run == ()
    assert result.not_run["TST-01"].kind == "no_source"
    assert "controles" in result.not_run["TST-01"].reason_en


def test_a_rule_that_reads_a_column_that_its_register_lacks_does_not_run_and_names_it(declare, run):
    result = run(declare(), lacks={"vergunningen": ("status", "datum_aanvraag"), "meldingen": ("status",)})
    assert result.run == ()
    assert result.not_run["TST-01"].kind == "lacks_column"
    assert "heeft vergunningen.status niet" in result.not_run["TST-01"].reason_nl
    assert "datum_aanvraag" not in result.not_run["TST-01"].reason_en


def test_a_rule_on_parties_does_not_run_where_a_register_lacks_their_name(declare, run):
    lacks = {"vergunningen": ("houder_naam",)}
    on_permits = {"vergunningen": ("record", "address_id", "status", "zaaknummer")}
    assert run(declare(), lacks=lacks).run == ("TST-01",)
    rule = declare(inputs=on_permits | {"partijen": ("record", "party_id")})
    assert run(rule, lacks=lacks).not_run["TST-01"].kind == "lacks_column"


def test_a_data_set_that_a_rule_can_do_without_is_an_empty_table(declare, run):
    rule = declare(
        inputs={"vergunningen": ("record", "address_id", "status", "zaaknummer"), "controles": ("record",)},
        needs=("vergunningen",),
    )
    assert run(rule).hits == {"TST-01": 2}


def test_a_rule_does_not_conclude_from_a_stale_data_set(declare, run):
    result = run(declare(), stale=["vergunningen"])
    assert result.run == ()
    assert result.not_run["TST-01"].kind == "stale_source"
    assert run(declare(), stale=["meldingen"]).run == ("TST-01",)


def test_a_faulty_parameter_is_told_before_any_rule_runs(declare, run):
    def never(t, p, as_of):
        raise AssertionError("this rule ran")

    with pytest.raises(ConfigurationError, match="TST-02"):
        run(
            declare(never),
            declare(code="TST-02"),
            activations={"TST-02": Activation(**GIVEN, parameters={"grace_days": 1})},
        )


def test_a_table_of_parties_that_nobody_handed_in_is_no_empty_answer(declare, run):
    rule = declare(inputs={"vergunningen": ("record", "address_id", "status", "zaaknummer"), "partijen": ("record",)})
    with pytest.raises(RuleDefinitionError, match="hand in partijen"):
        run(rule)


# ------------------------------------------------------------------ what comes of it


def test_evidence_says_which_rule_saw_what_at_which_address(declare, run):
    result = run(declare())
    assert result.run == ("TST-01",)
    assert result.hits == {"TST-01": 2}
    assert result.parameters == {"TST-01": {"grace_days": 30}}
    assert result.timings["TST-01"] >= 0
    row = result.evidence.row(0, named=True)
    assert row == {
        "address_id": "a",
        "indicator": "TST-01",
        "indicator_version": 1,
        "class": "B",
        "barrier": "WERKPLEK",
        "dataset": "vergunningen",
        "record_ids": ["vergunningen:Z-3"],
        "values": '{"zaaknummer":"Z-3"}',
        "window_start": None,
        "window_end": None,
        "explanation_nl": "Vergunning Z-3, grens 30.",
        "explanation_en": "Licence Z-3, threshold 30.",
        "links": [],
    }


def test_the_parameters_in_force_reach_the_rule_and_the_sentence(declare, run):
    def counts(t, p, as_of):
        return hit(t, dagen=pl.lit(p.grace_days))

    result = run(declare(counts), activations={"TST-01": Activation(**GIVEN, parameters={"grace_days": 60})})
    assert json.loads(result.evidence["values"][0])["dagen"] == 60
    assert result.evidence["explanation_nl"][0].endswith("grens 60.")


def test_values_are_flat_json_with_sorted_keys_and_units_kept(declare, run):
    def many(t, p, as_of):
        return hit(
            t,
            window_start=pl.lit(date(2026, 8, 1)),
            window_end=pl.lit(AS_OF),
            oppervlakte_m2=pl.lit(12.5),
            leeg=pl.lit(None, dtype=pl.Int64),
            begin=pl.lit(date(2026, 5, 1)),
            nummers=pl.lit(["b", "a"]),
            actief=pl.lit(True),
        )

    row = run(declare(many)).evidence.row(0, named=True)
    values = json.loads(row["values"])
    assert list(values) == sorted(values)
    assert values == {
        "actief": True,
        "begin": "2026-05-01",
        "leeg": None,
        "nummers": "b|a",
        "oppervlakte_m2": 12.5,
        "zaaknummer": "Z-1",
    }
    assert (row["window_start"], row["window_end"]) == (date(2026, 8, 1), AS_OF)


def test_record_ids_are_sorted_and_each_named_once(declare, run):
    def twice(t, p, as_of):
        return hit(t, record_ids=pl.lit(["vergunningen:Z-2", "vergunningen:Z-1", "vergunningen:Z-2"]))

    assert run(declare(twice)).evidence["record_ids"].to_list() == [["vergunningen:Z-1", "vergunningen:Z-2"]]


def test_a_hit_that_a_rule_returns_twice_is_one_hit(declare, run):
    def double(t, p, as_of):
        return pl.concat([hit(t), hit(t)])

    assert run(declare(double)).hits == {"TST-01": 1}


def test_a_rule_may_say_for_which_data_set_a_hit_counts(declare, run):
    def of_reports(t, p, as_of):
        return hit(t, dataset=pl.lit("meldingen"), record_ids=pl.lit(["meldingen:M-1"]))

    rule = declare(of_reports, inputs={"vergunningen": ("record",), "meldingen": ("record",)}, needs=("vergunningen",))
    assert run(rule).evidence["dataset"].to_list() == ["meldingen"]


def test_the_order_of_rows_and_rules_never_matters(declare, run, permits):
    rules = [declare(code=f"TST-0{n}") for n in (1, 2, 3)]
    expected = run(*rules).evidence
    for seed in range(3):
        mixed = random.Random(seed).sample(rules, 3)
        again = run(*mixed, tables={"vergunningen": permits.sample(fraction=1, shuffle=True, seed=seed)})
        assert again.evidence.equals(expected)


def test_an_address_that_comes_from_a_pin_is_said_to_be_near_and_not_accused(declare, run, permits):
    pinned = permits.with_columns(address_method=pl.Series(["exact", "exact", "pin"]))
    notes = {
        row["record_ids"][0]: row["explanation_nl"]
        for row in run(declare(), tables={"vergunningen": pinned}).evidence.to_dicts()
    }
    assert "punt op de kaart" in notes["vergunningen:Z-3"]
    assert "punt op de kaart" not in notes["vergunningen:Z-1"]


# ------------------------------------------------------------------ links


def linked(t, p, as_of):
    return hit(t, mentions=pl.lit(["m1", "m2", "m3"]))


def test_a_hit_names_the_links_whose_both_ends_it_rests_on(declare, run, permits):
    links = pl.DataFrame(
        {
            "link_id": ["L2", "L1", "L3", "L4"],
            "left": ["m2", "m1", "m3", "m8"],
            "right": ["m3", "m2", "m9", "m9"],
            "level": ["strong", "exact", "exact", "exact"],
        }
    )
    result = run(declare(linked), tables={"vergunningen": permits, "koppelingen": links})
    assert result.evidence["links"].to_list() == [["L1", "L2"]]
    assert "mentions" not in json.loads(result.evidence["values"][0])


def test_without_links_a_hit_rests_on_none(declare, run):
    assert run(declare(linked)).evidence["links"].to_list() == [[]]


# ------------------------------------------------------------------ hits of earlier rules


def test_a_rule_declared_after_another_is_handed_its_hits_and_no_others(declare, run):
    def of_hits(t, p, as_of):
        return t.treffers.select("address_id", "record_ids", "indicator", zaaknummer=pl.lit("-"))

    first, other = declare(code="TST-02"), declare(code="TST-03")
    later = declare(
        of_hits, code="TST-01", after=("TST-02",), inputs={"treffers": ("address_id", "indicator", "record_ids")}
    )
    evidence = run(first, other, later).evidence.filter(pl.col("indicator") == "TST-01")
    assert [json.loads(values)["indicator"] for values in evidence["values"]] == ["TST-02", "TST-02"]


def test_a_rule_declared_after_one_that_did_not_run_is_handed_no_hits(declare, run):
    def of_hits(t, p, as_of):
        return t.treffers.select("address_id", "record_ids", zaaknummer=pl.lit("-"))

    later = declare(of_hits, after=("TST-02",), inputs={"treffers": ("address_id", "record_ids")})
    result = run(later, declare(code="TST-02"), activations={"TST-02": None})
    assert result.hits == {"TST-01": 0}
    assert [one.code for one in evaluation_order([later, declare(code="TST-02")])] == ["TST-02", "TST-01"]


# ------------------------------------------------------------------ a hit keeps its contract


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"address_id": pl.lit(None, dtype=pl.String)}, "no address_id"),
        ({"address_id": pl.lit("")}, "no address_id"),
        ({"record_ids": pl.lit([], dtype=pl.List(pl.String))}, "no record_ids"),
        ({"record_ids": pl.lit(None, dtype=pl.List(pl.String))}, "no record_ids"),
        ({"record_ids": pl.lit(["vergunningen:Z-1", "meldingen:M-1"])}, "a table that is not declared"),
        ({"record_ids": pl.lit(["Z-1"])}, "a table that is not declared"),
        ({"record_ids": pl.lit(["vergunningen:"])}, "a table that is not declared"),
        ({"record_ids": pl.lit(["vergunningen:Z-1", None])}, "a table that is not declared"),
        ({"dataset": pl.lit("brp")}, "a data set that does not exist"),
        ({"dataset": pl.lit("meldingen")}, "no record of the data set it counts for"),
        ({"address_id": pl.lit(1)}, "needs address_id"),
        ({"record_ids": pl.lit("vergunningen:Z-1")}, "needs record_ids"),
        ({"party_id": pl.lit("P1")}, "may not carry party_id"),
        ({"birth_date": pl.lit(AS_OF)}, "may not carry birth_date"),
        ({"samen": pl.struct(pl.lit(1).alias("x"))}, "flat; samen"),
        ({"samen": pl.lit([["a"]])}, "flat; samen"),
    ],
)
def test_a_hit_that_breaks_its_contract_stops_the_run(declare, run, columns, says):
    with pytest.raises(RuleDefinitionError, match=says):
        run(declare(lambda t, p, as_of: hit(t, **columns)))


def test_a_rule_returns_a_lazy_frame(declare, run):
    with pytest.raises(RuleDefinitionError, match="LazyFrame"):
        run(declare(lambda t, p, as_of: hit(t).collect()))


def test_a_rule_that_reads_a_column_it_does_not_declare_stops_the_run(declare, run):
    with pytest.raises(RuleDefinitionError, match=r"^TST-01: ended while it ran \(ColumnNotFoundError\)\.$"):
        run(declare(lambda t, p, as_of: t.vergunningen.select("address_id", "kvk_nummer")))


def test_a_sentence_that_names_a_value_the_hit_lacks_stops_the_run(declare, run):
    with pytest.raises(RuleDefinitionError, match="neither a column of a hit nor a parameter"):
        run(declare(evidence_nl="Op {datum}, {grace_days}.", evidence_en="On {datum}, {grace_days}."))


# ------------------------------------------------------------------ rules that read term ids


def reading_terms(t, p, as_of: date) -> pl.LazyFrame:
    return t.meldingen.select("address_id", "termen", record_ids=pl.concat_list("record"))


@pytest.fixture
def of_terms(declare):
    return declare(
        reading_terms,
        dataset="meldingen",
        inputs={"meldingen": ("record", "address_id", "termen")},
        evidence_nl="Termen {termen}, grens {grace_days}.",
        evidence_en="Terms {termen}, threshold {grace_days}.",
    )


REPORTS = pl.DataFrame({"key": ["m1"], "address_id": ["a"], "termen": [["sleutelkast"]]})


def test_a_rule_that_reads_term_ids_does_not_run_without_a_word_list_and_says_so(of_terms, run):
    result = run(of_terms, tables={"meldingen": REPORTS})
    assert result.run == ()
    assert result.not_run["TST-01"].kind == "incomplete"
    assert "word_list" in result.not_run["TST-01"].reason_nl
    assert "word_list" in result.not_run["TST-01"].reason_en


def test_with_a_word_list_it_runs(of_terms, run):
    active = {"TST-01": Activation(**GIVEN, has_word_list=True)}
    result = run(of_terms, tables={"meldingen": REPORTS}, activations=active)
    assert json.loads(result.evidence["values"][0]) == {"termen": "sleutelkast"}


def test_a_word_list_of_a_rule_that_reads_no_text_is_refused(declare, run):
    with pytest.raises(ConfigurationError, match="TST-01 reads no text"):
        run(declare(), activations={"TST-01": Activation(**GIVEN, has_word_list=True)})
