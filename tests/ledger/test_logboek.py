"""The Logboek has one line a data subject and action, each acknowledged, none skipped, without an account (G4)."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.base.errors import LedgerError
from screening.base.vocabulary import LedgerAction
from screening.ledger import Ledger, Logboek, Status, Subject, SubjectKind, open_ledger, verify_ledger
from screening.ledger.schema import WRITER_ROLE, processing_block, processing_line
from tests.ledger.entries import NOW, entry

ACTIVITY = "urn:barrier-screening:verwerking:P-WON"
END = NOW + timedelta(milliseconds=40)


def person(number: int) -> Subject:
    return Subject(SubjectKind.PARTY, f"P-{number:016x}")


def log(ledger: Ledger, *subjects: Subject, **changes: object):
    given = {"name": LedgerAction.READ_DOSSIER, "start": NOW, "end": END}
    return ledger.logboek.log_processing(changes.pop("activity", ACTIVITY), subjects, **(given | changes))


def test_a_line_has_the_fields_of_the_standard_and_no_others(ledger: Ledger) -> None:
    done = log(ledger, person(1))
    (line,) = ledger.logboek.lines()
    assert set(line) == {
        "trace_id",
        "span_id",
        "status_code",
        "name",
        "start_time",
        "end_time",
        "resource",
        "attributes",
    }
    assert re.fullmatch("[0-9a-f]{32}", line["trace_id"])
    assert re.fullmatch("[0-9a-f]{16}", line["span_id"])
    assert (line["trace_id"], line["span_id"], done.root) == (done.trace_id, *done.spans, done.spans[0])
    assert (line["name"], line["status_code"]) == ("read_dossier", Status.UNSET)
    assert (line["start_time"], line["end_time"]) == ("2026-11-02T09:00:00.000Z", "2026-11-02T09:00:00.040Z")
    assert set(line["attributes"]) == {
        "dpl.core.processing_activity_id",
        "dpl.core.data_subject_id",
        "dpl.core.data_subject_id_type",
    }
    assert line["attributes"]["dpl.core.processing_activity_id"] == ACTIVITY
    assert line["attributes"]["dpl.core.data_subject_id_type"] == "urn:barrier-screening:party"
    assert line["resource"]["attributes"]["name"] == "barrier-screening"


def test_several_subjects_have_a_line_each_under_the_action_as_a_whole(ledger: Ledger) -> None:
    people = [person(number) for number in range(4)]
    done = log(ledger, *people, people[0])  # somebody who is named twice is one data subject
    lines = {line["span_id"]: line for line in ledger.logboek.lines()}
    assert set(lines) == set(done.spans)
    root = lines.pop(done.root)
    assert "parent_span_id" not in root
    assert set(root["attributes"]) == {"dpl.core.processing_activity_id"}
    assert {line["parent_span_id"] for line in lines.values()} == {done.root}
    assert {line["trace_id"] for line in lines.values()} == {done.trace_id}
    assert sorted(ledger.logboek.subject_of(line).id for line in lines.values()) == sorted(one.id for one in people)


def test_an_action_within_an_action_hangs_under_it(ledger: Ledger) -> None:
    whole = log(ledger)
    part = log(ledger, person(1), person(2), trace_id=whole.trace_id, parent_span_id=whole.root)
    assert (part.trace_id, part.root) == (whole.trace_id, whole.root)
    lines = list(ledger.logboek.lines())
    assert len(lines) == 3
    assert sum(line.get("parent_span_id") == whole.root for line in lines) == 2


def processings(ledger: Ledger, count: int) -> None:
    """As many processings as lines, each found back for its own person."""
    for number in range(count):
        assert len(log(ledger, person(number % 97)).spans) == 1
    lines = list(ledger.logboek.lines())
    assert len(lines) == count
    assert len({line["span_id"] for line in lines}) == count
    assert sum(len(ledger.logboek.of_subject(person(number))) for number in range(97)) == count


def test_as_many_lines_as_processings(ledger: Ledger) -> None:
    processings(ledger, 500)


@pytest.mark.goal("G4", reached="10,000 lines for 10,000 processings")
@pytest.mark.long
def test_ten_thousand_lines_for_ten_thousand_processings(ledger: Ledger) -> None:
    processings(ledger, 10_000)


def test_no_line_shows_the_subject_or_an_account(ledger: Ledger) -> None:
    log(ledger, person(7), Subject(SubjectKind.ADDRESS, "9999010000000001"))
    with ledger.engine.connect() as connection:
        stored = json.dumps([list(row) for row in connection.execute(processing_line.select())])
    assert person(7).id not in stored
    assert "9999010000000001" not in stored
    assert not {"actor", "account", "user", "origin"} & {column.name for column in processing_line.columns}


def test_the_same_id_of_another_kind_is_somebody_else(ledger: Ledger) -> None:
    log(ledger, Subject(SubjectKind.PARTY, "9999010000000001"))
    assert ledger.logboek.of_subject(Subject(SubjectKind.ADDRESS, "9999010000000001")) == []
    assert len(ledger.logboek.of_subject(Subject(SubjectKind.PARTY, "9999010000000001"))) == 1


def test_another_key_reads_nothing(ledger: Ledger) -> None:
    log(ledger, person(1))
    other = Logboek(ledger.engine, bytes(64))
    assert other.of_subject(person(1)) == []
    with pytest.raises(LedgerError, match="this key"):
        other.subject_of(next(iter(other.lines())))


def test_the_key_stays_outside_the_database_and_the_lines_stay_readable(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        log(ledger, person(1))
    key = (tmp_path / "keys" / "logboek.key").read_bytes()
    assert key not in b"".join(one.read_bytes() for one in tmp_path.glob("ledger.sqlite*"))
    with open_ledger(tmp_path) as again:
        assert len(again.logboek.of_subject(person(1))) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"activity": "onderzoek naar Jan de Vries"},
        {"activity": "https://register.nl/?naam=jan"},
        {"activity": "javascript:alert(1)"},
        {"start": END, "end": NOW},
        {"start": datetime(2026, 11, 2, 9, 0)},  # noqa: DTZ001
        {"trace_id": "0" * 32},
        {"trace_id": "x"},
        {"parent_span_id": "0123"},
    ],
)
def test_what_is_no_line_is_refused_and_nothing_is_stored(sqlite_ledger: Ledger, changes: dict) -> None:
    with pytest.raises(LedgerError):
        log(sqlite_ledger, person(1), **changes)
    assert list(sqlite_ledger.logboek.lines()) == []


def test_a_name_of_an_action_is_a_word_of_the_vocabulary(sqlite_ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="action of the ledger"):
        log(sqlite_ledger, person(1), name="free text")


def test_lines_past_their_term_go_and_no_others(ledger: Ledger) -> None:
    for day in range(4):
        log(ledger, person(day), start=NOW + timedelta(days=day), end=END + timedelta(days=day))
    if ledger.engine.dialect.name == "postgresql":  # the role that writes may not
        with ledger.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT current_user")) == WRITER_ROLE
            with pytest.raises(sa.exc.DBAPIError, match="denied"):
                connection.execute(processing_line.delete())
    assert ledger.logboek.erase_before(NOW + timedelta(days=2)) == 2
    assert [ledger.logboek.subject_of(line) for line in ledger.logboek.lines()] == [person(2), person(3)]
    assert ledger.logboek.erase_before(NOW) == 0
    assert verify_ledger(ledger, [], []).is_whole
    log(ledger, person(9))  # and the next one writes again


def test_lines_of_a_period(ledger: Ledger) -> None:
    for day in range(4):
        log(ledger, start=NOW + timedelta(days=day), end=END + timedelta(days=day))
    found = ledger.logboek.lines(since=NOW + timedelta(days=1), until=NOW + timedelta(days=3))
    assert [line["start_time"][:10] for line in found] == ["2026-11-03", "2026-11-04"]


@pytest.mark.parametrize(("name", "version"), [("", "1"), ("barrier", "1; Jan"), ("https://x", "1")])
def test_the_resource_is_a_programme_and_its_version(sqlite_ledger: Ledger, name: str, version: str) -> None:
    with pytest.raises(LedgerError, match="name and version of this programme"):
        Logboek(sqlite_ledger.engine, bytes(64), name=name, version=version)


def test_a_programme_that_is_not_installed_has_version_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.ledger.open._PACKAGE", "no-such-package")
    with open_ledger(tmp_path) as ledger:
        log(ledger, person(1))
        (line,) = ledger.logboek.lines()
    assert line["resource"]["attributes"]["version"] == "0"


def test_an_entry_of_the_ledger_has_its_lines_without_who_did_it(sqlite_ledger: Ledger) -> None:
    logboek = sqlite_ledger.logboek
    logboek.log_entry(entry(0), [person(1), person(1)])
    (line,) = logboek.lines()
    assert (logboek.subject_of(line), line["name"], line["status_code"]) == (person(1), "read_dossier", Status.UNSET)
    assert entry(0).actor not in json.dumps(line)


def test_an_action_that_failed_is_an_error_and_a_reading_that_was_refused_is_none(sqlite_ledger: Ledger) -> None:
    logboek = sqlite_ledger.logboek
    assert logboek.log_entry(entry(0, result="refused"), [person(1)]) is None
    assert logboek.log_entry(entry(0), []) is None, "about nobody"
    assert logboek.log_entry(entry(0, action=LedgerAction.SIGN_IN, object="account:j.jansen"), [person(1)]) is None
    assert list(logboek.lines()) == []
    logboek.log_entry(entry(2, result="refused"), [person(1), person(2)], end=NOW)
    lines = list(logboek.lines())
    assert {line["status_code"] for line in lines} == {Status.ERROR}
    assert {logboek.subject_of(line) for line in lines} == {None, person(1), person(2)}, "one above, about nobody"


def log_many(ledger: Ledger, people: list[Subject], number: int = 0) -> int:
    ids = {kind: [subject.id for subject in people if subject.kind is kind] for kind in SubjectKind}
    return ledger.logboek.log_entry_of_many(entry(number), ids, end=NOW)


MANY = [*(person(number) for number in range(700)), Subject(SubjectKind.ADDRESS, "9999010000000001")]


def test_very_many_have_a_line_each_as_if_each_were_written_alone(ledger: Ledger) -> None:
    alone = ledger.logboek.log_entry(entry(0), MANY[:2])
    assert log_many(ledger, [*MANY, MANY[0]]) == len(MANY) + 1
    lines = [line for line in ledger.logboek.lines() if line["trace_id"] != alone.trace_id]
    (root,) = [line for line in lines if "parent_span_id" not in line]
    under = [line for line in lines if line is not root]
    assert {line["parent_span_id"] for line in under} == {root["span_id"]}
    assert len({line["span_id"] for line in lines}) == len(lines)
    assert {ledger.logboek.subject_of(line) for line in under} == set(MANY)
    assert ledger.logboek.subject_of(root) is None
    of_first = ledger.logboek.of_subject(MANY[0])
    assert [line["trace_id"] == root["trace_id"] for line in of_first].count(True) == 1
    assert len(of_first) == 2
    assert of_first[0]["attributes"] == of_first[1]["attributes"]
    assert ledger.logboek.of_subject(MANY[-1])[0] in under
    assert ledger.logboek.of_subject(Subject(SubjectKind.ADDRESS, MANY[0].id)) == []
    with ledger.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(processing_block)) <= 257


def test_an_action_about_nobody_has_no_blocks(sqlite_ledger: Ledger) -> None:
    assert log_many(sqlite_ledger, []) == 1
    for wrong in (entry(0, action=LedgerAction.SIGN_IN, object="account:j.jansen"), entry(0, result="refused")):
        with pytest.raises(LedgerError, match="about nobody"):
            sqlite_ledger.logboek.log_entry_of_many(wrong, {}, end=NOW)
    with pytest.raises(LedgerError, match="no name") as refused:
        sqlite_ledger.logboek.log_entry_of_many(entry(0), {SubjectKind.PARTY: ["P-1", "Jan de Vries"]}, end=NOW)
    assert "Vries" not in str(refused.value)
    assert len(list(sqlite_ledger.logboek.lines())) == 1


def test_blocks_are_read_with_their_key_alone(sqlite_ledger: Ledger) -> None:
    log_many(sqlite_ledger, MANY)
    with pytest.raises(LedgerError, match="this key"):
        list(Logboek(sqlite_ledger.engine, bytes(64)).lines())


def test_blocks_past_their_term_go_with_the_line_above_them(ledger: Ledger) -> None:
    log_many(ledger, MANY)
    log(ledger, person(1), start=NOW + timedelta(days=3), end=NOW + timedelta(days=3))
    moment = NOW + timedelta(days=2)
    assert ledger.logboek.count_before(moment) == ledger.logboek.erase_before(moment) == len(MANY) + 1
    assert len(list(ledger.logboek.lines())) == 1
    with ledger.engine.connect() as connection:
        assert connection.execute(processing_block.select()).first() is None
    assert ledger.logboek.count_before(moment) == ledger.logboek.erase_before(moment) == 0
