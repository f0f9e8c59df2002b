"""The load of a version of a rule as its page shows it: before it runs, in tens, beside what the team can do."""

from __future__ import annotations

import json
from dataclasses import dataclass

from screening.casework.case_policy import CasePolicy
from screening.casework.figures.rule_load import (
    LEAST_DAYS,
    LEAST_NIGHTS,
    LOAD,
    RuleLoad,
    WeekFit,
    load_of_kept,
    rule_load,
)
from screening.casework.figures.small_counts import FEW, SHOWN, Share
from screening.review.i18n import Translator, long_date
from screening.store.rules.drafts import RuleDraft
from screening.store.rules.governance import RuleVersion


@dataclass(frozen=True)
class LoadLine:
    """A version that nobody let run yet. `path`: of its page. `says`: heads and what is known; empty: not replayed."""

    path: str
    code: str
    name: str
    says: list[tuple[str, str]]


def load_line(version: RuleDraft | RuleVersion, policy: CasePolicy, t: Translator) -> LoadLine:
    """What is known of the load of a draft or a version, by the back-test that was kept with it."""
    if isinstance(version, RuleDraft):
        path = f"/regels/concept/{version.draft_id}"
    else:
        path = f"/regels/versie/{version.version_id}"
    kept = version.backtest.get(LOAD)
    return LoadLine(
        path=path,
        code=version.code,
        name=json.loads(version.declaration)[f"name_{t.language}"],
        says=_says(rule_load(load_of_kept(kept), policy), t) if isinstance(kept, dict) and kept["nights"] else [],
    )


def _says(load: RuleLoad, t: Translator) -> list[tuple[str, str]]:
    first, last = (long_date(day, t.language) if day else "–" for day in (load.first, load.last))
    nights = t("rule_load.nights_of", n=load.nights, first=first, last=last, left_out=load.left_out)
    says = [(t("rule_load.nights"), nights), (t("rule_load.at_once"), str(load.at_once))]
    if load.nights_in_line is not None:
        says.append((t("rule_load.in_line_for"), t("rule_load.in_nights", n=load.nights_in_line)))
    if load.weekly is None or load.weekly_now is None:
        says.append((t("rule_load.weekly"), t("rule_load.too_few", n=LEAST_NIGHTS, days=LEAST_DAYS)))
    else:
        says.append((t("rule_load.weekly"), t("rule_load.beside", n=str(load.weekly), now=str(load.weekly_now))))
    if load.fit is not WeekFit.UNKNOWN:
        says.append((t("rule_load.fit"), t(f"rule_load.fits.{load.fit}")))
    return [*says, (t("rule_load.dwellings"), _share(load.dwellings, t))]


def _share(dwellings: Share | None, t: Translator) -> str:
    if dwellings is None:
        return t("rule_load.not_known")
    if dwellings.state == SHOWN:
        return t("rule_load.share", n=dwellings.value, low=dwellings.low, high=dwellings.high)
    return t("rule_load.share_most", high=dwellings.high) if dwellings.state == FEW else t("rule_load.share_few")
