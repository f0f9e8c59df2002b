"""The file for the case system: what is in it, which case may go, and that it is taken back when it does not hold."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib.resources import files

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator, ValidationError

from screening.base.vocabulary import NoticeReason, Purpose, ReviewOutcome
from screening.casework.acts.hand_over import hand_overs_of, make_hand_over, take_back
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError
from screening.casework.figures.yearly_yield import CountedYears
from screening.store import Store, Workspace
from screening.store.schema.acts import case_hand_over
from tests.casework.acts.decided import DRAWN, SYSTEM, decided
from tests.casework.acts.test_acts import upheld_objection
from tests.casework.caseload import ANNA, BRAM, DAY, DIRK, NOW

SCHEMA = json.loads(files("screening.casework.acts").joinpath("zaak-1.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def handed_over(store: Store, case_id: str, **more: object):
    """The file of a case, made by Anna."""
    asked = {"purpose": Purpose.VERG, "asked": "controleren", "now": NOW} | more
    return make_hand_over(store, ANNA, case_id, SYSTEM, **asked)


def test_the_file_is_a_zaak_with_one_address_and_no_party(store: Store, workspace: Workspace) -> None:
    case_id = decided(store, workspace)
    file = handed_over(store, case_id)
    document = json.loads(file.content)
    VALIDATOR.validate(document)
    assert document["rollen"] == []
    (place,) = document["zaakobjecten"]
    assert place["objectIdentificatie"] == {
        "identificatie": "9999200000000003",
        "wplWoonplaatsNaam": "Voorbeeld",
        "gorOpenbareRuimteNaam": "Teststraat",
        "huisnummer": 3,
        "huisnummertoevoeging": "H",
        "postcode": "1203AB",
    }
    assert document["zaak"]["kenmerken"][0] == {"kenmerk": case_id, "bron": "barrier-screening zaak"}
    assert "ter plaatse controleren" in document["zaak"]["toelichting"]
    assert "Xanthippe" not in file.content
    assert "LIC-04" not in file.content
    assert "zaakobjecten.objectIdentificatie.huisnummer" in file.fields
    assert hand_overs_of(store, [case_id])[case_id] == [file]


def test_it_is_taken_back_once_with_the_reason(store: Store, workspace: Workspace) -> None:
    case_id = decided(store, workspace)
    with pytest.raises(ConflictError):
        take_back(store, ANNA, case_id, now=NOW)
    handed_over(store, case_id)
    with pytest.raises(ConflictError):
        handed_over(store, case_id)
    upheld_objection(store)
    back = take_back(store, BRAM, case_id, now=NOW)
    document = json.loads(back.content)
    VALIDATOR.validate(document)
    assert (back.reason, document["intrekking"]["reden"]) == (NoticeReason.BEZWAAR_GEGROND, "bezwaar_gegrond")
    assert document["intrekking"]["kenmerk"]["kenmerk"] == case_id
    with pytest.raises(ConflictError):
        take_back(store, ANNA, case_id, now=NOW)
    with pytest.raises(NotReadyError, match="does not hold"):
        handed_over(store, case_id)
    with pytest.raises(sa.exc.IntegrityError, match="an objection about this"), store.engine.begin() as connection:
        connection.execute(case_hand_over.insert(), raw(case_id))


def test_a_mistake_is_taken_back_too_and_may_go_again(sqlite_store: Store, workspace: Workspace) -> None:
    case_id = decided(sqlite_store, workspace)
    handed_over(sqlite_store, case_id)
    assert take_back(sqlite_store, ANNA, case_id, now=NOW).reason is NoticeReason.TEN_ONRECHTE_INGETROKKEN
    handed_over(sqlite_store, case_id)
    assert [file.is_taken_back for file in hand_overs_of(sqlite_store, [case_id])[case_id]] == [True, True, False]
    town = CountedYears(sqlite_store, now=NOW + timedelta(days=31)).yield_of(NOW.year).town
    assert (town["case_files"], town["called_back"]) == (2, 1)


def raw(case_id: str, **more: object) -> dict[str, object]:
    """A row as somebody at a prompt would write it."""
    return {
        "case_id": case_id,
        "kind": "hand_over",
        "asked": "controleren",
        "purpose": "P-VERG",
        "fields": [],
        "content": "{}",
        "content_sha256": "0" * 64,
        "actor": "eva",
        "at": NOW,
    } | more


def test_nothing_drawn_sensitive_or_unconfirmed_leaves(store: Store, workspace: Workspace) -> None:
    drawn, sensitive = decided(store, workspace, n=DRAWN), decided(store, workspace, n=6)
    explained = decided(store, workspace, ReviewOutcome.VERKLAARD, n=5)
    for case_id, reason in ((drawn, "drawn"), (sensitive, "sensitive")):
        with pytest.raises(NotReadyError) as caught:
            handed_over(store, case_id)
        assert caught.value.reason == reason
    with pytest.raises(NotAllowedError):
        handed_over(store, explained)
    with pytest.raises(NotAllowedError):
        make_hand_over(store, DIRK, sensitive, SYSTEM, purpose=Purpose.VERG, asked="controleren", now=NOW)
    for case_id in (drawn, sensitive, explained):
        with pytest.raises(sa.exc.IntegrityError, match="handed over is a"), store.engine.begin() as connection:
            connection.execute(case_hand_over.insert(), raw(case_id))


def test_no_file_without_an_ask_and_the_database_takes_no_second_and_no_strange_withdrawal(
    store: Store, workspace: Workspace
) -> None:
    case_id, other = decided(store, workspace), decided(store, workspace, n=5)
    with pytest.raises(MotivationError):
        handed_over(store, case_id, asked="")
    file = handed_over(store, case_id)
    back = {"kind": "taken_back", "takes_back": file.id, "reason": "verklaard"}
    for row in (raw(case_id), raw(other, **back), raw(other, kind="taken_back")):
        with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
            connection.execute(case_hand_over.insert(), row)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["zaak"].update(initiator="Jan"),
        lambda document: document["rollen"].append({"betrokkene": "https://example"}),
        lambda document: document["zaak"].update(vertrouwelijkheidaanduiding="openbaar"),
        lambda document: document["zaak"].update(omschrijving="x" * 81),
        lambda document: document["zaakobjecten"][0]["objectIdentificatie"].update(identificatie="1"),
        lambda document: document["zaak"].pop("startdatum"),
    ],
)
def test_the_schema_takes_no_file_with_a_party_or_of_another_shape(
    sqlite_store: Store, workspace: Workspace, change
) -> None:
    document = json.loads(handed_over(sqlite_store, decided(sqlite_store, workspace)).content)
    change(document)
    with pytest.raises(ValidationError):
        VALIDATOR.validate(document)


def test_the_schema_is_one_and_asks_what_the_zaken_api_asks() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    zaak = SCHEMA["$defs"]["zaak"]["properties"]
    assert (zaak["omschrijving"]["maxLength"], zaak["toelichting"]["maxLength"], DAY.year) == (80, 1000, 2026)
