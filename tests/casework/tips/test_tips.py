"""Tips of colleagues: what is refused is nowhere, one person knows who sent it, and no rule ever reads them."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from screening.base.civil_time import midnight
from screening.base.vocabulary import Role
from screening.casework.case_errors import NotAllowedError
from screening.casework.texts.text_problems import text_problems
from screening.casework.tips.care_contacts import care_contacts
from screening.casework.tips.sightings import (
    EXAMPLES,
    OBSERVATIONS,
    OBSERVATIONS_OF_WORK,
    WORKS,
    Sighting,
    TipError,
    TipPolicy,
    houses_in,
    sighting_faults,
)
from screening.casework.tips.tips import REASONS, decide_tip, get_tip, inbox, own_tips, report_tip
from screening.casework.viewer import Viewer
from screening.store import Store, open_store
from screening.store.schema.tips import care_contact, care_number, colleague_signal, signal_decision

NOW = datetime(2026, 11, 3, 14, 2, tzinfo=UTC)
TODAY = date(2026, 11, 3)
COUNTER = Viewer("b.balie", frozenset({Role.COLLEAGUE}))
CONTACT = Viewer("c.contact", frozenset({Role.COLLEAGUE, Role.CONTACT_PERSON}))
COORDINATOR = Viewer("zoe", frozenset({Role.CARE_COORDINATOR}))
OFFICER = Viewer("h.handhaver", frozenset({Role.COLLEAGUE, Role.OFFICER, Role.SENSITIVE_REVIEWER}))
SEEN = Sighting(
    TODAY - timedelta(days=1),
    "9999 aa",
    3,
    place="Voorbeeld",
    observations=("mattresses", "windows_covered"),
    text="Matrassen gezien door het raam.",
)


def _rows(store: Store, table: sa.Table) -> list[dict]:
    with store.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(table.select())]


def test_whoever_is_overtaken_time_and_again_is_told_so_and_one_signal_stands(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screening.casework.tips.tips.secrets.token_hex", lambda size: "a" * 2 * size)
    report_tip(store, COUNTER, SEEN, now=NOW)
    with pytest.raises(TipError, match="limit: busy"):
        report_tip(store, COUNTER, SEEN, now=NOW)
    assert len(own_tips(store, COUNTER, now=NOW)) == 1


def test_a_signal_reaches_the_contact_person_and_its_reporter_sees_what_became_of_it(store: Store) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    (signal,) = inbox(store, CONTACT, now=NOW)
    assert (signal.signal_id, signal.reporter, signal.seen, signal.decision) == (signal_id, "b.balie", SEEN, None)
    assert signal.delete_after == TODAY + timedelta(days=183)
    assert own_tips(store, OFFICER, now=NOW) == []
    assert [own.fate for own in own_tips(store, COUNTER, now=NOW)] == ["received"]


@pytest.mark.parametrize(
    ("decision", "given", "fate"),
    [
        ("for_address", {}, "read"),
        ("kept", {}, "read"),
        ("not_used", {"reason": "known"}, "read"),
        ("not_used", {"reason": "about_person"}, "does_not_fit"),
        ("care", {"phone": "0612345678"}, "passed_on"),
    ],
)
def test_the_sender_hears_one_of_four_things_and_the_next_day_alone(
    sqlite_store: Store, decision: str, given: dict, fate: str
) -> None:
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    decide_tip(sqlite_store, CONTACT, signal_id, decision, now=NOW, **given)
    over = midnight(TODAY + timedelta(days=1))
    for moment, told in ((NOW, "received"), (over - timedelta(minutes=1), "received"), (over, fate)):
        (own,) = own_tips(sqlite_store, COUNTER, now=moment)
        assert own.fate == told
        assert set(vars(own)) == {"received_at", "delete_after", "seen", "fate"}


@pytest.mark.parametrize(
    ("line", "houses"),
    [
        ("Teststraat 3, 9999 AA Voorbeeld", {("9999AA", 3)}),
        ("Teststraat 3a-2, 9999AA Voorbeeld", {("9999AA", 3), ("9999AA", 2)}),
        ("Plein 1940 12, 9999 AA Voorbeeld", {("9999AA", 1940), ("9999AA", 12)}),
        ("Straat, de 3, 9999 AA Voorbeeld", {("9999AA", 3)}),
        ("Laan, 9998 ZZ genoemd 3, 9999 AA Voorbeeld", {("9999AA", 9998), ("9999AA", 3)}),
        ("Teststraat 3, Voorbeeld", set()),
        ("9999010000000003", set()),
        ("", set()),
    ],
)
def test_what_the_address_of_a_register_may_be_called_by(line: str, houses: set) -> None:
    assert houses_in(line) == houses


def test_the_care_coordinator_is_told_that_contact_is_wanted_and_nothing_else(store: Store) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    with pytest.raises(TipError, match="phone"):
        decide_tip(store, CONTACT, signal_id, "care", phone="bel mij", now=NOW)
    assert _rows(store, care_contact) == []
    decide_tip(store, CONTACT, signal_id, "care", phone="06-12 34 56 78", now=NOW)
    (row,) = _rows(store, care_contact)
    assert set(row) == {"id", "asked_at", "phone", "delete_after"}
    assert row["phone"] is None  # it stands apart, and in no hash
    assert [(wish.asked_at, wish.phone) for wish in care_contacts(store, COORDINATOR, now=NOW)] == [(NOW, "0612345678")]
    assert care_contacts(store, CONTACT, now=NOW) == []


def test_contact_that_is_asked_for_twice_at_once_is_one_wish_and_one_decision(store: Store) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    asked = partial(decide_tip, store, CONTACT, signal_id, "care", phone="0612345678", now=NOW)
    with ThreadPoolExecutor() as pool:
        presses = [pool.submit(asked) for _ in range(2)]
    assert [press.exception() for press in presses] == [None, None]
    assert (len(_rows(store, care_contact)), len(_rows(store, signal_decision))) == (1, 1)
    decide_tip(store, CONTACT, signal_id, "care", phone="0687654321", now=NOW)  # the first number was wrong
    assert (len(_rows(store, care_contact)), len(_rows(store, signal_decision))) == (2, 2)


def test_past_its_term_a_signal_is_there_for_nobody_while_it_waits_to_be_erased(store: Store) -> None:
    waiting, called = (report_tip(store, COUNTER, SEEN, now=NOW) for _ in range(2))
    decide_tip(store, CONTACT, called, "care", phone="0612345678", now=NOW)

    def seen(now: datetime) -> list[int]:
        return [
            len(inbox(store, CONTACT, now=now)),
            len(own_tips(store, COUNTER, now=now)),
            len(care_contacts(store, COORDINATOR, now=now)),
        ]

    # midnight of the town hall, which is an hour or two before that of Greenwich
    over = midnight(TODAY + timedelta(days=184))
    assert seen(over - timedelta(minutes=1)) == [2, 2, 1]
    assert seen(over) == [0, 0, 0]
    assert get_tip(store, CONTACT, waiting, now=over - timedelta(minutes=1)).decision is None
    for act in (
        lambda: get_tip(store, CONTACT, waiting, now=over),
        lambda: decide_tip(store, CONTACT, waiting, "kept", now=over),
    ):
        with pytest.raises(NotAllowedError):
            act()


@pytest.mark.parametrize("viewer", [COUNTER, OFFICER], ids=["the reporter", "an officer"])
def test_only_the_contact_person_reads_signals_and_who_sent_them(sqlite_store: Store, viewer: Viewer) -> None:
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    for read in (
        lambda: inbox(sqlite_store, viewer, now=NOW),
        lambda: get_tip(sqlite_store, viewer, signal_id, now=NOW),
        lambda: decide_tip(sqlite_store, viewer, signal_id, "kept", now=NOW),
        lambda: care_contacts(sqlite_store, viewer, now=NOW),
        lambda: get_tip(sqlite_store, CONTACT, "0" * 16, now=NOW),
    ):
        with pytest.raises(NotAllowedError):
            read()


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"seen_on": TODAY + timedelta(days=1)}, "seen_on", "future"),
        ({"seen_on": TODAY - timedelta(days=366)}, "seen_on", "too_old"),
        ({"postcode": "0999 AA"}, "postcode", "form"),
        ({"postcode": "9999"}, "postcode", "form"),
        ({"house_number": 0}, "house_number", "form"),
        ({"addition": "hoog hoog"}, "addition", "form"),
        ({"addition": "Fatima"}, "addition", "form"),
        ({"addition": "Sarah"}, "addition", "form"),
        ({"place": "Voorbeeld 12"}, "place", "form"),
        ({"observations": ()}, "observations", "none"),
        ({"observations": ("looks_foreign",)}, "observations", "none"),
        ({"text": "Meneer Jansen deed open."}, "text", "name"),
        ({"text": "x" * 301}, "text", "length"),
    ],
)
def test_what_does_not_pass_the_checks_is_stored_nowhere(
    sqlite_store: Store, changes: dict, field: str, code: str
) -> None:
    with pytest.raises(TipError) as refused:
        report_tip(sqlite_store, COUNTER, replace(SEEN, **changes), now=NOW)
    assert code in refused.value.fields[field]
    assert not any(str(value) in str(refused.value) for value in changes.values() if value)
    assert _rows(sqlite_store, colleague_signal) == []


def test_a_sighting_of_today_and_of_a_year_ago_can_be_sent() -> None:
    for days in (0, 365):
        assert sighting_faults(replace(SEEN, seen_on=TODAY - timedelta(days=days)), day=TODAY) == {}


def test_today_is_a_day_of_the_town_hall(sqlite_store: Store) -> None:
    midnight = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)  # 4 November there
    report_tip(sqlite_store, COUNTER, replace(SEEN, seen_on=date(2026, 11, 4)), now=midnight)
    assert _rows(sqlite_store, colleague_signal)[0]["received_on"] == date(2026, 11, 4)


def test_an_account_sends_no_more_than_its_number_in_a_day(store: Store) -> None:
    policy = TipPolicy(per_day=2)
    for _ in range(2):
        report_tip(store, COUNTER, SEEN, now=NOW, policy=policy)
    with pytest.raises(TipError, match="limit: reached"):
        report_tip(store, COUNTER, SEEN, now=NOW + timedelta(hours=1), policy=policy)
    report_tip(store, CONTACT, SEEN, now=NOW, policy=policy)
    report_tip(store, COUNTER, SEEN, now=NOW + timedelta(days=1), policy=policy)
    assert len(_rows(store, colleague_signal)) == 4


def test_the_number_holds_when_signals_are_sent_at_once(store: Store, url: str) -> None:
    policy, refused = TipPolicy(per_day=3), []

    def send() -> None:
        with open_store(url) as own:
            try:
                report_tip(own, COUNTER, SEEN, now=NOW, policy=policy)
            except TipError as error:
                refused.append(error)

    threads = [Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_rows(store, colleague_signal)) == 3
    assert len(refused) == 3


def test_signals_and_decisions_are_never_changed(store: Store) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    decide_tip(store, CONTACT, signal_id, "care", phone="0612345678", now=NOW)
    for table, column, value in (
        (colleague_signal, "text", "iets anders"),
        (signal_decision, "decided_by", "x"),
        (care_contact, "phone", "1"),
        (care_number, "phone", "1"),
    ):
        with pytest.raises(sa.exc.DBAPIError), store.engine.begin() as connection:
            connection.execute(table.update().values({column: value}))


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "joins_dossier", "address_id": None},
        {"decision": "kept", "address_id": "9999010000000003"},
        {"decision": "not_used", "reason": None},
        {"decision": "indicator"},
        {"decided_by": ""},
        {"signal_id": "f" * 16},
    ],
)
def test_the_database_itself_refuses_a_decision_that_cannot_be(store: Store, change: dict) -> None:
    signal_id = report_tip(store, COUNTER, SEEN, now=NOW)
    row = {"signal_id": signal_id, "decision": "kept", "decided_by": "c.contact", "decided_at": NOW} | change
    with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
        connection.execute(signal_decision.insert(), row)


def test_a_decision_says_what_it_needs(sqlite_store: Store) -> None:
    signal_id = report_tip(sqlite_store, COUNTER, SEEN, now=NOW)
    for decision, given, field in (
        ("indicator", {}, "decision"),
        ("joins_dossier", {}, "decision"),
        ("not_used", {"reason": "because"}, "reason"),
        ("care", {"phone": ""}, "phone"),
    ):
        with pytest.raises(TipError) as refused:
            decide_tip(sqlite_store, CONTACT, signal_id, decision, now=NOW, **given)
        assert list(refused.value.fields) == [field]


def test_every_observation_and_reason_is_told_in_both_languages() -> None:
    for listed in (OBSERVATIONS, WORKS, EXAMPLES, REASONS):
        for dutch, english in listed.values():
            assert dutch.strip()
            assert english.strip()
            assert dutch != english


#: What tips of before hold: these codes keep their meaning.
STORED = [
    "short_visits",
    "visits_at_night",
    "transport",
    "windows_covered",
    "much_waste",
    "bell_differs",
    "entrance_guarded",
    "in_use_while_closed",
    "mattresses",
    "many_beds",
    "locked_rooms",
    "fire_risk",
    "other_activity",
    "no_customers",
    "cash_only",
    "holder_absent",
]


def test_every_work_has_what_one_sees_there_and_no_old_tip_loses_its_words() -> None:
    listed = [code for codes in OBSERVATIONS_OF_WORK.values() for code in codes]
    assert sorted(listed) == sorted(OBSERVATIONS)
    assert list(OBSERVATIONS_OF_WORK) == list(WORKS) == list(EXAMPLES)
    assert min(len(codes) for codes in OBSERVATIONS_OF_WORK.values()) >= 4
    assert set(STORED) <= set(OBSERVATIONS)
    assert OBSERVATIONS["much_waste"][0] == "Veel meer huisvuil of wasgoed dan bij dit pand past"


def test_no_observation_or_example_says_what_the_check_refuses() -> None:
    told = [dutch for table in (OBSERVATIONS, EXAMPLES) for dutch, _ in table.values()]
    assert [dutch for dutch in told if text_problems(dutch)] == []


def test_nothing_that_evaluates_rules_knows_the_signals() -> None:
    """A signal is never an indicator: no module of rules or of a run names its tables or its modules."""
    root = Path(__file__).parents[3]
    names = {
        "colleagues",
        "colleague_signal",
        "signal_decision",
        "tip_forwarded",
        "tip_text_removed",
        "sightings",
        "address_tips",
        "dossier_tips",
        "demo_town_hall",
    }
    # a made-up municipality gets tips as its people would send them, before its pages are served
    makes_up = {root / "flows" / "review" / name for name in ("demo_town_hall.py", "serve.py")}
    files = [*(root / "indicators").rglob("*.py"), *(root / "flows").rglob("*.py")]
    files += [
        file
        for floor in ("rules", "matching", "sources", "contracts", "store/runs", "store/rules")
        for file in (root / "screening" / floor).rglob("*.py")
    ]
    files.append(root / "screening" / "store" / "bundle.py")
    files = [
        file for file in files if "retention" not in file.name and "subject" not in file.name and file not in makes_up
    ]  # these erase and tell
    assert len(files) > 80
    assert {file.name for file in files if _words_of(file) & names} == set()
    planted = "from screening.casework.tips.address_tips import dossier_tips"
    assert _words(ast.parse(planted)) & names  # the scan bites


def _words_of(file: Path) -> set[str]:
    return _words(ast.parse(file.read_text(encoding="utf-8")))


def _words(tree: ast.AST) -> set[str]:
    """Every name, module part and word of a text (SQL) in a module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= set((node.module or "").split("."))
        if isinstance(node, ast.alias):
            found |= set(node.name.split("."))
        if isinstance(node, ast.Name):
            found.add(node.id)
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(node.value.replace(",", " ").replace("(", " ").split())
    return found
