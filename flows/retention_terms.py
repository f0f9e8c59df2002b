"""Which retention terms a real municipality must state, with the default that the domain reference proposes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A term of `[retention]`: its default, its unit, and what it is the term of."""

    default: int
    unit_nl: str
    about_nl: str


#: Key of `[retention]` -> term. Domain reference 3.6; each is a choice of the municipality, none is a fact of law.
TERMS: dict[str, Term] = {
    "deliveries_days": Term(7, "dagen", "aangeleverde bestanden"),
    "runs_kept": Term(2, "runs", "gegevens van een nacht"),
    "unconfirmed_days": Term(183, "dagen", "aandachtspunten die niet zijn bevestigd of niet zijn behandeld"),
    "confirmed_days": Term(1826, "dagen", "bevestigde zaken"),
    "colleague_signals_days": Term(183, "dagen", "meldingen van collega’s"),
    "access_log_days": Term(1826, "dagen", "het logboek van wie wat zag en deed"),
}
