"""Officers at work on cases of the town: finding one of each kind, and walking it up to a judgement."""

from __future__ import annotations

import html
import re

import sqlalchemy as sa

from screening.base.vocabulary import Purpose, Role
from screening.casework.viewer import Viewer
from screening.store.schema.cases import review_case
from screening.store.schema.runs import FLAGGED
from tests.casework.caseload import given, is_elsewhere
from tests.review.conftest import Client, Review

READING = "De vergunning en het handelsregister zeggen iets anders over dit adres."
WHY = "De onderneming bestaat niet meer en niemand heeft een nieuwe vergunning gevraagd voor dit pand."


def cases(review: Review, *, arm: str = FLAGGED, sensitive: bool = False) -> list[str]:
    """Ids of the open cases of an arm, which only the database tells."""
    query = (
        sa.select(review_case.c.case_id)
        .where(review_case.c.arm == arm, review_case.c.sensitive == sensitive, review_case.c.concluded_on.is_(None))
        .order_by(review_case.c.address_id)
    )
    with review.store.engine.connect() as connection:
        return list(connection.scalars(query))


def case_at(review: Review, address: str) -> str:
    """The case of an address that begins so."""
    query = sa.select(review_case.c.case_id).where(review_case.c.address.startswith(address))
    with review.store.engine.connect() as connection:
        return connection.scalars(query).one()


def version(review: Review, case_id: str) -> int:
    """The version of a case now."""
    with review.store.engine.connect() as connection:
        return connection.scalar(sa.select(review_case.c.version).where(review_case.c.case_id == case_id))


def is_locked(review: Review, case_id: str) -> bool:
    """Whether somebody has a case open now."""
    with review.store.engine.connect() as connection:
        until = connection.scalar(sa.select(review_case.c.locked_until).where(review_case.c.case_id == case_id))
    return until is not None and until > review.clock.now


def with_every_case(review: Review, *roles: Role) -> Client:
    """An officer in whose name every case is."""
    client = review.client(*roles)
    with review.store.engine.begin() as connection:
        connection.execute(review_case.update().values(assignee=client.account))
    return client


def open_dossier(client: Client, case_id: str):
    """Open a dossier with a purpose; one that waits for its second reading is given to its reader first."""
    viewer = Viewer(client.account, frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER}))
    if is_elsewhere(client.review.store, viewer, case_id) and not is_locked(client.review, case_id):
        given(client.review.store, viewer, case_id)
    client.state_purpose(case_id, Purpose.VERG)
    return client.get(f"/zaken/{case_id}")


def shown(client: Client, case_id: str):
    """The dossier as it is now."""
    page = client.get(f"/zaken/{case_id}")
    assert page.status_code == 200, words(page.text)
    return page


def read(client: Client, case_id: str, *, reading: str = "afwijking", text: str = READING):
    """Open a dossier and give an own reading."""
    open_dossier(client, case_id)
    given = client.send_form(
        f"/zaken/{case_id}/lezing",
        {"versie": version(client.review, case_id), "lezing": reading, "tekst": text, "bedoeld": "ja"},
    )
    assert given.status_code == 303, given.text
    return shown(client, case_id)


def open_all(client: Client, case_id: str):
    """Open every piece of evidence."""
    page = client.get(f"/zaken/{case_id}")
    for action in re.findall(rf'action="(/zaken/{case_id}/aandachtspunt/\d+)"', page.text):
        assert client.send_form(action).status_code == 303
    return shown(client, case_id)


def ready(client: Client, case_id: str):
    """Everything that comes before a judgement."""
    read(client, case_id)
    return open_all(client, case_id)


def judge(client: Client, case_id: str, outcome: str = "bevestigd_afwijking", why: str = WHY, **fields: object):
    """Send the form of the judgement."""
    sent = {"versie": version(client.review, case_id), "oordeel": outcome, "motivering": why, **fields}
    return client.send_form(f"/zaken/{case_id}/oordeel", sent)


def words(page: str) -> str:
    """The text of a page as it is read: no markup, single spaces."""
    main = page.partition("<main")[2].partition("</main>")[0] if "<main" in page else page
    main = main.partition(">")[2] if "<main" in page else main
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def case_with_links(review: Review) -> str:
    """An open case with a hit that rests on a link which is not exact."""
    from screening.store.schema.runs import dossier_link, evidence

    with review.store.engine.connect() as connection:
        alike = set(connection.scalars(sa.select(dossier_link.c.link_id).where(dossier_link.c.level != "exact")))
        for case_id in cases(review):
            case = connection.execute(review_case.select().where(review_case.c.case_id == case_id)).one()
            hits = connection.execute(
                evidence.select().where(evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id)
            )
            if any(set(hit.links) & alike for hit in hits):
                return case_id
    raise LookupError("the town has no such case")
