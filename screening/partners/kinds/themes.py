"""Which theme a confirmed deviation allows: it follows the barrier, so an eetcafé is never labelled as trafficking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from screening.base.vocabulary import Barrier
from screening.base.word_lists import read_lists
from screening.partners.signal.codes import Theme


@dataclass(frozen=True)
class ThemeGround:
    """What a theme follows from: a rule at one of these barriers and, where rules are named, one of those alone."""

    barriers: frozenset[Barrier]
    rules: tuple[str, ...]

    def is_shown_by(self, code: str, barrier: str) -> bool:
        """Whether a rule with this code, at this barrier, shows it."""
        return barrier in self.barriers and (not self.rules or code.startswith(self.rules))


@cache
def theme_grounds() -> Mapping[Theme, ThemeGround]:
    """Of each theme what it follows from."""
    return {
        Theme(theme): ThemeGround(frozenset(map(Barrier, given["barriers"])), tuple(given.get("rules", ())))
        for theme, given in read_lists("screening.partners.kinds", "themes.yaml").items()
    }


def themes_of(deviations: Iterable[tuple[str, str]]) -> frozenset[Theme]:
    """The themes that these deviations allow, each as (code of its rule, barrier)."""
    shown = list(deviations)
    return frozenset(
        theme
        for theme, ground in theme_grounds().items()
        if any(ground.is_shown_by(code, barrier) for code, barrier in shown)
    )
