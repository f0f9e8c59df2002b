"""A theme follows from the barrier and the rules of a signal."""

from __future__ import annotations

from flows.catalogue import all_indicators
from screening.base.vocabulary import Barrier
from screening.partners.kinds.themes import theme_grounds, themes_of
from screening.partners.signal.codes import Theme


def test_every_theme_says_what_it_follows_from() -> None:
    assert set(theme_grounds()) == set(Theme)


def test_an_eetcafe_is_never_called_trafficking() -> None:
    """Only a rule about a sex establishment allows it, of all that are built in."""
    allowing = {
        rule.code for rule in all_indicators() if Theme.MENSENHANDEL in themes_of([(rule.code, str(rule.barrier))])
    }
    assert allowing
    assert {code[:3] for code in allowing} == {"SEX"}


def test_what_no_register_shows_is_a_theme_of_no_rule() -> None:
    shown = themes_of((rule.code, str(rule.barrier)) for rule in all_indicators())
    assert set(Theme) - shown == {Theme.MENSENSMOKKEL, Theme.ZORGFRAUDE}


def test_one_deviation_that_shows_it_is_enough() -> None:
    found = themes_of([("LIC-04", Barrier.WERKPLEK), ("HOU-04", Barrier.HUISVESTING)])
    assert {Theme.ARBEIDSUITBUITING, Theme.BEDRIJVEN, Theme.VASTGOED} <= found
    assert themes_of([]) == frozenset()
