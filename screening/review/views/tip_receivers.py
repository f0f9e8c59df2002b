"""Who can get a tip of a colleague: inspectors of the municipality, and every kind of partner that covers tips."""

from __future__ import annotations

from collections.abc import Mapping

from screening.casework.tips.forwarding import TOEZICHT
from screening.partners.desk.tip_hand_overs import tip_kinds
from screening.review.i18n import Translator


def tip_receivers(t: Translator) -> Mapping[str, str]:
    """Code -> how it is called within a sentence: inspectors first, then the kinds by their own names."""
    called = {kind.code: kind.called.en if t.language == "en" else kind.called.nl for kind in tip_kinds()}
    return {TOEZICHT: t("signals.receiver"), **called}
