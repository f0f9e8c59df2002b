"""What colleagues or rules said of a case or its address is hidden until one's own judgement: item by item.

The reader who is first and the one who is second see the same; page, board and PDF alike.
"""

from __future__ import annotations

import html
from datetime import timedelta
from pathlib import Path

import pytest

from screening.store.schema.cases import review_case
from screening.store.schema.tips import colleague_signal
from screening.vocabulary import Purpose, Role
from tests.review.conftest import Client, Review
from tests.review.pages.officers import WHY, cases, judge, open_all, open_dossier, read, words
from tests.review.pages.test_printing import pdf_words

OTHER = "Het register loopt achter: de brief van vorige week noemt een andere datum dan hier staat."
COLLEAGUES_READING = "Hier wisselt de houder te vaak van naam."
TIP = "Het licht brandde de hele nacht."


@pytest.fixture
def told_of(review: Review) -> str:
    """A case of whose address colleagues said everything that they can."""
    case_id = cases(review)[0]
    _tip(review, case_id)
    return case_id


def _row(review: Review, case_id: str) -> dict[str, object]:
    with review.store.engine.connect() as connection:
        return dict(connection.execute(review_case.select().where(review_case.c.case_id == case_id)).one()._mapping)


def _tip(review: Review, case_id: str) -> None:
    colleague, contact = review.client(), review.client(Role.CONTACT_PERSON)
    postcode = _row(review, case_id)["address"].partition(", ")[2][:7]
    number = _row(review, case_id)["address"].partition(",")[0].split()[-1]
    day = (review.clock.now - timedelta(days=1)).date().isoformat()
    form = {
        "geen_gevaar": "ja", "waarnemingen": ["mattresses"], "datum": day, "postcode": postcode, "huisnummer": number,
        "tekst": TIP,
    }  # fmt: skip
    sent = colleague.send_form("/meldingen/nieuw", form)
    assert sent.status_code == 303, words(sent.text)
    with review.store.engine.connect() as connection:
        signal_id = connection.execute(colleague_signal.select()).one().signal_id
    contact.state_purpose(None, Purpose.OO)
    address = _row(review, case_id)["address_id"]
    kept = contact.send_form(f"/meldingen/postbak/{signal_id}", {"besluit": "joins_dossier", "adres": address})
    assert kept.status_code == 303, words(kept.text)


#: Item -> a text that tells it.
ITEMS = {
    "own reading of a colleague": COLLEAGUES_READING,
    "judgement of a colleague": WHY,
    "tip": TIP,
    "history and assignment": "Verloop van deze zaak",
}


def shown(client: Client, case_id: str, folder: Path) -> str:
    """The page of a case, the board, and the text of the PDF where there is one."""
    page = html.unescape(client.get(f"/zaken/{case_id}").text)
    form = page.partition('action="/zaken/' + case_id + '/oordeel"')  # the form names every outcome
    page = form[0] + form[2].partition("</form>")[2] if form[1] else page
    answer = client.get(f"/zaken/{case_id}/afdruk")
    printed = pdf_words(answer.content, folder) if answer.status_code == 200 else ""
    return page + html.unescape(client.get("/zaken").text) + printed


def told(text: str) -> set[str]:
    return {name for name, secret in ITEMS.items() if secret in text}


def test_the_first_reader_sees_no_item_before_the_own_judgement(review: Review, told_of: str, tmp_path: Path) -> None:
    client = review.client(Role.OFFICER)
    for act in (open_dossier, read, open_all):
        act(client, told_of)
        assert told(shown(client, told_of, tmp_path)) == set()
    assert judge(client, told_of).status_code == 303
    assert told(shown(client, told_of, tmp_path)) == set(ITEMS) - {"own reading of a colleague"}


def test_the_second_reader_sees_no_item_before_the_own_judgement(review: Review, told_of: str, tmp_path: Path) -> None:
    first, second = review.client(Role.OFFICER), review.client(Role.OFFICER)
    read(first, told_of, text=COLLEAGUES_READING)
    open_all(first, told_of)
    assert judge(first, told_of).status_code == 303
    for act in (open_dossier, read, open_all):
        act(second, told_of)
        page = shown(second, told_of, tmp_path)
        assert told(page) == set()
        assert first.account not in page
        assert "wacht op een collega" not in page.lower()
    assert judge(second, told_of, "data_fout", OTHER).status_code == 303
    assert told(shown(second, told_of, tmp_path)) == set(ITEMS)


def test_who_did_not_judge_a_closed_case_sees_no_item(review: Review, told_of: str, tmp_path: Path) -> None:
    first, other = review.client(Role.OFFICER), review.client(Role.OFFICER)
    read(first, told_of, text=COLLEAGUES_READING)
    open_all(first, told_of)
    assert judge(first, told_of, "data_fout").status_code == 303
    open_dossier(other, told_of)
    assert told(shown(other, told_of, tmp_path)) == set()
    of_judge, of_other = (words(client.get(f"/zaken/{told_of}/vervolg").text).lower() for client in (first, other))
    said_there = ("eigen lezing (", "oordeel (", "melding van een collega", TIP.lower())
    assert [text in of_judge for text in said_there] == [True] * 4
    assert [text in of_other for text in said_there] == [False] * 4
    assert "zaak geopend" in of_other, "what was done stays"
