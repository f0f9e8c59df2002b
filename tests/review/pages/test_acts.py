"""After the judgement, through the pages: two officers confirm a case and follow it to its end."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.acts.case_system import CaseSystem
from screening.casework.acts.hand_over import hand_overs_of
from screening.casework.figures.pooled_months import pooled_cells
from screening.partners.desk.agreements import agreements
from screening.partners.desk.preparable import signal_source_of_case
from screening.partners.desk.signal_versions import signals
from screening.partners.signal.canonical import canonical
from screening.review.views.signal_draft import fitting_themes
from screening.rights.objections import decide_request, register_request
from screening.store.schema.cases import review_case
from screening.store.schema.runs import flag, indicator_declaration
from tests.casework.acts.test_hand_over import SCHEMA
from tests.partners.desk.disclosed import policy, recipient
from tests.review.conftest import Client, Review, copy_workspace, review_on
from tests.review.pages import officers
from tests.review.pages.test_partner_signals import EVERYONE, filled
from tests.review.pages.test_printing import pdf_words

SYSTEM = CaseSystem("002564440", "002564440", "https://zaken.example/catalogi/api/v1/zaaktypen/1")
OTHER = "Het register loopt achter: de brief van vorige week noemt een andere datum dan hier staat."


@pytest.fixture
def review(town_workspace, tmp_path):
    """The application of a municipality with a case system."""
    with review_on(copy_workspace(town_workspace, tmp_path / "review"), case_system=SYSTEM) as made:
        yield made


def confirmed(review: Review, case_id: str | None = None) -> tuple[Client, Client, str]:
    """Anna and Bram, and a case that they confirmed."""
    anna, bram = (review.client(Role.OFFICER, account=name) for name in ("anna", "bram"))
    case_id = case_id or officers.cases(review)[0]
    for client, why in ((anna, officers.WHY), (bram, OTHER)):
        officers.ready(client, case_id)
        assert officers.judge(client, case_id, why=why, bedoeld="ja").status_code == 303
    return anna, bram, case_id


def do(client: Client, case_id: str, kind: str, **fields: object):
    """Record an act."""
    return client.send_form(f"/zaken/{case_id}/vervolg", {"soort": kind, **fields})


def page(client: Client, case_id: str) -> str:
    """The words of the page after the judgement."""
    return officers.words(client.get(f"/zaken/{case_id}/vervolg").text)


def test_a_confirmed_case_is_followed_to_its_end(review: Review) -> None:
    anna, bram, case_id = confirmed(review)
    tomorrow = (review.clock.now + timedelta(days=1)).date().isoformat()
    assert "Bevestigd" in officers.words(officers.shown(anna, case_id).text)
    begun = page(anna, case_id)
    assert "Een bevoegdheid gebruiken" in begun
    assert "(te controleren)" in begun
    assert "De betrokkene hoort dat er naar het adres is gekeken" in begun
    assert begun.index("Gesprek met de exploitant") < begun.index("Last onder dwangsom")

    empty = do(anna, case_id, "documents_asked")
    assert empty.status_code == 422
    assert "Kies uit de lijst." in officers.words(empty.text)
    assert do(anna, case_id, "documents_asked", stuk=["plattegrond"], tot=tomorrow).status_code == 303
    assert "wacht op stukken tot" in page(bram, case_id)
    assert "wacht op stukken tot" in officers.words(anna.get("/na-het-oordeel").text)
    assert "wacht op stukken tot" in officers.words(anna.get("/zaken?staat=closed").text)
    assert do(bram, case_id, "documents_came").status_code == 303
    assert do(bram, case_id, "measure", bevoegdheid="waarschuwing", nummer="z-2026-00123").status_code == 303
    assert do(bram, case_id, "informed").status_code == 303
    assert do(bram, case_id, "result", resultaat="vergunning_ingetrokken").status_code == 303
    over = page(anna, case_id)
    assert "Afgerond: vergunning ingetrokken" in over
    assert "Z-2026-00123" in over
    assert "Pak deze zaak opnieuw op" in over
    refused = do(anna, case_id, "informed")
    assert refused.headers["location"] == f"/zaken/{case_id}/vervolg"
    acts = [line.entry for line in review.ledger.entries(action=LedgerAction.CASE_ACT, object=f"case:{case_id}")]
    assert [entry.result for entry in acts].count("done") == 5
    assert all(entry.content for entry in acts if entry.result == "done")


def test_a_case_goes_to_the_case_system_as_one_file_and_is_taken_back(review: Review) -> None:
    anna, bram, case_id = confirmed(review)
    place = f"/zaken/{case_id}/zaaksysteem"
    assert anna.send_form(place, {"gevraagd": "controleren"}).status_code == 422
    assert anna.send_form(place, {"gezien": "ja"}).status_code == 422
    assert anna.send_form(place, {"gevraagd": "controleren", "gezien": "ja"}).status_code == 303
    shown = anna.get(f"/zaken/{case_id}/vervolg").text
    number = shown.partition(f"{place}/")[2].partition('"')[0]
    answer = anna.get(f"{place}/{number}")
    assert answer.headers["content-disposition"] == 'attachment; filename="zaak.json"'
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(json.loads(answer.text))
    lines = review.ledger.entries(action=LedgerAction.HAND_OVER, object=f"case:{case_id}")
    assert [(line.entry.actor, line.entry.result) for line in lines] == [("anna", "refused"), ("anna", "done")]
    assert bram.get(f"{place}/{int(number) + 1}").status_code == 404

    with review.store.engine.connect() as connection:
        address = connection.exec_driver_sql(
            "SELECT address_id FROM review_case WHERE case_id = ?", (case_id,)
        ).scalar_one()
    now = review.clock.now
    asked = register_request(
        review.store, "objection", address_id=address, case_file="Z-2026-1", received_on=now.date(), by="rita", now=now
    )
    decide_request(review.store, asked.objection_id, "upheld", by="sam", now=now)
    stopped = page(bram, case_id)
    assert "Gestopt: een bezwaar is gegrond" in stopped
    assert "Trek de overdracht in" in stopped
    assert "overdracht intrekken" in officers.words(bram.get("/na-het-oordeel").text)
    assert do(bram, case_id, "informed").status_code == 303
    assert "Wat is er gedaan?" not in page(bram, case_id)
    assert bram.send_form(f"{place}/terug").status_code == 303
    assert "Download de intrekking" in page(bram, case_id)


def reads_bibob(review: Review) -> tuple[str, str, str]:
    """A case of several rules, and code and name of one of them, which reads of Bibob from here on."""
    case = (
        sa.select(review_case.c.case_id, flag.c.run_id, flag.c.indicator_codes)
        .join_from(
            review_case, flag, (flag.c.run_id == review_case.c.run_id) & (flag.c.address_id == review_case.c.address_id)
        )
        .where(review_case.c.case_id.in_(officers.cases(review)))
    )
    with review.store.engine.begin() as connection:
        case_id, run_id, codes = next(row for row in connection.execute(case) if len(row.indicator_codes) > 1)
        its_row = (indicator_declaration.c.run_id == run_id) & (indicator_declaration.c.code == codes[0])
        declared = json.loads(connection.scalar(sa.select(indicator_declaration.c.declaration).where(its_row)))
        declared["inputs"]["vergunningen"] = ["bibob_vragenlijst_datum_max"]
        connection.execute(indicator_declaration.update().where(its_row).values(declaration=json.dumps(declared)))
    return case_id, codes[0], declared["name_nl"]


def test_nothing_of_bibob_leaves(town_workspace, tmp_path) -> None:
    """Not the rule that reads of it, not the power that was used, not a question about it: on the screen alone."""
    copied = copy_workspace(town_workspace, tmp_path / "review")
    with review_on(copied, case_system=SYSTEM, export=policy()) as review:
        recipient(review.store)
        case_id, code, rule = reads_bibob(review)
        anna, bram, _ = confirmed(review, case_id)
        assert do(bram, case_id, "measure", bevoegdheid="bibob").status_code == 303
        assert "Bevoegdheid gebruikt: Eigen onderzoek Wet Bibob" in page(anna, case_id)
        assert rule in officers.words(anna.get(f"/zaken/{case_id}").text)

        print_out = pdf_words(anna.get(f"/zaken/{case_id}/afdruk").content, tmp_path)
        assert "Niet alles staat op papier" in print_out
        assert "Bevoegdheid gebruikt" not in print_out

        place, form = f"/zaken/{case_id}/zaaksysteem", {"gevraagd": "controleren", "gezien": "ja"}
        assert anna.send_form(place, form | {"gevraagd": "bibob"}).status_code == 422
        assert anna.send_form(place, form).status_code == 303
        (handed_over,) = hand_overs_of(review.store, [case_id])[case_id]

        signal = f"/riec/{case_id}/voorbereiden"
        material = signal_source_of_case(review.store, EVERYONE, case_id)
        given = filled(review, case_id, bibob="ja", thema=fitting_themes(agreements(review.store), material)[0])
        refused = anna.send_form(signal, given | {"vraag": "Loopt er een Bibob-onderzoek naar dit bedrijf?"})
        assert "iets over Bibob" in officers.words(refused.text)
        assert anna.send_form(signal, given).status_code == 303
        content = canonical(signals(review.store, case_id=case_id)[-1].content).decode()

        with review.store.engine.connect() as connection:
            cells = [cell for _, cell in pooled_cells(connection, review.clock.now.date())]
        assert cells
        for left in (handed_over.content, content, *cells):
            assert "bibob" not in left.lower()
        for left in (print_out, handed_over.content, content, *cells):
            assert rule not in left
            assert left is print_out or code not in left


def test_whom_it_belongs_to_is_told_by_a_person_and_that_is_recorded(review: Review) -> None:
    anna = review.client(Role.OFFICER, account="anna")
    case_id = officers.cases(review)[0]
    officers.ready(anna, case_id)
    assert officers.judge(anna, case_id, "doorgezet", bij_wie="ander_team", bedoeld="ja").status_code == 303
    begun = page(anna, case_id)
    assert "Hoort bij: Ander team van de gemeente. Nog niet doorgegeven" in begun
    assert "Dit programma verstuurt niets" in begun
    assert do(anna, case_id, "passed_on", langs="telefoon").status_code == 303
    assert "Doorgegeven aan: Ander team" in page(anna, case_id)
