"""The monthly review sees who reads without work, lets others be, and is signed off by somebody else (G5)."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from screening.base.errors import LedgerError
from screening.base.vocabulary import LedgerAction
from screening.ledger import Entry, Ledger, Norms, review_month, sign_off, signed_off
from screening.ledger.access_review import MARGIN, Pattern, lacks_sign_off, month_bounds, review_entries
from tests.ledger.officers import CURIOSITIES, CURIOUS, MONTH, OFFICERS, Month, curious, normal

ORIGIN = "host:werkplek"
BEGIN, END = month_bounds(MONTH)


def seen(month: Month, norms: Norms | None = None) -> set[tuple[str, str]]:
    """Account and pattern of every finding."""
    found = review_entries(month.written(), MONTH, norms or Norms()).findings
    return {(one.account, one.pattern.value) for one in found}


def test_forty_curious_officers_are_seen() -> None:
    """40 seeded patterns, 8 of each kind; at least 95 % are found by the pattern that they are."""
    tried = [(name, seed) for name in CURIOSITIES for seed in range(8)]
    missed = [one for one in tried if (CURIOUS, one[0]) not in seen(curious(*one))]
    assert len(missed) <= 2, missed


def test_officers_at_work_are_seldom_asked_about() -> None:
    """False alarms: accounts of a normal month that a person would be asked about, of 120 (12 officers, 10 months)."""
    alarms = [(seed, *one) for seed in range(10) for one in seen(normal(seed))]
    assert len({(seed, account) for seed, account, _ in alarms}) <= 6, alarms


@pytest.mark.goal("G5", reached="200 curious officers of 40 kinds among 600 at work")
@pytest.mark.long
def test_two_hundred_curious_officers_and_six_hundred_at_work() -> None:
    tried = [(name, seed) for name in CURIOSITIES for seed in range(100, 140)]
    missed = [one for one in tried if (CURIOUS, one[0]) not in seen(curious(*one))]
    alarms = {(seed, account) for seed in range(100, 150) for account, _ in seen(normal(seed))}
    assert len(missed) <= 10, missed
    assert len(alarms) <= 30, alarms


@pytest.mark.parametrize(
    ("norm", "pattern"),
    [
        ("outside_visits", "outside_hours"),
        ("without_work", "without_work"),
        ("repeated_visits", "repeated"),
        ("of_others", "assigned_to_others"),
        ("burst_dossiers", "burst"),
    ],
)
def test_each_norm_decides_its_own_pattern(norm: str, pattern: str) -> None:
    month = curious(pattern, 0)
    assert (CURIOUS, pattern) in seen(month)
    assert (CURIOUS, pattern) not in seen(month, Norms(**{norm: 10_000}))


def test_searches_that_lead_to_no_work_are_asked_about() -> None:
    """Each in a minute of its own: for nothing, for a case, refused; ten of them are many, and work explains one."""
    month = Month("searches")
    begin, case = month.at(BEGIN.date() + timedelta(days=5), 10), month.new_case()
    for minute in range(9):
        month.add(CURIOUS, LedgerAction.SEARCH, case, begin + timedelta(minutes=minute), result="done")
    assert (CURIOUS, "searches") not in seen(month)
    month.add(CURIOUS, LedgerAction.SEARCH, case, begin + timedelta(minutes=9), result="refused")
    assert (CURIOUS, "searches") in seen(month)
    month.work(CURIOUS, case, begin + timedelta(hours=1))
    assert (CURIOUS, "searches") not in seen(month)


def test_work_on_a_dossier_explains_reading_it() -> None:
    """The same reads, each followed by an own reading: nothing is left but the hours."""
    month = curious("repeated", 1)
    assert (CURIOUS, "repeated") in seen(month)
    for one in [one for one in month.entries if one.actor == CURIOUS and one.action == LedgerAction.READ_DOSSIER]:
        month.add(CURIOUS, LedgerAction.OWN_READING, one.case, one.done_at + timedelta(minutes=3))
    assert (CURIOUS, "repeated") not in seen(month)


def test_work_just_after_the_month_counts_and_long_after_does_not() -> None:
    month = Month(1)
    cases = [month.new_case() for _ in range(12)]
    for number, case in enumerate(cases):
        month.read(CURIOUS, case, END - timedelta(days=3, minutes=20 * number))
    for late, is_seen in ((MARGIN - timedelta(days=1), False), (MARGIN + timedelta(days=1), True)):
        other = Month(2)
        other.entries = list(month.entries)
        for case in cases:
            other.add(CURIOUS, LedgerAction.OWN_READING, case, END + late)
        inside = [one for one in other.written() if one.entry.done_at < END + MARGIN]  # what `review_month` asks for
        found = {one.pattern for one in review_entries(inside, MONTH, Norms()).findings}
        assert (Pattern.WITHOUT_WORK in found) == is_seen


def test_a_case_that_was_given_back_is_nobodys() -> None:
    month = Month(3)
    for number in range(4):
        case, at = month.new_case(), BEGIN + timedelta(days=3, hours=9, minutes=30 * number)
        month.add("officer1", LedgerAction.ASSIGN, case, at)
        month.add("officer1", LedgerAction.RELEASE, case, at + timedelta(minutes=1))
        month.read(CURIOUS, case, at + timedelta(minutes=5))
    assert (CURIOUS, "assigned_to_others") not in seen(month)


def test_a_case_that_a_lead_assigned_is_of_whom_it_was_assigned_to() -> None:
    month = Month(4)
    for number in range(4):
        case, at = month.new_case(), BEGIN + timedelta(days=3, hours=9, minutes=30 * number)
        month.add("lead", LedgerAction.ASSIGN, case, at, object="account:officer1")
        month.read(CURIOUS, case, at + timedelta(minutes=5))
        month.read("officer1", case, at + timedelta(minutes=9))
    assert seen(month) == {(CURIOUS, "assigned_to_others")}


def test_hours_are_those_of_the_netherlands_in_summer_and_winter() -> None:
    """06:30 in Amsterdam is 05:30 UTC in November and 04:30 UTC in July."""
    for month_name, hour, is_outside in (("2026-11", 6.5, True), ("2026-11", 7.5, False), ("2026-07", 6.5, True)):
        month = Month(5)
        first = month_bounds(month_name)[0]
        for number in range(3):
            month.read(CURIOUS, month.new_case(), first + timedelta(days=7 * number + 1, hours=hour))
        found = review_entries(month.written(), month_name, Norms()).findings
        assert [one.pattern for one in found] == ([Pattern.OUTSIDE_HOURS] if is_outside else []), month_name


def test_one_who_tries_what_is_not_allowed_is_seen() -> None:
    month = Month(6)
    for number in range(5):
        month.add(
            CURIOUS,
            LedgerAction.READ_DOSSIER,
            month.new_case(),
            BEGIN + timedelta(days=2, hours=9 + number),
            result="refused",
            purpose=None,
        )
    assert seen(month) == {(CURIOUS, "refused")}


def test_one_who_reads_dossiers_as_signals_to_the_riec_is_seen() -> None:
    """The page that prepares a signal shows a whole dossier; its list is no dossier, and preparing one is work."""
    month = Month(7)
    cases = [month.new_case() for _ in range(12)]
    for number, case in enumerate(cases):
        month.add(CURIOUS, LedgerAction.READ_EXPORT, case, BEGIN + timedelta(days=2, hours=9, minutes=20 * number))
    assert seen(month) == {(CURIOUS, "without_work")}
    for number, case in enumerate(cases):
        at = BEGIN + timedelta(days=2, hours=9, minutes=20 * number + 5)
        month.add(CURIOUS, LedgerAction.EXPORT_PREPARATION, case, at)
    assert seen(month) == set()
    for number in range(40):
        at = BEGIN + timedelta(days=5, hours=21, minutes=2 * number)
        month.entries.append(Entry(at, CURIOUS, LedgerAction.READ_EXPORT, "list:batches", origin=ORIGIN))
    assert seen(month) == set()


@pytest.mark.parametrize("month", ["2026", "2026-13", "november", "2026-11-01", ""])
def test_a_month_is_a_month(month: str) -> None:
    with pytest.raises(LedgerError, match="2026-11"):
        month_bounds(month)


def test_a_month_begins_and_ends_at_midnight_in_the_netherlands() -> None:
    assert [one.isoformat() for one in month_bounds("2026-10")] == [
        "2026-09-30T22:00:00+00:00",
        "2026-10-31T23:00:00+00:00",
    ]
    assert month_bounds("2026-12")[1] == month_bounds("2027-01")[0]


def filled(ledger: Ledger) -> Ledger:
    ledger.write_all([one.entry for one in curious("burst", 0).written()])
    return ledger


def test_the_review_of_a_ledger_is_that_of_its_entries(ledger: Ledger) -> None:
    found = review_month(filled(ledger), MONTH)
    assert found == review_entries(curious("burst", 0).written(), MONTH, Norms())
    assert (found.month, found.accounts) == (MONTH, len(OFFICERS) + 1)
    assert review_month(ledger, "2027-02").findings == ()


def test_the_review_names_accounts_and_objects_and_nothing_else(sqlite_ledger: Ledger) -> None:
    document = review_month(filled(sqlite_ledger), MONTH).document()
    assert set(document) == {"month", "entries", "reads", "accounts", "findings"}
    for one in document["findings"]:
        assert set(one) == {"pattern", "account", "count", "objects", "first", "last"}
        assert all(re.fullmatch(r"case:[0-9a-f]{16}", name) for name in one["objects"])
    json.dumps(document)


def test_the_sign_off_is_an_entry_by_somebody_who_is_not_in_it(ledger: Ledger) -> None:
    found = review_month(filled(ledger), MONTH)
    assert signed_off(ledger, MONTH) is None
    with pytest.raises(LedgerError, match="one of those in the review"):
        sign_off(ledger, found, by=CURIOUS, now=END, origin=ORIGIN)
    with pytest.raises(LedgerError, match="not over yet"):
        sign_off(ledger, found, by="auditor", now=END - timedelta(seconds=1), origin=ORIGIN)
    assert signed_off(ledger, MONTH) is None
    assert lacks_sign_off(ledger, END)
    seq = sign_off(ledger, found, by="auditor", now=END, origin=ORIGIN)
    entry = signed_off(ledger, MONTH)
    assert (entry.seq, entry.entry.actor, entry.entry.action) == (seq, "auditor", LedgerAction.ACCESS_REVIEW)
    assert entry.entry.object.startswith(f"review:{MONTH}-")
    assert not lacks_sign_off(ledger, END)
    assert lacks_sign_off(ledger, END + timedelta(days=31)), "another month was over by then"


def test_a_ledger_that_began_this_month_has_no_month_to_sign_off(sqlite_ledger: Ledger) -> None:
    assert not lacks_sign_off(sqlite_ledger, END)
    sqlite_ledger.write(Entry(END, "anna", LedgerAction.READ_QUEUE, "list:queue", origin=ORIGIN))
    assert not lacks_sign_off(sqlite_ledger, END + timedelta(days=9))


def test_a_sign_off_tells_what_was_read(sqlite_ledger: Ledger) -> None:
    """What is written later in a month that is over shows as another review than the one that was signed off."""
    found = review_month(filled(sqlite_ledger), MONTH)
    sign_off(sqlite_ledger, found, by="auditor", now=END, origin=ORIGIN)
    assert signed_off(sqlite_ledger, MONTH).entry.object == found.object
    late = BEGIN + timedelta(days=20, hours=9)
    sqlite_ledger.write(
        Entry(
            late,
            "officer1",
            LedgerAction.READ_DOSSIER,
            "case:ffffffffffffffff",
            origin=ORIGIN,
            case="ffffffffffffffff",
            purpose="P-WON",
        )
    )
    assert signed_off(sqlite_ledger, MONTH).entry.object != review_month(sqlite_ledger, MONTH).object
    assert signed_off(sqlite_ledger, "2026-10") is None


def test_every_pattern_is_told_in_both_languages() -> None:
    from screening.ledger.access_review import TEXTS

    assert set(TEXTS) == set(Pattern)
    for nl, en in TEXTS.values():
        assert nl != en
        assert "{count}" in nl
        assert "{count}" in en
        assert not re.search("verdacht|schuld|suspect|guilt", nl + en)


def test_somebody_who_is_refused_a_few_times_is_not_asked_about() -> None:
    month = Month(6)
    for number in range(Norms().refused - 1):
        month.add(
            CURIOUS,
            LedgerAction.READ_DOSSIER,
            month.new_case(),
            BEGIN + timedelta(days=2, hours=9 + number),
            result="refused",
            purpose=None,
        )
    assert seen(month) == set()


def test_what_has_no_case_is_named_by_itself() -> None:
    """Visits planned beside any case, opened at night: the question is about these visits."""
    month = Month(8)
    visits = [f"visit:{number}" for number in range(Norms().outside_visits)]
    for number, visit in enumerate(visits):
        at = BEGIN + timedelta(days=2 + number, hours=22)
        month.entries.append(Entry(at, CURIOUS, LedgerAction.READ_VISIT, visit, origin=ORIGIN))
    (finding,) = review_entries(month.written(), MONTH, Norms()).findings
    assert (finding.pattern, finding.objects) == (Pattern.OUTSIDE_HOURS, tuple(visits))
