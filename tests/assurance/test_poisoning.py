"""One person cannot have a neighbour flagged, however often and under however many names they report.

What stops it is not the reporter's token, of which one person may have many, but that reports are one source: a second
register must deviate too (docs/decisions/0008). Where a register does leave something open, reports complete it only
from two tokens on: several accounts of one person cannot be seen there.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from flows.catalogue import all_indicators
from screening.rules import Sensitive, Tables, review
from screening.rules.examination.campaigns import LAWFUL, OPEN_ENDED, campaigns
from screening.rules.review import Hit, reason_to_review
from tests.assurance.pipeline import AS_OF, screened


def flagged(made) -> pl.DataFrame:
    found = screened(made.tables)
    return found.flags.join(made.about, on="address_id").select(
        "kind", "reports", "pseudonyms", "reason", pl.col("indicator_codes").list.join("|")
    )


def test_campaigns_of_one_reporter_flag_no_one():
    made = campaigns(720, seed=1, most_reports=300)
    assert set(made.about["kind"]) == set(LAWFUL)
    assert flagged(made).rows() == []


def test_a_campaign_at_full_strength_flags_no_one():
    """1,000 reports under 20 names, at every kind of address."""
    made = campaigns(18, seed=2, least_reports=1000, least_pseudonyms=20)
    assert made.about["reports"].min() == 1000
    assert made.about["pseudonyms"].min() == 20
    assert flagged(made).rows() == []


@pytest.mark.long
@pytest.mark.goal(
    "F5", reached="10,000 campaigns from one token, expired licences included, and 10,000 under 1-20 tokens: 0 flags"
)
@pytest.mark.parametrize("seed", range(10))
def test_10000_campaigns_of_one_reporter_flag_no_one(seed):
    one_token = campaigns(1000, seed=seed, kinds=LAWFUL + OPEN_ENDED, most_pseudonyms=1)
    assert set(one_token.about["kind"]) == set(LAWFUL + OPEN_ENDED)
    assert flagged(one_token).rows() == []
    assert flagged(campaigns(1000, seed=seed)).rows() == []


def test_one_name_makes_no_pattern_of_reports():
    """Under one name no rule on a cluster of reports holds: not even evidence."""
    made = campaigns(300, seed=3, most_reports=300, most_pseudonyms=1)
    assert screened(made.tables).evidence.rows() == []


def test_the_campaigns_do_reach_the_rules():
    """The harness bites: many names make evidence at every kind of address, and beside another register a flag."""
    made = campaigns(720, seed=1, most_reports=300)
    found = screened(made.tables)
    assert set(found.evidence.join(made.about, on="address_id")["kind"]) == set(LAWFUL)
    of_reports = found.evidence.filter(pl.col("indicator") == "NUI-02").head(1)
    of_another_register = of_reports.with_columns(
        indicator=pl.lit("LIC-05"), dataset=pl.lit("handelsregister"), record_ids=pl.lit(["handelsregister:r1"])
    )
    shown = pl.DataFrame(schema={"address_id": pl.String, "address": pl.String})
    both = pl.concat([of_reports, of_another_register])
    sensitive = Sensitive.of(Tables(made.tables))
    flags = review(both, all_indicators(), sensitive=sensitive, display=shown, as_of=AS_OF)
    assert flags["reason"].to_list() == ["BB"]


def test_a_rule_that_took_reports_for_permits_would_be_caught():
    """The harness bites: counted by the register of the rule alone, the same campaigns do make a pair of patterns."""
    found = screened(campaigns(200, seed=1, kinds=("shared_house",)).tables).evidence
    pairs = 0
    for _, hits in found.group_by("address_id"):
        rows = hits.select("indicator", "class", "barrier", "dataset", "record_ids").rows()
        naive = [Hit(*row[:4], frozenset(r for r in row[4] if r.startswith(f"{row[3]}:"))) for row in rows]
        pairs += reason_to_review(naive) is not None
    assert pairs > 10


def test_where_a_licence_has_expired_one_reporter_completes_nothing():
    """The register leaves something open there, and still one token, or none, shows no activity."""
    made = campaigns(400, seed=4, kinds=OPEN_ENDED, most_reports=300, most_pseudonyms=1)
    assert flagged(made).rows() == []
    without_tokens = made.tables["meldingen"].with_columns(melder_token=pl.lit(None, pl.String))
    assert flagged(replace(made, tables={**made.tables, "meldingen": without_tokens})).rows() == []


def test_where_a_licence_has_expired_two_reporters_do_complete_it():
    """The harness bites: the same campaigns under several tokens do make a flag of class A, on reports alone."""
    made = campaigns(200, seed=4, kinds=OPEN_ENDED, most_reports=100)
    found = screened(made.tables)
    assert set(found.flags["reason"]) == {"A"}
    flags = found.flags.join(made.about, on="address_id")
    assert flags["pseudonyms"].min() == 2
    grounds = found.evidence.filter(pl.col("class") == "A")
    assert set(grounds["indicator"]) == {"LIC-04", "SEX-01"}
    on_reports = pl.col("record_ids").list.eval(pl.element().str.starts_with("meldingen:")).list.any()
    assert grounds.select(on_reports.all()).item()
