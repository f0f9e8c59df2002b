"""The examination lets a sound rule through, and bites on a rule that follows a name, a report or no record at all."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.rules.cases import RuleCase
from screening.rules.examination import examine_rule
from screening.rules.examination.campaigns import CAMPAIGN_DAY, campaigns
from screening.rules.examination.trial import TRIALS
from tests.rules.conftest import AS_OF

PERMITS, NAMES, REPORTS = "record address_id status zaaknummer", "record name_key", "record address_id melder_token"
TOWN = campaigns(9, seed=1, most_reports=5).tables
TOWN["handelsnamen"] = TOWN["vergunningen"].select(
    "record", "key", "kvk_nummer", dataset=pl.lit("vergunningen"), name_key=pl.lit("het eethuis")
)
PERMIT = {"zaaknummer": "Z-1", "address_id": "a", "status": "verleend"}
OTHER = {"zaaknummer": "Z-2", "address_id": "b", "status": "geweigerd"}


def by_permit(t, p, as_of: date) -> pl.LazyFrame:
    rows = t.vergunningen.filter(pl.col("status") == "verleend")
    return rows.select("address_id", record_ids=pl.concat_list("record"))


def by_word(t, p, as_of: date) -> pl.LazyFrame:
    """Follows a cuisine in the trade name."""
    named = t.handelsnamen.filter(pl.col("name_key").str.contains("kebab"))
    return by_permit(t, p, as_of).filter(pl.col("record_ids").list.first().is_in(named.collect()["record"].implode()))


def by_equal_name(t, p, as_of: date) -> pl.LazyFrame:
    """Takes two permits for one because of a name."""
    names = t.handelsnamen.filter(pl.len().over("name_key") > 1)
    return by_permit(t, p, as_of).filter(pl.col("record_ids").list.first().is_in(names.collect()["record"].implode()))


def by_reports(t, p, as_of: date) -> pl.LazyFrame:
    """Follows the number of reports, whoever made them."""
    return t.meldingen.group_by("address_id").agg(record_ids="record").filter(pl.col("record_ids").list.len() > 3)


def by_the_first_record(t, p, as_of: date) -> pl.LazyFrame:
    """Cites one record and rests on two."""
    two = t.vergunningen.filter(pl.len() > 1)
    return two.filter(pl.col("status") == "verleend").select("address_id", record_ids=pl.concat_list("record"))


@pytest.fixture
def faults(declare):
    """faults(function, inputs, *tables of cases) -> trial -> its faults; a case with no hit comes last."""

    def make(
        function, inputs: dict[str, str], *tables: dict, hits: int = 1, dataset="vergunningen"
    ) -> dict[str, tuple[str, ...]]:
        columns = {name: tuple(names.split()) for name, names in inputs.items()}
        easy = "De vergunning is voorbij. De zaak is nog open."
        texts = {"evidence_nl": "Er is iets.", "evidence_en": "There is something.", "rationale_nl": easy}
        rule = declare(function, inputs=columns, params={}, ruled_out_nl=(), ruled_out_en=(), dataset=dataset, **texts)
        cases = [
            RuleCase(rule, AS_OF, {}, {}, {"name": str(place), "tables": given, "expect": [{"address_id": "a"}] * hits})
            for place, given in enumerate(tables)
        ]
        cases.append(RuleCase(rule, AS_OF, {}, {}, {"name": "Geen", "tables": {"vergunningen": [OTHER]}, "expect": []}))
        trials = examine_rule(
            rule,
            cases,
            rules={rule.code: rule},
            town=TOWN,
            as_of=CAMPAIGN_DAY,
            names_of_origins=[["Łucja", "Öz"]],
            words_of_origin=["kebab", "sushi"],
        )
        assert [trial.name for trial in trials] == list(TRIALS)
        return {trial.name: trial.faults for trial in trials if not trial.is_passed}

    return make


def test_a_sound_rule_passes_every_trial(faults):
    assert faults(by_permit, {"vergunningen": PERMITS}, {"vergunningen": [PERMIT, OTHER]}) == {}


def test_a_rule_that_follows_a_word_in_a_trade_name_does_not_pass(faults):
    named = {"vergunningen": [PERMIT], "handelsnamen": [{"record": "vergunningen:Z-1", "name_key": "kebab huis"}]}
    failed = faults(by_word, {"vergunningen": PERMITS, "handelsnamen": NAMES}, named)
    assert set(failed) >= {"name_swap"}
    plain = {"vergunningen": [PERMIT], "handelsnamen": [{"record": "vergunningen:Z-1", "name_key": "het huis"}]}
    assert "proxy" in faults(by_word, {"vergunningen": PERMITS, "handelsnamen": NAMES}, plain, hits=0)


def test_a_rule_that_follows_a_word_only_where_no_case_looks_does_not_pass(faults):
    def by_case_or_by_word(t, p, as_of: date) -> pl.LazyFrame:
        named = t.handelsnamen.filter(pl.col("name_key").str.contains("kebab|cja")).select("record")
        either = pl.concat([t.vergunningen.filter(zaaknummer="Z-1"), t.vergunningen.join(named, on="record")])
        return either.unique("record").select("address_id", record_ids=pl.concat_list("record"))

    rows = [PERMIT, OTHER]
    named = {"vergunningen": rows, "handelsnamen": [{"record": "vergunningen:Z-1", "name_key": "het huis"}]}
    failed = faults(by_case_or_by_word, {"vergunningen": PERMITS, "handelsnamen": NAMES}, named)
    assert set(failed) == {"name_swap", "proxy"}
    assert all("in the made-up town" in fault for trial in failed.values() for fault in trial)


def test_a_rule_that_reads_names_has_a_case_with_a_name(faults):
    failed = faults(by_word, {"vergunningen": PERMITS, "handelsnamen": NAMES}, {"vergunningen": [PERMIT]}, hits=0)
    assert "no case holds one" in failed["name_swap"][0]
    assert {"name_swap", "name_alone", "proxy"} <= set(failed)


def test_a_rule_that_tells_a_name_under_another_heading_does_not_pass(faults):
    def telling(t, p, as_of: date) -> pl.LazyFrame:
        return by_permit(t, p, as_of).join(t.handelsnamen.select(opmerking="name_key"), how="cross")

    named = {"vergunningen": [PERMIT], "handelsnamen": [{"record": "vergunningen:Z-1", "name_key": "kebab huis"}]}
    failed = faults(telling, {"vergunningen": PERMITS, "handelsnamen": NAMES}, named)
    assert "tells a name" in failed["name_swap"][0]


@pytest.mark.parametrize("column", ["birth_date", "party_id"])
def test_a_rule_that_tells_who_under_another_heading_does_not_pass(faults, column: str):
    def telling(t, p, as_of: date) -> pl.LazyFrame:
        return by_permit(t, p, as_of).join(t.partijen.select(opmerking=column), how="cross")

    party = {"record": "vergunningen:Z-1", "party_id": "P-1", "birth_date": date(1980, 5, 17), "role": "houder"}
    party["kind"] = "person"
    failed = faults(
        telling,
        {"vergunningen": PERMITS, "partijen": "record party_id birth_date"},
        {"vergunningen": [PERMIT], "partijen": [party]},
    )
    assert "tells a birth date, a token or an id" in failed["name_swap"][0]


def test_a_rule_that_ends_halfway_does_not_pass(faults):
    def misspelt(t, p, as_of: date) -> pl.LazyFrame:
        return t.vergunningen.select("address_idd", record_ids=pl.concat_list("record"))

    failed = faults(misspelt, {"vergunningen": PERMITS}, {"vergunningen": [PERMIT]})
    assert "ColumnNotFoundError" in failed["cases"][0]


def test_a_rule_that_takes_an_equal_name_for_a_link_does_not_pass(faults):
    second = PERMIT | {"zaaknummer": "Z-2", "status": "geweigerd"}
    names = [{"record": f"vergunningen:Z-{number}", "name_key": "het huis"} for number in (1, 2)]
    tables = {"vergunningen": [PERMIT, second], "handelsnamen": names}
    assert "name_alone" in faults(by_equal_name, {"vergunningen": PERMITS, "handelsnamen": NAMES}, tables)


def test_a_rule_that_follows_the_number_of_reports_does_not_pass(faults):
    rows = [{"melding_id": f"m{number}", "address_id": "a", "melder_token": f"t{number}"} for number in range(4)]
    inputs = {"vergunningen": PERMITS, "meldingen": REPORTS}
    assert "poisoning" in faults(by_reports, inputs, {"meldingen": rows}, dataset="meldingen")


def test_a_rule_that_rests_on_a_record_that_it_does_not_cite_does_not_pass(faults):
    failed = faults(by_the_first_record, {"vergunningen": PERMITS}, {"vergunningen": [PERMIT, OTHER]})
    assert any("does not stand on" in fault for fault in failed["ablation"])


def test_a_rule_without_a_case_does_not_pass(declare):
    trials = examine_rule(
        declare(by_permit, params={}, evidence_nl="Iets.", evidence_en="Something."),
        [],
        rules={},
        town=TOWN,
        as_of=CAMPAIGN_DAY,
        names_of_origins=[],
        words_of_origin=[],
    )
    assert trials[0].faults == ("there is no case table",)
