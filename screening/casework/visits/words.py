"""The closed lists of a visit: what to look at, what was met and found, and what a note may not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screening.casework.case_errors import MotivationError
from screening.casework.tips.text import about_people
from screening.word_lists import read_translations

_CHOICES = read_translations("screening.casework.visits", "choices.yaml")
#: What to look at, in words that suspect nobody: (nl, en). It stands on paper and on a phone, and both get lost.
LOOK_AT = _CHOICES["look_at"]
DEFAULT_LOOK_AT = ("gebruik", "in_bedrijf")

#: What an inspector met at the door (formats: controles, `situatie`).
SITUATIONS = _CHOICES["situations"]

#: What was found (formats: controles, `bevinding`).
FINDINGS = _CHOICES["findings"]
#: What can be seen from the street, without anybody letting one in.
SEEN_FROM_OUTSIDE = ("in_bedrijf", "gesloten")

MOST_NOTE = 280

_WORD = re.compile(r"[^\W\d_]{3,}")
_UNWELCOME = {
    "email_in_note": re.compile(r"[^\s@]+@[^\s@]+"),
    "date_in_note": re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b"),
    # six figures, with the usual separators or without: a phone, citizen service or account number
    "number_in_note": re.compile(r"(?:\d[ .-]?){6,}"),
}


class VisitFormError(MotivationError):
    """The form of a visit is refused. `field`: of the form; `code`: the text key of the message.

    `fragment`: the refused words of a note, shown to their writer and stored nowhere.
    """

    def __init__(self, code: str, field: str, message: str, fragment: str = "") -> None:
        super().__init__(message, field)
        self.code, self.fragment = code, fragment


def checked_findings(situatie: str, bevindingen: Iterable[str]) -> tuple[str, ...]:
    """The findings in the order of FINDINGS. VisitFormError when they or the situation do not go together."""
    findings = set(bevindingen)
    if situatie not in SITUATIONS:
        raise VisitFormError("situation", "situatie", "Choose how the visit went.")
    if findings - set(FINDINGS):
        raise VisitFormError("unknown_finding", "bevindingen", "Choose findings from the list.")
    if situatie != "toegang_verleend" and findings - set(SEEN_FROM_OUTSIDE):
        raise VisitFormError(
            "from_outside", "bevindingen", "Without being let in, only running or closed can be recorded."
        )
    if situatie == "toegang_verleend" and not findings:
        raise VisitFormError("no_finding", "bevindingen", "Choose what was seen, or: nothing in particular.")
    if "geen_bijzonderheden" in findings and len(findings) > 1:
        raise VisitFormError("nothing_and_more", "bevindingen", "Nothing in particular goes with no other finding.")
    if {"in_bedrijf", "gesloten"} <= findings:
        raise VisitFormError("open_and_closed", "bevindingen", "Running and closed exclude each other.")
    return tuple(code for code in FINDINGS if code in findings)


def checked_note(note: str, names: Iterable[str]) -> str:
    """The note on one line. VisitFormError when it is too long or holds a number, a date, a name or what people are.

    `names`: display names of the parties in the dossier. It is a net, not a wall: the form says that a note is about
    what was seen of the building, and about nobody.
    """
    plain = " ".join(note.split())
    if len(plain) > MOST_NOTE:
        raise VisitFormError("long_note", "note", f"A note has {MOST_NOTE} characters at most.")
    for code, pattern in _UNWELCOME.items():
        if pattern.search(plain):
            raise VisitFormError(code, "note", "A note holds no e-mail address, number or date.")
    words = {word for word in _WORD.findall(plain) if word[0].isupper()}
    name_words = {word for name in names for word in _WORD.findall(name) if word[0].isupper()}
    if words & name_words:
        raise VisitFormError("name_in_note", "note", "The note names somebody of the dossier. Write what, not whom.")
    if people := about_people(plain):
        # one after another: the first tells what is meant, and a victim comes before all
        message = "The note is about people. Write what was seen of the building."
        raise VisitFormError("people_in_note", "note", message, people[0].fragment)
    return plain
