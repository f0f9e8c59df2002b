"""A sentence for each thing that is missing before the registers of a real municipality may be read.

The sentences name keys and dates, never the value of a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel

from screening.base.datasets import datasets
from screening.base.errors import StoreError
from screening.base.vocabulary import Purpose
from screening.mandate.governance import DpiaTable, GovernanceTable
from screening.signing.public_keys import PublicKeyError, key_fingerprint, read_public
from screening.store import account
from screening.store.access.sessions import CASE_PURPOSES

#: What `barrier mandate init` writes where only the municipality knows the answer; it may not stay.
OPEN = "VUL IN"

LEAST_SIGNERS = 2

#: A DPIA is looked at again after at most so long: what it judged has changed by then. An engineering choice.
LONGEST_DPIA = timedelta(days=3 * 366)


@dataclass(frozen=True)
class RuleInUse:
    """A rule that is switched on: the purposes that it serves, and the day of the advice on it."""

    code: str
    purposes: tuple[str, ...]
    advice: date | None


@dataclass(frozen=True)
class ToApprove:
    """The content that two people approve: the bytes of a configuration, and the parts of it that are checked.

    `file`: the configuration, beside which the signatures lie. `unmapped`: its content as canonical JSON, without the
    keys that only say how a register is mapped. `registers`: the names of those that are configured. `word_lists`: by
    the code of their indicator. `areas`: area -> sha256 of its file. `unstated_terms`: keys of retention terms that
    nobody chose.
    """

    file: Path
    content: bytes
    unmapped: str
    governance: GovernanceTable
    registers: tuple[str, ...]
    rules: tuple[RuleInUse, ...]
    word_lists: Mapping[str, Mapping[str, str]]
    areas: Mapping[str, str]
    unstated_terms: tuple[str, ...]

    @property
    def signers(self) -> dict[str, Ed25519PublicKey]:
        """Account -> public key of the people who may sign, of the lines that can be read."""
        return dict(_readable(self.governance.signers))

    @property
    def mappers(self) -> dict[str, Ed25519PublicKey]:
        """Account -> public key of the people who may sign a change of mapping alone: signers and analysts."""
        return {**dict(_readable(self.governance.analysts)), **self.signers}

    def missing(self, day: date) -> list[str]:
        """All that is missing or over on this day."""
        return list(_missing(self, day))


def case_purposes(governance: GovernanceTable, *, is_synthetic: bool) -> tuple[Purpose, ...]:
    """The purposes that somebody may read a dossier for: those that `[governance.purposes]` states.

    All of them where it is not there: made-up data, or no mandate. What people ask of their rights is answered then
    too; everything else waits for the mandate. Empty where it states others alone.
    """
    if is_synthetic or "purposes" not in governance.model_fields_set:
        return CASE_PURPOSES
    return tuple(purpose for purpose in CASE_PURPOSES if purpose in governance.purposes)


def _missing(plan: ToApprove, day: date) -> Iterator[str]:
    governance = plan.governance
    yield from _table("governance", governance)
    yield from _text("governance.controller", governance.controller)
    yield from _text("governance.contact", governance.contact)
    if governance.contact.strip() and OPEN not in governance.contact and "@" not in governance.contact:
        yield "governance.contact is no e-mail address."
    yield from _table("governance.mandate", governance.mandate)
    yield from _text("governance.mandate.given_by", governance.mandate.given_by)
    yield from _text("governance.mandate.document", governance.mandate.document)
    yield from _past("governance.mandate.date", governance.mandate.date, day)
    yield from _purposes(governance)
    yield from _dpia(governance.dpia, day)
    yield from _table("governance.fg_advice", governance.fg_advice)
    yield from _text("governance.fg_advice.id", governance.fg_advice.id)
    yield from _past("governance.fg_advice.date", governance.fg_advice.date, day)
    yield from _unfit_signers(plan)
    yield from _unfit_registers(plan, day)
    yield from _unfit_rules(plan, day)
    for key in plan.unstated_terms:
        yield f"{key} is not stated. No term is assumed: write the one that was chosen."


def _table(path: str, table: BaseModel) -> Iterator[str]:
    if not table.model_fields_set:
        yield f"[{path}] is missing."


def _text(path: str, value: str) -> Iterator[str]:
    if not value.strip() or not value.isprintable():
        yield f"{path} is missing or not a text on one line."
    elif OPEN in value:
        yield f"{path} still says {OPEN}."


def _date(path: str, value: date | None) -> Iterator[str]:
    if value is None:
        yield f"{path} is missing or not a date without quotes, such as 2026-05-12."


def _past(path: str, value: date | None, day: date) -> Iterator[str]:
    yield from _date(path, value)
    if value and value > day:
        yield f"{path} ({value}) is not there yet on {day}."


def _purposes(governance: GovernanceTable) -> Iterator[str]:
    if not governance.purposes:
        yield "[governance.purposes] is missing."
    for purpose, table in sorted(governance.purposes.items()):
        path = f"governance.purposes.{purpose}"
        yield from _table(path, table)
        yield from _text(f"{path}.legal_basis", table.legal_basis)
        if any(OPEN in article for article in table.articles):
            yield f"{path}.articles still says {OPEN}."
        elif not table.articles or not all(article.strip() for article in table.articles):
            yield f"{path}.articles is missing or no list of texts."


def _dpia(dpia: DpiaTable, day: date) -> Iterator[str]:
    path, until = "governance.dpia", dpia.valid_until
    yield from _table(path, dpia)
    yield from _text(f"{path}.id", dpia.id)
    yield from _past(f"{path}.date", dpia.date, day)
    yield from _date(f"{path}.valid_until", until)
    if until and until < day:
        yield f"The DPIA is over: {path}.valid_until is {until}. Look at it again first."
    if until and dpia.date and not timedelta(0) <= until - dpia.date <= LONGEST_DPIA:
        yield f"{path}.valid_until must lie within three years after its date."


def _readable(lines: Mapping[str, str]) -> Iterator[tuple[str, Ed25519PublicKey]]:
    for name, text in lines.items():
        try:
            yield account(name), read_public(text)
        except (StoreError, PublicKeyError):
            continue


def _unfit_signers(plan: ToApprove) -> Iterator[str]:
    if not plan.governance.signers:
        yield "[governance.signers] is missing."
    listed: list[tuple[str, Ed25519PublicKey]] = []
    for path, lines in (("signers", plan.governance.signers), ("analysts", plan.governance.analysts)):
        readable = list(_readable(lines))
        listed += readable
        if len(readable) < len(lines):
            yield f'governance.{path}: each line is account = "ed25519:…", which the page Mijn account shows.'
    if _hold_twice(name for name, _key in listed) or _hold_twice(key_fingerprint(key) for _name, key in listed):
        yield "governance.signers and governance.analysts hold one person or one key twice."
    if len(plan.signers) < LEAST_SIGNERS:
        yield f"governance.signers names fewer than {LEAST_SIGNERS} people."


def _hold_twice(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) < len(listed)


def _unfit_registers(plan: ToApprove, day: date) -> Iterator[str]:
    """A register serves a purpose that this municipality states, and a question that its contract asks is answered."""
    governance = plan.governance
    for name in plan.registers:
        register = datasets()[name]
        if governance.purposes and governance.purposes.keys().isdisjoint(register.purposes):
            served = ", ".join(register.purposes)
            yield f"sources.{name} serves {served}, and [governance.purposes] states none of these."
        if register.legal_question is None:
            continue
        path, given = f"governance.registers.{name}", governance.registers.get(name)
        if given is None:
            yield f"[{path}] is missing. {register.legal_question['en']} ({register.legal_question['nl']})"
        else:
            yield from _text(f"{path}.answer", given.answer)
            yield from _text(f"{path}.document", given.document)
            yield from _past(f"{path}.date", given.date, day)


def _unfit_rules(plan: ToApprove, day: date) -> Iterator[str]:
    """A rule that is switched on serves purposes that this municipality states, on advice that was given."""
    for rule in plan.rules:
        for purpose in rule.purposes if plan.governance.purposes else ():  # without any, that is said once
            if purpose not in plan.governance.purposes:
                yield f'indicators."{rule.code}" serves {purpose}, which [governance.purposes] does not state.'
        if rule.advice and rule.advice > day:
            yield f'indicators."{rule.code}".fg_advice is not there yet on {day}.'
