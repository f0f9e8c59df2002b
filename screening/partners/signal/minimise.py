"""From everything a dossier holds to what may leave: an allow-list, tokens for people, a reason for each clear name."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from screening.base.local_formats import number_text
from screening.partners.signal.codes import CERTAINTY_WORDS, LEGAL_PERSONS, Certainty, reliabilities
from screening.partners.signal.errors import FieldProblem, ForbiddenFieldError, SignalError
from screening.partners.signal.fields import describe_error
from screening.partners.signal.forbidden import ForbiddenField, forbidden_names
from screening.partners.signal.refuse import forbidden_in
from screening.partners.signal.signal import FORMAT, Signal
from screening.partners.signal.signal_facts import AUTOMATED_NL
from screening.partners.signal.signal_parties import MotivatedName
from screening.partners.signal.signal_paths import leaves, model_in, titles
from screening.partners.signal.text import TEXT_PATTERN, pseudonym, visible_text

#: Values of a rule that are a person's: dropped when they are text (`naam_gelijk` is a yes or a no, and stays).
_OF_A_PERSON = re.compile(r"(^|_)(naam|namen|voornaam|achternaam|geboortedatum|geboortejaar|persoon|personen)(_|$)")


@dataclass(frozen=True)
class PersonChoice:
    """Why a person is mentioned, and why a clear name, a year or the full date of birth is needed, where it is."""

    why: str
    why_name: str | None = None
    why_birth_year: str | None = None
    why_birth_date: str | None = None


@dataclass(frozen=True)
class Choices:
    """The choices of an officer for one signal. It names only people who were chosen.

    `persons`: by the `partij` of the content. `organisation_names`: `partij` -> why the name of a business of persons
    is needed. `explanations`: indicator code -> innocent explanation -> why it does not suffice here.
    `left_out`: record ids of facts that are not necessary. `token_key`: at least 32 bytes, kept outside the store.
    """

    signal_id: str
    token_key: bytes = field(repr=False)
    version: int = 1
    persons: Mapping[str, PersonChoice] = field(default_factory=dict)
    organisation_names: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()


def new_signal_id() -> str:
    """A random id: it tells nothing of the address, the day or the order."""
    return f"S-{secrets.token_hex(16)}"


def minimise(content: Mapping[str, object], choices: Choices) -> Signal:
    """The signal of a dossier's `content` (its groups are named as those of the signal).

    What the content may have beside the fields of the signal is dropped. Of its own kind are: `meta.eerste_beoordelaar`
    and `tweede_beoordelaar` (accounts), `feiten[].gecontroleerd_door` ({account, rol, op}), `afwijkingen[].waarden` and
    `drempels` (name -> value), `betekenissen` (name of a threshold -> its words) and `verklaringen` (texts),
    `personen[]` and `organisaties[]` with `partij`, `personen[]` with `naam`, `geboortedatum` and
    `geboortedatum_register`.

    Raises ForbiddenFieldError when a field that may never be read is in the content, or when a text names a person who
    is not named on purpose; SignalError when a field is missing or has another form. Neither quotes a value.
    """
    findings = [_forbidden(field) for field in forbidden_names(content)]
    if findings:
        raise ForbiddenFieldError(
            "The content holds fields that may never leave.", findings, "Leave them out where the dossier is read."
        )
    signal = _validated(_shaped(content, choices))
    findings = [_forbidden(field) for field in forbidden_in(signal)]
    if findings:
        raise ForbiddenFieldError(
            "The signal holds what may never leave.", findings, "Write it without, or leave the fact out."
        )
    _names_nobody(signal, content, choices)
    return signal


def picked(content: Mapping[str, object], choices: Choices) -> dict[str, object]:
    """What may leave of a content that need not be whole yet: the fields of the signal, as plain values, unchecked."""
    return _picked(Signal, _shaped(content, choices))


def _wrong(field: str, nl: str, en: str) -> FieldProblem:
    return FieldProblem(field, nl, en, *titles(field))


def _forbidden(field: ForbiddenField) -> FieldProblem:
    return _wrong(
        field.field,
        f"Hier staat iets wat nooit naar buiten mag ({field.kind}). Schrijf het zonder, of laat het feit weg.",
        f"this holds something that may never leave ({field.kind})",
    )


def _shaped(content: Mapping[str, Any], choices: Choices) -> dict[str, Any]:
    """The groups of the signal, with tokens for accounts and people; fields that do not belong are still there."""

    def named(value: str) -> str:
        return pseudonym(value, key=choices.token_key, scope=choices.signal_id)

    meta = dict(_mapping(content, "meta"))
    meta |= {"signaal_id": choices.signal_id, "versie": choices.version}
    for reviewer in ("eerste_beoordelaar", "tweede_beoordelaar"):
        if meta.get(reviewer):
            meta[reviewer] = named(f"account:{meta[reviewer]}")
    facts = []
    for row in _rows(content, "feiten"):
        if row.get("record_id") in choices.left_out:
            continue
        fact = dict(row)
        if fact.get("bronregister") in reliabilities():
            fact["betrouwbaarheid"] = reliabilities()[fact["bronregister"]]
        checker = fact.get("gecontroleerd_door")
        if checker:
            fact["gecontroleerd_door"] = {**checker, "kenmerk": named(f"account:{checker.get('account')}")}
        facts.append(fact)
    facts.sort(key=lambda fact: (str(fact.get("datum")), str(fact.get("record_id"))))
    occasion = dict(content.get("aanleiding") or {})
    occasion |= {"wijze": "regels", "geautomatiseerde_selectie": True, "verklaring": AUTOMATED_NL}
    doubts = dict(_mapping(content, "twijfels"))
    doubts["koppelingen"] = [
        {**link, "in_woorden": CERTAINTY_WORDS[Certainty(link["niveau"])][0]}
        if link.get("niveau") in set(Certainty)
        else link
        for link in _rows(doubts, "koppelingen")
    ]
    return {
        **content,
        "formaat": FORMAT,
        "meta": meta,
        "aanleiding": occasion,
        "feiten": facts,
        "afwijkingen": [_deviation(deviation, choices) for deviation in _rows(content, "afwijkingen")],
        "organisaties": [_organisation(organisation, choices) for organisation in _rows(content, "organisaties")],
        "personen": [
            _person(person, choices.persons[person["partij"]], named)
            for person in _rows(content, "personen")
            if person.get("partij") in choices.persons
        ],
        "twijfels": doubts,
    }


def _deviation(given: Mapping[str, Any], choices: Choices) -> dict[str, object]:
    reasons = choices.explanations.get(str(given.get("code")), {})
    return {
        **given,
        "drempels": _values(given.get("drempels"), given.get("betekenissen") or {}),
        "waarden": _values(given.get("waarden"), {}),
        "record_ids": [record_id for record_id in given.get("record_ids") or () if record_id not in choices.left_out],
        "verklaringen": [
            {"verklaring": text, "waarom_onvoldoende": reasons.get(text)} for text in given.get("verklaringen") or ()
        ],
    }


def _values(given: Mapping[str, object] | None, meanings: Mapping[str, str]) -> list[dict[str, str | None]]:
    """Named values as text, sorted by name; a text that is a person's is dropped."""
    return [
        {"naam": name, "betekenis": meanings.get(name) or None, "waarde": _worded(value)}
        for name, value in sorted((given or {}).items())
        if not (_OF_A_PERSON.search(name) and not isinstance(value, bool | int | float))
    ]


def _worded(value: object) -> str:
    if value is None:
        return "onbekend"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return number_text(value, "nl", 4)
    if isinstance(value, list | tuple):
        whole = ", ".join(_worded(part) for part in value)
        return whole if len(whole) <= 200 else f"{len(value)} waarden, zie de feiten"
    return str(value) or "leeg"


def _organisation(given: Mapping[str, object], choices: Choices) -> dict[str, object]:
    """Return name and RSIN of a legal person; of a business of persons no RSIN, and the name only with a reason."""
    kept = dict(given)
    if kept.get("rechtsvorm") not in LEGAL_PERSONS:
        kept.pop("rsin", None)
        why = choices.organisation_names.get(str(kept.get("partij")))
        kept["naam_motivering"] = why
        if why is None:
            kept.pop("naam", None)
    return kept


def _person(given: Mapping[str, object], choice: PersonChoice, named: typing.Callable[[str], str]) -> dict[str, object]:
    born = str(given.get("geboortedatum") or "")[:4]
    return {
        "kenmerk": named(f"person:{given['partij']}"),
        "rol": given.get("rol"),
        "noodzaak": choice.why,
        "naam": {"waarde": given.get("naam"), "motivering": choice.why_name} if choice.why_name else None,
        "geboortejaar": {"waarde": born, "motivering": choice.why_birth_year} if choice.why_birth_year else None,
        "geboortedatum": {"waarde": given.get("geboortedatum_register"), "motivering": choice.why_birth_date}
        if choice.why_birth_date
        else None,
        "periode": given.get("periode"),
    }


def _validated(shaped: Mapping[str, object]) -> Signal:
    try:
        return Signal.model_validate(_picked(Signal, shaped))
    except ValidationError as error:
        # an error of pydantic may quote its input: only where it is and of what kind goes on
        errors = error.errors(include_input=False, include_url=False, include_context=False)
        raise SignalError(
            "The content does not make a whole signal.",
            [
                _wrong(".".join(str(step) for step in problem["loc"]) or "signaal", *describe_error(problem))
                for problem in errors
            ],
            "Complete or correct these fields.",
        ) from None


def _picked(model: type[BaseModel], given: Mapping[str, object]) -> dict[str, object]:
    """Keep of a mapping only the fields of `model`, at every level, and remove invisible characters from text."""
    return {
        name: _picked_value(
            declared.annotation, given[name], lines=TEXT_PATTERN in repr((declared.annotation, declared.metadata))
        )
        for name, declared in model.model_fields.items()
        if given.get(name) is not None
    }


def _picked_value(annotation: object, value: object, *, lines: bool) -> object:
    if isinstance(value, str):
        return visible_text(value, lines=lines)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    inner = model_in(annotation)
    if isinstance(value, Mapping):
        return _picked(inner, value) if inner is not None else {}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
        rows = sorted(value) if isinstance(value, set | frozenset) else value
        return [_picked_value(annotation, row, lines=lines) for row in rows]
    return value


#: Texts that are made of what registers hold: there such a word can stand by chance, and nobody can write it anew.
_FROM_REGISTERS = ("feiten.", "twijfels.koppelingen.")


def _named(field: str) -> ForbiddenFieldError:
    nl = "Deze tekst noemt een persoon die u niet met naam hebt gekozen. Schrijf de rol, of kies de naam met een reden."
    wrong = _wrong(field, nl, "the text names a person who is not named on purpose")
    return ForbiddenFieldError("A name may not leave like this.", [wrong], "Write the role, or choose the name.")


def _names_nobody(signal: Signal, content: Mapping[str, object], choices: Choices) -> None:
    """Raises when a text of the signal holds the name of a person of the dossier who is not named on purpose.

    In what an officer writes a surname alone is one too.
    """
    quiet = [
        person["naam"]
        for person in _rows(content, "personen")
        if person.get("naam") and not getattr(choices.persons.get(str(person.get("partij"))), "why_name", None)
    ]
    patterns = [_word(_plain(name)) for name in {*quiet} if len(name) >= 4]
    for path, text in _texts(signal):
        if any(pattern.search(_plain(text)) for pattern in patterns):
            raise _named(path)
    parts = {part for name in quiet for part in _parts(name)} - _words_that_leave_on_purpose(signal)
    patterns = [_word(part) for part in sorted(parts)]
    for leaf in leaves(signal):
        is_own_text = leaf.is_written and not leaf.path.startswith(_FROM_REGISTERS)
        if is_own_text and any(pattern.search(_plain(leaf.value)) for pattern in patterns):
            raise _named(leaf.path)


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")


def _parts(name: str) -> set[str]:
    """The words of a name by which somebody is known: no initials, no particles (van, der)."""
    return {word for word in re.findall(r"[^\W\d_]+", _plain(name)) if len(word) >= 4}


def _words_that_leave_on_purpose(signal: Signal) -> set[str]:
    """The words of names and of the address that the signal states on purpose: repeating them adds nothing."""
    named = [signal.object.adres, *(organisation.naam for organisation in signal.organisaties if organisation.naam)]
    named += [person.naam.waarde for person in signal.personen if person.naam]
    return {part for name in named for part in _parts(name)}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _texts(part: object, path: str = "") -> typing.Iterator[tuple[str, str]]:
    if isinstance(part, BaseModel):
        # whoever is named on purpose stands in one of these, which are checked as what they are
        passed = {"waarde"} if isinstance(part, MotivatedName) else {"naam", "adres"}
        for name in type(part).model_fields:
            if name not in passed or isinstance(getattr(part, name), BaseModel):
                yield from _texts(getattr(part, name), f"{path}{name}.")
    elif isinstance(part, tuple):
        for place, element in enumerate(part):
            yield from _texts(element, f"{path}{place}.")
    elif isinstance(part, str):
        yield path.rstrip("."), part


def _mapping(content: Mapping[str, object], name: str) -> Mapping[str, object]:
    given = content.get(name)
    return given if isinstance(given, Mapping) else {}


def _rows(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    given = content.get(name) or ()
    return [row for row in given if isinstance(row, Mapping)]
