"""`[governance]` of screening.toml as a mandate: who let this be done, for which purposes, on which DPIA and advice.

    [governance]
    controller = "het college van burgemeester en wethouders van Voorbeeldstad"
    contact = "privacy@voorbeeldstad.example"
    [governance.mandate]                       # who let this be done, and where that is written
    given_by = "het college van burgemeester en wethouders"
    date = 2026-03-01
    document = "Mandaatbesluit 2026-114"
    [governance.purposes."P-VERG"]             # one table a purpose; a rule with another purpose does not run
    legal_basis = "APV Voorbeeldstad, hoofdstuk 2 en 3"
    articles = ["APV art. 2:28", "APV art. 3:3"]
    [governance.dpia]
    id = "DPIA-2026-014"
    date = 2026-04-20
    valid_until = 2029-04-20
    [governance.fg_advice]
    id = "FG-2026-031"
    date = 2026-05-12
    [governance.signers]                       # who may sign: at least two people, better three
    anna = "ed25519:…"

A made-up municipality (code 9999) has none of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flows.configuration import load as settings_module
from flows.configuration.load import Settings
from screening.errors import StoreError
from screening.vocabulary import Purpose

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: What `barrier mandate init` writes where only the municipality knows the answer; it may not stay.
OPEN = "VUL IN"

LEAST_SIGNERS = 2

#: A DPIA is looked at again after at most so long: what it judged has changed by then. An engineering choice.
LONGEST_DPIA = timedelta(days=3 * 366)

_KEYS = {"controller", "contact", "mandate", "purposes", "dpia", "fg_advice", "signers", "papers"}


@dataclass(frozen=True)
class Basis:
    """Why a purpose is a task of this municipality."""

    legal_basis: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Mandate:
    """What `[governance]` says, checked."""

    controller: str
    contact: str
    given_by: str
    given_on: date
    document: str
    purposes: Mapping[Purpose, Basis]
    dpia_id: str
    dpia_date: date
    dpia_valid_until: date
    advice_id: str
    advice_date: date
    #: Account -> public key.
    signers: Mapping[str, Ed25519PublicKey]


class _Reader:
    """Reads tables and goes on after what it misses, so that one call tells everything."""

    def __init__(self) -> None:
        self.missing: list[str] = []

    def table(self, parent: Mapping, name: str, keys: set[str] | None = None) -> Mapping:
        path = f"governance.{name}" if name else "governance"
        found = parent.get(name.rpartition(".")[2]) if name else parent
        if not isinstance(found, Mapping) or not found:
            self.missing.append(f"[{path}] is missing.")
            return {}
        for odd in sorted(set(found) - keys) if keys else ():
            self.missing.append(f"{path}.{odd} is not known. Known: {', '.join(sorted(keys or ()))}.")
        return found

    def text(self, table: Mapping, path: str) -> str:
        value = table.get(path.rpartition(".")[2])
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self.missing.append(f"{path} is missing or not a text on one line.")
        elif OPEN in value:
            self.missing.append(f"{path} still says {OPEN}.")
        else:
            return value.strip()
        return ""

    def date(self, table: Mapping, path: str) -> date | None:
        value = table.get(path.rpartition(".")[2])
        if isinstance(value, datetime) or not isinstance(value, date):
            self.missing.append(f"{path} is missing or not a date without quotes, such as 2026-05-12.")
            return None
        return value

    def past(self, table: Mapping, path: str, day: date) -> date | None:
        value = self.date(table, path)
        if value and value > day:
            self.missing.append(f"{path} ({value}) is not there yet on {day}.")
        return value


def read_mandate(settings: Settings, *, day: date) -> tuple[Mandate | None, list[str]]:
    """What `[governance]` says, and all that is missing or over on this day, a sentence each.

    The mandate is None as long as anything is. Names keys and dates, never what a key holds.
    """
    read = _Reader()
    top = read.table(settings.tables.get("governance", {}), "", _KEYS)
    controller, contact = read.text(top, "governance.controller"), read.text(top, "governance.contact")
    if contact and "@" not in contact:
        read.missing.append("governance.contact is no e-mail address.")
    given = read.table(top, "mandate", {"given_by", "date", "document"})
    by, document = read.text(given, "governance.mandate.given_by"), read.text(given, "governance.mandate.document")
    given_on = read.past(given, "governance.mandate.date", day)
    purposes = _purposes(read, top)
    dpia_id, dpia_date, until = _dpia(read, top, day)
    advice = read.table(top, "fg_advice", {"id", "date"})
    advice_id = read.text(advice, "governance.fg_advice.id")
    advice_date = read.past(advice, "governance.fg_advice.date", day)
    signers = _signers(read, top)
    _rules(read, settings, purposes, day)
    _terms(read, settings)
    if read.missing or not (given_on and dpia_date and until and advice_date):
        return None, read.missing
    mandate = Mandate(
        controller=controller,
        contact=contact,
        given_by=by,
        given_on=given_on,
        document=document,
        purposes=purposes,
        dpia_id=dpia_id,
        dpia_date=dpia_date,
        dpia_valid_until=until,
        advice_id=advice_id,
        advice_date=advice_date,
        signers=signers,
    )
    return mandate, []


def today(settings: Settings) -> date:
    """The day on which everything must hold: today, or the later date as of which is asked."""
    return max(settings.as_of, settings_module.today())


def _purposes(read: _Reader, top: Mapping) -> dict[Purpose, Basis]:
    table = read.table(top, "purposes", {str(one) for one in Purpose})
    found = {}
    for name in sorted(set(table) & {str(one) for one in Purpose}):
        path = f"governance.purposes.{name}"
        one = read.table(table, f"purposes.{name}", {"legal_basis", "articles"})
        basis, articles = read.text(one, f"{path}.legal_basis"), one.get("articles")
        if not isinstance(articles, list) or not articles or not all(_is_said(text) for text in articles):
            is_open = isinstance(articles, list) and any(isinstance(one, str) and OPEN in one for one in articles)
            why = f"still says {OPEN}" if is_open else "is missing or no list of texts"
            read.missing.append(f"{path}.articles {why}.")
            articles = []
        found[Purpose(name)] = Basis(basis, tuple(articles))
    return found


def _is_said(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip()) and OPEN not in text


def _dpia(read: _Reader, top: Mapping, day: date) -> tuple[str, date | None, date | None]:
    table, path = read.table(top, "dpia", {"id", "date", "valid_until"}), "governance.dpia"
    name, made, until = read.text(table, f"{path}.id"), read.past(table, f"{path}.date", day), None
    until = read.date(table, f"{path}.valid_until")
    if until and until < day:
        read.missing.append(f"The DPIA is over: {path}.valid_until is {until}. Look at it again first.")
    if made and until and not timedelta(0) <= until - made <= LONGEST_DPIA:
        read.missing.append(f"{path}.valid_until must lie within three years after its date.")
    return name, made, until


def _signers(read: _Reader, top: Mapping) -> dict[str, Ed25519PublicKey]:
    from flows.mandate.signing_keys import fingerprint, read_public
    from screening.store import account

    found: dict[str, Ed25519PublicKey] = {}
    for name, text in read.table(top, "signers").items():
        try:
            who, key = account(name), read_public(text)
        except (StoreError, ValueError):
            read.missing.append('governance.signers: each line is account = "ed25519:…" (barrier mandate key).')
            continue
        if who in found or fingerprint(key) in {fingerprint(one) for one in found.values()}:
            read.missing.append("governance.signers holds one person or one key twice.")
        found[who] = key
    if len(found) < LEAST_SIGNERS:
        read.missing.append(f"governance.signers names fewer than {LEAST_SIGNERS} people.")
    return found


def _rules(read: _Reader, settings: Settings, purposes: Mapping[Purpose, Basis], day: date) -> None:
    """A rule that is switched on serves purposes that this municipality states, on advice that was given."""
    from flows.catalogue import all_indicators

    known = {one.code: one for one in all_indicators()}
    for code, chosen in settings.indicators.items():
        if chosen.missing or code not in known:
            continue
        for name in known[code].purposes if purposes else ():  # without any, that is told once
            if name not in purposes:
                read.missing.append(f'indicators."{code}" serves {name}, which [governance.purposes] does not state.')
        if chosen.fg_advice and date.fromisoformat(chosen.fg_advice) > day:
            read.missing.append(f'indicators."{code}".fg_advice is not there yet on {day}.')


def _terms(read: _Reader, settings: Settings) -> None:
    """Every retention term is chosen and written down; a term that nobody chose is one that nobody can explain."""
    from flows.configuration.retention_terms import SNAPSHOTS, STATED
    from screening.rights.kinds import Terms

    table = settings.tables.get("retention", {})
    absent = [f"retention.{key}" for key in STATED if key not in table]
    if not states_snapshots(settings):
        absent.append(f"run.{SNAPSHOTS}")
    read.missing += [f"{key} is not stated. No term is assumed: write the one that was chosen." for key in absent]
    try:
        Terms(**{key: table[key] for key in STATED if key in table})  # type: ignore[arg-type]
    except StoreError as error:
        read.missing.append(f"retention.{error}")


def states_snapshots(settings: Settings) -> bool:
    """Whether `[run] snapshot_days` is written down; without, the default holds, and nobody chose it."""
    from flows.configuration.retention_terms import SNAPSHOTS

    return SNAPSHOTS in tomllib.loads(settings.content.decode("utf-8-sig")).get("run", {})
