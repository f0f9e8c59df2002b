"""The form in which an officer prepares a signal: it is read into a draft, with a message at each incomplete field."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from screening.partners.desk.content import Check, Draft, Undoing
from screening.partners.desk.fact_verification import Opened
from screening.partners.desk.policy import LEAST_REASON, NOTIFICATIONS, PARTNERS, PROCEDURES, REASONS, ExportPolicy
from screening.partners.desk.signal_source import SignalSource
from screening.partners.signal.minimise import PersonChoice
from screening.review.forms import form_day
from screening.vocabulary import NoticeReason, Purpose, Role

_MOST = 2000
#: Who can have verified a fact: whoever prepares the signal, or one of the two who judged the case and opened it.
CHECKERS = ("ik", "eerste", "tweede")
DELAYED = "uitgesteld"
#: What means the same whatever material the form shows. Every other field names a record, or a place in one run.
_LASTING = (
    "ontvanger", "thema", "grondslag", "reden", "herstel", "toch", "bibob", "partner", "interventie", "vraag",
    "twijfels", "kennisgeving", "informeren_vanaf",
)  # fmt: skip
_LASTING_LISTS = ("afwijking", "procedure")


class Follows(Enum):
    """What a version follows: nothing that left, a version that it corrects, or a withdrawal that it undoes.

    REVERSAL_UNFLAGGED: and the last run does not flag the address again.
    """

    NOTHING = auto()
    CORRECTION = auto()
    REVERSAL = auto()
    REVERSAL_UNFLAGGED = auto()


@dataclass
class SignalForm:
    """The form as it was sent, and what is wrong with it: name of the field -> key of a text."""

    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    wrong: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value of a field, trimmed and no longer than any may be."""
        return self.values.get(name, "").strip()[:_MOST]

    def chosen(self, name: str) -> tuple[str, ...]:
        """The chosen values of a list."""
        return self.lists.get(name, ())


@dataclass(frozen=True)
class Checkers:
    """Who can have verified a fact. `people`: each of CHECKERS -> the account. `opened`: see `opened_by_judges`."""

    people: Mapping[str, str]
    opened: Opened

    def known(self, record_id: str) -> dict[str, date | None]:
        """Return who can have verified this record, each with the first day; None for the preparer."""
        own, *judges = CHECKERS
        since = {who: self.opened.get((self.people[who], record_id)) for who in judges}
        return {own: None} | {who: day for who, day in since.items() if day is not None}


def first_choice(material: SignalSource) -> SignalForm:
    """Return the first form: the rules that flagged and the records that they cite, without a person or a reason."""
    return SignalForm(
        {},
        {
            "afwijking": tuple(sorted({deviation["code"] for deviation in material.deviations})),
            "feit": tuple(fact.record_id for fact in material.facts if fact.is_cited),
        },
    )


def shows_material(filled: SignalForm, material: SignalSource) -> bool:
    """Whether the form showed this very material, so that its places and records mean what the officer chose."""
    return filled.get("run") == material.dossier.run.run_id


def lasting_choices(filled: SignalForm, material: SignalSource) -> SignalForm:
    """A form of other material: what was written about the case stays, what names a fact or a party is gone."""
    names = (*_LASTING, *(name for name, _, _ in questions(material)))
    return SignalForm(
        {name: filled.get(name) for name in names}, {name: filled.chosen(name) for name in _LASTING_LISTS}
    )


def draft_of(
    filled: SignalForm,
    material: SignalSource,
    *,
    policy: ExportPolicy,
    purpose: Purpose,
    recipients: tuple[str, ...],
    checkers: Checkers,
    follows: Follows,
    today: date,
) -> Draft | None:
    """The draft that the form asks for; None with `filled.wrong` when something is missing."""
    for name, allowed in (
        ("ontvanger", recipients),
        ("thema", tuple(str(theme) for theme in policy.themes)),
        ("grondslag", policy.legal_bases),
        ("partner", PARTNERS),
        ("kennisgeving", NOTIFICATIONS),
        *((("reden", REASONS),) if follows is Follows.CORRECTION else ()),
    ):
        if filled.get(name) not in allowed:
            filled.wrong[name] = "export.wrong.choose"
    for name in ("interventie", "vraag", "twijfels"):
        if not filled.get(name):
            filled.wrong[name] = "export.wrong.fill"
    codes = frozenset(filled.chosen("afwijking")) & {deviation["code"] for deviation in material.deviations}
    facts = frozenset(filled.chosen("feit")) & {fact.record_id for fact in material.facts}
    if not codes:
        filled.wrong["afwijking"] = "export.wrong.deviation"
    if not facts:
        filled.wrong["feit"] = "export.wrong.fact"
    checks = _checks(filled, material, facts, checkers, today)
    explanations = _explanations(filled, material, codes)
    persons, organisations, names = _parties(filled, material)
    notify_from = form_day(filled.get("informeren_vanaf"))
    if filled.get("kennisgeving") == DELAYED and (notify_from is None or notify_from <= today):
        filled.wrong["informeren_vanaf"] = "export.wrong.notify_from"
    undoing = _undoing(filled, follows)
    if filled.wrong:
        return None
    return Draft(
        recipient=filled.get("ontvanger"),
        purpose=purpose,
        legal_basis=filled.get("grondslag"),
        theme=filled.get("thema"),
        facts=facts,
        deviations=codes,
        partner=filled.get("partner"),
        intervention=filled.get("interventie"),
        question=filled.get("vraag"),
        doubts=tuple(line.strip() for line in filled.get("twijfels").splitlines() if line.strip()),
        notification=filled.get("kennisgeving"),
        notify_from=notify_from if filled.get("kennisgeving") == DELAYED else None,
        checks=checks,
        explanations=explanations,
        organisations=organisations,
        organisation_names=names,
        persons=persons,
        procedures=tuple(procedure for procedure in filled.chosen("procedure") if procedure in PROCEDURES),
        tells_bibob=policy.may_tell_bibob and filled.get("bibob") == "ja",
        reason=NoticeReason(filled.get("reden")) if follows is Follows.CORRECTION else None,
        undoing=undoing,
    )


def _undoing(filled: SignalForm, follows: Follows) -> Undoing | None:
    """Read why a withdrawal was an error; None where the form does not undo one."""
    asked = {Follows.REVERSAL: ("herstel",), Follows.REVERSAL_UNFLAGGED: ("herstel", "toch")}.get(follows, ())
    for name in asked:
        if len(filled.get(name)) < LEAST_REASON:
            filled.wrong[name] = "export.wrong.reason"
    return Undoing(filled.get("herstel"), filled.get("toch")) if asked else None


def questions(material: SignalSource) -> list[tuple[str, str, str]]:
    """(field, code, innocent explanation) of each explanation that must be weighed, each once.

    The field is named for what the explanation says: another version of the rule may have it in another place.
    """
    names: dict[tuple[str, str], str] = {}
    for deviation in material.deviations:
        for text in deviation["verklaringen"]:
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
            names[deviation["code"], text] = f"verklaring-{deviation['code']}-{digest}"
    return [(name, code, text) for (code, text), name in names.items()]


def _checks(
    filled: SignalForm, material: SignalSource, facts: frozenset[str], checkers: Checkers, today: date
) -> dict[str, Check]:
    checks = {}
    for place, fact in enumerate(material.facts, start=1):
        who = filled.get(f"door-{place}")
        if who not in CHECKERS or fact.record_id not in facts:
            continue
        day = form_day(filled.get(f"op-{place}"))
        if day is None or day > today:
            filled.wrong[f"op-{place}"] = "export.wrong.checked_on"
            continue
        since = checkers.known(fact.record_id)
        if who not in since:
            filled.wrong[f"door-{place}"] = "export.wrong.checked_by"
        elif day < (since[who] or day):
            filled.wrong[f"op-{place}"] = "export.wrong.checked_before"
        else:
            checks[fact.record_id] = Check(checkers.people[who], Role.OFFICER, day)
    carrying = {fact.record_id for fact in material.facts if fact.can_carry}
    if not carrying & set(checks) and not any(name.startswith(("op-", "door-")) for name in filled.wrong):
        filled.wrong.setdefault("feit", "export.wrong.verified")
    return checks


def _explanations(filled: SignalForm, material: SignalSource, codes: frozenset[str]) -> dict[str, dict[str, str]]:
    reasons: dict[str, dict[str, str]] = {}
    for name, code, text in questions(material):
        if code not in codes:
            continue
        if len(filled.get(name)) < LEAST_REASON:
            filled.wrong[name] = "export.wrong.reason"
        reasons.setdefault(code, {})[text] = filled.get(name)
    return reasons


def _parties(
    filled: SignalForm, material: SignalSource
) -> tuple[dict[str, PersonChoice], frozenset[str], dict[str, str]]:
    persons, names = {}, {}
    organisations = set()
    for place, party in enumerate(material.options, start=1):
        if party.is_person:
            why, why_name, why_year = (filled.get(f"persoon{part}-{place}") for part in ("", "-naam", "-jaar"))
            if not (why or why_name or why_year):
                continue
            for part, text in (("", why), ("-naam", why_name), ("-jaar", why_year)):
                if (text or not part) and len(text) < LEAST_REASON:
                    filled.wrong[f"persoon{part}-{place}"] = "export.wrong.reason"
            persons[party.party_id] = PersonChoice(why, why_name or None, why_year or None)
        elif party.party_id in filled.chosen("organisatie"):
            organisations.add(party.party_id)
            text = filled.get(f"organisatie-naam-{place}")
            if text and len(text) < LEAST_REASON:
                filled.wrong[f"organisatie-naam-{place}"] = "export.wrong.reason"
            elif text and party.needs_reason:
                names[party.party_id] = text
    return persons, frozenset(organisations), names
