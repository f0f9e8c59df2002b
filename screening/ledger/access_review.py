"""The monthly look at who read what (assurance G5): patterns of somebody who reads without working on the case.

A finding is a question to a person, no verdict: duty at night, a colleague who asked for help and a closed case that
came back all look like one. It names accounts and ids of objects and nothing else.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import rfc8785

from screening.base.civil_time import TOWN, day_of, midnight
from screening.base.errors import LedgerError
from screening.base.frames import Row
from screening.base.vocabulary import LedgerAction, LedgerResult
from screening.ledger.entry import Entry, StoredEntry
from screening.ledger.ledger import Ledger

#: Reads of one address or case. Lists are no dossier; links are judged without one.
READS = frozenset(
    {LedgerAction.READ_DOSSIER, LedgerAction.READ_EXPLANATION, LedgerAction.READ_VISIT, LedgerAction.PRINT}
)
#: Reads of one case where the entry names it, and of a list where it does not.
_OF_A_CASE = frozenset({LedgerAction.READ_EXPORT})
#: What somebody who works on a case leaves behind. Taking a case and opening its evidence is reading, not work.
WORK = frozenset(
    {
        LedgerAction.OWN_READING,
        LedgerAction.JUDGEMENT,
        LedgerAction.LINK_JUDGEMENT,
        LedgerAction.VISIT,
        LedgerAction.EXPORT_PREPARATION,
        LedgerAction.EXPORT_APPROVAL,
        LedgerAction.EXPORT,
        LedgerAction.WITHDRAWAL,
        LedgerAction.SUBJECT_ACCESS,
        LedgerAction.SUBJECT_OBJECTION,
        LedgerAction.CASE_ACT,
        LedgerAction.HAND_OVER,
    }
)

#: Work a little before or after the month counts for reads in it.
MARGIN = timedelta(days=14)


class Pattern(StrEnum):
    """A pattern of access that is unusual."""

    OUTSIDE_HOURS = "outside_hours"
    WITHOUT_WORK = "without_work"
    REPEATED = "repeated"
    ASSIGNED_TO_OTHERS = "assigned_to_others"
    BURST = "burst"
    REFUSED = "refused"
    SEARCHES = "searches"


#: Pattern -> what it says, in Dutch and English. `{count}` stands in both.
TEXTS: dict[Pattern, tuple[str, str]] = {
    Pattern.OUTSIDE_HOURS: (
        "keek {count} keer buiten werktijd in een dossier",
        "looked into a dossier outside working hours {count} times",
    ),
    Pattern.WITHOUT_WORK: (
        "las {count} dossiers zonder eraan te werken",
        "read {count} dossiers without any work on them",
    ),
    Pattern.REPEATED: (
        "kwam {count} keer terug in een dossier zonder eraan te werken",
        "came back to a dossier {count} times without any work on it",
    ),
    Pattern.ASSIGNED_TO_OTHERS: (
        "las {count} dossiers die aan een ander waren toegewezen",
        "read {count} dossiers that were assigned to somebody else",
    ),
    Pattern.BURST: (
        "las {count} dossiers kort na elkaar, de meeste zonder eraan te werken",
        "read {count} dossiers in quick succession, most without any work on them",
    ),
    Pattern.SEARCHES: (
        "zocht {count} keer naar een zaak zonder eraan te werken",
        "searched for a case {count} times without any work on it",
    ),
    Pattern.REFUSED: ("kreeg {count} keer geen toegang", "was refused access {count} times"),
}


@dataclass(frozen=True)
class Norms:
    """The limits from which access is unusual. A municipality with other hours or habits sets its own.

    Reads of one object within `visit_minutes` are one visit. Hours are those of Europe/Amsterdam; weekends are outside.
    """

    day_starts: int = 7
    day_ends: int = 20
    visit_minutes: int = 10
    outside_visits: int = 3
    without_work: int = 10
    without_work_share: float = 0.5
    repeated_visits: int = 4
    repeated_days: int = 3
    of_others: int = 3
    burst_dossiers: int = 10
    burst_minutes: int = 10
    refused: int = 5
    searches: int = 10


@dataclass(frozen=True)
class AccessFinding:
    """An account with unusual access: by which pattern, how often, on which objects and between which days."""

    pattern: Pattern
    account: str
    count: int
    objects: tuple[str, ...]
    first: date
    last: date

    def text(self, language: str = "nl") -> str:
        """The finding in one sentence without its objects."""
        return f"{self.account} {TEXTS[self.pattern][language == 'en'].format(count=self.count)}"

    def document(self) -> dict[str, object]:
        """The finding as it is shown and kept."""
        return asdict(self) | {
            "pattern": self.pattern.value,
            "objects": list(self.objects),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }


@dataclass(frozen=True)
class AccessReview:
    """The findings of a month. `reads`: reads of a dossier in it; `accounts`: how many accounts did them."""

    month: str
    entries: int
    reads: int
    accounts: int
    findings: tuple[AccessFinding, ...]

    def document(self) -> Row:
        """The review as it is shown and kept."""
        return {
            "month": self.month,
            "entries": self.entries,
            "reads": self.reads,
            "accounts": self.accounts,
            "findings": [finding.document() for finding in self.findings],
        }

    def is_over(self, now: datetime) -> bool:
        """Whether its month is over: what is still to come was reviewed by nobody."""
        return now >= month_bounds(self.month)[1]

    def is_about(self, account: str) -> bool:
        """Whether an account is one of those in it: then somebody else signs it off."""
        return any(finding.account == account for finding in self.findings)

    @property
    def object(self) -> str:
        """Return the object of a sign-off in the ledger: the month and the digest of exactly this review."""
        return f"review:{self.month}-{hashlib.sha256(rfc8785.dumps(self.document())).hexdigest()[:16]}"


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """Begin and end (exclusive) of a month such as 2026-11 in the Netherlands, in UTC. LedgerError: no month."""
    try:
        first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        raise LedgerError("A month is written like 2026-11.") from None
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return midnight(first), midnight(after)


def review_month(ledger: Ledger, month: str, norms: Norms | None = None) -> AccessReview:
    """The review of a month, from the entries of the ledger alone."""
    begin, end = month_bounds(month)
    written = ledger.entries(since=begin - MARGIN, until=end + MARGIN)
    return review_entries(written, month, norms or Norms())


def review_entries(written: Iterable[StoredEntry], month: str, norms: Norms) -> AccessReview:
    """The review of a month from entries in their order, which may begin before it and go on after it."""
    begin, end = month_bounds(month)
    seen = [line.entry for line in written]
    inside = [entry for entry in seen if begin <= entry.done_at < end]
    reads: dict[str, list[Entry]] = defaultdict(list)
    refused: dict[str, list[Entry]] = defaultdict(list)
    for entry in inside:
        if entry.action in READS or (entry.case and entry.action in _OF_A_CASE):
            (reads if entry.result == LedgerResult.DONE else refused)[entry.actor].append(entry)
    worked = {
        (entry.actor, _subject(entry)) for entry in seen if entry.action in WORK and entry.result == LedgerResult.DONE
    }
    assigned = _assignments(seen)
    findings: list[AccessFinding] = []
    for account, own in reads.items():
        look = _Look(account, own, {name for actor, name in worked if actor == account}, norms)
        findings += look.outside_hours()
        findings += look.without_work()
        findings += look.repeated()
        findings += look.of_others(assigned)
        findings += look.burst()
    for account, idle in _idle_searches(inside, worked).items():
        if len(idle) >= norms.searches:
            findings.append(_finding(Pattern.SEARCHES, account, len(idle), idle))
    for account, tries in refused.items():
        if len({_subject(entry) for entry in tries}) >= norms.refused:
            findings.append(_finding(Pattern.REFUSED, account, len(tries), tries))
    findings.sort(key=lambda finding: (finding.account, finding.pattern, finding.objects))
    return AccessReview(month, len(inside), sum(map(len, reads.values())), len(reads), tuple(findings))


class _Look:
    """The reads of one account in the month."""

    def __init__(self, account: str, reads: list[Entry], worked: set[str], norms: Norms) -> None:
        self.account, self.worked, self.norms = account, worked, norms
        self.reads = sorted(reads, key=lambda entry: entry.done_at)
        self.visits: list[Entry] = []
        last: dict[str, datetime] = {}
        for entry in self.reads:
            name = _subject(entry)
            if name not in last or entry.done_at - last[name] > timedelta(minutes=norms.visit_minutes):
                self.visits.append(entry)
            last[name] = entry.done_at

    def outside_hours(self) -> list[AccessFinding]:
        outside = [entry for entry in self.visits if self._is_outside(entry.done_at)]
        few = len(outside) < self.norms.outside_visits
        return [] if few else [_finding(Pattern.OUTSIDE_HOURS, self.account, len(outside), outside)]

    def _is_outside(self, moment: datetime) -> bool:
        local = moment.astimezone(TOWN)
        return local.weekday() >= 5 or not self.norms.day_starts <= local.hour < self.norms.day_ends

    def without_work(self) -> list[AccessFinding]:
        seen = {_subject(entry) for entry in self.visits}
        idle = [entry for entry in self.visits if _subject(entry) not in self.worked]
        count = len({_subject(entry) for entry in idle})
        if count < self.norms.without_work or count < self.norms.without_work_share * len(seen):
            return []
        return [_finding(Pattern.WITHOUT_WORK, self.account, count, idle)]

    def repeated(self) -> list[AccessFinding]:
        by_object: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.visits:
            if _subject(entry) not in self.worked:
                by_object[_subject(entry)].append(entry)
        return [
            _finding(Pattern.REPEATED, self.account, len(visits), visits)
            for visits in by_object.values()
            if len(visits) >= self.norms.repeated_visits
            and len({day_of(entry.done_at) for entry in visits}) >= self.norms.repeated_days
        ]

    def of_others(self, assigned: dict[str, list[tuple[datetime, str | None]]]) -> list[AccessFinding]:
        others = []
        for entry in self.visits:
            holder = _holder(assigned.get(_subject(entry), []), entry.done_at)
            if holder and holder != self.account and _subject(entry) not in self.worked:
                others.append(entry)
        count = len({_subject(entry) for entry in others})
        if count < self.norms.of_others:
            return []
        return [_finding(Pattern.ASSIGNED_TO_OTHERS, self.account, count, others)]

    def burst(self) -> list[AccessFinding]:
        """The largest window: many dossiers within minutes, most of them never worked on."""
        width, start = timedelta(minutes=self.norms.burst_minutes), 0
        best: list[Entry] = []
        for end, entry in enumerate(self.reads):
            while entry.done_at - self.reads[start].done_at > width:
                start += 1
            window = self.reads[start : end + 1]
            if len(window) > len(best):
                names = {_subject(each) for each in window}
                idle = names - self.worked
                if len(names) >= self.norms.burst_dossiers and len(idle) * 2 > len(names):
                    best = window
        if not best:
            return []
        return [_finding(Pattern.BURST, self.account, len({_subject(entry) for entry in best}), best)]


def _idle_searches(entries: Iterable[Entry], worked: set[tuple[str, str]]) -> dict[str, list[Entry]]:
    """Account -> its searches that led to no case, or to one that it did not work on; refused ones too."""
    idle: dict[str, dict[datetime, Entry]] = defaultdict(dict)
    for entry in entries:
        if entry.action == LedgerAction.SEARCH and (entry.actor, _subject(entry)) not in worked:
            idle[entry.actor].setdefault(entry.done_at, entry)
    return {account: list(searches.values()) for account, searches in idle.items()}


def lacks_sign_off(ledger: Ledger, now: datetime) -> bool:
    """Whether the ledger began before this month, and nobody signed the last month off since it ended."""
    first = day_of(now).replace(day=1)
    month = (first - timedelta(days=1)).isoformat()[:7]
    if not any(line.entry.done_at < midnight(first) for line in ledger.entries(limit=1)):
        return False
    lines = ledger.entries(action=LedgerAction.ACCESS_REVIEW, since=midnight(first), is_newest_first=True)
    return not any(line.entry.object.startswith(f"review:{month}-") for line in lines)


def _subject(entry: Entry) -> str:
    """Return the subject of an entry: its case where it has one, so that a page of a case counts with its dossier."""
    if entry.object.startswith("case:"):
        return entry.object
    if entry.case:
        return f"case:{entry.case}"
    return entry.object


def _assignments(entries: list[Entry]) -> dict[str, list[tuple[datetime, str | None]]]:
    """Case -> since when it was whose, in order; None after it was given back."""
    steps: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
    for entry in entries:
        if entry.result != LedgerResult.DONE:
            continue
        if entry.action == LedgerAction.ASSIGN:
            kind, _, name = entry.object.partition(":")  # a lead assigns a case to an account, an officer takes one
            steps[_subject(entry)].append((entry.done_at, name if kind == "account" else entry.actor))
        elif entry.action == LedgerAction.RELEASE:
            steps[_subject(entry)].append((entry.done_at, None))
    return steps


def _holder(steps: list[tuple[datetime, str | None]], moment: datetime) -> str | None:
    before = bisect_left(steps, moment, key=lambda step: step[0])
    return steps[before - 1][1] if before else None


def _finding(pattern: Pattern, account: str, count: int, entries: list[Entry]) -> AccessFinding:
    days = sorted(day_of(entry.done_at) for entry in entries)
    return AccessFinding(
        pattern, account, count, tuple(sorted({_subject(entry) for entry in entries})), days[0], days[-1]
    )


def sign_off(ledger: Ledger, review: AccessReview, *, by: str, now: datetime, origin: str) -> int:
    """Write in the ledger that a person read this review.

    Returns:
        The number of the entry.

    Raises:
        LedgerError: the month is not over, or the person is one of those in the review.
    """
    if not review.is_over(now):
        raise LedgerError(f"The month {review.month} is not over yet: what is still to come was reviewed by nobody.")
    entry = Entry(now, by, LedgerAction.ACCESS_REVIEW, review.object, origin=origin)
    if review.is_about(entry.actor):
        raise LedgerError("This account is one of those in the review. Somebody else reads it and signs it off.")
    return ledger.write(entry)


def signed_off(ledger: Ledger, month: str) -> StoredEntry | None:
    """Find the last sign-off of a month; None when there is none.

    Its `object` names the review that was read. Another one than today's means that the entries show more by now.
    """
    begin, _ = month_bounds(month)
    lines = ledger.entries(action=LedgerAction.ACCESS_REVIEW, since=begin, is_newest_first=True)
    of_month = [line for line in lines if line.entry.object.startswith(f"review:{month}-")]
    return of_month[0] if of_month else None
