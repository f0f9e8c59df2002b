"""What is read and done in the review leaves a line of the Logboek Dataverwerkingen for each data subject."""

from __future__ import annotations

import sqlalchemy as sa

from screening.base.vocabulary import LedgerAction, Role
from screening.casework import data_subjects
from screening.casework.tips.tips import inbox
from screening.ledger import ACTIVITIES, SubjectKind
from screening.store.schema.cases import review_case
from screening.store.schema.runs import network_tie
from tests.review.conftest import Review
from tests.review.pages.officers import case_with_links, open_dossier, with_every_case
from tests.review.pages.test_signals import CONTACT, FORM

OFFICER = Role.OFFICER


def lines_of(review: Review, action: LedgerAction) -> list[dict]:
    return [line for line in review.ledger.logboek.lines() if line["name"] == action]


def test_a_dossier_that_is_opened_leaves_a_line_for_each_address_and_person_in_it(review: Review) -> None:
    case_id = case_with_links(review)
    query = sa.select(review_case.c.run_id, review_case.c.address_id).where(review_case.c.case_id == case_id)
    with review.store.engine.connect() as connection:
        run_id, address_id = connection.execute(query).one()
    dossier = review.store.dossier(run_id, address_id)
    elsewhere = review.store.rows(network_tie, run_id, network_tie.c.address_id == address_id)
    assert elsewhere.height, "a case that leads nowhere shows nothing here"
    people = {
        row["party_id"]
        for part in (dossier.parties, dossier.cited_parties)
        for row in part.to_dicts()
        if row["kind"] == "person"
    }
    assert people, "a case without anyone in it shows nothing here"
    client = review.client(OFFICER, Role.SENSITIVE_REVIEWER)
    answer = open_dossier(client, case_id)
    assert answer.status_code == 200
    assert all(place.split(",")[0] in answer.text for place in elsewhere["place"])
    lines = lines_of(review, LedgerAction.READ_DOSSIER)
    about = {(one.kind, one.id) for one in map(review.ledger.logboek.subject_of, lines) if one}
    addresses = {address_id, *elsewhere["place_id"]}
    assert about == {*((SubjectKind.ADDRESS, one) for one in addresses), *((SubjectKind.PARTY, one) for one in people)}
    assert len(lines) == len(about) + 1  # and the act as a whole, under which they hang
    [activity] = {line["attributes"]["dpl.core.processing_activity_id"] for line in lines}
    assert LedgerAction.READ_DOSSIER in ACTIVITIES[activity]
    assert client.account not in str(lines)


def test_a_dossier_that_is_refused_leaves_none(review: Review) -> None:
    client = review.client(Role.ANALYST)
    client.state_purpose(case_with_links(review))
    assert client.get(f"/zaken/{case_with_links(review)}").status_code == 403
    assert lines_of(review, LedgerAction.READ_DOSSIER) == []
    assert review.ledger.entries(action=LedgerAction.READ_DOSSIER)  # the ledger has the try


def test_the_queue_leaves_a_line_for_each_address_that_it_shows(review: Review) -> None:
    page = with_every_case(review, OFFICER).get("/zaken").text
    lines = lines_of(review, LedgerAction.READ_QUEUE)
    shown = [one.id for one in map(review.ledger.logboek.subject_of, lines) if one]
    with review.store.engine.connect() as connection:
        rows = dict(connection.execute(sa.select(review_case.c.address_id, review_case.c.case_id)).all())
    assert shown
    assert {rows[one] for one in shown} == {case_id for case_id in rows.values() if f"/zaken/{case_id}" in page}


def test_a_logboek_that_cannot_be_written_stops_reading(review: Review) -> None:
    client, case_id = review.client(OFFICER, Role.SENSITIVE_REVIEWER), case_with_links(review)
    with review.ledger.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON processing_line BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    answer = open_dossier(client, case_id)
    assert answer.status_code == 503
    assert "Uw eigen lezing" not in answer.text


def test_the_next_case_is_taken_only_when_the_ledger_has_it(review: Review) -> None:
    client = review.client(OFFICER)
    with review.ledger.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON processing_line WHEN NEW.name = 'assign' "
            "BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    assert client.send_form("/zaken/volgende").status_code == 503
    with review.store.engine.connect() as connection:
        taken = sa.select(review_case.c.case_id).where(
            sa.or_(review_case.c.assignee.is_not(None), review_case.c.locked_until.is_not(None))
        )
        assert connection.execute(taken).all() == []
    with review.ledger.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    assert client.send_form("/zaken/volgende").status_code == 303


def test_a_signal_of_a_colleague_leaves_a_line_for_its_house_by_whoever_writes_reads_or_decides(
    bare_review: Review,
) -> None:
    review = bare_review
    reporter, contact = review.client(account="b.balie"), review.client(Role.CONTACT_PERSON)

    def lines(action: LedgerAction) -> list[tuple[str, str]]:
        found = map(review.ledger.logboek.subject_of, lines_of(review, action))
        return [(str(one.kind), one.id) for one in found if one]

    assert reporter.send_form("/meldingen/nieuw", FORM).status_code == 303
    house = (str(SubjectKind.HOUSE), "9999AA:3")
    assert lines(LedgerAction.SIGNAL) == [house]
    assert lines(LedgerAction.READ_SIGNAL) == []
    (signal,) = inbox(review.store, CONTACT, now=review.clock.now)
    path = f"/meldingen/postbak/{signal.signal_id}"
    readings = (reporter, "/meldingen"), (contact, "/meldingen/postbak"), (contact, path)
    for count, (client, page) in enumerate(readings, 1):
        assert client.get(page).status_code == 200
        assert lines(LedgerAction.READ_SIGNAL) == [house] * count
    assert contact.send_form(path, {"besluit": "kept"}).status_code == 303
    assert lines(LedgerAction.SIGNAL) == [house] * 2
    assert "b.balie" not in str(list(review.ledger.logboek.lines()))


def test_whom_a_case_or_a_link_is_about_is_nobody_where_there_is_none(review: Review) -> None:
    assert data_subjects.of_case(review.store, "0" * 16) == []
    assert data_subjects.of_link(review.store, "L-" + "0" * 20) == []
