"""Preparing and approving: refusals, four and six eyes in code and in the database, states, minimisation."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.errors import BarrierError, StoreError
from screening.base.vocabulary import ReviewOutcome, Role
from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.cases.sync import sync_cases
from screening.casework.links.judgements import NEGATIVE, record_judgement
from screening.casework.person_hashes import person_hashes
from screening.casework.viewer import Viewer
from screening.partners.desk.agreements import agreements, end_agreement
from screening.partners.desk.content import Check
from screening.partners.desk.current_refusals import current_refusals, stopped_codes
from screening.partners.desk.preparable import cases_to_prepare, confirmed_case, signal_source_of_case
from screening.partners.desk.signal_validity import SignalValidity
from screening.partners.desk.signal_versions import signal_of, signals, visible_signals
from screening.partners.desk.signals import RefusedError, approve_signal, drop_signal_in, prepare_signal, send_back
from screening.partners.signal.errors import ForbiddenFieldError, SignalError
from screening.partners.signal.minimise import PersonChoice
from screening.partners.signal.refuse import LostGround
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, publish
from screening.store.engine import writing
from screening.store.rules.governance import stop_rule
from screening.store.schema.cases import review_case
from screening.store.schema.partners import riec_approval, riec_content, riec_event, riec_signal
from tests.casework.caseload import ANNA, BRAM, CARLA, DIRK, case_of, judged, published
from tests.partners.desk.disclosed import (
    BORN,
    DAY,
    HOLDER,
    KAAT,
    LEA,
    NOW,
    PIET,
    SARA,
    SUBJECT_KEY,
    approved,
    confirmed_town,
    draft,
    is_refused,
    policy,
    prepared,
    recipient,
    sent,
    whole_night,
)
from tests.store.bundles import address


@pytest.fixture
def sensitive_case(made: tuple[Path, dict[int, str]]) -> str:
    return made[1][2]


def agree(town: Store, case_id: str, viewer: Viewer, **changed: object):
    found = signals(town, case_id=case_id)[-1]
    return approve_signal(
        town, viewer, case_id, **{"content_sha256": found.content_sha256, "policy": policy(), "now": NOW} | changed
    )  # type: ignore[arg-type]


# preparing


def test_a_confirmed_case_is_prepared_approved_and_sent(town: Store, case_id: str, tmp_path) -> None:
    assert case_id in [one.case_id for one in cases_to_prepare(town, PIET)]
    assert prepared(town, case_id).state == "draft"
    assert case_id not in [one.case_id for one in cases_to_prepare(town, PIET)]
    assert agree(town, case_id, KAAT).state == "approved"
    assert sent(town, case_id, tmp_path).state == "sent"


def test_nobody_says_that_somebody_else_verified_a_fact(store: Store, workspace: Workspace) -> None:
    """But of who judged the case, of the evidence that they opened, and from the day on which they did."""
    case_id = confirmed_town(store, workspace)[1]
    cited, uncited = "handelsregister:r1", "bag_adressen:9999200000000001"
    day, facts = day_of(NOW), frozenset({"vergunningen:Z1", cited, uncited})

    def asked(account: str, record: str = cited, on: date = day):
        prepared(store, case_id, facts=facts, checks={record: Check(account, Role.OFFICER, on)})

    for refused in (
        ("dirk",),  # a colleague who had no part in it
        (KAAT.account,),
        (ANNA.account, uncited),  # in the dossier that she opened, but no piece of evidence
        (ANNA.account, cited, day - timedelta(days=1)),  # before she opened it
        (ANNA.account, cited, day + timedelta(days=1)),
        (PIET.account, cited, day + timedelta(days=1)),  # whoever prepares it, on a day that has not come
    ):
        with pytest.raises(NotReadyError) as error:
            asked(*refused)
        assert error.value.reason == "checked"
    assert signals(store) == []
    for founded in ((ANNA.account,), (BRAM.account,), (PIET.account,), (PIET.account, uncited)):
        asked(*founded)
        assert signals(store)[-1].state == "draft"


def test_what_was_opened_in_one_run_was_not_seen_in_a_later_one(
    store: Store, workspace: Workspace, tmp_path: Path
) -> None:
    case_id = confirmed_town(store, workspace)[1]
    sent(store, case_id, tmp_path)
    later = DAY + timedelta(days=1)
    publish(store, workspace, whole_night(as_of=later))
    now = NOW + timedelta(days=1)
    checks = {"handelsregister:r1": Check(ANNA.account, Role.OFFICER, later)}
    with pytest.raises(NotReadyError) as error:
        prepared(store, case_id, checks=checks, reason="gegevens_onjuist", now=now)
    assert error.value.reason == "checked"
    checks = {"handelsregister:r1": Check(PIET.account, Role.OFFICER, later)}
    assert prepared(store, case_id, checks=checks, reason="gegevens_onjuist", now=now).version == 2


def test_what_was_not_chosen_is_not_in_it(town: Store, case_id: str) -> None:
    content = prepared(town, case_id).content
    text = content.model_dump_json()
    assert HOLDER not in text
    assert "1971" not in text
    assert "anna" not in text
    assert "piet" not in text
    assert [one.rol for one in content.personen] == ["houder"]
    assert {one.bronregister for one in content.feiten} == {"vergunningen", "handelsregister"}
    # the value of a rule that is a name is dropped, the number stays
    assert [one.naam for one in content.afwijkingen[0].waarden] == ["dagen"]


def test_a_name_leaves_only_with_a_reason_of_its_own(town: Store, case_id: str) -> None:
    why = "De partner kan het register niet op een kenmerk bevragen."
    choice = PersonChoice("Houder van de vergunning die na de einddatum doorgaat.", why_name=why, why_birth_year=why)
    [person] = prepared(town, case_id, persons={"p1": choice}).content.personen
    assert (person.naam.waarde, person.geboortejaar.waarde) == (HOLDER, "1971")
    with pytest.raises(SignalError):
        prepared(town, case_id, persons={"p1": replace(choice, why_name="handig")})


def test_the_preview_has_a_row_with_a_reason_for_every_value_that_leaves(town: Store, case_id: str) -> None:
    made = prepared(town, case_id)
    rows = made.preview()
    assert all(row.why_nl and row.why_en and row.value for row in rows)
    assert set(made.fields) == {row.field for row in rows}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"checks": {}}, "no_verified_fact", id="nobody verified a fact"),
        pytest.param({"theme": "hennep"}, "theme_not_shown", id="a theme that no rule shows"),
        pytest.param({"legal_basis": "Omdat het kan"}, "no_legal_basis", id="a ground that is not configured"),
    ],
)
def test_a_ground_of_refusal_stops_it_at_preparing(town: Store, case_id: str, changed: dict, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        prepared(town, case_id, **changed)
    assert code in {str(one.code) for one in caught.value.refusals}
    assert signals(town) == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"explanations": {}}, SignalError, id="an innocent explanation was not weighed"),
        pytest.param({"doubts": ()}, SignalError, id="no doubt at all"),
        pytest.param({"question": "Wat weet u van Xanthippe Qwertzuiop?"}, ForbiddenFieldError, id="a name in a text"),
        pytest.param({"question": "Het BSN is 111222333, kent u dat?"}, ForbiddenFieldError, id="a BSN in a text"),
        pytest.param({"question": "Wanneer pakken we deze verdachte?"}, ForbiddenFieldError, id="an accusation"),
        pytest.param({"facts": frozenset({"bag_adressen:9999200000000001"})}, SignalError, id="no fact for the rule"),
    ],
)
def test_content_that_may_not_leave_is_refused_without_quoting_it(
    town: Store, case_id: str, changed: dict, error: type[BarrierError]
) -> None:
    with pytest.raises(error) as caught:
        prepared(town, case_id, **changed)
    for value in ("Xanthippe", "111222333", "verdachte"):
        assert value not in str(caught.value)


def test_a_sampled_case_an_open_one_and_one_with_another_outcome_are_no_signal(
    store: Store, workspace: Workspace
) -> None:
    publish(store, workspace, whole_night((1, 2), drawn=(3,)))
    published(store, workspace, as_of=date(2026, 11, 1))  # an earlier run: the one above stays the last
    for viewer in (ANNA, BRAM):
        judged(store, viewer, case_of(store, 3).case_id, ReviewOutcome.BEVESTIGD_AFWIJKING)
    explained = case_of(store, 2).case_id
    judged(store, ANNA, explained, ReviewOutcome.VERKLAARD)
    with store.engine.connect() as connection:
        ids = list(connection.scalars(sa.select(review_case.c.case_id)))
    assert cases_to_prepare(store, PIET) == []
    for case_id in [*ids, "0123456789abcdef"]:
        assert signal_source_of_case(store, PIET, case_id) is None
        with pytest.raises(NotAllowedError):
            prepared(store, case_id)


def test_a_sensitive_signal_is_there_only_for_who_may_see_it(town: Store, sensitive_case: str) -> None:
    prepared(town, sensitive_case, 2, code="SEX-01")
    for viewer in (DIRK, Viewer("lena", frozenset({Role.LEAD, Role.ANALYST, Role.ADMIN}))):
        assert signal_source_of_case(town, viewer, sensitive_case) is None
        assert signal_of(town, viewer, sensitive_case) is None
        with pytest.raises(NotAllowedError):
            agree(town, sensitive_case, viewer)
    assert signal_of(town, PIET, sensitive_case).content.meta.vertrouwelijkheid == "zeer vertrouwelijk"


def test_a_recipient_without_two_people_behind_it_cannot_be_meant(town: Store, case_id: str) -> None:
    with pytest.raises(NotReadyError, match="two people"):
        prepared(town, case_id, recipient="riec-west")


# approving


def test_who_prepared_a_signal_does_not_approve_it(town: Store, case_id: str) -> None:
    prepared(town, case_id)
    with pytest.raises(NotReadyError) as caught:
        agree(town, case_id, PIET)
    assert caught.value.reason == "own"


def test_content_that_changed_since_it_was_read_is_not_approved(town: Store, case_id: str) -> None:
    first = prepared(town, case_id)
    prepared(town, case_id, question="Wat is er bekend van dit bedrijf?")
    with pytest.raises(ConflictError):
        agree(town, case_id, KAAT, content_sha256=first.content_sha256)


def test_prepared_again_it_waits_for_approval_again(town: Store, case_id: str) -> None:
    approved(town, case_id)
    again = prepared(town, case_id, question="Wat is er bekend van dit bedrijf?")
    assert (again.state, again.version) == ("draft", 1)
    assert len(signals(town)) == 1


def test_an_approval_is_refused_when_the_ground_fell_away_since(town: Store, case_id: str) -> None:
    prepared(town, case_id)
    with pytest.raises(RefusedError):
        agree(town, case_id, KAAT, now=NOW + timedelta(days=400))
    [in_force] = agreements(town)
    end_agreement(town, in_force.id, by="lea", now=NOW)
    with pytest.raises(RefusedError, match="No agreement with this recipient is in force"):
        agree(town, case_id, KAAT)


def test_a_sensitive_signal_needs_a_third_person_who_did_not_judge_it(town: Store, sensitive_case: str) -> None:
    made = prepared(town, sensitive_case, 2, code="SEX-01")
    assert agree(town, sensitive_case, KAAT).state == "awaits_extra"
    for viewer, reason in ((PIET, "own"), (KAAT, "twice"), (ANNA, "judged"), (BRAM, "judged")):
        with pytest.raises(NotReadyError) as caught:
            agree(town, sensitive_case, viewer)
        assert caught.value.reason == reason
    done = agree(town, sensitive_case, SARA)
    assert (done.state, done.approved_by, done.extra_approval_by) == ("approved", "kaat", "sara")
    assert made.sensitive


def test_sent_back_it_is_not_approved_until_it_is_prepared_again(town: Store, case_id: str) -> None:
    approved(town, case_id)
    with pytest.raises(NotReadyError):
        send_back(town, KAAT, case_id, reason=" ", now=NOW)
    back = send_back(town, KAAT, case_id, reason="De naam van de bv is niet nodig.", now=NOW)
    assert (back.state, back.returned_for) == ("returned", "De naam van de bv is niet nodig.")
    with pytest.raises(NotReadyError):
        agree(town, case_id, LEA)
    assert prepared(town, case_id).state == "draft"


def test_a_correction_is_a_later_version_with_a_reason_and_is_approved_again(
    town: Store, case_id: str, tmp_path
) -> None:
    first = sent(town, case_id, tmp_path)
    with pytest.raises(NotReadyError, match="why"):
        prepared(town, case_id)
    made = prepared(town, case_id, reason="gegevens_onjuist")
    assert (made.signal_id, made.version, made.state) == (first.signal_id, 2, "draft")
    approve_signal(town, KAAT, case_id, content_sha256=made.content_sha256, policy=policy(), now=NOW)
    again = sent(town, case_id, tmp_path, reason="gegevens_onjuist")
    assert [one.state for one in signals(town)] == ["corrected", "sent"]
    assert len(again.batches) == 2


# what the database refuses, whoever asks


def _signal_row(case: str, **changed: object) -> dict[str, object]:
    row: dict[str, object] = {
        "signal_id": f"S-{'0' * 32}",
        "version": 1,
        "case_id": case,
        "run_id": "r",
        "address_id": address(1),
        "sensitive": False,
        "recipient": "riec-oost",
        "purpose": "P-VERG",
        "legal_basis": "x",
        "theme": "mensenhandel",
        "content_sha256": "ab" * 32,
        "fields": [],
        "basis": {},
        "keep_until": date(2027, 1, 1),
        "first_by": "anna",
        "second_by": "bram",
        "prepared_by": "piet",
        "prepared_at": NOW,
    }
    return row | changed


def _approval_row(signal, **changed: object) -> dict[str, object]:
    row = {"riec_id": signal.id, "kind": "plain", "prepared_by": "piet", "content_sha256": signal.content_sha256}
    return row | {"approved_by": "kaat", "other_by": None, "at": NOW} | changed


def test_raw_sql_cannot_make_a_signal_of_what_was_not_confirmed(store: Store, workspace: Workspace) -> None:
    case = confirmed_town(store, workspace)[1]
    for why, changed in {
        "no such case": {"case_id": "0123456789abcdef"},
        "the officers the other way round": {"first_by": "bram", "second_by": "anna"},
        "an officer who did not judge": {"second_by": "carla"},
        "one officer twice": {"second_by": "anna"},
        "another address": {"address_id": address(7)},
        "another sensitivity": {"sensitive": True},
        "a correction without a reason": {"version": 2},
        "a name in capitals": {"prepared_by": "Piet"},
        "no purpose": {"purpose": " "},
    }.items():
        assert is_refused(store, riec_signal.insert().values(**_signal_row(case, **changed))), why
    # the harness would see one that is not refused
    assert not is_refused(store, riec_signal.insert().values(**_signal_row(case)))


def test_raw_sql_cannot_approve_alone_or_twice_or_of_another_content(store: Store, workspace: Workspace) -> None:
    found = confirmed_town(store, workspace, (1, 2), sensitive=(2,))
    first = prepared(store, found[1])
    made = prepared(store, found[1], question="Kent een partner dit adres?")
    for why, row in {
        "whoever prepared it": _approval_row(made, approved_by="piet"),
        "whoever prepared it, misnamed": _approval_row(made, approved_by="piet", prepared_by="kaat"),
        "whoever prepared it, in capitals": _approval_row(made, approved_by="Piet"),
        "another content": _approval_row(made, content_sha256="cd" * 32),
        "content of before": _approval_row(first),
        "no such signal": _approval_row(made, riec_id=999),
        "an extra approval without the plain one": _approval_row(made, kind="sensitive", other_by="sara"),
        "an extra approval without the other person": _approval_row(made, kind="sensitive"),
    }.items():
        assert is_refused(store, riec_approval.insert().values(**row)), why
    assert not is_refused(store, riec_approval.insert().values(**_approval_row(made)))
    # the extra approval of a sensitive one: by nobody who prepared, approved or judged it
    prepared(store, found[2], 2, code="SEX-01")
    half = agree(store, found[2], KAAT)
    for by in ("piet", "kaat", "anna", "bram"):
        row = _approval_row(half, kind="sensitive", approved_by=by, other_by="kaat")
        assert is_refused(store, riec_approval.insert().values(**row)), by
    misnamed = _approval_row(half, kind="sensitive", approved_by="kaat", other_by="sara")
    assert is_refused(store, riec_approval.insert().values(**misnamed))


def test_nothing_that_was_decided_can_be_changed_and_content_goes_only_once_it_is_noted_as_erased(
    store: Store, workspace: Workspace
) -> None:
    case = confirmed_town(store, workspace)[1]
    made = approved(store, case)
    for change in (
        riec_signal.update().values(prepared_by="iemand"),
        riec_signal.delete(),
        riec_approval.update().values(approved_by="iemand"),
        riec_approval.delete(),
        riec_content.update().values(content="{}"),
        riec_content.delete(),
        riec_signal.insert().values(**_signal_row(case)),  # a second id for the case
    ):
        assert is_refused(store, change)
    with store.engine.connect() as connection:
        text = connection.scalar(sa.select(riec_content.c.content).where(riec_content.c.riec_id == made.id))
    assert json.loads(text) == made.content.model_dump(mode="json", exclude_none=True)
    with store.engine.begin() as connection:
        connection.execute(
            riec_event.insert().values(riec_id=made.id, kind="erased", actor="lea", at=NOW, reason="termijn")
        )
        connection.execute(riec_content.delete().where(riec_content.c.riec_id == made.id))
    found = signals(store, case_id=case)[-1]
    assert (found.content, found.preview()) == (None, [])


def test_the_key_of_tokens_is_in_no_message_and_not_in_the_store(town: Store, case_id: str, tmp_path: Path) -> None:
    key = b"a key of tokens that is thirty-two bytes"
    prepare_signal(town, PIET, case_id, draft(), policy=policy(token_key=key), now=NOW)
    assert "thirty-two" not in repr(policy(token_key=key))
    content = b"".join(file.read_bytes() for file in (tmp_path / "copy").glob("store.sqlite*"))
    assert HOLDER.encode() in content
    assert key not in content
    assert key.hex().encode() not in content


def test_nobody_else_prepares(town: Store, case_id: str) -> None:
    for viewer in (Viewer("lena", frozenset({Role.LEAD})), Viewer("ad", frozenset({Role.ADMIN}))):
        assert signal_source_of_case(town, viewer, case_id) is None
    assert signal_source_of_case(town, CARLA, case_id) is not None


# the ground under a signal that waits


def day_after(town: Store, tmp_path: Path, flags=(1, 2), days: int = 1, **night: object) -> None:
    """The next night, or one some days later, in which address 2 is what it was."""
    sensitive = night.pop("sensitive", (2,))
    bundle = whole_night(flags, DAY + timedelta(days=days), sensitive=sensitive, **night)  # type: ignore[arg-type]
    publish(town, Workspace(tmp_path / "copy"), bundle)


def lost(store: Store, case_id: str, **known: object) -> list[str]:
    signal = signal_of(store, PIET, case_id)
    assert signal is not None
    grounds = SignalValidity.read(store, [(signal.address_id, signal.run_id)], **known)  # type: ignore[arg-type]
    found = current_refusals(store, signal, policy=policy(), day=DAY, extra="?", validity=grounds)
    return [one.en for one in found if one.code == "ground_lost"]


def test_a_signal_that_rests_on_a_parted_link_does_not_leave(town: Store, case_id: str) -> None:
    waiting = approved(town, case_id)
    assert lost(town, case_id) == []
    [[left, right]] = waiting.basis["links"]
    record_judgement(town, left, right, NEGATIVE, by="carla", judged_at=NOW, reason="Twee personen")
    [told] = lost(town, case_id)
    assert "link" in told
    with pytest.raises(RefusedError, match="link"):
        prepared(town, case_id)


def test_a_signal_of_which_the_source_took_a_record_away_does_not_leave(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    approved(town, case_id)
    day_after(town, tmp_path, without=("vergunningen:Z1",))
    assert lost(town, case_id) == []  # what the source holds is not known
    [told] = lost(town, case_id, records={"vergunningen:Z1"})
    assert "something else" in told  # it is at another address now
    [told] = lost(town, case_id, records=set())
    assert "register" in told


def test_a_signal_of_which_the_source_says_otherwise_waits_until_it_is_prepared_anew(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    approved(town, case_id)
    day_after(town, tmp_path)
    assert lost(town, case_id) == []  # a night that changed nothing
    day_after(town, tmp_path, days=2, says={"vergunningen:Z1": {"einddatum": "2027-06-30"}})
    [told] = lost(town, case_id)
    assert "something else" in told
    approved(town, case_id, now=NOW + timedelta(days=3))
    assert lost(town, case_id) == []


def test_a_signal_of_an_address_that_was_judged_otherwise_since_does_not_leave(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    day_after(town, tmp_path, renamed=1)  # the same rule, and a record that was not there before
    now = NOW + timedelta(days=1)
    sync_cases(town, now=now)
    judged(town, CARLA, case_of(town, 1, now=now).case_id, ReviewOutcome.VERKLAARD, now=now)
    with pytest.raises(RefusedError, match="otherwise"):
        prepared(town, case_id, now=now + timedelta(days=5))


def test_a_confirmed_case_and_its_signal_are_not_there_while_a_later_one_of_the_address_waits_for_the_viewer(
    town: Store, case_id: str, sensitive_case: str, tmp_path: Path
) -> None:
    day_after(town, tmp_path, renamed=1)
    now = NOW + timedelta(days=1)
    sync_cases(town, now=now)
    lead = Viewer("lena", frozenset({Role.LEAD}))

    def to_prepare(viewer: Viewer) -> set[str]:
        return {case.case_id for case in cases_to_prepare(town, viewer)}

    assert (to_prepare(PIET), to_prepare(ANNA)) == ({sensitive_case}, {sensitive_case, case_id})
    with pytest.raises(NotAllowedError):
        prepared(town, case_id)
    judged(town, PIET, case_of(town, 1, now=now).case_id, ReviewOutcome.BEVESTIGD_AFWIJKING, now=now)
    assert to_prepare(PIET) == {sensitive_case, case_id}
    prepared(town, case_id, now=now)
    seen = {viewer.account: bool(visible_signals(town, viewer)) for viewer in (PIET, ANNA, lead, CARLA, DIRK)}
    assert seen == {"piet": True, "anna": True, "lena": True, "carla": False, "dirk": False}
    assert signal_of(town, CARLA, case_id) is None
    assert [confirmed_case(town, viewer, case_id) is None for viewer in (lead, CARLA)] == [False, True]


def test_a_later_sensitive_case_shows_nothing_at_a_signal_that_is_not_sensitive(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    approved(town, case_id)
    day_after(town, tmp_path, renamed=1)
    now = NOW + timedelta(days=1)
    sync_cases(town, now=now)
    later = case_of(town, 1, now=now).case_id
    with writing(town.engine) as connection:
        connection.execute(review_case.update().where(review_case.c.case_id == later).values(sensitive=True))
    before = lost(town, case_id)
    judged(town, CARLA, later, ReviewOutcome.VERKLAARD, now=now)
    assert lost(town, case_id) == before
    assert not any("otherwise" in told for told in before)
    [signal] = signals(town, case_id=case_id)
    about = {"address_id": signal.address_id, "run_id": signal.run_id}
    validity = SignalValidity.read(town, [(signal.address_id, signal.run_id)])
    change = validity.change(signal.basis, signal.content, **about, since=DAY, sensitive=True)
    assert change
    assert change.lost == LostGround.JUDGED_OTHERWISE


@pytest.mark.parametrize("claim", ["rectification", "restriction"])
def test_a_signal_that_rests_on_a_record_under_an_upheld_request_does_not_leave(
    town: Store, case_id: str, claim: str
) -> None:
    one = register_request(
        town, claim, record="vergunningen:Z1", case_file="Z-2026-00123", received_on=DAY, by="rita", now=NOW
    )
    approved(town, case_id)  # nobody decided yet
    decide_request(town, one.objection_id, "upheld", by="otto", now=NOW)
    [told] = lost(town, case_id)
    assert "upheld" in told
    with pytest.raises(RefusedError, match="upheld"):
        prepared(town, case_id)
    decide_request(town, one.objection_id, "ended", by="otto", now=NOW)
    assert lost(town, case_id) == []


def test_a_signal_of_a_dossier_that_names_who_objected_does_not_leave(town: Store, case_id: str) -> None:
    [objector] = person_hashes([(HOLDER, BORN)], SUBJECT_KEY)
    other, *_ = person_hashes([(HOLDER, BORN + timedelta(days=1))], SUBJECT_KEY)
    made = [
        register_request(town, "objection", person=one, case_file="Z-2026-00123", received_on=DAY, by="rita", now=NOW)
        for one in (other, objector)
    ]
    approved(town, case_id)
    decide_request(town, made[0].objection_id, "upheld", by="otto", now=NOW)
    assert lost(town, case_id) == []  # a namesake of another day
    decide_request(town, made[1].objection_id, "upheld", by="otto", now=NOW)
    assert len(lost(town, case_id)) == 1
    with pytest.raises(RefusedError, match="upheld"):
        prepared(town, case_id)


# a correction says anew what was judged, and nothing else


def test_a_correction_holds_no_rule_that_nobody_judged(town: Store, case_id: str, tmp_path: Path) -> None:
    sent(town, case_id, tmp_path)
    day_after(town, tmp_path)
    material = signal_source_of_case(town, PIET, case_id)
    assert material is not None
    assert material.dossier.run.as_of == DAY + timedelta(days=1)  # what is known now
    day_after(town, tmp_path, sensitive=(1, 2))
    material = signal_source_of_case(town, PIET, case_id)
    assert material is not None
    assert [one["code"] for one in material.deviations] == ["LIC-04"]
    assert material.dossier.run.as_of == DAY


def test_a_correction_takes_nothing_from_a_dossier_that_became_sensitive(
    town: Store, case_id: str, tmp_path: Path
) -> None:
    """Also where the rule that was judged still flags the address: who prepares it may not see the rest."""
    sent(town, case_id, tmp_path)
    bundle = whole_night((1, 2), DAY + timedelta(days=1), sensitive=(2,))
    sex = bundle.frames["evidence.parquet"].filter(pl.col("indicator") == "SEX-01")
    both = pl.concat([bundle.frames["evidence.parquet"], sex.with_columns(address_id=pl.lit(address(1)))])
    flags = bundle.frames["flags.parquet"].with_columns(sensitive=pl.lit(True))
    frames = {**bundle.frames, "evidence.parquet": both, "flags.parquet": flags}
    publish(town, Workspace(tmp_path / "copy"), replace(bundle, frames=frames))
    material = signal_source_of_case(town, DIRK, case_id)
    assert material is not None
    assert [one["code"] for one in material.deviations] == ["LIC-04"]
    assert material.dossier.run.as_of == DAY


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"token_key": bytes(31)}, "key of tokens"),
        ({"keep_days": 0}, "kept for at least a day"),
        ({"valid_days": 0}, "opened for 1 to 90 days"),
        ({"valid_days": 91}, "opened for 1 to 90 days"),
    ],
)
def test_terms_on_which_nothing_can_leave_are_refused(changed: dict, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        policy(**changed)


def test_content_that_is_gone_or_was_swapped_does_not_leave(town: Store, case_id: str) -> None:
    waiting = approved(town, case_id)
    assert current_refusals(town, waiting, policy=policy(), day=DAY) == []
    assert waiting.content is not None
    swapped = waiting.content.model_copy(update={"meta": waiting.content.meta.model_copy(update={"versie": 9})})
    for content in (None, swapped):
        with pytest.raises(StoreError, match="is not the one that was approved"):
            current_refusals(town, replace(waiting, content=content), policy=policy(), day=DAY)


def test_a_stopped_rule_of_a_signal_is_told_and_another_rule_is_not(town: Store, case_id: str) -> None:
    waiting = approved(town, case_id)
    stop_rule(town, "NUI-01", by="lena", now=NOW, reason="Fout gevonden")
    assert stopped_codes(town, waiting) == []
    stop_rule(town, "LIC-04", by="lena", now=NOW, reason="Fout gevonden")
    assert stopped_codes(town, waiting) == ["LIC-04"]


def test_only_who_prepares_sees_what_can_be_prepared(town: Store, case_id: str) -> None:
    assert cases_to_prepare(town, Viewer("ad", frozenset({Role.ADMIN}))) == []
    assert case_id in [case.case_id for case in cases_to_prepare(town, PIET)]


def test_without_the_run_that_was_judged_no_signal_can_be_made(
    town: Store, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restored from a backup of before it, say."""
    monkeypatch.setattr(Store, "dossier", lambda *_: None)
    with pytest.raises(StoreError, match="not in the store any more"):
        signal_source_of_case(town, PIET, case_id)


def test_a_signal_that_was_dropped_or_has_left_is_not_sent_back(town: Store, case_id: str, tmp_path: Path) -> None:
    signal = approved(town, case_id)
    with writing(town.engine) as connection:
        drop_signal_in(connection, signal, by="Lena ", reason="Dubbel", now=NOW)
    with pytest.raises(NotReadyError, match="waits here"):
        send_back(town, KAAT, case_id, reason="Te laat", now=NOW)
    sent(town, case_id, tmp_path)
    with pytest.raises(NotReadyError, match="waits here"):
        send_back(town, KAAT, case_id, reason="Te laat", now=NOW)


def test_a_correction_goes_to_whom_the_signal_went(town: Store, case_id: str, tmp_path: Path) -> None:
    sent(town, case_id, tmp_path)
    recipient(town, "riec-west", "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg")
    with pytest.raises(NotReadyError, match="goes to whom the signal went"):
        prepared(town, case_id, recipient="riec-west", reason="gegevens_onjuist")
