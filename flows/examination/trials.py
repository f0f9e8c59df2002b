"""The trials of an extension: its case tables read, the made-up town built, each rule and reader examined."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from flows.catalogue import all_indicators
from flows.examination.made_up_town import linked_tables, typed_registers
from flows.examination.reader_trials import examine_readers
from screening.base.errors import RuleDefinitionError
from screening.base.extensions import Extension, ExtensionFile
from screening.base.word_lists import words_of_origin
from screening.rules import Indicator
from screening.rules.cases import RuleCase, read_case_table
from screening.rules.examination import Frames, Trial, examine_rule
from screening.synthetic import generate
from screening.synthetic.name_pools import POOLS

#: The made-up town: its day, its seed, its addresses, as few as hold the planted patterns once.
TOWN_DAY, _SEED, _ADDRESSES = date(2026, 11, 1), 7, 2500
#: How the case table of a rule ends: in `cases/` of an extension.
CASE_TABLE = ".cases.yaml"


def examine_extension(extension: Extension) -> tuple[Trial, ...]:
    """The trials of every rule and reader of an extension that is in force, one by one."""
    rules = {rule.code: rule for rule in all_indicators()}
    own = [rule for rule in rules.values() if rule.code.startswith(f"{extension.namespace}.")]
    trials: list[Trial] = []
    for rule in own:
        try:
            cases = cases_of(rule, extension)
        except RuleDefinitionError as error:
            trials.append(Trial(rule.code, "cases", 0, (str(error),)))
            continue
        trials += examine_rule(
            rule,
            cases,
            rules=rules,
            town=made_up_town(),
            as_of=TOWN_DAY,
            names_of_origins=[[*pool.given, *pool.family] for pool in POOLS.values()],
            words_of_origin=words_of_origin(),
        )
    return (*trials, *examine_readers(extension))


def cases_of(rule: Indicator, extension: Extension) -> list[RuleCase]:
    """The cases of a rule: `cases/zom_loc_01.cases.yaml` of ZOM.LOC-01; none where there is no such file.

    Raises RuleDefinitionError where it is no case table, or one of another rule.
    """
    name = f"{rule.code.lower().replace('.', '_').replace('-', '_')}{CASE_TABLE}"
    return [
        case
        for file in _case_tables(extension.files)
        if file.name == name
        for case in read_case_table(file, {rule.code: rule})
    ]


def _case_tables(files: Iterable[ExtensionFile]) -> list[ExtensionFile]:
    return [file for file in files if file.path.startswith("cases/")]


@cache
def made_up_town() -> Frames:
    """A small municipality as real exports look, linked; made once in a process."""
    return linked_tables(typed_registers(generate(_SEED, _ADDRESSES, regime="messy", as_of=TOWN_DAY)), TOWN_DAY)
