"""What to look at on a visit, and what a note may not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screening.base.word_lists import read_translations
from screening.casework.case_errors import MotivationError
from screening.casework.texts.text_problems import about_people

_CHOICES = read_translations("screening.casework.visits", "choices.yaml")
#: What to look at, in words that suspect nobody: (nl, en). It stands on paper and on a phone, and both get lost.
LOOK_AT = _CHOICES["look_at"]
DEFAULT_LOOK_AT = ("gebruik", "in_bedrijf")

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


def unwelcome_in(text: str) -> str | None:
    """The text key of what does not belong in a text of a visit: an e-mail address, a date, a long number; or None."""
    return next((code for code, pattern in _UNWELCOME.items() if pattern.search(text)), None)


def checked_note(note: str, names: Iterable[str]) -> str:
    """The note on one line. VisitFormError when it is too long or its words are refused (`check_words`)."""
    plain = " ".join(note.split())
    if len(plain) > MOST_NOTE:
        raise VisitFormError("long_note", "note", f"A note has {MOST_NOTE} characters at most.")
    check_words(plain, names)
    return plain


def check_words(note: str, names: Iterable[str]) -> None:
    """VisitFormError when a note holds a number, a date, a name or what people are: such words are stored nowhere.

    `names`: display names of the parties in the dossier. It is a net, not a wall: the form says that a note is about
    what was seen of the building, and about nobody.
    """
    plain = " ".join(note.split())
    if code := unwelcome_in(plain):
        raise VisitFormError(code, "note", "A note holds no e-mail address, number or date.")
    words = {word for word in _WORD.findall(plain) if word[0].isupper()}
    name_words = {word for name in names for word in _WORD.findall(name) if word[0].isupper()}
    if words & name_words:
        raise VisitFormError("name_in_note", "note", "The note names somebody of the dossier. Write what, not whom.")
    if people := about_people(plain):
        # one after another: the first tells what is meant, and a victim comes before all
        message = "The note is about people. Write what was seen of the building."
        raise VisitFormError("people_in_note", "note", message, people[0].fragment)
