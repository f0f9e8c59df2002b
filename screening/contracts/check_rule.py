"""When Great Expectations judges the registers of a night too, beside the pass that every night makes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from screening.base.frames import Row
from screening.contracts.model import Contract

#: On so manieth night Great Expectations judges, whatever stayed the same.
CHECKED_EVERY = 10


@dataclass(frozen=True)
class JudgedBy:
    """What judges: the version of the program, that of Great Expectations, and a hash of the suites."""

    code_version: str
    great_expectations: str
    suites: str

    @classmethod
    def of(cls, code_version: str, contracts: Mapping[str, Contract], lacks: Mapping[str, Sequence[str]]) -> JudgedBy:
        """What judges a night. `lacks`: the columns that a register of this municipality does not have."""
        rules = {
            name: [
                (rule.rule_id, rule.gx_type, sorted(rule.gx_arguments.items()), rule.severity)
                for rule in contract.lacking(lacks.get(name, ())).rules
            ]
            for name, contract in sorted(contracts.items())
        }
        digest = hashlib.sha256(json.dumps(rules, default=str).encode()).hexdigest()
        return cls(code_version, version("great-expectations"), digest)


def plan_check(last: Row | None, tonight: JudgedBy, *, is_synthetic: bool) -> Row:
    """What the run's document says of it, `contract_checks` there.

    `is_checked`: Great Expectations judges this night too. `checked_in`: the run in which it did (None: this one, or
    none yet). `nights`: since then.

    Args:
        last: the same of the last night; None where there was none.
        tonight: what judges.
        is_synthetic: whether all of it is made up; then the first night of a workspace is like any other.
    """
    judged_by, before = {**vars(tonight)}, last or {}
    is_first = last is None and not is_synthetic
    is_other = last is not None and any(before.get(name) != value for name, value in judged_by.items())
    nights = before.get("nights", -1) + 1
    if is_first or is_other or nights >= CHECKED_EVERY:
        return {**judged_by, "is_checked": True, "checked_in": None, "nights": 0}
    return {**judged_by, "is_checked": False, "checked_in": before.get("checked_in"), "nights": nights}
