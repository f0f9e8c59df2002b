"""What an officer chose, made into the wide content of a signal; `screening.partners.signal` makes it small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from screening.casework.cases.history import ConfirmedCase
from screening.casework.links.judged import judged_pairs
from screening.casework.links.judgements import POSITIVE
from screening.matching.parties.link_ids import MOST_TWINS, link_id
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.signal_source import SignalSource, controls_and_measures
from screening.vocabulary import NoticeReason
from screening.partners.signal.minimise import PersonChoice
from screening.store.engine import guarded
from screening.store.schema.runs import link_fingerprint
from screening.store.store import Store
from screening.vocabulary import Purpose, Role


@dataclass(frozen=True)
class Check:
    """Who verified a fact, in what role, and when."""

    account: str
    role: Role
    on: date


@dataclass(frozen=True)
class Draft:
    """What an officer chose for a signal. Nothing is in it that was not chosen.

    `recipient`: whom it is meant for. `reason`: why it corrects what left before; None for the first version.
    `facts`: record ids. `checks`: by record id. `deviations`: indicator codes. `explanations`: code -> innocent text
    -> why it does not suffice. `organisations`: party ids; `organisation_names`: party id -> why the name of a business
    of persons is needed. `persons`: party id -> why, and why a clear name or a year of birth. `doubts`: sentences.
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
    tells_bibob: bool = False
    reason: NoticeReason | None = None


def content_of(
    case: ConfirmedCase, material: SignalSource, draft: Draft, *, policy: ExportPolicy, day: date
) -> dict[str, Any]:
    """The wide content of a signal, of what was chosen; `minimise` makes it small."""
    chosen = [one for one in material.facts if one.record_id in draft.facts]
    deviations = [one for one in material.deviations if one["code"] in draft.deviations]
    inspections, measures = controls_and_measures(material.dossier, draft.facts)
    return {
        "meta": {
            "aanmaakdatum": day,
            "gemeente": {"naam": policy.municipality, "code": policy.code, "oin": policy.oin},
            "afdeling": policy.department,
            "contact_functie": policy.contact_function,
            "eerste_beoordelaar": case.first_by,
            "tweede_beoordelaar": case.second_by,
            "vertrouwelijkheid": "zeer vertrouwelijk" if case.sensitive else "vertrouwelijk",
            "doel": str(draft.purpose),
            "thema": draft.theme,
            "grondslag": draft.legal_basis,
            "dpia": policy.dpia,
            "iama": policy.iama,
        },
        "object": dict(material.place),
        "aanleiding": {"eerst_gezien": material.first_seen, "run_id": material.dossier.run.run_id},
        "feiten": [
            {
                "datum": one.day,
                "omschrijving": one.text,
                "bronregister": one.dataset,
                "record_id": one.record_id,
                "peildatum": one.source_day,
                "gecontroleerd_door": _checked(draft.checks.get(one.record_id)),
            }
            for one in chosen
        ],
        "afwijkingen": deviations,
        "organisaties": [one for one in material.organisations if one["partij"] in draft.organisations],
        "personen": list(material.persons),
        "onderzoek_en_maatregelen": {
            "controles": inspections,
            "maatregelen": measures,
            "lopende_procedures": list(draft.procedures),
            "bibob_eigen_onderzoek_loopt": True if draft.tells_bibob and policy.may_tell_bibob else None,
        },
        "barrieres_en_vraag": {
            "barrieres": sorted({one["barriere"] for one in deviations}),
            "voorgestelde_partner": draft.partner,
            "voorgestelde_interventie": draft.intervention,
            "vraag": draft.question,
        },
        "twijfels": {
            "tegenindicaties": [one for one in draft.doubts if one.strip()],
            "koppelingen": [one for one in material.links if one["codes"] & draft.deviations],
        },
        "bewaring_en_contact": {
            "bewaren_tot": day + timedelta(days=policy.keep_days),
            "grondslag_termijn": policy.keep_reason,
            "contact": {"functie": policy.contact_function, "mailbox": policy.mailbox, "telefoon": policy.phone},
            "kennisgeving": draft.notification,
            "kennisgeving_vanaf": draft.notify_from,
        },
    }


def _checked(check: Check | None) -> dict[str, Any] | None:
    return None if check is None else {"account": check.account, "rol": str(check.role), "op": check.on}


def basis_of(store: Store, material: SignalSource, draft: Draft) -> dict[str, Any]:
    """What the signal rests on, without a name: records with the print of their content, pairs of links, rules.

    `facts`: every record that it tells, and `here` those of them that stand at the address.
    """
    deviations = [one for one in material.deviations if one["code"] in draft.deviations]
    cited = {record for one in deviations for record in one["record_ids"]} & draft.facts
    links = sorted({link for one in deviations for link in one["links"]})
    query = sa.select(link_fingerprint.c.left_fingerprint, link_fingerprint.c.right_fingerprint).where(
        link_fingerprint.c.run_id == material.dossier.run.run_id, link_fingerprint.c.link_id.in_(links)
    )
    with guarded("reading the links"), store.engine.connect() as connection:
        pairs = sorted(sorted(row) for row in connection.execute(query))
    told = [one for one in material.facts if one.record_id in draft.facts]
    return {
        "facts": {one.record_id: one.fingerprint for one in told},
        "here": [one.record_id for one in told if one.is_here],
        "indicators": sorted({one["code"] for one in deviations}),
        "records": {
            one.record_id: one.fingerprint for one in told if one.record_id in cited or one.record_id in draft.checks
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
