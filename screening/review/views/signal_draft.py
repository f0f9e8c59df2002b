"""Read the form of a signal into a draft, as far as it is filled in, with a message at each incomplete field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from screening.base.vocabulary import NoticeReason, Purpose, Role
from screening.partners.desk.agreements import Agreement
from screening.partners.desk.attachments import KeptAttachment
from screening.partners.desk.content import Check, ChosenAttachment, Draft, Undoing
from screening.partners.desk.policy import (
    ATTACHMENT_KINDS,
    LEAST_REASON,
    NOTIFICATIONS,
    PARTNERS,
    PROCEDURES,
    REASONS,
    URGENCIES,
    ExportPolicy,
)
from screening.partners.desk.signal_source import SignalSource
from screening.partners.kinds.themes import themes_of
from screening.partners.signal.attachments import MOST_ATTACHMENTS
from screening.partners.signal.codes import Urgency
from screening.partners.signal.minimise import PersonChoice
from screening.partners.signal.refuse import is_ask
from screening.review.forms import form_day
from screening.review.views.signal_form import CHECKERS, DELAYED, Checkers, Follows, SignalForm, questions


def draft_of(
    filled: SignalForm,
    material: SignalSource,
    *,
    policy: ExportPolicy,
    purpose: Purpose,
    agreements: Sequence[Agreement],
    checkers: Checkers,
    follows: Follows,
    today: date,
    kept: Mapping[str, KeptAttachment],
) -> Draft:
    """The draft that the form asks for, as far as it is filled in; what is missing or wrong stands in `filled.wrong`.

    `agreements`: with whom something is agreed and who has a key. `kept`: by its hash, each attachment that is kept for
    this case.
    """
    by_recipient = {agreement.terms.recipient: agreement for agreement in agreements}
    agreement = by_recipient.get(filled.get("ontvanger"))
    for name, allowed in (
        ("ontvanger", tuple(by_recipient)),
        ("thema", fitting_themes([agreement] if agreement else agreements, material)),
        ("contact", ("", *(point.function for point in policy.contacts))),
        ("partner", PARTNERS),
        ("urgentie", URGENCIES),
        ("kennisgeving", NOTIFICATIONS),
        *((("reden", REASONS),) if follows is Follows.CORRECTION else ()),
    ):
        if filled.get(name) not in allowed:
            filled.wrong[name] = "export.wrong.choose"
    for name in ("interventie", "vraag", "twijfels"):
        if not filled.get(name):
            filled.wrong[name] = "export.wrong.fill"
    if filled.get("vraag") and not is_ask(filled.get("vraag")):
        filled.wrong["vraag"] = "export.wrong.ask"
    has_haste = filled.get("urgentie") in URGENCIES and filled.get("urgentie") != Urgency.GEWOON
    if has_haste and len(filled.get("urgentie_reden")) < LEAST_REASON:
        filled.wrong["urgentie_reden"] = "export.wrong.reason"
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
    attachments = _attachments(filled, kept, today)
    return Draft(
        recipient=filled.get("ontvanger"),
        purpose=purpose,
        legal_basis=agreement.terms.article if agreement else "",
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
        reason=NoticeReason(filled.get("reden"))
        if follows is Follows.CORRECTION and filled.get("reden") in REASONS
        else None,
        undoing=undoing,
        contact=filled.get("contact"),
        urgency=filled.get("urgentie"),
        urgency_reason=filled.get("urgentie_reden") if has_haste else "",
        attachments=attachments,
    )


def fitting_themes(agreements: Sequence[Agreement], material: SignalSource) -> tuple[str, ...]:
    """The themes that are agreed with one of these and that follow from the deviations at hand."""
    shown = themes_of((deviation["code"], deviation["barriere"]) for deviation in material.deviations)
    return tuple(sorted({theme for agreement in agreements for theme in agreement.terms.themes} & {*map(str, shown)}))


def _attachments(filled: SignalForm, kept: Mapping[str, KeptAttachment], today: date) -> tuple[ChosenAttachment, ...]:
    chosen = []
    for digest in filled.chosen("bijlage")[:MOST_ATTACHMENTS]:
        document = kept.get(digest)
        if document is None:
            filled.wrong[f"bijlage-{digest}"] = "export.wrong.attachment_gone"
            continue
        kind, why = filled.get(f"bijlage-soort-{digest}"), filled.get(f"bijlage-nodig-{digest}")
        day = form_day(filled.get(f"bijlage-datum-{digest}"))
        if kind not in ATTACHMENT_KINDS:
            filled.wrong[f"bijlage-soort-{digest}"] = "export.wrong.choose"
        if day is None or day > today:
            filled.wrong[f"bijlage-datum-{digest}"] = "export.wrong.checked_on"
        if len(why) < LEAST_REASON:
            filled.wrong[f"bijlage-nodig-{digest}"] = "export.wrong.reason"
        chosen.append(ChosenAttachment(digest, document.bytes, document.pages, kind, day, why))
    return tuple(chosen)


def _undoing(filled: SignalForm, follows: Follows) -> Undoing | None:
    """Read why a withdrawal was an error; None where the form does not undo one."""
    asked = {Follows.REVERSAL: ("herstel",), Follows.REVERSAL_UNFLAGGED: ("herstel", "toch")}.get(follows, ())
    for name in asked:
        if len(filled.get(name)) < LEAST_REASON:
            filled.wrong[name] = "export.wrong.reason"
    return Undoing(filled.get("herstel"), filled.get("toch")) if asked else None


def _checks(
    filled: SignalForm, material: SignalSource, facts: frozenset[str], checkers: Checkers, today: date
) -> dict[str, Check]:
    checks = {}
    for place, fact in enumerate(material.facts, start=1):
        who = filled.get(f"door-{place}")
        if who not in CHECKERS or fact.record_id not in facts:
            continue
        since = checkers.known(fact.record_id)
        written = filled.get(f"op-{place}")
        # without a day: today, or the day on which that reviewer opened it
        day = form_day(written) if written else since.get(who) or today
        if day is None or day > today:
            filled.wrong[f"op-{place}"] = "export.wrong.checked_on"
            continue
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
            parts = ("", "-naam", "-jaar", "-datum")
            why, why_name, why_year, why_date = (filled.get(f"persoon{part}-{place}") for part in parts)
            if not (why or why_name or why_year or why_date):
                continue
            if why_date and (why_year or not party.has_register_birth):
                filled.wrong[f"persoon-datum-{place}"] = "export.wrong.one_birth"
            for part, text in zip(parts, (why, why_name, why_year, why_date), strict=True):
                if (text or not part) and len(text) < LEAST_REASON:
                    filled.wrong[f"persoon{part}-{place}"] = "export.wrong.reason"
            persons[party.party_id] = PersonChoice(why, why_name or None, why_year or None, why_date or None)
        elif party.party_id in filled.chosen("organisatie"):
            organisations.add(party.party_id)
            text = filled.get(f"organisatie-naam-{place}")
            if text and len(text) < LEAST_REASON:
                filled.wrong[f"organisatie-naam-{place}"] = "export.wrong.reason"
            elif text and party.needs_reason:
                names[party.party_id] = text
    if not organisations:
        filled.wrong["organisatie"] = "export.wrong.organisation" if material.organisations else "export.wrong.nobody"
    return persons, frozenset(organisations), names
