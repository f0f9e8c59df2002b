"""The motivation of a judgement: in words of one's own, and neither the text of the rule nor one used before."""

from __future__ import annotations

import re

import sqlalchemy as sa
from rapidfuzz import fuzz

from screening.casework.case_errors import MotivationError
from screening.casework.cases.case import Case
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import case_judgement
from screening.store.schema.runs import evidence
from screening.store.store import Store

LEAST_CHARACTERS = 20
LEAST_WORDS = 4
#: Share of likeness to an own earlier motivation from which a page warns (assurance H2).
TOO_ALIKE = 0.90
_LAST_MOTIVATIONS = 20
#: So many own motivations are looked through for the very same words.
_EARLIER_MOTIVATIONS = 500


def similarity_to_own(store: Store, viewer: Viewer, motivation: str) -> float:
    """Return the highest similarity, 0 to 1, to the viewer's own last 20 motivations. A page warns from 0.90.

    It is the normalised edit distance over words and characters, without regard to capitals and spaces.
    """
    with guarded("reading own motivations"), store.engine.connect() as connection:
        earlier = _own_motivations(connection, viewer, _LAST_MOTIVATIONS)
    mine = _plain(motivation)
    return max((fuzz.ratio(mine, _plain(text)) / 100 for text in earlier), default=0.0) if mine else 0.0


def check_motivation(connection: sa.Connection, case: Case, viewer: Viewer, motivation: str) -> None:
    """MotivationError unless it is long enough and neither an explanation nor an earlier motivation word for word."""
    plain = _plain(motivation)
    if len(plain) < LEAST_CHARACTERS or len(set(re.findall(r"\w+", plain))) < LEAST_WORDS:
        raise MotivationError(
            f"Say in words of your own why: at least {LEAST_CHARACTERS} characters and {LEAST_WORDS} different words.",
            "motivation",
        )
    explanations = connection.execute(
        sa.select(evidence.c.explanation_nl, evidence.c.explanation_en).where(
            evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id
        )
    )
    if plain in {_plain(text) for row in explanations for text in row if text}:
        raise MotivationError("This is the text of the rule. Say in words of your own why.", "motivation")
    of_case = sa.select(case_judgement.c.motivation).where(case_judgement.c.case_id == case.case_id)
    earlier = [*_own_motivations(connection, viewer, _EARLIER_MOTIVATIONS), *connection.scalars(of_case)]
    if plain in {_plain(text) for text in earlier}:
        raise MotivationError("These very words were used before. Say what is so in this dossier.", "motivation")


def _own_motivations(connection: sa.Connection, viewer: Viewer, most: int) -> list[str]:
    return list(
        connection.scalars(
            sa.select(case_judgement.c.motivation)
            .where(case_judgement.c.judged_by == viewer.account)
            .order_by(case_judgement.c.judged_at.desc(), case_judgement.c.id.desc())
            .limit(most)
        )
    )


def _plain(text: str) -> str:
    """Return the text in the form of the comparison: small letters, single spaces, no punctuation at the ends."""
    return " ".join(text.casefold().split()).strip(" .,;:!?-")
