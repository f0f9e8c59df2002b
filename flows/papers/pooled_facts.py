"""What the papers say of pooling: with whom it was agreed, and what the last result says of each rule."""

from __future__ import annotations

from typing import Any

from flows.configuration import Configuration
from screening.papers import PoolingFacts
from screening.partners.pooling.counts import SAMPLE
from screening.partners.pooling.kept_result import kept_result
from screening.partners.pooling.sentences import rule_sentences


def pooled_facts(settings: Configuration) -> dict[str, Any]:
    """The fields of Facts about pooling. PoolError: the kept result was changed by hand."""
    agreed, result = settings.pooling.agreed(), kept_result(settings.workspace)
    return {
        "pooling": PoolingFacts(agreed.processor, agreed.agreement) if agreed else None,
        "pooled": [
            (f"{rule.code}, versie {rule.version}", rule_sentences(rule, "nl"))
            for rule in (result.rules if result else ())
            if rule.code != SAMPLE
        ],
        "pooled_until": result.quarter if result else "",
    }
