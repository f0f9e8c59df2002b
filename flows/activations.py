"""What the configuration says of each indicator, as the rules take it."""

from __future__ import annotations

from flows.configuration import Configuration
from screening.rules import Activation


def activations(settings: Configuration) -> dict[str, Activation]:
    """Code -> what `[indicators]` says of it."""
    return {
        code: Activation(
            legal_basis=chosen.legal_basis,
            dpia=chosen.dpia,
            fg_advice=chosen.fg_advice,
            parameters=chosen.parameters,
            has_word_list=bool(chosen.word_list),
            norm=chosen.norm,
            is_real=not settings.is_synthetic,
        )
        for code, chosen in settings.indicators.items()
    }
