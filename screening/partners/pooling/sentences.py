"""A rule in plain sentences, from the sums of several municipalities: what it found, and what came of it."""

from __future__ import annotations

from screening.base.vocabulary import ReviewOutcome
from screening.base.word_lists import read_lists
from screening.casework.figures.small_counts import STEP
from screening.partners.pooling.result import LOWER, PooledRule

#: What came of it, in the order in which it is said.
_OUTCOMES = {
    "confirmed": ReviewOutcome.BEVESTIGD_AFWIJKING,
    "explained": ReviewOutcome.VERKLAARD,
    "wrong_links": ReviewOutcome.ONJUISTE_KOPPELING,
    "errors": ReviewOutcome.DATA_FOUT,
}


def rule_sentences(rule: PooledRule, lang: str) -> tuple[str, ...]:
    """Say a rule in Dutch ("nl") or English ("en")."""
    sentences = [_sentence("decided", lang, n=_tens(rule.decided, lang))]
    sentences += [_sentence(key, lang, n=_tens(rule.outcomes[name], lang)) for key, name in _OUTCOMES.items()]
    between = rule.difference
    if between is None:
        return (*sentences, _sentence("uncompared", lang))
    ends = (between.low, between.high)
    low, high = (-ends[1], -ends[0]) if between.verdict == LOWER else ends
    return (*sentences, _sentence(between.verdict, lang, low=_points(low), high=_points(high)))


def _points(number: int) -> str:
    return str(number).replace("-", "\N{MINUS SIGN}")


def _tens(count: int, lang: str) -> str:
    if count < STEP:
        return _sentence("few", lang)
    return _sentence("tens", lang, low=str(count), high=str(count + STEP - 1))


def _sentence(key: str, lang: str, **words: str) -> str:
    text: str = read_lists("screening.partners.pooling", "sentences.yaml")[key][lang]
    return text.format(**words)
