"""The motivation of a judgement: in words of one's own, and neither the text of the rule nor one used before."""

from __future__ import annotations

import re

import sqlalchemy as sa

from screening.casework.case_errors import MotivationError
from screening.casework.cases.case import Case
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import case_judgement, case_reading
from screening.store.schema.runs import evidence
from screening.store.store import Store
from screening.wording.odd_text import Oddity, oddities, plain_text

LEAST_CHARACTERS = 20
LEAST_WORDS = 4
#: Of an own reading; with fewer a page asks whether it is meant so.
LEAST_WORDS_OF_READING = 3
_LAST_TEXTS = 20
#: So many own motivations are looked through for the very same words.
_EARLIER_MOTIVATIONS = 500


def oddities_of_motivation(store: Store, viewer: Viewer, motivation: str) -> tuple[Oddity, ...]:
    """Say what is odd about a motivation, beside the viewer's own last 20 (assurance H2): a page warns of it.

    Nothing of one that is too short: that is refused.
    """
    if _is_too_short(motivation):
        return ()
    with guarded("reading own motivations"), store.engine.connect() as connection:
        earlier = _own_motivations(connection, viewer, _LAST_TEXTS)
    return oddities(motivation, others=earlier)


def oddities_of_reading(store: Store, viewer: Viewer, text: str) -> tuple[Oddity, ...]:
    """Say what is odd about an own reading, beside the viewer's own last 20. It may be shorter than a motivation."""
    query = (
        sa.select(case_reading.c.text)
        .where(case_reading.c.account == viewer.account)
        .order_by(case_reading.c.at.desc(), case_reading.c.id.desc())
        .limit(_LAST_TEXTS)
    )
    with guarded("reading own readings"), store.engine.connect() as connection:
        earlier = list(connection.scalars(query))
    return oddities(text, least_words=LEAST_WORDS_OF_READING, others=earlier)


def check_motivation(connection: sa.Connection, case: Case, viewer: Viewer, motivation: str) -> None:
    """MotivationError unless it is long enough and neither an explanation nor an earlier motivation word for word."""
    plain = plain_text(motivation)
    if _is_too_short(motivation):
        raise MotivationError(
            f"Say in words of your own why: at least {LEAST_CHARACTERS} characters and {LEAST_WORDS} different words.",
            "motivation",
        )
    explanations = connection.execute(
        sa.select(evidence.c.explanation_nl, evidence.c.explanation_en).where(
            evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id
        )
    )
    if plain in {plain_text(text) for row in explanations for text in row if text}:
        raise MotivationError("This is the text of the rule. Say in words of your own why.", "motivation")
    of_case = sa.select(case_judgement.c.motivation).where(case_judgement.c.case_id == case.case_id)
    earlier = [*_own_motivations(connection, viewer, _EARLIER_MOTIVATIONS), *connection.scalars(of_case)]
    if plain in {plain_text(text) for text in earlier}:
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


def _is_too_short(motivation: str) -> bool:
    plain = plain_text(motivation)
    return len(plain) < LEAST_CHARACTERS or len(set(re.findall(r"\w+", plain))) < LEAST_WORDS
