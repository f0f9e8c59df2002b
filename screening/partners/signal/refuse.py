"""Why a signal may not leave: every ground at once, so that whoever prepares it sees all that is missing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from screening.base.vocabulary import CaseState, Purpose, Reliability, ReviewOutcome
from screening.partners.signal.codes import CARRYING
from screening.partners.signal.forbidden import (
    OF_BIBOB,
    ForbiddenField,
    forbidden_name,
    forbidden_statement,
    forbidden_value,
)
from screening.partners.signal.signal import Signal
from screening.partners.signal.signal_paths import leaves
from screening.wording.personal_numbers import phone_in

#: A question of fewer words asks nothing that a receiver could answer.
LEAST_WORDS_OF_ASK = 3
#: Signals of before could say that an own inquiry runs. No agreement allows it: it may never leave.
_BIBOB_FIELD = "onderzoek_en_maatregelen.bibob_eigen_onderzoek_loopt"


class RefusalCode(StrEnum):
    """The grounds, as a log or a statistic names them."""

    NOT_CONFIRMED = "not_confirmed"
    ONE_PERSON = "one_person"
    NO_VERIFIED_FACT = "no_verified_fact"
    NO_ASK = "no_ask"
    NO_ORGANISATION = "no_organisation"
    NO_PURPOSE = "no_purpose"
    NO_LEGAL_BASIS = "no_legal_basis"
    NO_AGREEMENT = "no_agreement"
    TO_CHECK = "to_check"
    THEME_NOT_AGREED = "theme_not_agreed"
    THEME_NOT_SHOWN = "theme_not_shown"
    FIELD_NOT_AGREED = "field_not_agreed"
    FORBIDDEN_FIELD = "forbidden_field"
    RANDOM_SAMPLE = "random_sample"
    SENSITIVE_UNAPPROVED = "sensitive_unapproved"
    PAST_ITS_TERM = "past_its_term"
    OTHER_CASE = "other_case"
    GROUND_LOST = "ground_lost"
    IN_CHECK = "in_check"


class LostGround(StrEnum):
    """A reason why the grounds of a signal no longer hold after two people confirmed it."""

    PARTED_LINK = "parted_link"
    GONE_RECORD = "gone_record"
    CHANGED_SOURCE = "changed_source"
    JUDGED_OTHERWISE = "judged_otherwise"
    REQUEST = "request"


_LOST: dict[LostGround, tuple[str, str]] = {
    LostGround.PARTED_LINK: (
        "Een koppeling waarop dit signaal rust, is afgekeurd.",
        "A link that this signal rests on was judged to be wrong.",
    ),
    LostGround.GONE_RECORD: (
        "Een gegeven waarop dit signaal rust, staat niet meer in het bronregister.",
        "A record that this signal rests on is not in its register any more.",
    ),
    LostGround.CHANGED_SOURCE: (
        "Een bronregister zegt nu iets anders dan dit signaal. Bereid het opnieuw voor. Lukt dat niet? Laat het dan "
        "vallen: wat er nieuw is, komt als een eigen zaak.",
        "A register says something else by now than this signal. Prepare it anew. Does that not work? Then drop it: "
        "what is new comes as a case of its own.",
    ),
    LostGround.JUDGED_OTHERWISE: (
        "Dit adres is later anders beoordeeld.",
        "This address was judged otherwise later on.",
    ),
    LostGround.REQUEST: (
        "Er is een verzoek of bezwaar toegewezen over dit adres, een gegeven of een persoon in dit dossier.",
        "A request or an objection was upheld about this address, a record or a person in this dossier.",
    ),
}


@dataclass(frozen=True)
class Refusal:
    """One ground, in both languages, with the field where there is one. It quotes no value."""

    code: RefusalCode
    nl: str
    en: str
    field: str | None = None


@dataclass(frozen=True)
class AgreedTerms:
    """What was agreed with the partner. `fields`: of `fields_in_use`. `is_to_check`: a lawyer has yet to look."""

    themes: frozenset[str]
    fields: frozenset[str]
    is_to_check: bool = False


@dataclass(frozen=True)
class ApprovalFacts:
    """The facts of the case of a signal at the moment it would leave. They name accounts, not tokens.

    `arm`: "flag" or "sample". `address_id`: of the case, compared with that of the signal. `sensitive`: a SEX
    indicator is cited or the dossier holds a sex-establishment record. `extra_approval_by`: who gave the extra approval
    for a sensitive one: a third person. `agreement`: what two people stand behind for this partner; None: nothing.
    `shown_themes`: those that follow from the rules of the signal. `on`: the day it would leave. `lost_ground`: what
    changed under the signal since it was confirmed; `is_in_check`: only one night says so.
    """

    state: CaseState | str
    outcome: ReviewOutcome | str | None
    address_id: str
    first_by: str | None
    second_by: str | None
    arm: str
    sensitive: bool
    purpose: Purpose | str | None
    legal_basis: str | None
    agreement: AgreedTerms | None
    shown_themes: frozenset[str]
    on: dt.date
    extra_approval_by: str | None = None
    lost_ground: LostGround | None = None
    is_in_check: bool = False


def refusals(signal: Signal, facts: ApprovalFacts) -> list[Refusal]:
    """Every reason why `signal` may not leave; empty when it may. Source: domain reference, section 5, acceptance."""
    grounds = [*_of_the_case(signal, facts), *_of_the_content(signal, facts)]
    grounds += [
        Refusal(
            RefusalCode.FORBIDDEN_FIELD,
            f"{forbidden.field}: hier staat iets wat nooit naar buiten mag ({forbidden.kind}).",
            f"{forbidden.field}: this holds something that may never leave ({forbidden.kind}).",
            forbidden.field,
        )
        for forbidden in forbidden_in(signal)
    ]
    return grounds


def forbidden_in(signal: Signal) -> list[ForbiddenField]:
    """Return the places where a signal holds a forbidden value or name, or makes a forbidden statement."""
    findings = []
    for leaf in leaves(signal):
        kind = forbidden_value(leaf.value, is_rsin=leaf.is_rsin, is_mailbox=leaf.is_mailbox)
        if kind is None and leaf.is_written:
            kind = "telefoonnummer" if phone_in(leaf.value) else forbidden_statement(leaf.value)
        if kind is None and leaf.path.endswith(".naam") and (".waarden." in leaf.path or ".drempels." in leaf.path):
            kind = forbidden_name(leaf.value)
        if leaf.path == _BIBOB_FIELD:
            kind = OF_BIBOB
        if kind is not None:
            findings.append(ForbiddenField(leaf.path, kind))
    return findings


#: The text of each refusal that has no field of its own, in Dutch and English.
_TEXTS: dict[RefusalCode, tuple[str, str]] = {
    RefusalCode.NOT_CONFIRMED: ("De afwijking is niet bevestigd.", "The deviation is not confirmed."),
    RefusalCode.ONE_PERSON: ("Er zijn geen twee verschillende beoordelaars.", "There are no two different reviewers."),
    RefusalCode.RANDOM_SAMPLE: (
        "Dit adres is willekeurig getrokken. Een loting is nooit de reden voor een signaal.",
        "This address was drawn at random. A draw is never the reason for a signal.",
    ),
    RefusalCode.SENSITIVE_UNAPPROVED: (
        "Een gevoelig dossier heeft toestemming van een derde persoon nodig.",
        "A sensitive dossier needs the approval of a third person.",
    ),
    RefusalCode.OTHER_CASE: (
        "Het signaal gaat over een ander adres dan de zaak.",
        "The signal is about another address than the case.",
    ),
    RefusalCode.NO_PURPOSE: (
        "De taak waarvoor de zaak is bekeken ontbreekt of is een andere.",
        "The task for which the case was looked at is missing or is another one.",
    ),
    RefusalCode.NO_LEGAL_BASIS: (
        "De grondslag voor de verstrekking ontbreekt of is een andere.",
        "The legal basis of the disclosure is missing or is another one.",
    ),
    RefusalCode.NO_AGREEMENT: (
        "Met deze ontvanger is geen afspraak van kracht. Twee mensen leggen haar vast op de pagina Afspraken.",
        "No agreement with this recipient is in force. Two people record one on the page Agreements.",
    ),
    RefusalCode.TO_CHECK: (
        "In de afspraak met deze ontvanger is iets te controleren. Laat eerst een jurist kijken.",
        "Something of the agreement with this recipient is te controleren. Have a lawyer look first.",
    ),
    RefusalCode.THEME_NOT_AGREED: (
        "Dit thema is niet afgesproken met deze ontvanger.",
        "This theme has not been agreed with this recipient.",
    ),
    RefusalCode.THEME_NOT_SHOWN: (
        "Dit thema volgt niet uit de afwijkingen van dit signaal. Kies een thema dat daarbij past.",
        "This theme does not follow from the deviations of this signal. Choose one that does.",
    ),
    RefusalCode.NO_VERIFIED_FACT: (
        "Er is geen nagekeken feit uit een authentiek register of een controle.",
        "There is no verified fact from an authentic register or an inspection.",
    ),
    RefusalCode.NO_ASK: (
        "Er staat geen vraag in. Schrijf in een zin wat u van de ontvanger wilt weten of wilt dat hij doet.",
        "There is no question in it. Write in a sentence what you want to know of the receiver or want done.",
    ),
    RefusalCode.NO_ORGANISATION: (
        "Er staat geen organisatie in. Een signaal gaat over een organisatie en haar rol op dit adres. Een persoon kan "
        "daarnaast worden genoemd, nooit alleen. Kies minstens één organisatie.",
        "It names no organisation. A signal is about an organisation and its role at this address. A person can be "
        "named beside it, never alone. Choose at least one organisation.",
    ),
    RefusalCode.PAST_ITS_TERM: (
        "De bewaartermijn van dit signaal is voorbij.",
        "The retention term of this signal has passed.",
    ),
    RefusalCode.IN_CHECK: (
        "In controle: één nacht zegt dit, of een levering is in twijfel. Er vertrekt niets en er wordt niets "
        "teruggehaald tot een tweede nacht met goede leveringen hetzelfde zegt.",
        "In controle: only one night says so, or a delivery of it is in doubt. Nothing leaves, and nothing is called "
        "back, until a second night on good deliveries agrees.",
    ),
}


def is_ask(text: str) -> bool:
    """Whether a text asks something: three words or more. "?" and "n.v.t." ask nothing."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) >= LEAST_WORDS_OF_ASK


def _of_the_case(signal: Signal, facts: ApprovalFacts) -> Iterator[Refusal]:
    if facts.outcome != ReviewOutcome.BEVESTIGD_AFWIJKING or facts.state != CaseState.CLOSED:
        yield _refusal(RefusalCode.NOT_CONFIRMED)
    if not facts.first_by or not facts.second_by or facts.first_by == facts.second_by:
        yield _refusal(RefusalCode.ONE_PERSON)
    if facts.arm != "flag":
        yield _refusal(RefusalCode.RANDOM_SAMPLE)
    if facts.sensitive:
        if not facts.extra_approval_by or facts.extra_approval_by in {facts.first_by, facts.second_by}:
            yield _refusal(RefusalCode.SENSITIVE_UNAPPROVED)
        if signal.meta.vertrouwelijkheid != "zeer vertrouwelijk":
            yield Refusal(
                RefusalCode.SENSITIVE_UNAPPROVED,
                "Een gevoelig dossier is zeer vertrouwelijk, en zo moet het heten.",
                "A sensitive dossier is strictly confidential, and must be called so.",
                "meta.vertrouwelijkheid",
            )
    if facts.address_id != signal.object.adresseerbaar_object_id:
        yield _refusal(RefusalCode.OTHER_CASE)
    if facts.lost_ground is not None:
        yield Refusal(RefusalCode.GROUND_LOST, *_LOST[facts.lost_ground])
    if facts.is_in_check:
        yield _refusal(RefusalCode.IN_CHECK)


def _of_the_content(signal: Signal, facts: ApprovalFacts) -> Iterator[Refusal]:
    if not facts.purpose or facts.purpose != signal.meta.doel:
        yield _refusal(RefusalCode.NO_PURPOSE)
    if not (facts.legal_basis or "").strip() or facts.legal_basis != signal.meta.grondslag:
        yield _refusal(RefusalCode.NO_LEGAL_BASIS)
    yield from _of_the_agreement(signal, facts)
    verified = {Reliability(fact.betrouwbaarheid) for fact in signal.feiten if fact.gecontroleerd_door is not None}
    if not verified & CARRYING:
        yield _refusal(RefusalCode.NO_VERIFIED_FACT)
    if not is_ask(signal.barrieres_en_vraag.vraag):
        yield _refusal(RefusalCode.NO_ASK)
    if not signal.organisaties:
        yield _refusal(RefusalCode.NO_ORGANISATION)
    if dt.date.fromisoformat(signal.bewaring_en_contact.bewaren_tot) <= facts.on:
        yield _refusal(RefusalCode.PAST_ITS_TERM)


def _of_the_agreement(signal: Signal, facts: ApprovalFacts) -> Iterator[Refusal]:
    if signal.meta.thema not in facts.shown_themes:
        yield _refusal(RefusalCode.THEME_NOT_SHOWN)
    if facts.agreement is None:
        yield _refusal(RefusalCode.NO_AGREEMENT)
        return
    if facts.agreement.is_to_check:
        yield _refusal(RefusalCode.TO_CHECK)
    if signal.meta.thema not in facts.agreement.themes:
        yield _refusal(RefusalCode.THEME_NOT_AGREED)
    for name, (nl, en) in fields_in_use(signal).items():
        if name not in facts.agreement.fields:
            yield Refusal(
                RefusalCode.FIELD_NOT_AGREED,
                f"Met deze ontvanger is niet afgesproken dat dit meegaat: {nl}.",
                f"That this goes along was not agreed with this recipient: {en}.",
            )


#: What a signal can hold beside an address, facts and legal persons, in words; each is agreed on its own.
_FIELD_WORDS = {
    "personen": ("een persoon", "a person"),
    "naam": ("de naam van een persoon", "the name of a person"),
    "geboortejaar": ("een geboortejaar", "a year of birth"),
    "geboortedatum": ("een geboortedatum", "a date of birth"),
    "eenmanszaak": ("de naam van een bedrijf van personen", "the name of a business of persons"),
    "bijlagen": ("een bijlage", "an attachment"),
}


def fields_in_use(signal: Signal) -> dict[str, tuple[str, str]]:
    """The fields of `SignalField` that a signal holds, each in words (nl, en)."""
    used = {
        "personen": bool(signal.personen),
        "naam": any(person.naam for person in signal.personen),
        "geboortejaar": any(person.geboortejaar for person in signal.personen),
        "geboortedatum": any(person.geboortedatum for person in signal.personen),
        "eenmanszaak": any(organisation.naam_motivering for organisation in signal.organisaties),
        "bijlagen": bool(signal.bijlagen),
    }
    return {name: words for name, words in _FIELD_WORDS.items() if used[name]}


def _refusal(code: RefusalCode) -> Refusal:
    return Refusal(code, *_TEXTS[code])
