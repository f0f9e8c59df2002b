"""A small made-up year: what is gathered is what was done in it, exactly, and nothing of a sensitive case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from indicators.property.adr_03_permit_address_not_in_bag import permit_address_not_in_bag as adr_03
from screening.base.datasets import sensitive_datasets
from screening.base.vocabulary import Barrier, NoticeReason, Role
from screening.casework.figures.monthly_counts import close_months
from screening.casework.figures.tip_figures import tip_quarters
from screening.casework.figures.yearly_yield import CountedYears, YearlyYield
from screening.casework.tips.care_contacts import ask_contact, record_care_step
from screening.casework.tips.person_route import count_person_route
from screening.casework.viewer import Viewer
from screening.partners.desk.hand_over_steps import call_back_hand_over
from screening.partners.desk.sheets import release_sheet
from screening.store import Store, Workspace, open_store, publish
from screening.store.schema.acts import case_act
from screening.store.schema.cases import review_case
from screening.store.schema.retention import UPHELD, objection, objection_decision
from screening.store.schema.runs import link_judgement
from screening.store.schema.tips import CLOSED_MONTH, colleague_signal, signal_decision, statistics_month
from tests.casework.caseload import ANNA, BRAM
from tests.casework.figures.test_statistics import LEAD, Office
from tests.casework.linked import pair as pair_of
from tests.casework.linked import rows
from tests.partners.desk.disclosed import NOW, PIET, agreed, made_town, sent
from tests.partners.desk.test_sheets import made
from tests.store.bundles import address, make_bundle

SPRING, NEXT_YEAR = datetime(2026, 4, 14, 10, tzinfo=UTC), datetime(2027, 1, 4, 9, tzinfo=UTC)
SENSITIVE = sensitive_datasets()[0]
ZOE = Viewer("z.zorg", frozenset({Role.CARE_COORDINATOR}))


def an_office(store: Store, workspace: Workspace) -> Office:
    """Officers of a town of which a night gave three links to judge, the last one on a sensitive record."""
    bundle = make_bundle(6, links_to_judge=rows(range(1, 4), sensitive=(3,)))
    return Office(store, publish(store, workspace, bundle).run_id)


def work(office: Office) -> None:
    """A year of a small town: six cases of a rule, one of the sample, one sensitive; tips, acts, care, links."""
    on = date(2026, 3, 2)
    with office.in_one_go():
        for outcome in ("bevestigd_afwijking", "bevestigd_afwijking", "verklaard", "onjuiste_koppeling", "doorgezet"):
            office.case("a.een", "afwijking", outcome, on=on, second="afwijking")
        office.case("a.een", "", None, on=on, days=61, state="lapsed")
        office.case("a.een", "geen_afwijking", "data_fout", arm="sample", number=1, on=on)
        office.case("c.gevoelig", "afwijking", "bevestigd_afwijking", on=on, second="afwijking", sensitive=True)
    with office.store.engine.begin() as connection:
        confirmed = sa.select(review_case.c.case_id, review_case.c.sensitive).where(
            review_case.c.outcome == "bevestigd_afwijking"
        )
        plain, other, sensitive = [
            row.case_id for row in sorted(connection.execute(confirmed), key=lambda row: (row.sensitive, row.case_id))
        ]
        for case_id, kind, choice in (
            (plain, "informed", None),
            (plain, "measure", "sluiten"),
            (plain, "result", "maatregel"),
            (other, "measure", "intrekken"),
            (other, "result", "vergunning_ingetrokken"),
            (other, "resumed", None),
            (other, "result", "hersteld"),
            (sensitive, "measure", "sluiten"),
            (sensitive, "result", "maatregel"),
        ):
            connection.execute(
                case_act.insert().values(
                    case_id=case_id,
                    kind=kind,
                    actor="a.een",
                    at=SPRING,
                    on_day=SPRING.date(),
                    choices=[choice] if choice else [],
                )
            )
        for number, decisions in enumerate((["kept", "joins_dossier"], ["not_used"], [])):
            signal_id = f"{number:016x}"
            connection.execute(
                colleague_signal.insert().values(
                    signal_id=signal_id,
                    reporter="f.fleur",
                    received_at=SPRING,
                    received_on=SPRING.date(),
                    number_of_day=number + 1,
                    seen_on=SPRING.date(),
                    postcode="9999AA",
                    house_number=3,
                    addition="",
                    place="Voorbeeld",
                    observations=["mattresses"],
                    text="",
                    delete_after=date(2026, 10, 14),
                )
            )
            for decision in decisions:
                connection.execute(
                    signal_decision.insert().values(
                        signal_id=signal_id,
                        decision=decision,
                        decided_by="g.gijs",
                        decided_at=SPRING,
                        address_id=address(3) if decision == "joins_dossier" else None,
                        reason="known" if decision == "not_used" else None,
                    )
                )
        # the pair of the third is on a sensitive record, the last one is of the judgement on the sensitive case
        of_case = {"judged_by": "t.tweede", "judged_at": datetime(2026, 3, 7, 10, tzinfo=UTC)}
        for pair, judgement, changed in (
            (pair_of(1), "positive", {}),
            (pair_of(2), "negative", {}),
            (pair_of(3), "negative", {}),
            (("x", "y"), "negative", of_case),
        ):
            row = {"judgement": judgement, "judged_by": "e.esra", "judged_at": SPRING, "reason": "Gezien."} | changed
            connection.execute(
                link_judgement.insert().values(left_fingerprint=pair[0], right_fingerprint=pair[1], **row)
            )
        for number, subject in enumerate(({"address_id": address(3)}, {"record": f"{SENSITIVE}:1"})):
            of_request = {"objection_id": f"{number:016x}", "registered_by": "j.jet"}
            connection.execute(
                objection.insert().values(
                    **of_request,
                    **subject,
                    claim="rectification",
                    case_file="Z-1",
                    about="record" if "record" in subject else "address",
                    received_on=SPRING.date(),
                    registered_at=SPRING,
                )
            )
            connection.execute(
                objection_decision.insert().values(**of_request, decision=UPHELD, decided_by="k.kim", decided_at=SPRING)
            )
        for phone in ("0612345678", "0687654321"):
            ask_contact(connection, phone, now=SPRING)
    for seen, kind in enumerate(("taken_on", "reached")):
        record_care_step(office.store, ZOE, 1, kind, seen=seen, now=SPRING + timedelta(hours=1))
    count_person_route(office.store, now=SPRING)


def yield_of(store: Store, year: int, *, now: datetime) -> YearlyYield:
    """The exact counts of a year."""
    return CountedYears(store, now=now).yield_of(year)


@pytest.fixture
def year(store: Store, workspace: Workspace) -> Store:
    """The store after that year."""
    work(an_office(store, workspace))
    return store


def test_the_counts_of_a_year_are_what_was_done_in_it(year: Store) -> None:
    gathered = yield_of(year, 2026, now=NEXT_YEAR)
    assert (gathered.since, gathered.until, gathered.is_whole) == ("2026-03", "2026-12", True)
    assert {name: count for name, count in gathered.town.items() if count} == {
        "opened": 7,
        "confirmed": 2,
        "passed_on": 1,
        "explained": 1,
        "wrong_link": 1,
        "data_error": 1,
        "lapsed": 1,
        "result_measure": 1,
        "result_put_right": 1,
        "resumed": 1,
        "links_confirmed": 1,
        "links_rejected": 1,
        "upheld": 1,
        "care_asked": 2,
        "care_reached": 1,
    }
    assert gathered.acts == {"closures": 1, "withdrawals": 1}
    assert {name: count for name, count in gathered.rules["LIC-04"].items() if count} == {
        "opened": 6,
        "confirmed": 2,
        "passed_on": 1,
        "explained": 1,
        "wrong_link": 1,
        "lapsed": 1,
        "result_measure": 1,
        "result_put_right": 1,
    }
    assert gathered.tips == list(reversed(tip_quarters(year, LEAD, now=NEXT_YEAR))), "the figures of tips and no other"
    assert [quarter.number for quarter in gathered.tips] == [1, 2, 3, 4]
    assert set(gathered.barriers.values()) <= {*Barrier, None}
    assert CountedYears(year, now=NEXT_YEAR).years == [2026]
    assert yield_of(year, 2025, now=NEXT_YEAR).since is None


def test_the_route_for_a_person_is_told_of_whole_quarters_so_that_no_use_shows_in_the_quarter_it_is_of(
    year: Store,
) -> None:
    may = datetime(2026, 5, 10, 9, tzinfo=UTC)
    before = yield_of(year, 2026, now=may)
    count_person_route(year, now=may)
    assert yield_of(year, 2026, now=may).tips == before.tips
    assert [quarter.number for quarter in before.tips] == [1]


def test_all_that_stands_in_the_register_of_disclosures_counts_once_and_nothing_of_a_sensitive_case(
    tmp_path: Path,
) -> None:
    cases = made_town(tmp_path / "var")
    with open_store(Workspace(tmp_path / "var")) as town:
        for number, code in ((1, "LIC-04"), (2, "SEX-01")):
            sent(town, cases[number], tmp_path, number, code=code)
        agreed(town, "politie-oost", "politie")
        left, stayed = (made(town, cases[1]) for _ in range(2))
        for viewer in (BRAM, PIET):  # a sheet that is downloaded again is no other sheet
            release_sheet(town, viewer, cases[1], left.id, now=NOW)
        for sheet in (left, stayed):
            call_back_hand_over(town, ANNA, sheet, reason=NoticeReason.GEGEVENS_ONJUIST, now=NOW)
        gathered = yield_of(town, 2026, now=NEXT_YEAR)
        counts = {"confirmed": 1, "sent": 1, "sheets": 1, "case_files": 0, "called_back": 1}
        assert {name: gathered.town[name] for name in counts} == counts
        assert {name: gathered.rules["LIC-04"][name] for name in counts} == counts


def test_a_rule_on_the_municipality_itself_has_no_line_among_the_rules_that_flag(
    sqlite_store: Store, workspace: Workspace
) -> None:
    plain = make_bundle(6)
    publish(sqlite_store, workspace, make_bundle(6, declarations=[*plain.declarations, adr_03.declaration()]))
    assert "ADR-03" not in yield_of(sqlite_store, 2026, now=NEXT_YEAR).rules


def test_a_year_that_was_counted_stays_when_its_cases_go(year: Store) -> None:
    before = yield_of(year, 2026, now=NEXT_YEAR)
    close_months(year, now=NEXT_YEAR)
    later = yield_of(year, 2026, now=NEXT_YEAR + timedelta(days=400))
    assert (later.town, later.acts, later.rules) == (before.town, before.acts, before.rules)


def test_months_closed_before_acts_were_counted_are_left_out(sqlite_store: Store, workspace: Workspace) -> None:
    with sqlite_store.engine.begin() as connection:
        for month in ("2026-01", "2026-02"):
            for cell, count in ((CLOSED_MONTH, 1), ("all|opened", 5)):
                connection.execute(statistics_month.insert().values(month=month, cell=cell, count=count))
    work(an_office(sqlite_store, workspace))
    gathered = yield_of(sqlite_store, 2026, now=NEXT_YEAR)
    assert (gathered.since, gathered.town["opened"]) == ("2026-03", 7)
