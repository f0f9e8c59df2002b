"""Which terms a real municipality must state, in the words of a text for everyone; `Terms` and `KINDS` decide."""

from __future__ import annotations

from dataclasses import dataclass, fields

from screening.rights.kinds import KINDS
from screening.rights.terms import Terms

#: Said of a municipality in `[run]`, since a run that can be repeated depends on it.
SNAPSHOTS = "snapshot_days"

#: Where one kind of data has two terms, or its description says more than a reader needs.
_ABOUT = {
    "runs_kept": "gegevens van een nacht",
    "unconfirmed_days": "zaken die niet zijn bevestigd of niet zijn behandeld",
    "confirmed_days": "bevestigde zaken",
    "deliveries_days": "aangeleverde bestanden, en wat het programma ervan bewaart",
    "disclosures_days": "het register van wat aan wie is doorgegeven",
    "access_log_days": "het logboek van wie wat zag en deed",
    "colleague_signals_days": "meldingen van collega’s",
}


@dataclass(frozen=True)
class Term:
    """A term: what is proposed, in which unit, and what it is the term of."""

    default: int
    unit_nl: str
    about_nl: str


def _about(name: str) -> str:
    return _ABOUT.get(name) or "; ".join(kind.what_nl for kind in KINDS if name in kind.terms)


#: Key -> term. Of `[retention]`, but for `snapshot_days`, which stands in `[run]`. Domain reference 3.6.
TERMS: dict[str, Term] = {
    term.name: Term(getattr(Terms, term.name), "nachten" if term.name == "runs_kept" else "dagen", _about(term.name))
    for term in fields(Terms)
}
#: Those of `[retention]`.
STATED: dict[str, Term] = {name: term for name, term in TERMS.items() if name != SNAPSHOTS}
