"""All trials of one rule: its case table, its texts, names, words in trade names, planted reports, what it cites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from polars.exceptions import PolarsError

from screening.base.errors import RuleDefinitionError
from screening.rules.cases import RuleCase, faults_of_case, faults_of_table, faults_of_texts
from screening.rules.declare import Indicator
from screening.rules.examination import ablation, names, poisoning
from screening.rules.examination.names_in_town import changed_in_town
from screening.rules.examination.night import Frames, screened
from screening.rules.examination.placing import with_rows_of_cases
from screening.rules.examination.trial import Trial, prefixed, trial_of


def examine_rule(
    rule: Indicator,
    cases: Sequence[RuleCase],
    *,
    rules: Mapping[str, Indicator],
    town: Frames,
    as_of: date,
    names_of_origins: Sequence[Sequence[str]],
    words_of_origin: Sequence[str],
) -> tuple[Trial, ...]:
    """Every trial of a rule, in the order of `TRIALS`.

    Args:
        rule: The rule that is examined.
        cases: Its case table.
        rules: Code -> every rule in force, this one among them.
        town: A made-up town as linked tables.
        as_of: The day on which the town is looked at.
        names_of_origins: Names of people by origin, as many as wanted of each.
        words_of_origin: Words of cuisine and origin as they stand in trade names.
    """
    words = [word for names_of_origin in names_of_origins for word in names_of_origin]

    @cache
    def placed() -> Frames:
        return with_rows_of_cases(town, cases)

    def in_town(renamed: Callable[[Frames], Frames]) -> list[str]:
        return _faults(lambda: changed_in_town(rule, rules, placed(), as_of, renamed))

    return (
        _of_cases(rule, cases),
        trial_of(rule.code, "texts", [faults_of_texts(rule)]),
        _with(
            _of_names(rule, "name_swap", cases, lambda case: _name_swap(case, names_of_origins)),
            in_town(lambda tables: names.with_other_names(tables, words)),
        ),
        _of_names(rule, "name_alone", cases, names.changed_by_a_name_alone),
        _with(
            _of_names(rule, "proxy", cases, lambda case: names.changed_by_trade_names(case, words_of_origin)),
            in_town(lambda tables: names.with_other_trade_names(tables, words_of_origin)),
        ),
        _of_poisoning(rule, cases, rules),
        _of_ablation(rule, cases, rules, placed, as_of),
    )


def _of_cases(rule: Indicator, cases: Sequence[RuleCase]) -> Trial:
    if not cases:
        return Trial(rule.code, "cases", 0, ("there is no case table",))
    trial = _of_each(rule, "cases", cases, faults_of_case)
    return Trial(rule.code, "cases", trial.tried, (*faults_of_table(rule, cases), *trial.faults))


def _of_names(
    rule: Indicator, name: str, cases: Sequence[RuleCase], faults_of: Callable[[RuleCase], list[str]]
) -> Trial:
    """A trial of names; a rule that reads names and has no case with one has not been tried."""
    trial = _of_each(rule, name, cases, faults_of)
    without = _faults(lambda: names.names_that_no_case_holds(rule, cases))
    return Trial(rule.code, name, trial.tried, (*without, *trial.faults))


def _with(trial: Trial, in_town: list[str]) -> Trial:
    """A trial, and what the town showed beside its cases."""
    return replace(trial, tried=trial.tried + 1, faults=(*trial.faults, *in_town))


def _of_poisoning(rule: Indicator, cases: Sequence[RuleCase], rules: Mapping[str, Indicator]) -> Trial:
    if not poisoning.reads_reports(rule):
        return Trial(rule.code, "poisoning", 0, ())
    by_reports = [case for case in cases if not case.spec["expect"]]
    trial = _of_each(rule, "poisoning", by_reports, poisoning.hits_by_planted_reports)
    in_town = [
        *_faults(lambda: poisoning.hits_by_campaigns(rule, cases)),
        *_faults(lambda: poisoning.flags_by_campaigns(rules.values())),
    ]
    return Trial(rule.code, "poisoning", trial.tried + 2, (*trial.faults, *in_town))


def _of_ablation(
    rule: Indicator,
    cases: Sequence[RuleCase],
    rules: Mapping[str, Indicator],
    placed: Callable[[], Frames],
    as_of: date,
) -> Trial:
    with_hits = [case for case in cases if case.spec["expect"] and not rule.is_finding]
    trial = _of_each(rule, "ablation", with_hits, _ablation)

    def in_town() -> list[str]:
        night = screened(placed(), rules.values(), as_of)
        return ablation.changed_by_absence(rule.code, rules, placed(), night, as_of)

    absence = _faults(in_town)
    return Trial(rule.code, "ablation", trial.tried + 1, (*trial.faults, *absence))


def _name_swap(case: RuleCase, names_of_origins: Sequence[Sequence[str]]) -> list[str]:
    changed = [fault for words in names_of_origins for fault in names.changed_by_names(case, words)]
    by_names = names.told_by_names(case, names_of_origins[0]) if names_of_origins else []
    return [*changed, *by_names, *names.told_of_a_person(case)]


def _ablation(case: RuleCase) -> list[str]:
    return ablation.hits_beyond_their_records(case) + ablation.hits_without_their_records(case)


def _of_each(
    rule: Indicator, name: str, cases: Iterable[RuleCase], faults_of: Callable[[RuleCase], list[str]]
) -> Trial:
    return trial_of(rule.code, name, (_tried(case, faults_of) for case in cases))


def _tried(case: RuleCase, faults_of: Callable[[RuleCase], list[str]]) -> list[str]:
    return list(prefixed(str(case.spec["name"]), _faults(lambda: faults_of(case))))


def _faults(trial: Callable[[], list[str]]) -> list[str]:
    """The faults of a trial; that the rule breaks the contract of a hit is one, and that it ends halfway another."""
    try:
        return trial()
    except RuleDefinitionError as error:
        first = (str(error.__cause__ or "").splitlines() or [""])[0]  # of a made-up town, or of a case of its author
        return [f"{error} {first}".strip()]
    except (PolarsError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        first = (str(error).splitlines() or [""])[0]
        return [f"it ended while it ran: {type(error).__name__} {first}"]
