"""A small made-up year: what is gathered is what was done in it, exactly, and nothing of a sensitive case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from indicators.property.adr_03_permit_address_not_in_bag import permit_address_not_in_bag as adr_03
from screening.casework.figures.monthly_counts import close_months
from screening.casework.figures.yearly_yield import years_counted, yield_of_year
from screening.casework.tips.care_contacts import ask_contact, record_care_step
from screening.casework.tips.person_route import count_person_route
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace, open_store, publish
from screening.store.schema.acts import case_act
from screening.store.schema.cases import review_case
from screening.store.schema.runs import link_judgement
from screening.store.schema.tips import CLOSED_MONTH, colleague_signal, signal_decision, statistics_month
from screening.vocabulary import Barrier, Role
from tests.casework.figures.test_statistics import Office
from tests.partners.desk.disclosed import made_town, sent
from tests.store.bundles import address, make_bundle

SPRING, NEXT_YEAR = datetime(2026, 4, 14, 10, tzinfo=UTC), datetime(2027, 1, 4, 9, tzinfo=UTC)
ZOE = Viewer("z.zorg", frozenset({Role.CARE_COORDINATOR}))


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
            (plain, "informed", None), (plain, "measure", "sluiten"), (plain, "result", "maatregel"),
            (other, "measure", "intrekken"),
            (other, "result", "vergunning_ingetrokken"), (other, "resumed", None), (other, "result", "hersteld"),
            (sensitive, "measure", "sluiten"), (sensitive, "result", "maatregel"),
        ):  # fmt: skip
            connection.execute(
                case_act.insert().values(
                    case_id=case_id, kind=kind, actor="a.een", at=SPRING, on_day=SPRING.date(),
                    choices=[choice] if choice else [],
                )
            )  # fmt: skip
        for number, decisions in enumerate((["kept", "joins_dossier"], ["not_used"], [])):
            signal_id = f"{number:016x}"
            connection.execute(
                colleague_signal.insert().values(
                    signal_id=signal_id, reporter="f.fleur", received_at=SPRING, received_on=SPRING.date(),
                    number_of_day=number + 1, seen_on=SPRING.date(), postcode="9999AA", house_number=3, addition="",
                    place="Voorbeeld", observations=["mattresses"], text="", delete_after=date(2026, 10, 14),
                )
            )  # fmt: skip
            for decision in decisions:
                connection.execute(
                    signal_decision.insert().values(
                        signal_id=signal_id, decision=decision, decided_by="g.gijs", decided_at=SPRING,
                        address_id=address(3) if decision == "joins_dossier" else None,
                        reason="known" if decision == "not_used" else None,
                    )
                )  # fmt: skip
        for judgement in ("positive", "negative"):
            ends = {"left_fingerprint": judgement, "right_fingerprint": "z"}
            connection.execute(
                link_judgement.insert().values(
                    **ends, judgement=judgement, judged_by="e.esra", judged_at=SPRING, reason="Gezien."
                )
            )
        for phone in ("0612345678", "0687654321"):
            ask_contact(connection, phone, now=SPRING)
    for seen, kind in enumerate(("taken_on", "reached")):
        record_care_step(office.store, ZOE, 1, kind, seen=seen, now=SPRING + timedelta(hours=1))
    count_person_route(office.store, now=SPRING)


@pytest.fixture
def year(store: Store, workspace: Workspace) -> Store:
    """The store after that year."""
    work(Office(store, publish(store, workspace, make_bundle(6)).run_id))
    return store


def test_the_counts_of_a_year_are_what_was_done_in_it(year: Store) -> None:
    gathered = yield_of_year(year, 2026, now=NEXT_YEAR)
    assert (gathered.since, gathered.until, gathered.is_whole) == ("2026-03", "2026-12", True)
    assert {name: count for name, count in gathered.town.items() if count} == {
        "tips": 3, "tips_used": 1, "tips_not_used": 1, "opened": 7, "confirmed": 2, "passed_on": 1, "explained": 1,
        "wrong_link": 1, "data_error": 1, "lapsed": 1, "result_measure": 1, "result_put_right": 1, "resumed": 1,
        "links_confirmed": 1, "links_rejected": 1, "care_asked": 2, "care_reached": 1,
    }  # fmt: skip
    assert gathered.acts == {"closures": 1, "withdrawals": 1}
    assert {name: count for name, count in gathered.rules["LIC-04"].items() if count} == {
        "opened": 6, "confirmed": 2, "passed_on": 1, "explained": 1, "wrong_link": 1, "lapsed": 1, "results": 2,
    }  # fmt: skip
    assert gathered.person_route == {"2026-Q1": 0, "2026-Q2": 1, "2026-Q3": 0, "2026-Q4": 0}
    assert set(gathered.barriers.values()) <= {*Barrier, None}
    assert years_counted(year, now=NEXT_YEAR) == [2026]
    assert yield_of_year(year, 2025, now=NEXT_YEAR).since is None


def test_the_route_for_a_person_is_told_of_whole_quarters_so_that_no_use_shows_in_the_quarter_it_is_of(
    year: Store,
) -> None:
    may = datetime(2026, 5, 10, 9, tzinfo=UTC)
    before = yield_of_year(year, 2026, now=may)
    count_person_route(year, now=may)
    assert yield_of_year(year, 2026, now=may).person_route == before.person_route == {"2026-Q1": 0}


def test_a_signal_about_a_sensitive_case_is_in_no_count(tmp_path: Path) -> None:
    cases = made_town(tmp_path / "var")
    with open_store(Workspace(tmp_path / "var")) as town:
        for number, code in ((1, "LIC-04"), (2, "SEX-01")):
            sent(town, cases[number], tmp_path, number, code=code)
        gathered = yield_of_year(town, 2026, now=NEXT_YEAR)
        assert {name: gathered.town[name] for name in ("confirmed", "sent")} == {"confirmed": 1, "sent": 1}


def test_a_rule_on_the_municipality_itself_has_no_line_among_the_rules_that_flag(
    sqlite_store: Store, workspace: Workspace
) -> None:
    plain = make_bundle(6)
    publish(sqlite_store, workspace, make_bundle(6, declarations=[*plain.declarations, adr_03.declaration()]))
    assert "ADR-03" not in yield_of_year(sqlite_store, 2026, now=NEXT_YEAR).rules


def test_a_year_that_was_counted_stays_when_its_cases_go(year: Store) -> None:
    before = yield_of_year(year, 2026, now=NEXT_YEAR)
    close_months(year, now=NEXT_YEAR)
    later = yield_of_year(year, 2026, now=NEXT_YEAR + timedelta(days=400))
    assert (later.town, later.acts, later.rules) == (before.town, before.acts, before.rules)


def test_months_closed_before_acts_were_counted_are_left_out(sqlite_store: Store, workspace: Workspace) -> None:
    with sqlite_store.engine.begin() as connection:
        for month in ("2026-01", "2026-02"):
            for cell, count in ((CLOSED_MONTH, 1), ("all|opened", 5)):
                connection.execute(statistics_month.insert().values(month=month, cell=cell, count=count))
    work(Office(sqlite_store, publish(sqlite_store, workspace, make_bundle(6)).run_id))
    gathered = yield_of_year(sqlite_store, 2026, now=NEXT_YEAR)
    assert (gathered.since, gathered.town["opened"]) == ("2026-03", 7)
