"""Partners as the papers name them: each kind that is built in, in the words of its own file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from screening.papers import RecipientFacts
from screening.partners.kinds.partner_kind import HandOverForm, PartnerKind, SignalField, partner_kinds
from screening.wording.fact_words import document_words
from screening.wording.forms import code_word

#: What a form of handing over is, in a sentence.
_FORMS = {
    HandOverForm.BATCH: "Een versleutelde levering voor één ontvanger. Twee mensen keuren haar goed en twee tekenen.",
    HandOverForm.SHEET: "Een blad op papier, met een adres en ondernemingen en zonder mensen.",
    HandOverForm.CALL: "Een telefoongesprek dat iemand voorbereidt.",
}
_SIGNAL = "Een bevestigd signaal over een adres en de ondernemingen daar."
_PERSON = "Een mens in zijn beroep kan erbij staan, met een reden en nooit alleen."
_TIP = (
    "Waar dat is afgesproken ook van een melding: wat op een plek te zien was, de dag en het adres. "
    "De contactpersoon geeft dat door. Het staat in het register en is terug te halen."
)
_TALK = "Alleen de vraag om samen te praten. Er gaat geen gegeven mee."
_NO_ANSWER = "Niets."


def partner_facts() -> list[RecipientFacts]:
    """The kinds of partner, by code."""
    return [_facts(kind) for kind in partner_kinds().values()]


def _facts(kind: PartnerKind) -> RecipientFacts:
    answers = ", ".join(_words(word) for word in kind.feedback)
    is_written = set(kind.forms) != {HandOverForm.CALL}
    return RecipientFacts(
        key=kind.code.replace(".", "-").replace("_", "-"),
        name=kind.name.nl,
        full_name=kind.called.nl,
        gets=is_written,
        needs="export",
        annex=True,
        bases=[replace(basis.fact, about=basis.about.nl) for basis in kind.bases],
        what=_what(kind.fields) if is_written else _TALK,
        never=" ".join(kind.never.nl),
        form=" ".join(_FORMS[form] for form in kind.forms),
        back=f"Een antwoord in vaste woorden: {answers}." if answers else _NO_ANSWER,
        paper=kind.paper.nl,
        themes=[_words(theme) for theme in kind.themes],
        fields=[_words(name) for name in kind.fields],
        use=kind.use.nl,
    )


def _words(code: str) -> str:
    return document_words().get(code) or code_word(code, "nl")


def _what(fields: Collection[SignalField]) -> str:
    parts = {SignalField.PERSONEN: _PERSON, SignalField.MELDINGEN: _TIP}
    return " ".join([_SIGNAL, *(text for field, text in parts.items() if field in fields)])
