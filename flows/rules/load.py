"""How many cases a rule would give before it is switched on: by a back-test, in tens, beside what the team can do."""

from __future__ import annotations

from pathlib import Path

from flows.activations import activations
from flows.configuration import load_configuration
from flows.rules.configured import configured_rules
from screening.base.frames import Row
from screening.casework.figures.rule_load import LEAST_DAYS, LEAST_NIGHTS, RuleLoad, WeekFit, load_of_kept, rule_load
from screening.casework.figures.small_counts import FEW, SHOWN, Share
from screening.rules import Activation

_FITS = {
    WeekFit.FITS: "Together that is within what the team can do in a week.",
    WeekFit.PERHAPS: "Together that may be more than the team can do in a week.",
    WeekFit.TOO_MUCH: "Together that is more than the team can do in a week.",
}


def load_of_backtest(configuration: Path, replayed: Row) -> RuleLoad:
    """Return the load that a back-test of a rule counted."""
    return rule_load(load_of_kept(replayed["load"]), load_configuration(configuration).case_policy)


def norm_not_decided(configuration: Path, code: str) -> str | None:
    """Say that a rule does not run here for want of its norm, so that its load is that of an example; or None."""
    settings = load_configuration(configuration)
    chosen = activations(settings).get(code, Activation(is_real=not settings.is_synthetic))
    lacking = chosen.missing_norm(configured_rules(settings).rule(code))
    if not lacking:
        return None
    return f"{code} does not run here: the municipality did not decide its norm ({', '.join(lacking)})."


def load_document(load: RuleLoad) -> Row:
    """Return the load as JSON: counts and rates as the texts that people read."""
    spans = {name: getattr(load, name) for name in ("weekly", "weekly_now")}
    return {
        "nights": load.nights,
        "first": load.first,
        "last": load.last,
        "left_out": load.left_out,
        "at_once": str(load.at_once),
        **{name: None if span is None else str(span) for name, span in spans.items()},
        "dwellings": None if load.dwellings is None else vars(load.dwellings),
        "nights_in_line": load.nights_in_line,
        "capacity_a_week": load.capacity,
        "fit": load.fit.value,
    }


def load_lines(code: str, load: RuleLoad) -> list[str]:
    """Return the load as lines for a person."""
    lines = [f"{code}, by {load.nights} stored nights ({load.first} to {load.last}); {load.left_out} say nothing."]
    if not load.nights:
        return [f"{code}: no stored night says anything of this rule, so its load is not known."]
    lines.append(f"On the first night: {load.at_once} addresses.")
    if load.nights_in_line is not None:
        lines.append(f"Under the cap they come in over {load.nights_in_line} nights at most.")
    if load.weekly is None or load.weekly_now is None:
        lines.append(f"New cases a week: not known. That takes {LEAST_NIGHTS} nights over {LEAST_DAYS} days at least.")
    else:
        lines.append(f"New cases a week after it, with the draw: {load.weekly}, beside {load.weekly_now} as it is now.")
    lines.append(_capacity(load))
    lines.append(f"Dwellings among them: {_share(load.dwellings)}")
    return lines


def _capacity(load: RuleLoad) -> str:
    if load.capacity is None:
        return "What the team can do in a week is not known: set [review] officers."
    fits = f" {_FITS[load.fit]}" if load.fit in _FITS else ""
    return f"The team can do {load.capacity} cases in a week, second readings not counted.{fits}"


def _share(dwellings: Share | None) -> str:
    if dwellings is None:
        return "not known."
    if dwellings.state == SHOWN:
        return f"about {dwellings.value} % ({dwellings.low} to {dwellings.high} %)."
    return f"at most {dwellings.high} %." if dwellings.state == FEW else "too few addresses to tell."
