"""A delivery that waits for a person, as its page shows it: why it is suspect, and what it is like beside the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from screening.base.frames import Row
from screening.base.local_formats import date_text, decimal_text, percent_text
from screening.review.i18n import Translator
from screening.review.views.words import code_name
from screening.store.deliveries import (
    DeliveryDecision,
    JudgedDelivery,
    baselines,
    decision_about,
    delivery_key,
    judged_registers,
    last_confirmation,
    last_delivery,
    pending_deliveries,
    proposal_about,
)
from screening.store.schema.deliveries import REJECTED
from screening.store.store import Store
from screening.wording.register_names import column_name, register_name

#: So many codes of a column are named, the most frequent first.
_MOST_CODES = 6


@dataclass(frozen=True)
class WaitingDelivery:
    """A suspect delivery. `key` names it in a form. `counts` and `columns`: what, in the last good delivery, now.

    `proposal`: that somebody would accept it.
    """

    key: str
    register: str
    name: str
    judged: JudgedDelivery
    compared_with: date | None
    reasons: list[str]
    counts: list[tuple[str, str, str]]
    columns: list[tuple[str, str, str]]
    proposal: DeliveryDecision | None

    @property
    def proposed_for(self) -> str:
        """The date for which a colleague would accept it, as a form has it; empty: none."""
        day = self.proposal.holds_for if self.proposal else None
        return f"{day:%d-%m-%Y}" if day else ""


@dataclass(frozen=True)
class UnknownAge:
    """A register of which nothing tells how old it is.

    `confirmed`: when a person last said that it still holds; `due`: until when that counts. None: never.
    """

    register: str
    name: str
    judged: JudgedDelivery
    confirmed: date | None
    due: date | None


def waiting_deliveries(store: Store, t: Translator) -> list[WaitingDelivery]:
    """Every delivery that waits for a person, by register."""
    return [_waiting(store, register, judged, t) for register, judged in pending_deliveries(store)]


def unknown_ages(store: Store, t: Translator, confirmed_every: Mapping[str, int]) -> list[UnknownAge]:
    """The registers whose last delivery does not wait, and of which nothing tells the age.

    `confirmed_every`: register -> days for which a confirmation counts; of others none is asked.
    """
    waiting, ages = {register for register, _ in pending_deliveries(store)}, []
    for register in judged_registers(store):
        last, days = last_delivery(store, register), confirmed_every.get(register)
        if last is None or last.reference_date is not None or register in waiting or days is None:
            continue
        decision = decision_about(store, register, last.delivery_sha256)
        if decision is not None and (decision.holds_for is not None or decision.decision == REJECTED):
            continue  # a person said for which date it holds, or that it is not used
        confirmed = last_confirmation(store, register)
        due = confirmed + timedelta(days=days) if confirmed else None
        ages.append(UnknownAge(register, register_name(register, t.language), last, confirmed, due))
    return ages


def waiting_count(store: Store, t: Translator, confirmed_every: Mapping[str, int], today: date) -> int:
    """How many deliveries wait for a person: to be accepted or rejected, or to be confirmed."""
    ages = unknown_ages(store, t, confirmed_every)
    return len(pending_deliveries(store)) + sum(age.due is None or age.due < today for age in ages)


def _waiting(store: Store, register: str, judged: JudgedDelivery, t: Translator) -> WaitingDelivery:
    last = baselines(store, register, judged.delivery_sha256, judged.as_of).last
    before = last.fingerprint if last else {}
    return WaitingDelivery(
        key=delivery_key(register, judged.delivery_sha256),
        register=register,
        name=register_name(register, t.language),
        judged=judged,
        compared_with=last.as_of if last else None,
        reasons=[_sentence(reason[t.language]) for reason in judged.reasons],
        counts=_counts(before, judged.fingerprint, t),
        columns=_columns(register, before, judged.fingerprint, t),
        proposal=proposal_about(store, register, judged.delivery_sha256),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counts(before: Row, now: Row, t: Translator) -> list[tuple[str, str, str]]:
    """What is said of the delivery as a whole, where one of the two says something."""
    sides = [_whole(fingerprint, t) for fingerprint in (before, now)]
    return [
        (t(f"deliveries.{name}"), sides[0].get(name, "–"), sides[1].get(name, "–"))
        for name in ("rows", "column_count", "newest", "oldest", "placed", "files", "written")
        if name in sides[0] or name in sides[1]
    ]


def _whole(fingerprint: Row, t: Translator) -> dict[str, str]:
    if not fingerprint:
        return {}
    language, dates, files = t.language, fingerprint["dates"], fingerprint["files"]
    counts = {
        "rows": decimal_text(fingerprint["rows"], language),
        "column_count": decimal_text(len(fingerprint["columns"]), language),
        "files": decimal_text(len(files), language),
    }
    counts |= {name: date_text(date.fromisoformat(day), language) for name, day in dates.items()}
    if fingerprint["placed"] is not None:
        counts["placed"] = percent_text(100 * fingerprint["placed"], language)
    ways = {f"{file['encoding']} {file['separator'] or ''}".strip() for file in files if file["encoding"]}
    if ways:
        counts["written"] = ", ".join(sorted(ways)).replace("\t", t("deliveries.tab"))
    return counts


def _columns(register: str, before: Row, now: Row, t: Translator) -> list[tuple[str, str, str]]:
    """A row a column that one of the two has."""
    old, new = (fingerprint.get("columns", {}) for fingerprint in (before, now))
    return [
        (
            column_name(register, name, t.language),
            _column(old.get(name), t) if before else "–",
            _column(new.get(name), t),
        )
        for name in dict.fromkeys([*new, *old])
    ]


def _column(entry: Mapping[str, object] | None, t: Translator) -> str:
    if entry is None:
        return t("deliveries.no_column")
    parts = [t("deliveries.empty", share=_share(entry["empty"], t))]
    if "oldest" in entry:
        parts.append(t("deliveries.years", oldest=entry["oldest"], newest=entry["newest"]))
    for kind in ("codes", "prefixes"):
        shares = entry.get(kind)
        if isinstance(shares, Mapping) and shares:
            ordered = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_CODES]
            parts.append(", ".join(f"{code_name(code, t.language)} {_share(share, t)}" for code, share in ordered))
    return "; ".join(parts)


def _share(share: object, t: Translator) -> str:
    return percent_text(100 * float(str(share)), t.language)
