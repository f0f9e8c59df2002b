"""An explanation is faithful: a hit stands on the records that it cites, falls without them, and touches no other rule.

Taking a rule away changes only what cites it or what is declared after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import polars as pl

from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.rules.cases import RuleCase
from screening.rules.declare import Indicator
from screening.rules.examination.night import Frames, Screened, rows_as_set, screened
from screening.rules.registry import earlier_codes

#: Rules of the programme that look at the whole of a register: which place stands out follows from all the others, and
#: a register, or a column, that holds nothing says nothing. ADR-07 looks at other buildings, whose users it does not
#: show here.
OF_WHOLE_REGISTERS = frozenset({"LIC-07", "ORG-10", "GEM-01", "ADR-07"})


def tables_of_records() -> tuple[str, ...]:
    """Tables of which a row belongs to a record that evidence must cite.

    The BAG is not among them: it says what the address is that a flag is about, and every address of a run can be
    looked up in it.
    """
    return (*(dataset for dataset in datasets() if dataset != "bag_adressen"), "partijen", "handelsnamen")


def hits_beyond_their_records(case: RuleCase) -> list[str]:
    """Hits that fall where nothing is left but the records that they cite, and those that they may not name."""
    return [
        f"the hit at {hit['address_id']} does not stand on {', '.join(hit['record_ids'])} alone"
        for hit in case.as_written
        if hit["address_id"] not in {left["address_id"] for left in case.hits(otherwise=_only(case, hit))}
    ]


def hits_without_their_records(case: RuleCase) -> list[str]:
    """Hits that cite a record still once the records that they cite are gone."""
    faults = []
    for hit in case.as_written:
        cited = {record for record in hit["record_ids"] if not record.startswith("bag_adressen:")}
        if any(cited & set(still["record_ids"]) for still in case.hits(otherwise=_without(case, hit["record_ids"]))):
            faults.append(f"the hit at {hit['address_id']} stays without {', '.join(sorted(cited))}")
    return faults


def changed_by_absence(
    code: str, rules: Mapping[str, Indicator], town: Frames, night: Screened, as_of: date
) -> list[str]:
    """What else changes in a town where the rule is taken away: hits of other rules, flags that do not cite it.

    `night`: what all rules find in the town.
    """
    left = screened(town, [rule for rule in rules.values() if rule.code != code], as_of)
    touched = declared_after(code, rules)
    others = ~pl.col("indicator").is_in(touched)
    changed = rows_as_set(left.evidence.filter(others)) ^ rows_as_set(night.evidence.filter(others))
    faults = [f"without {code} a hit of {row[1]} changes" for row in sorted(changed, key=str)]
    cites = {row["address_id"] for row in night.flags.to_dicts() if touched & set(row["indicator_codes"])}
    flags = {row[0] for row in rows_as_set(left.flags) ^ rows_as_set(night.flags)}
    return faults + [f"without {code} the flag at {address} changes" for address in sorted(map(str, flags - cites))]


def declared_after(code: str, rules: Mapping[str, Indicator]) -> set[str]:
    """The code, and all that is declared after it, directly or by way of another."""
    earlier = {rule.code: set(earlier_codes(rule, rules.values())) for rule in rules.values()}
    reached, wave = {code}, {code}
    while wave:
        wave = {other for other, codes in earlier.items() if codes & wave} - reached
        reached |= wave
    return reached


def declared_before(codes: Iterable[str], rules: Mapping[str, Indicator]) -> list[Indicator]:
    """The rules of these codes, and all that they look back at."""
    reached = set(codes)
    while (
        more := {
            earlier for code in reached for earlier in earlier_codes(rules[code], rules.values()) if earlier in rules
        }
        - reached
    ):
        reached |= more
    return [rules[code] for code in sorted(reached)]


def _only(case: RuleCase, hit: Row) -> Row:
    """What to change in a case so that of all records those are left that a hit cites, and those it may not name.

    What is known of a party stays known: that its mentions are one party is said by links, not by records.
    """
    keep = set(hit["record_ids"])
    parties = {row["party_id"] for row in case.rows().get("partijen", {}).values() if row["record"] in keep}

    def stays(name: str, row: Row, record: str) -> bool:
        of_party = name == "partijen" and row["party_id"] in parties
        return record in keep or of_party or _is_withheld(case, name, row, hit["address_id"])

    return _changes(case, stays)


def _without(case: RuleCase, records: list[str]) -> Row:
    return _changes(case, lambda _name, _row, record: record not in records)


def _changes(case: RuleCase, stays: Callable[[str, Row, str], bool]) -> Row:
    gone: Row = {}
    for name, by_key in case.rows().items():
        if name not in tables_of_records():
            continue
        for key, row in by_key.items():
            record = row.get("record") or f"{name}:{row['key']}"
            if not stays(name, row, record):
                gone.setdefault(name, {})[key] = None
    return gone


def _is_withheld(case: RuleCase, table: str, row: Row, address_id: str) -> bool:
    """A record that counts and may not be named: a shielded establishment, or what tells of a sex establishment."""
    record = row.get("record") or f"{table}:{row['key']}"
    elsewhere = record.startswith("seksinrichtingen:") and row.get("address_id") != address_id
    of_sensitive = any(
        hit["indicator"].startswith("SEX") and record in hit["record_ids"]
        for hit in case.rows().get("treffers", {}).values()
    )
    return bool(row.get("afgeschermd")) or elsewhere or of_sensitive
