"""Make the content of a signal from what an officer chose; `screening.partners.signal.minimise` reduces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa

from screening.base.vocabulary import NoticeReason, Purpose, Role
from screening.casework.cases.history import ConfirmedCase
from screening.casework.links.judgements import POSITIVE, judged_pairs
from screening.matching.parties.link_ids import MOST_TWINS, link_id
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.signal_source import SignalSource, controls_and_measures
from screening.partners.kinds.partner_kind import PartnerKind
from screening.partners.signal.attachments import attachment_name
from screening.partners.signal.codes import Urgency
from screening.partners.signal.minimise import Choices, PersonChoice
from screening.store.engine import guarded
from screening.store.schema.runs import link_fingerprint
from screening.store.store import Store


@dataclass(frozen=True)
class Check:
    """The verification of a fact: by which account, in which role, on which day."""

    account: str
    role: Role
    on: date


@dataclass(frozen=True)
class Undoing:
    """Why the withdrawal of a signal was an error; it leaves with the signal.

    `despite`: why the signal holds though the last run does not flag the address again; empty where it does.
    """

    motivation: str
    despite: str = ""


@dataclass(frozen=True)
class ChosenAttachment:
    """A document that goes along: what is kept of it (`desk.attachments`), what it is, and why it is needed."""

    sha256: str
    bytes: int
    pages: int
    kind: str
    day: date | None
    why: str


@dataclass(frozen=True)
class Draft:
    """The choices of an officer for a signal.

    `reason`: why it corrects the version that left before; None for the first version. `undoing`: of a signal that was
    withdrawn, why that was an error.
    `facts`: record ids. `checks`: by record id. `deviations`: indicator codes. `explanations`: code -> innocent text
    -> why it does not suffice. `organisations`: party ids; `organisation_names`: party id -> why the name of a business
    of persons is needed. `persons`: party id -> why, and why a clear name or a year of birth. `doubts`: sentences.
    `contact`: the function of one of the contacts of the policy; the ordinary one where it names none.
    `urgency_reason`: of all but an ordinary one.
    """

    recipient: str
    purpose: Purpose
    legal_basis: str
    theme: str
    facts: frozenset[str]
    deviations: frozenset[str]
    partner: str
    intervention: str
    question: str
    doubts: tuple[str, ...]
    notification: str
    notify_from: date | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    explanations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    organisations: frozenset[str] = frozenset()
    organisation_names: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[str, PersonChoice] = field(default_factory=dict)
    procedures: tuple[str, ...] = ()
    reason: NoticeReason | None = None
    undoing: Undoing | None = None
    contact: str = ""
    urgency: str = Urgency.GEWOON
    urgency_reason: str = ""
    attachments: tuple[ChosenAttachment, ...] = ()


def content_of(
    case: ConfirmedCase,
    material: SignalSource,
    draft: Draft,
    *,
    policy: ExportPolicy,
    day: date,
    signal_id: str,
    receiver: PartnerKind | None,
) -> dict[str, object]:
    """Make the full content of a signal from the choices; `minimise` reduces it to what may leave.

    `receiver`: the kind of partner that it goes to; None where nothing is agreed with it, and then it leaves to nobody.
    """
    contact = next((point for point in policy.contacts if point.function == draft.contact), policy.contacts[0])
    chosen = [fact for fact in material.facts if fact.record_id in draft.facts]
    deviations = [deviation for deviation in material.deviations if deviation["code"] in draft.deviations]
    inspections, measures = controls_and_measures(material.dossier, draft.facts)
    return {
        "meta": {
            "aanmaakdatum": day,
            "gemeente": {"naam": policy.municipality, "code": policy.code, "oin": policy.oin},
            "afdeling": policy.department,
            "contact_functie": contact.function,
            "eerste_beoordelaar": case.first_by,
            "tweede_beoordelaar": case.second_by,
            "vertrouwelijkheid": "zeer vertrouwelijk" if case.sensitive else "vertrouwelijk",
            "ontvanger": receiver and {"soort": receiver.code, "naam": receiver.name.nl},
            "doel": str(draft.purpose),
            "thema": draft.theme,
            "grondslag": draft.legal_basis,
            "dpia": policy.dpia,
            "iama": policy.iama,
            "herstel": draft.undoing
            and {"motivering": draft.undoing.motivation, "zonder_aandachtspunt": draft.undoing.despite or None},
        },
        "object": dict(material.place),
        "aanleiding": {"eerst_gezien": material.first_seen, "run_id": material.dossier.run.run_id},
        "feiten": [
            {
                "datum": fact.day,
                "omschrijving": fact.text,
                "bronregister": fact.dataset,
                "record_id": fact.record_id,
                "peildatum": fact.source_day,
                "gecontroleerd_door": _checked(draft.checks.get(fact.record_id)),
            }
            for fact in chosen
        ],
        "afwijkingen": deviations,
        "organisaties": [
            organisation for organisation in material.organisations if organisation["partij"] in draft.organisations
        ],
        "personen": list(material.persons),
        "onderzoek_en_maatregelen": {
            "controles": inspections,
            "maatregelen": measures,
            "lopende_procedures": list(draft.procedures),
        },
        "barrieres_en_vraag": {
            "barrieres": sorted({deviation["barriere"] for deviation in deviations}),
            "voorgestelde_partner": draft.partner,
            "voorgestelde_interventie": draft.intervention,
            "vraag": draft.question,
            "urgentie": draft.urgency,
            "urgentie_reden": draft.urgency_reason or None,
        },
        "twijfels": {
            "tegenindicaties": [doubt for doubt in draft.doubts if doubt.strip()],
            "koppelingen": [link for link in material.links if link["codes"] & draft.deviations],
        },
        "bewaring_en_contact": {
            "bewaren_tot": day + timedelta(days=policy.keep_days),
            "grondslag_termijn": policy.keep_reason,
            "contact": {"functie": contact.function, "mailbox": contact.mailbox, "telefoon": contact.phone},
            "kennisgeving": draft.notification,
            "kennisgeving_vanaf": draft.notify_from,
        },
        "bijlagen": [
            {
                "soort": attachment.kind,
                "datum": attachment.day,
                "noodzaak": attachment.why,
                "bestand": attachment_name(signal_id, number),
                "sha256": attachment.sha256,
                "bytes": attachment.bytes,
                "paginas": attachment.pages,
            }
            for number, attachment in enumerate(draft.attachments, start=1)
        ]
        or None,
    }


def choices_of(material: SignalSource, draft: Draft, *, policy: ExportPolicy, signal_id: str, version: int) -> Choices:
    """The choices of a draft as `minimise` takes them: who is named, and what is left out."""
    return Choices(
        signal_id=signal_id,
        token_key=policy.token_key,
        version=version,
        persons=draft.persons,
        organisation_names=draft.organisation_names,
        explanations=draft.explanations,
        left_out=frozenset(fact.record_id for fact in material.facts) - draft.facts,
    )


def _checked(check: Check | None) -> dict[str, object] | None:
    return None if check is None else {"account": check.account, "rol": str(check.role), "op": check.on}


def basis_of(store: Store, material: SignalSource, draft: Draft) -> dict[str, object]:
    """Collect the grounds of a signal without names, so that later changes can be found.

    Returns:
        `facts`: record id -> fingerprint, of every record that it states; `here`: records at the address; `records`:
        those that a deviation cites or somebody verified; `indicators`; `links`: pairs of fingerprints.
    """
    deviations = [deviation for deviation in material.deviations if deviation["code"] in draft.deviations]
    cited = {record for deviation in deviations for record in deviation["record_ids"]} & draft.facts
    links = sorted({link for deviation in deviations for link in deviation["links"]})
    query = sa.select(link_fingerprint.c.left_fingerprint, link_fingerprint.c.right_fingerprint).where(
        link_fingerprint.c.run_id == material.dossier.run.run_id, link_fingerprint.c.link_id.in_(links)
    )
    with guarded("reading the links"), store.engine.connect() as connection:
        pairs = sorted(sorted(row) for row in connection.execute(query))
    chosen = [fact for fact in material.facts if fact.record_id in draft.facts]
    return {
        "facts": {fact.record_id: fact.fingerprint for fact in chosen},
        "here": [fact.record_id for fact in chosen if fact.is_here],
        "indicators": sorted({deviation["code"] for deviation in deviations}),
        "records": {
            fact.record_id: fact.fingerprint
            for fact in chosen
            if fact.record_id in cited or fact.record_id in draft.checks
        },
        "links": pairs,
    }


def confirmed_links(store: Store) -> frozenset[str]:
    """Ids of probable links that people confirmed."""
    return frozenset(
        link_id(left, right, again)
        for left, right, judgement in judged_pairs(store).rows()
        if judgement == POSITIVE
        for again in range(MOST_TWINS)
    )
