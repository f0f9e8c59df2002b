"""The dashboard's figures: closed months that never move, and an alarm that rings for officers who do not read."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.vocabulary import Role
from screening.casework.figures.monthly_counts import bucket_of, close_months, counts_by_month, month_of, next_month
from screening.casework.figures.small_counts import FEW_PARTS, SHOWN, TOO_FEW_CASES, rounded_to_tens
from screening.casework.figures.statistics import HIGHER, UNKNOWN, StatisticsPolicy, dashboard, last_years
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace, publish
from screening.store.schema.cases import case_judgement, case_reading, review_case
from screening.store.schema.runs import metadata
from screening.store.schema.tips import statistics_month
from tests.casework.figures.attack import Attack
from tests.store.bundles import address, make_bundle

LEAD = Viewer("lena", frozenset({Role.LEAD}))
SEPTEMBER, NOVEMBER = date(2026, 9, 10), datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Office:
    """Officers who work through cases: rows as the functions of the store leave them."""

    def __init__(self, store: Store, run_id: str) -> None:
        self.store, self.run_id, self.made = store, run_id, 0
        self._connection: sa.Connection | None = None

    @contextmanager
    def in_one_go(self) -> Iterator[None]:
        """Many cases in one transaction: a disk is asked once."""
        with self.store.engine.begin() as self._connection:
            yield
        self._connection = None

    def case(
        self,
        account: str,
        reading: str,
        outcome: str | None,
        *,
        arm: str = "flag",
        number: int = 3,
        seconds: float = 300,
        on: date = SEPTEMBER,
        days: int = 5,
        state: str | None = None,
        second: str | None = None,
        sensitive: bool = False,
    ) -> None:
        """A case opened on a day, read in so many seconds and judged days later; lapsed when a second stays away."""
        self.made += 1
        case_id, day = f"{self.made:016x}", on + timedelta(days=days)
        at = datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC)
        row = {
            "case_id": case_id,
            "address_id": address(number),
            "address": "Teststraat",
            "arm": arm,
            "round": 1,
            "sensitive": sensitive,
            "run_id": self.run_id,
            "opened_on": on,
            "due_on": on,
            "version": 1,
            "expires_on": on + timedelta(days=60),
        }
        own = {"case_id": case_id, "round": 1, "run_id": self.run_id, "text": "Gelezen."}
        judged = {"case_id": case_id, "round": 1, "run_id": self.run_id, "motivation": "x", "wrong_links": []}
        with nullcontext(self._connection) if self._connection else self.store.engine.begin() as connection:
            if state == "lapsed":
                connection.execute(review_case.insert(), row | {"state": state, "concluded_on": day})
                return
            connection.execute(review_case.insert(), row | {"state": "open"})
            opened = at - timedelta(seconds=seconds)
            connection.execute(
                case_reading.insert(), own | {"account": account, "reading": reading, "opened_at": opened, "at": at}
            )
            if outcome is None:
                self._end(connection, case_id, state="lapsed", concluded_on=day)
                return
            more = {"snooze_until": day, "ground": "anders"} if outcome == "verklaard" else {}
            more |= {"refer_to": "ander_team"} if outcome == "doorgezet" else {}
            first = connection.execute(
                case_judgement.insert().values(
                    **judged, **more, role="first", judged_by=account, outcome=outcome, judged_at=at
                )
            ).inserted_primary_key[0]
            if outcome == "bevestigd_afwijking":
                if second is None:
                    self._end(connection, case_id, state="lapsed", concluded_on=day)
                    return
                connection.execute(
                    case_reading.insert(),
                    own | {"account": "t.tweede", "reading": second, "opened_at": opened, "at": at},
                )
                connection.execute(
                    case_judgement.insert().values(
                        **judged,
                        role="second",
                        judged_by="t.tweede",
                        outcome=outcome,
                        judged_at=at,
                        first_id=first,
                        first_by=account,
                    )
                )
            self._end(connection, case_id, state="closed", outcome=outcome, concluded_on=day)

    @staticmethod
    def _end(connection: sa.Connection, case_id: str, **values: object) -> None:
        connection.execute(review_case.update().where(review_case.c.case_id == case_id).values(**values))


@pytest.fixture
def office(store: Store, workspace: Workspace) -> Office:
    """A store with a published run, in which address 3 is flagged by LIC-04 and NUI-01 and address 1 by nothing."""
    return Office(store, publish(store, workspace, make_bundle(6)).run_id)


@pytest.fixture
def sqlite_office(sqlite_store: Store, workspace: Workspace) -> Office:
    """The same on SQLite alone."""
    return Office(sqlite_store, publish(sqlite_store, workspace, make_bundle(6)).run_id)


def test_months_are_counted_on(store: Store) -> None:
    assert next_month("2026-09") == "2026-10"
    assert next_month("2026-12") == "2027-01"
    assert month_of(date(2026, 3, 31)) == "2026-03"
    assert [bucket_of(days) for days in (0, 1, 2, 14, 15, 60, 61)] == [0, 0, 1, 3, 4, 5, 6]
    assert counts_by_month(store, LEAD, now=NOVEMBER) == {}
    assert close_months(store, now=NOVEMBER) == []


def test_a_case_counts_in_the_months_in_which_things_happened(office: Office) -> None:
    office.case("a.een", "afwijking", "verklaard", on=date(2026, 9, 28), days=5)
    office.case("a.een", "geen_afwijking", "data_fout", arm="sample", number=1, on=SEPTEMBER)
    office.case("a.een", "", None, on=date(2026, 8, 1), days=61, state="lapsed")
    office.case("a.een", "afwijking", "verklaard", on=date(2026, 11, 2), days=1)  # a month that is not over
    months = counts_by_month(office.store, LEAD, now=NOVEMBER)
    assert list(months) == ["2026-08", "2026-09", "2026-10"]
    assert months["2026-08"] == {"LIC-04|opened|other": 1, "NUI-01|opened|other": 1, "all|opened": 1}
    assert months["2026-09"]["sample|outcome|data_fout"] == 1
    assert months["2026-09"]["sample|reading|geen_afwijking"] == 1
    assert months["2026-09"]["LIC-04|opened|other"] == 1
    october = {
        "all|closed": 1,
        "all|lapsed": 1,
        "LIC-04|outcome|verklaard": 1,
        "LIC-04|days|2": 1,
        "LIC-04|reading|afwijking": 1,
        "LIC-04|lapsed": 1,
    }
    assert {cell: months["2026-10"][cell] for cell in october} == october


def test_a_month_that_another_process_counts_in_the_same_moment_is_counted_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.case("a.een", "afwijking", "verklaard")
    before = counts_by_month(office.store, LEAD, now=NOVEMBER)
    close_months(office.store, now=NOVEMBER)
    monkeypatch.setattr("screening.casework.figures.monthly_counts._uncounted", lambda store, now: before)
    assert close_months(office.store, now=NOVEMBER) == list(before)
    monkeypatch.undo()
    assert counts_by_month(office.store, LEAD, now=NOVEMBER) == before


def test_a_closed_month_never_moves_again(office: Office) -> None:
    for _ in range(3):
        office.case("a.een", "afwijking", "verklaard")
    before = counts_by_month(office.store, LEAD, now=NOVEMBER)
    assert close_months(office.store, now=NOVEMBER) == ["2026-09", "2026-10"]
    assert close_months(office.store, now=NOVEMBER) == []
    assert counts_by_month(office.store, LEAD, now=NOVEMBER) == before
    office.case("a.een", "afwijking", "verklaard")  # entered afterwards, in a month that is closed
    assert counts_by_month(office.store, LEAD, now=NOVEMBER) == before
    later = counts_by_month(office.store, LEAD, now=NOVEMBER + timedelta(days=30))
    assert list(later) == ["2026-09", "2026-10", "2026-11"]
    with pytest.raises(sa.exc.DBAPIError), office.store.engine.begin() as connection:
        connection.execute(statistics_month.update().values(count=9))
    with pytest.raises(sa.exc.DBAPIError), office.store.engine.begin() as connection:
        connection.execute(statistics_month.delete())


def test_what_is_counted_outlives_the_cases(sqlite_office: Office) -> None:
    sqlite_office.case("a.een", "afwijking", None)
    close_months(sqlite_office.store, now=NOVEMBER)
    before = counts_by_month(sqlite_office.store, LEAD, now=NOVEMBER)
    with sqlite_office.store.engine.begin() as connection:
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('case_reading', 'review_case')"
        for name in connection.exec_driver_sql(guards).scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(metadata.tables["case_reading"].delete())
        connection.execute(review_case.delete())
    assert counts_by_month(sqlite_office.store, LEAD, now=NOVEMBER) == before


def _work(office: Office, deviations: int, others: int, *, arm: str, number: int, second: str = "afwijking") -> None:
    with office.in_one_go():
        for index in range(deviations + others):
            reading = "afwijking" if index < deviations else "geen_afwijking"
            outcome = "bevestigd_afwijking" if index < deviations else "verklaard"
            office.case("a.een", reading, outcome, arm=arm, number=number, second=second)


@pytest.mark.goal(
    "F9",
    reached="precision of a rule with its n and bounds beside that of the sample, told as higher or not",
    lacks="a lower bound of the lift itself",
)
def test_an_indicator_is_compared_with_the_sample_by_the_own_readings(sqlite_office: Office) -> None:
    policy = StatisticsPolicy(expected=0.5, half_width=0.1)  # 97 cases
    assert policy.needed == 97
    _work(sqlite_office, 60, 60, arm="flag", number=3)
    _work(sqlite_office, 12, 90, arm="sample", number=1)
    shown = dashboard(sqlite_office.store, LEAD, now=NOVEMBER, policy=policy)
    assert shown.until == "2026-10"
    (lic, nui) = shown.indicators
    assert (lic.code, lic.name_nl, nui.code) == ("LIC-04", "Regel", "NUI-01")
    assert (lic.reading.state, lic.reading.value) == (SHOWN, 52)
    assert (lic.confirmed.value, lic.confirmed.low, lic.confirmed.high) == (52, 38, 66)
    assert (shown.sample.reading.value, shown.sample.reading.high) == (14, 28)
    assert lic.versus_sample == HIGHER
    assert (str(lic.flagged), str(lic.reviewed), str(lic.outcomes["data_fout"])) == ("120–129", "120–129", "< 10")
    assert lic.handling == bucket_of(5)


def test_a_sum_of_years_says_little_of_each() -> None:
    """An attack on a rule of which there are nine each year: told are every year, and the sum with the four before."""
    years = range(2026, 2038)
    months = {f"{year}-12": Counter({"LIC-04|lapsed": 9}) for year in years}
    attack = Attack(len(years))
    for n, year in enumerate(years):
        attack.told([(n,)], rounded_to_tens(9))
        last = last_years(months, f"{year}-12")["LIC-04|lapsed"]
        assert last == 9 * min(n + 1, FEW_PARTS)
        attack.told([(each,) for each in range(max(0, n - FEW_PARTS + 1), n + 1)], rounded_to_tens(last))
    assert [attack.range_of([(n,)]) for n in range(len(years))] == [(4, 9)] * len(years)
    attack.told([(n,) for n in range(10)], rounded_to_tens(90))
    assert attack.range_of([(0,)]) == (9, 9), "a sum of all years"


@pytest.mark.goal("F8", reached="nothing is compared below the number")
def test_below_the_needed_number_nothing_is_compared(sqlite_office: Office) -> None:
    _work(sqlite_office, 40, 60, arm="flag", number=3)
    shown = dashboard(sqlite_office.store, LEAD, now=NOVEMBER)
    (lic, _) = shown.indicators
    assert (lic.confirmed.state, lic.confirmed.needed, lic.confirmed.value) == (TOO_FEW_CASES, 457, None)
    assert lic.versus_sample == UNKNOWN
    assert shown.sample.reading.state == TOO_FEW_CASES


def test_no_figure_of_an_address_is_of_the_present_month(sqlite_office: Office) -> None:
    with sqlite_office.in_one_go():
        for _ in range(30):
            sqlite_office.case("a.een", "afwijking", "verklaard", on=date(2026, 11, 3), days=2)
    shown = dashboard(sqlite_office.store, LEAD, now=NOVEMBER)
    assert (shown.until, shown.indicators, shown.months) == (None, [], [])


def test_agreement_of_first_and_second_needs_enough_pairs(sqlite_office: Office) -> None:
    policy = StatisticsPolicy(pairs=20)
    _work(sqlite_office, 19, 0, arm="flag", number=3)
    assert dashboard(sqlite_office.store, LEAD, now=NOVEMBER, policy=policy).agreement is None
    with sqlite_office.in_one_go():
        for index in range(20):
            own, other = ("afwijking", "afwijking") if index % 2 else ("onduidelijk", "onduidelijk")
            sqlite_office.case("a.een", own, "bevestigd_afwijking", second=other)
    assert dashboard(sqlite_office.store, LEAD, now=NOVEMBER, policy=policy).agreement == 1.0


class Officer:
    """A simulated officer: how often the rule is followed, and how long a dossier is read."""

    def __init__(self, name: str, follows: float, seconds: float, seed: int) -> None:
        self.name, self.follows, self.seconds, self.source = name, follows, seconds, random.Random(seed)

    def works(self, office: Office, cases: int, *, second: str | None = None) -> None:
        """So many cases, one in ten of the sample. `second`: the reading of a colleague who confirms with this one."""
        for index in range(cases):
            arm = "sample" if index % 10 == 0 else "flag"
            confirms = (self.source.random() < self.follows) == (arm == "flag")
            seconds = self.source.lognormvariate(0, 0.4) * self.seconds
            outcome = "bevestigd_afwijking" if confirms else "verklaard"
            office.case(
                self.name,
                "afwijking" if confirms else "geen_afwijking",
                outcome,
                arm=arm,
                number=1 if arm == "sample" else 3,
                seconds=seconds,
                second=second,
            )


@pytest.mark.goal("H3", reached="a median reading under 60 s")
def test_the_alarm_rings_for_officers_who_do_not_read_and_for_nobody_else(sqlite_office: Office) -> None:
    for officer in (
        Officer("a.aandachtig", 0.55, 400, 1),
        Officer("b.streng", 0.85, 300, 2),
        Officer("s.stempelaar", 1.0, 300, 3),
        Officer("v.vluchtig", 0.6, 25, 4),
        Officer("z.beide", 1.0, 10, 5),
    ):
        with sqlite_office.in_one_go():
            officer.works(sqlite_office, 110)
    with sqlite_office.in_one_go():
        Officer("n.nieuw", 1.0, 300, 6).works(sqlite_office, 60)
    found = {one.account: one for one in dashboard(sqlite_office.store, LEAD, now=NOVEMBER).reviewers}
    assert {name for name, one in found.items() if one.follows_always} == {"s.stempelaar", "z.beide"}
    assert {name for name, one in found.items() if one.reads_too_fast} == {"v.vluchtig", "z.beide"}
    assert found["n.nieuw"].followed is None
    assert str(found["n.nieuw"].judgements) == "60–69"
    assert list(found) == sorted(found)


def test_the_alarm_looks_at_the_last_hundred(sqlite_office: Office) -> None:
    with sqlite_office.in_one_go():
        Officer("a.een", 0.3, 300, 7).works(sqlite_office, 100)
        for _ in range(95):
            sqlite_office.case("a.een", "afwijking", "bevestigd_afwijking", seconds=300)
    (one,) = dashboard(sqlite_office.store, LEAD, now=NOVEMBER).reviewers
    assert one.follows_always
    assert one.followed == 100


@pytest.mark.goal("H3", reached="95 % agreement over 100")
@pytest.mark.parametrize(("followed", "rings"), [(95, True), (94, False)])
def test_the_alarm_rings_from_ninety_five_on(sqlite_office: Office, followed: int, rings: bool) -> None:
    with sqlite_office.in_one_go():
        for index in range(100):
            outcome = "bevestigd_afwijking" if index < followed else "verklaard"
            sqlite_office.case("a.een", "afwijking", outcome, seconds=60)
    (one,) = dashboard(sqlite_office.store, LEAD, now=NOVEMBER).reviewers
    assert one.follows_always is rings
    assert one.reads_too_fast is False  # a minute is not under a minute


@pytest.mark.parametrize(
    "terms", [{"expected": 0}, {"half_width": 0.2}, {"alarm_share": 1.2}, {"alarm_last": 0}, {"least": 9}, {"pairs": 2}]
)
def test_terms_that_switch_an_alarm_off_are_refused(terms: dict) -> None:
    with pytest.raises(StoreError):
        StatisticsPolicy(**terms)


def test_a_sensitive_case_is_in_no_figure_of_who_may_not_see_it(sqlite_office: Office) -> None:
    """Neither in the counts of a month, kept or not, nor in the work of a reviewer."""
    with sqlite_office.in_one_go():
        for n in range(24):
            sqlite_office.case("a.bakker", "afwijking", "data_fout", sensitive=n < 12)
    both = Viewer("lars", frozenset({Role.LEAD, Role.SENSITIVE_REVIEWER}))

    def figures(viewer: Viewer) -> tuple[str, str, str]:
        shown = dashboard(sqlite_office.store, viewer, now=NOVEMBER)
        return str(shown.months[0].opened), str(shown.indicators[0].reviewed), str(shown.reviewers[0].judgements)

    for _ in range(2):
        assert figures(LEAD) == ("10–19", "10–19", "10–19")
        assert figures(both) == ("20–29", "20–29", "20–29")
        close_months(sqlite_office.store, now=NOVEMBER)
