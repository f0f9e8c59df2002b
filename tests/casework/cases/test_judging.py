"""Judging: words of one's own, four eyes that raw SQL cannot close, and what follows from each outcome."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import CaseState, ReviewOutcome, Role
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, WithColleagueError
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.case import get_case
from screening.casework.cases.history import case_history, confirmed_cases
from screening.casework.cases.judging import CARE, GROUNDS, REFER_TO, WITHIN, Judged, judge
from screening.casework.cases.motivation import oddities_of_motivation
from screening.casework.cases.snoozes import snoozes
from screening.casework.links.judgements import judgement_history, judgements
from screening.casework.tips.care_contacts import care_contacts
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace
from screening.store.schema.cases import case_judgement
from screening.wording.odd_text import Oddity
from tests.casework.caseload import (
    ANNA,
    BOTH,
    BRAM,
    CARLA,
    DAY,
    NOW,
    case_of,
    judged,
    later,
    motivation,
    published,
    read,
)
from tests.store.bundles import address

CONFIRMED, EXPLAINED = ReviewOutcome.BEVESTIGD_AFWIJKING, ReviewOutcome.VERKLAARD
OTHERS = [one for one in ReviewOutcome if one is not CONFIRMED]


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """SQLite: what differs between the databases is tested in test_case_guards, test_case_races and test_snoozes."""
    return sqlite_store


@pytest.fixture
def case_id(store: Store, workspace: Workspace) -> str:
    """One case of two."""
    published(store, workspace, flags=[1, 2], drawn=[7], links=["L1"])
    return case_of(store, 1).case_id


def rows(store: Store, table: sa.Table) -> list[sa.Row]:
    with store.engine.connect() as connection:
        return list(connection.execute(table.select()))


@pytest.mark.parametrize("outcome", OTHERS)
def test_everything_but_a_confirmed_deviation_closes_at_once(
    store: Store, case_id: str, outcome: ReviewOutcome
) -> None:
    done = judged(store, ANNA, case_id, outcome)
    assert (done.role, done.result) == ("first", "closed")
    assert (done.case.state, done.case.outcome, done.case.concluded_on) == (CaseState.CLOSED, outcome, DAY)
    assert (done.case.assignee, done.case.locked_by) == (None, None)
    assert confirmed_cases(store) == []


def test_a_confirmed_deviation_waits_for_another_officer(store: Store, case_id: str) -> None:
    done = judged(store, ANNA, case_id, CONFIRMED)
    assert (done.role, done.result, done.case.state) == ("first", "awaits_second", CaseState.FIRST_JUDGED)
    assert confirmed_cases(store) == []
    with pytest.raises(NotAllowedError, match="a colleague goes on"):
        judged(store, ANNA, case_id, CONFIRMED)
    same_person = Viewer(" ANNA", BOTH)
    with pytest.raises(NotAllowedError):
        judged(store, same_person, case_id, CONFIRMED)
    done = judged(store, BRAM, case_id, CONFIRMED)
    assert (done.role, done.result, done.case.outcome) == ("second", "closed", CONFIRMED)
    (found,) = confirmed_cases(store)
    assert (found.case_id, found.first_by, found.second_by) == (case_id, "anna", "bram")
    assert [step.motivation for step in case_history(store, case_id) if step.kind == "judgement"] == [
        motivation(ANNA, case_id, "1").strip(),
        motivation(BRAM, case_id, "1").strip(),
    ]
    assert (found.arm, found.confirmed_at, found.address_id) == ("flag", NOW, address(1))
    assert confirmed_cases(store, case_id) == [found]
    assert confirmed_cases(store, "0" * 16) == []


def test_the_second_has_a_term_of_their_own(store: Store, case_id: str) -> None:
    done = judged(store, ANNA, case_id, CONFIRMED, now=later(days=60))
    assert done.case.expires_on == date(2027, 3, 2)  # 60 days later
    assert judged(store, BRAM, case_id, CONFIRMED, now=later(days=100)).result == "closed"


def test_two_who_differ_begin_a_round_in_which_two_must_agree(store: Store, case_id: str) -> None:
    judged(store, ANNA, case_id, CONFIRMED)
    done = judged(store, BRAM, case_id, EXPLAINED)
    assert (done.role, done.result, done.case.state, done.case.round) == ("second", "differs", CaseState.DIFFERS, 2)
    assert confirmed_cases(store) == []
    assert snoozes(store, DAY).is_empty()
    # what one of them finds now closes nothing by itself, whatever it is
    done = judged(store, ANNA, case_id, EXPLAINED)
    assert (done.role, done.result, done.case.state) == ("first", "awaits_second", CaseState.FIRST_JUDGED)
    done = judged(store, CARLA, case_id, EXPLAINED)
    assert (done.role, done.result, done.case.outcome) == ("second", "closed", EXPLAINED)
    assert snoozes(store, DAY)["address_id"].to_list() == [address(1)]


def test_a_third_can_begin_the_next_round_and_either_confirm(store: Store, case_id: str) -> None:
    judged(store, ANNA, case_id, CONFIRMED)
    judged(store, BRAM, case_id, ReviewOutcome.DATA_FOUT)
    assert judged(store, CARLA, case_id, CONFIRMED).result == "awaits_second"
    assert judged(store, ANNA, case_id, CONFIRMED).result == "closed"
    (found,) = confirmed_cases(store)
    assert (found.first_by, found.second_by) == ("carla", "anna")


def test_they_can_differ_again(store: Store, case_id: str) -> None:
    judged(store, ANNA, case_id, CONFIRMED)
    judged(store, BRAM, case_id, ReviewOutcome.DATA_FOUT)
    judged(store, BRAM, case_id, ReviewOutcome.DATA_FOUT)
    done = judged(store, ANNA, case_id, CONFIRMED)
    assert (done.result, done.case.round) == ("differs", 3)


def test_the_second_does_not_see_what_the_first_wrote_before_judging(store: Store, case_id: str) -> None:
    def told(viewer: Viewer | None) -> list[tuple[str, bool, str | None]]:
        return [
            (step.actor, step.is_hidden, step.motivation or step.text)
            for step in case_history(store, case_id, viewer)
            if step.kind in {"judgement", "own_reading"}
        ]

    judged(store, ANNA, case_id, CONFIRMED)
    assert told(BRAM) == [("anna", True, None), ("anna", True, None)]
    assert [hidden for _, hidden, _ in told(ANNA)] == [False, False]
    for step in case_history(store, case_id, BRAM):
        assert (step.outcome, step.ground, step.reading) == (None, None, None)
    read(store, BRAM, case_id)
    assert [hidden for actor, hidden, _ in told(BRAM) if actor == "anna"] == [True, True]
    judged(store, BRAM, case_id, ReviewOutcome.DATA_FOUT)
    for viewer in (ANNA, BRAM, None):  # both on the table
        assert not any(hidden for _, hidden, _ in told(viewer))
    # a third begins with fresh eyes
    assert all(hidden for _, hidden, _ in told(CARLA))
    judged(store, CARLA, case_id, CONFIRMED)
    assert not any(hidden for _, hidden, _ in told(CARLA))
    # who judged before knows that round, and of the new one nothing yet
    assert [hidden for actor, hidden, _ in told(ANNA)] == [actor == "carla" for actor, _, _ in told(ANNA)]
    judged(store, ANNA, case_id, CONFIRMED)
    assert not any(hidden for _, hidden, _ in told(BRAM))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "te kort",
        "akkoordakkoordakkoordakkoord",  # one word
        "ja ja ja ja ja ja ja ja ja ja",  # four words, all the same
        "akkoord akkoord gezien gezien akkoord",  # two
        "x" * 200,
        "!!!!! ????? ..... ,,,,, -----",
    ],
)
def test_a_motivation_is_in_words(store: Store, case_id: str, text: str) -> None:
    with pytest.raises(MotivationError) as refused:
        judged(store, ANNA, case_id, CONFIRMED, motivation=text)
    assert refused.value.field == "motivation"
    assert rows(store, case_judgement) == []
    assert get_case(store, ANNA, case_id, now=NOW).state is CaseState.OPEN


@pytest.mark.parametrize(
    "text",
    [
        "De vergunning liep af op 1 mei en de zaak is open.",
        "  de VERGUNNING liep af op 1 mei\n en de zaak is open ",
        "The licence expired on 1 May and the business is open.",
    ],
)
def test_the_text_of_the_rule_is_no_motivation(store: Store, case_id: str, text: str) -> None:
    with pytest.raises(MotivationError, match="text of the rule"):
        judged(store, ANNA, case_id, CONFIRMED, motivation=text)


def test_neither_are_words_that_were_used_before(store: Store, case_id: str) -> None:
    text = "Er staat nog steeds een tap en er zit publiek."
    judged(store, ANNA, case_id, CONFIRMED, motivation=text)
    other = case_of(store, 2).case_id
    with pytest.raises(MotivationError, match="used before"):
        judged(store, ANNA, other, CONFIRMED, motivation=f" {text.upper()} ")
    with pytest.raises(MotivationError, match="used before"):  # the first officer's, by chance or by copying
        judged(store, BRAM, case_id, CONFIRMED, motivation=text)
    done = judged(store, BRAM, other, CONFIRMED, motivation=text, now=later(hours=1))
    assert done.result == "awaits_second"


def test_likeness_to_own_motivations(store: Store, case_id: str) -> None:
    assert oddities_of_motivation(store, ANNA, "Er staat een tap en er zit publiek.") == ()
    judged(store, ANNA, case_id, CONFIRMED, motivation="Er staat nog een tap en er zit publiek in de zaak.")
    assert oddities_of_motivation(store, ANNA, "Er staat nog een tap en er zit publiek in de zaal.") == (Oddity.COPY,)
    assert oddities_of_motivation(store, ANNA, "De exploitant heeft verlenging gevraagd.") == ()
    odd = (Oddity.NO_WORDS, Oddity.REPEATS)
    assert oddities_of_motivation(store, ANNA, "asdf asdf asdf qwer zxcv hjkl") == odd
    assert oddities_of_motivation(store, ANNA, "x") == ()  # too short: that is refused
    assert oddities_of_motivation(store, BRAM, "Er staat nog een tap en er zit publiek in de zaak.") == ()


@pytest.mark.parametrize(
    ("outcome", "given", "field"),
    [
        (EXPLAINED, {"ground": None}, "ground"),
        (EXPLAINED, {"ground": "zomaar"}, "ground"),
        (CONFIRMED, {"ground": "vergund"}, "ground"),
        (ReviewOutcome.DOORGEZET, {"refer_to": None}, "refer_to"),
        (ReviewOutcome.DOORGEZET, {"refer_to": "de krant"}, "refer_to"),
        (ReviewOutcome.DOORGEZET, {"refer_to": CARE}, "phone"),
        (ReviewOutcome.DOORGEZET, {"refer_to": CARE, "phone": "bel maar"}, "phone"),
        (CONFIRMED, {"refer_to": "politie"}, "refer_to"),
        (CONFIRMED, {"wrong_links": ["L1"]}, "wrong_links"),
        (ReviewOutcome.ONJUISTE_KOPPELING, {"wrong_links": ["L9"]}, "wrong_links"),
        (CONFIRMED, {"snooze_until": date(2027, 1, 1)}, "snooze_until"),
        (EXPLAINED, {"snooze_until": DAY}, "snooze_until"),
        (EXPLAINED, {"snooze_until": date(2036, 1, 1)}, "snooze_until"),
    ],
)
def test_what_contradicts_itself_is_refused_by_its_field(
    store: Store, case_id: str, outcome: ReviewOutcome, given: dict, field: str
) -> None:
    with pytest.raises(MotivationError) as refused:
        judged(store, ANNA, case_id, outcome, **given)
    assert refused.value.field == field
    assert rows(store, case_judgement) == []


def test_every_ground_and_every_place_to_pass_on_to_closes(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=range(1, 20))
    asked = [(EXPLAINED, {"ground": one}) for one in GROUNDS]
    asked += [(ReviewOutcome.DOORGEZET, {"refer_to": one, "phone": "0612345678"}) for one in REFER_TO]
    for n, (outcome, given) in enumerate(asked, start=1):
        case_id = case_of(store, n).case_id
        if "refer_to" in given and given["refer_to"] not in WITHIN:
            assert judged(store, ANNA, case_id, outcome, **given).result == "awaits_second"
            assert judged(store, BRAM, case_id, outcome, **given).result == "closed"
        else:
            assert judged(store, ANNA, case_id, outcome, **given).result == "closed"
    assert all(nl and en for nl, en in (*GROUNDS.values(), *REFER_TO.values()))
    # of all these only care coordination was asked to call, and of the dossier it got nothing
    coordinator = Viewer("zoe", frozenset({Role.CARE_COORDINATOR}))
    assert [(wish.asked_at, wish.phone) for wish in care_contacts(store, coordinator, now=NOW)] == [(NOW, "0612345678")]


def test_the_list_to_pass_on_to_is_closed() -> None:
    assert list(REFER_TO) == [
        "ander_team",
        "zorgcoordinatie",
        "politie",
        "belastingdienst",
        "arbeidsinspectie",
        "veiligheidshuis",
        "omgevingsdienst",
        "anders",
    ]


def test_a_wrong_link_is_parted_in_the_same_step_also_where_it_leads_elsewhere(store: Store, case_id: str) -> None:
    judged(store, ANNA, case_id, ReviewOutcome.ONJUISTE_KOPPELING, wrong_links=["L1"])
    assert judgements(store).rows() == [("elsewhere", "holder 1", "negative")]
    (step,) = judgement_history(store, "elsewhere", "holder 1")
    assert (step["judged_by"], step["reason"]) == ("anna", f"Dossier {case_id}")


def test_a_link_of_another_dossier_cannot_be_parted(store: Store, workspace: Workspace) -> None:
    published(store, workspace, flags=[1], drawn=[7], links=["L1"])
    with pytest.raises(MotivationError, match="not in this dossier"):
        judged(store, ANNA, case_of(store, 7).case_id, ReviewOutcome.ONJUISTE_KOPPELING, wrong_links=["L1"])
    assert judgements(store).is_empty()


def test_in_a_second_round_links_are_parted_when_two_agree(store: Store, case_id: str) -> None:
    wrong = ReviewOutcome.ONJUISTE_KOPPELING
    judged(store, ANNA, case_id, CONFIRMED)
    judged(store, BRAM, case_id, wrong, wrong_links=["L1"])
    judged(store, BRAM, case_id, wrong, wrong_links=["L1"])
    assert judgements(store).is_empty()
    assert judged(store, ANNA, case_id, wrong).result == "closed"
    assert judgements(store).height == 1


def test_an_older_version_is_a_conflict_and_says_so(store: Store, case_id: str) -> None:
    case = read(store, ANNA, case_id)
    with pytest.raises(ConflictError, match="Somebody else was first"):
        judge(
            store,
            ANNA,
            case_id,
            version=case.version - 1,
            outcome=CONFIRMED,
            now=NOW,
            motivation=motivation(ANNA, case_id),
        )
    judged(store, ANNA, case_id, ReviewOutcome.DATA_FOUT)
    with pytest.raises(ConflictError):
        judge(
            store, ANNA, case_id, version=case.version, outcome=CONFIRMED, now=NOW, motivation=motivation(ANNA, case_id)
        )


def test_a_closed_case_is_not_judged_again_whatever_its_version(store: Store, case_id: str) -> None:
    closed = judged(store, ANNA, case_id, ReviewOutcome.DATA_FOUT).case
    with pytest.raises(ConflictError, match="decided already"):
        judge(
            store,
            BRAM,
            case_id,
            version=closed.version,
            outcome=CONFIRMED,
            now=NOW,
            motivation=motivation(BRAM, case_id),
        )


def test_a_case_that_a_colleague_has_open_is_not_judged(store: Store, case_id: str) -> None:
    read(store, ANNA, case_id)
    after = later(hours=1)
    case = read(store, BRAM, case_id, now=after)  # which is on BRAM's name by then
    with pytest.raises(WithColleagueError):
        judge(
            store,
            ANNA,
            case_id,
            version=case.version,
            outcome=CONFIRMED,
            now=after,
            motivation=motivation(ANNA, case_id),
        )


def test_after_a_long_look_the_officer_who_read_it_still_judges(store: Store, case_id: str) -> None:
    case = read(store, ANNA, case_id)
    done = judge(
        store,
        ANNA,
        case_id,
        version=case.version,
        outcome=CONFIRMED,
        now=later(hours=3),
        motivation=motivation(ANNA, case_id),
    )
    assert isinstance(done, Judged)


def test_a_snooze_takes_the_term_of_the_policy_unless_a_day_is_named(store: Store, case_id: str) -> None:
    case = read(store, ANNA, case_id)
    judge(
        store,
        ANNA,
        case_id,
        version=case.version,
        outcome=EXPLAINED,
        ground="vergund",
        now=NOW,
        motivation=motivation(ANNA, case_id),
        policy=CasePolicy(snooze_days=10),
    )
    assert snoozes(store, DAY)["until"].to_list() == [date(2026, 11, 12)]
