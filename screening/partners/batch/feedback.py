"""What the receiver tells of the signals in a batch: the form that goes with it, and the answer that comes back.

An answer is closed words and at most one short text a signal, made by the receiver's page and sealed to the
municipality. It is bound to its batch by the sha256 of the manifest. It is for people and statistics, and never the
input of an indicator.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import pyrage
from pydantic import Field, StringConstraints, ValidationError

from screening.casework.texts.text_problems import clean_text, text_problems
from screening.partners.batch.manifest import BatchMeta
from screening.partners.kinds.partner_kind import partner_kinds
from screening.partners.signal.canonical import canonical
from screening.partners.signal.codes import FEEDBACK_WORDS, FeedbackOutcome, FeedbackRemark
from screening.partners.signal.errors import FeedbackError
from screening.partners.signal.fields import Day, SignalId, StrictModel
from screening.partners.signal.forbidden import OF_BIBOB, forbidden_name, forbidden_statement
from screening.store.schema.tips import MAX_TEXT
from screening.wording.fact_words import document_words

#: In the batch: what can be answered and to which key; and what codes are called, for a page that knows none of them.
FORM_FILE, WORDS_FILE = "antwoord.json", "woorden.json"
ANSWER_FORMAT = "barrier-antwoord/1"
#: An answer about the largest batch, with every text as long as it may be, in the text form of age.
MAX_BYTES = 4_000_000
_ARMOUR = b"-----BEGIN AGE"
_JUDICIAL = "justitie"
#: What comes of the police, the prosecutor and the Belastingdienst stays there: a text that speaks of it is not kept.
_JUDICIAL_WORDS = re.compile(
    r"\b(?:politie\w*|justitie\w*|recherche\w*|openbaar ministerie|fiod|belastingdienst\w*|aangifte\w*|aangehouden|"
    r"arrest\w*|gearresteerd|verdacht\w*|veroordeel\w*|strafblad|antecedent\w*|proces-?verba\w*|gedetineerd\w*|"
    r"detentie|opsporing\w*|tenlastelegging|getapt|tap)\b",
    re.IGNORECASE,
)


class _SignalAnswer(StrictModel):
    signaal_id: SignalId
    uitkomst: FeedbackOutcome
    opmerking: FeedbackRemark
    toelichting: Annotated[str, StringConstraints(min_length=1, max_length=2 * MAX_TEXT)] | None = None


class _Answer(StrictModel):
    formaat: Literal["barrier-antwoord/1"]
    levering_id: Annotated[str, Field(pattern=r"^L-[0-9a-f]{16}$")]
    manifest_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    op: Day
    antwoorden: tuple[_SignalAnswer, ...] = Field(min_length=1, max_length=100_000)


@dataclass(frozen=True)
class FeedbackRow:
    """The receiver's answer about one signal. `text`: what may be kept of what was written; mostly empty."""

    batch_id: str
    signal_id: str
    outcome: FeedbackOutcome
    on: dt.date
    remark: FeedbackRemark
    text: str = ""


@dataclass(frozen=True)
class Feedback:
    """An answer as it is kept. `left_out`: the kinds of what texts held that are not kept, one a text."""

    rows: tuple[FeedbackRow, ...]
    left_out: tuple[str, ...]


def answer_form(meta: BatchMeta, signal_ids: Sequence[str]) -> bytes:
    """The canonical bytes of `antwoord.json`: the words of this kind of partner, and the key to seal answers to."""
    outcomes = partner_kinds()[meta.recipient.kind].feedback
    return canonical(
        {
            "formaat": ANSWER_FORMAT,
            "levering_id": meta.batch_id,
            "sleutel": meta.answers_to,
            "signalen": list(signal_ids),
            "uitkomsten": [{"code": str(code), "tekst": FEEDBACK_WORDS[code]} for code in outcomes],
            "opmerkingen": [{"code": str(code), "tekst": FEEDBACK_WORDS[code]} for code in FeedbackRemark],
            "meeste_tekens": MAX_TEXT,
        }
    )


def words_of_codes() -> bytes:
    """The canonical bytes of `woorden.json`: code -> what it is called in Dutch."""
    return canonical(document_words())


def read_feedback(
    data: bytes,
    identity: str,
    *,
    manifests: Mapping[str, str],
    received: Mapping[tuple[str, str], Collection[str]],
    today: dt.date,
) -> Feedback:
    """Open an answer and read it whole, or not at all.

    Args:
        data: The file: sealed with age, in its binary or its text form.
        identity: The secret key of the municipality for answers.
        manifests: Batch id -> sha256 of its manifest, of each batch that left to this receiver.
        received: Of each (batch id, signal id) that left, the outcomes that its kind of partner may tell.
        today: A later date is an error.

    Raises:
        FeedbackError: with `reason`: "size", "sealed" (not to this key, or damaged), "form", "batch" (another batch, or
            one that never left), "signal", "outcome" (not of this kind of partner) or "day". No value is quoted.
    """
    if len(data) > MAX_BYTES:
        raise FeedbackError("The answer is larger than any answer can be.", "size")
    try:
        opened = pyrage.decrypt(_trimmed(data), [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError):
        raise FeedbackError("The answer cannot be opened: it is damaged, or not sealed to our key.", "sealed") from None
    try:
        answer = _Answer.model_validate(json.loads(opened.decode()))
    except (ValidationError, ValueError, RecursionError):
        raise FeedbackError("The answer has another form than the page of the receiver makes.", "form") from None
    if manifests.get(answer.levering_id) != answer.manifest_sha256:
        raise FeedbackError("The answer is about another batch than we sent. Ask the receiver for a new one.", "batch")
    on = dt.date.fromisoformat(answer.op)
    if on > today:
        raise FeedbackError("The answer is of a day that is yet to come.", "day")
    ids = [part.signaal_id for part in answer.antwoorden]
    if len(set(ids)) != len(ids) or any((answer.levering_id, signal_id) not in received for signal_id in ids):
        raise FeedbackError("The answer names a signal twice, or one that is not in this batch.", "signal")
    if any(part.uitkomst not in received[answer.levering_id, part.signaal_id] for part in answer.antwoorden):
        raise FeedbackError("A partner of this kind does not tell that of a signal.", "outcome")
    rows, left_out = [], []
    for part in answer.antwoorden:
        text = clean_text(part.toelichting or "")
        problem = _problem(text)
        left_out += [problem] if problem else []
        outcome, remark = FeedbackOutcome(part.uitkomst), FeedbackRemark(part.opmerking)
        rows.append(FeedbackRow(answer.levering_id, part.signaal_id, outcome, on, remark, "" if problem else text))
    return Feedback(tuple(rows), tuple(left_out))


def _trimmed(data: bytes) -> bytes:
    """The text form without the white space that mail adds to it; the binary form as it is, to its last byte."""
    return data.strip() if data.lstrip().startswith(_ARMOUR) else data


def _problem(text: str) -> str | None:
    """The kind of what a text holds that may not come back; None where it may be kept."""
    is_judicial = _JUDICIAL_WORDS.search(text) or forbidden_statement(text, but=OF_BIBOB)
    if is_judicial or any(forbidden_name(word) for word in text.split()):
        return _JUDICIAL
    return next((problem.kind for problem in text_problems(text)), None)
