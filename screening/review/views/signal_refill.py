"""The form of a signal that was prepared before: filled in with what was chosen then, as far as it is still there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from screening.partners.desk.attachments import KeptAttachment
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.signal_source import FactCandidate, SignalSource, numbered_datasets
from screening.partners.desk.signal_versions import RiecSignal
from screening.partners.signal.signal import Signal
from screening.partners.signal.signal_facts import Fact
from screening.partners.signal.text import pseudonym, visible_text
from screening.review.views.signal_form import Checkers, SignalForm, questions


@dataclass
class Refill:
    """The form with the earlier choices. `gone`: what was chosen and is not there any more, in words of the signal."""

    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    @property
    def form(self) -> SignalForm:
        """The form as if it had been sent so."""
        return SignalForm(self.values, {name: tuple(chosen) for name, chosen in self.lists.items()})


def refill(
    before: RiecSignal,
    content: Signal,
    material: SignalSource,
    *,
    policy: ExportPolicy,
    checkers: Checkers,
    kept: Mapping[str, KeptAttachment],
) -> Refill:
    """Fill the form in again from the content of a version that was prepared before.

    Args:
        before: The version.
        content: Its content.
        material: What a signal of this case can hold now.
        policy: The terms, for the key of tokens: who verified a fact, and who is named, stand in it as tokens.
        checkers: Who can have verified a fact now.
        kept: The attachments that are kept for this case.
    """
    filled = Refill()
    _fill_texts(filled, before, content)
    _fill_deviations(filled, content, material)
    tokens = _Tokens(policy.token_key, before.signal_id)
    _fill_facts(filled, content, material, before, accounts=tokens.of_accounts(checkers), checkers=checkers)
    _fill_parties(filled, content, material, tokens)
    for attachment in content.bijlagen or ():
        if attachment.sha256 not in kept:
            filled.gone.append(f"{attachment.soort} ({attachment.datum})")
            continue
        filled.lists.setdefault("bijlage", []).append(attachment.sha256)
        filled.values |= {
            f"bijlage-soort-{attachment.sha256}": str(attachment.soort),
            f"bijlage-datum-{attachment.sha256}": attachment.datum,
            f"bijlage-nodig-{attachment.sha256}": attachment.noodzaak,
        }
    return filled


@dataclass(frozen=True)
class _Tokens:
    key: bytes
    signal_id: str

    def of(self, value: str) -> str:
        return pseudonym(value, key=self.key, scope=self.signal_id)

    def of_accounts(self, checkers: Checkers) -> dict[str, str]:
        """Token -> who of those who can verify something now."""
        return {self.of(f"account:{account}"): who for who, account in reversed(list(checkers.people.items()))}


def _fill_texts(filled: Refill, before: RiecSignal, content: Signal) -> None:
    question, keeping = content.barrieres_en_vraag, content.bewaring_en_contact
    own, undoing = content.onderzoek_en_maatregelen, content.meta.herstel
    filled.values |= {
        "ontvanger": before.recipient,
        "thema": str(content.meta.thema),
        "contact": keeping.contact.functie,
        "reden": "" if before.is_reversal else before.reason or "",
        "herstel": "" if undoing is None else undoing.motivering,
        "toch": "" if undoing is None else undoing.zonder_aandachtspunt or "",
        "partner": str(question.voorgestelde_partner),
        "interventie": question.voorgestelde_interventie,
        "vraag": question.vraag,
        "urgentie": str(question.urgentie or ""),
        "urgentie_reden": question.urgentie_reden or "",
        "twijfels": "\n".join(content.twijfels.tegenindicaties),
        "kennisgeving": str(keeping.kennisgeving),
        "informeren_vanaf": keeping.kennisgeving_vanaf or "",
    }
    filled.lists["procedure"] = list(own.lopende_procedures)


def _fill_deviations(filled: Refill, content: Signal, material: SignalSource) -> None:
    there = {deviation["code"] for deviation in material.deviations}
    names = {(code, visible_text(text, lines=True)): name for name, code, text in questions(material)}
    for deviation in content.afwijkingen:
        if deviation.code not in there:
            filled.gone.append(deviation.naam)
            continue
        filled.lists.setdefault("afwijking", []).append(deviation.code)
        for innocent in deviation.verklaringen:
            name = names.get((deviation.code, innocent.verklaring))
            if name is not None:
                filled.values[name] = innocent.waarom_onvoldoende


def _fill_facts(
    filled: Refill,
    content: Signal,
    material: SignalSource,
    before: RiecSignal,
    *,
    accounts: Mapping[str, str],
    checkers: Checkers,
) -> None:
    is_same_run = material.dossier.run.run_id == before.run_id
    for fact in content.feiten:
        place, candidate = _still_there(fact, material, before, is_same_run=is_same_run)
        if candidate is None:
            filled.gone.append(fact.omschrijving)
            continue
        filled.lists.setdefault("feit", []).append(candidate.record_id)
        check = fact.gecontroleerd_door
        # what changed since was verified as it was then
        if check is None or visible_text(candidate.text, lines=True) != fact.omschrijving:
            continue
        who = accounts.get(check.kenmerk, "")
        if who in checkers.known(candidate.record_id):
            filled.values |= {f"door-{place}": who, f"op-{place}": check.op}


def _still_there(
    fact: Fact, material: SignalSource, before: RiecSignal, *, is_same_run: bool
) -> tuple[int, FactCandidate | None]:
    """The place and the record of a fact now. A row without a key of its own is known by what it holds."""
    print_ = before.basis.get("facts", {}).get(fact.record_id)
    is_numbered = str(fact.bronregister) in numbered_datasets() and not is_same_run
    for place, candidate in enumerate(material.facts, start=1):
        if candidate.dataset != str(fact.bronregister):
            continue
        if is_numbered:
            is_it = print_ is not None and candidate.fingerprint == print_
            is_it = is_it or visible_text(candidate.text, lines=True) == fact.omschrijving
        else:
            is_it = candidate.record_id == fact.record_id
        if is_it:
            return place, candidate
    return 0, None


def _fill_parties(filled: Refill, content: Signal, material: SignalSource, tokens: _Tokens) -> None:
    places = {party.party_id: place for place, party in enumerate(material.options, start=1)}
    for organisation in content.organisaties:
        party = next(
            (
                str(mention["partij"])
                for mention in material.organisations
                if (organisation.kvk_nummer is not None and mention["kvk_nummer"] == organisation.kvk_nummer)
                or (organisation.kvk_nummer is None and _is_named(mention, organisation.naam))
            ),
            None,
        )
        if party is None:
            filled.gone.append(organisation.naam or organisation.rol)
            continue
        filled.lists.setdefault("organisatie", []).append(party)
        filled.values[f"organisatie-naam-{places[party]}"] = organisation.naam_motivering or ""
    parties = {tokens.of(f"person:{person['partij']}"): str(person["partij"]) for person in material.persons}
    for person in content.personen:
        if person.kenmerk not in parties:
            filled.gone.append(person.naam.waarde if person.naam else str(person.rol).replace("_", " "))
            continue
        place = places[parties[person.kenmerk]]
        filled.values |= {
            f"persoon-{place}": person.noodzaak,
            f"persoon-naam-{place}": person.naam.motivering if person.naam else "",
            f"persoon-jaar-{place}": person.geboortejaar.motivering if person.geboortejaar else "",
            f"persoon-datum-{place}": person.geboortedatum.motivering if person.geboortedatum else "",
        }


def _is_named(mention: Mapping[str, object], name: str | None) -> bool:
    return bool(name) and visible_text(str(mention["naam"] or "")) == name
