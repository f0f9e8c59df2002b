"""One person cannot bring about a hit at a neighbour's, however often they report.

Under one name no rule holds on reports alone, and under many names none flags (docs/decisions/0008).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from screening.base.frames import Row
from screening.base.vocabulary import IndicatorClass
from screening.rules.cases import RuleCase
from screening.rules.declare import Indicator
from screening.rules.examination.campaigns import CAMPAIGN_DAY, REPORT_KINDS, campaigns
from screening.rules.examination.night import Frames, screened
from screening.rules.examination.placing import with_rows_of_cases
from screening.rules.schema import tables_for_rules

_REPORTS = "meldingen"
#: Reports of each kind that one person makes, over so many days.
_EACH_KIND, _OVER_DAYS = 12, 360


def reads_reports(rule: Indicator) -> bool:
    """Whether the rule sees reports at all."""
    return _REPORTS in rule.inputs


def hits_by_planted_reports(case: RuleCase) -> list[str]:
    """Hits that come where one person reports every address of a case that has no hit, again and again.

    A hit that cites another register as well deviates there too; of a rule whose hit flags alone none may come.
    """
    if case.spec["expect"] or not reads_reports(case.indicator):
        return []
    tables = case.tables()
    tokens = tables[_REPORTS]["melder_token"].unique().to_list() or ["t1"]
    if (
        len(tokens) > 1 or None in tokens
    ):  # of several reporters already, or of who knows whom: one more may complete it
        return []
    planted = _planted(_addresses(tables), tokens[0], case.as_of)
    defaults = case.indicator.parameters({})  # a case may lie below the floor of a parameter, a municipality may not
    handed = tables | {_REPORTS: pl.concat([tables[_REPORTS], planted])}
    evidence = case.evaluated(handed, parameters=defaults).evidence
    if case.indicator.cls != IndicatorClass.A:
        evidence = evidence.filter(~_cites_another_register())
    return [f"reports of one person make a hit at {address}" for address in sorted(set(evidence["address_id"]))]


def hits_by_campaigns(rule: Indicator, cases: Iterable[RuleCase], *, number: int = 90) -> list[str]:
    """Hits of the rule that come in a town of campaigns under one name each, beside those without any report."""
    town = campaigns(number, seed=3, most_reports=300, most_pseudonyms=1).tables
    town = with_rows_of_cases(town, cases)
    quiet = town | {_REPORTS: town[_REPORTS].clear()}
    hits, without = (screened(tables, [rule], CAMPAIGN_DAY).evidence for tables in (town, quiet))
    new = hits.join(without, on=["address_id", "record_ids"], how="anti")
    return [f"reports under one name make a hit at {address}" for address in sorted(set(new["address_id"]))]


def flags_by_campaigns(rules: Iterable[Indicator], *, number: int = 90) -> list[str]:
    """Flags of these rules in a town of campaigns under as many as 20 names each, against lawful addresses."""
    town = campaigns(number, seed=1, most_reports=300)
    flags = screened(town.tables, rules, CAMPAIGN_DAY).flags.join(town.about, on="address_id")
    return [f"reports alone flag a {kind} at {address}" for address, kind in flags.select("address_id", "kind").rows()]


def _cites_another_register() -> pl.Expr:
    """Whether a hit rests on more than reports, and the BAG, which says what an address is."""
    dataset = pl.element().str.split(":").list.first()
    return pl.col("record_ids").list.eval(~dataset.is_in([_REPORTS, "bag_adressen"])).list.any()


def _addresses(tables: Frames) -> list[str]:
    columns = [frame["address_id"] for frame in tables.values() if "address_id" in frame.columns]
    if "bag_adressen" in tables:
        columns.append(tables["bag_adressen"]["adresseerbaar_object_id"])
    return sorted({address for column in columns for address in column.drop_nulls()})


def _planted(addresses: list[str], token: str, as_of: date) -> pl.DataFrame:
    """Reports of every kind at each address, spread over a year, by day and by night."""
    rows: list[Row] = []
    for address in addresses:
        for main, sub in REPORT_KINDS:
            for place in range(_EACH_KIND):
                day = as_of - timedelta(days=1 + place * _OVER_DAYS // _EACH_KIND)
                key = f"planted-{len(rows)}"
                rows.append(
                    {
                        "record": f"{_REPORTS}:{key}",
                        "key": key,
                        "melding_id": key,
                        "address_id": address,
                        "datum_melding": day,
                        "datum_melding_min": day,
                        "datum_melding_max": day,
                        "hoofdcategorie": main,
                        "subcategorie": sub,
                        "melder_token": token,
                        "termen": ["T-01"],
                        "status": "afgehandeld",
                    }
                )
    schema = tables_for_rules()[_REPORTS]
    frame = pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)
    midnight = pl.col("datum_melding").cast(pl.Datetime("us"))
    hours = {"incident_van": midnight + pl.duration(hours=23), "incident_tot": midnight + pl.duration(hours=25)}
    return frame.with_columns(**{name: hour for name, hour in hours.items() if name in schema})
