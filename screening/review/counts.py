"""The counts of `/metrics`, as they are when they are asked for: databases, what waits, the last nights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from screening.base.civil_time import day_of
from screening.base.errors import BarrierError
from screening.base.vocabulary import NightKind
from screening.casework.cases.case_counts import count_open_cases, oldest_open_day
from screening.casework.links.links_to_judge import count_links_to_judge
from screening.ledger.open import programme_version
from screening.ledger.schema import ledger_identity
from screening.review.application import Application
from screening.store.night_history import NightHistory
from screening.store.night_reports import NightReport
from screening.store.schema.deliveries import GOOD


def databases_answering(application: Application) -> dict[str, bool]:
    """Whether the databases answer: each is asked for what it always holds."""
    return {
        "store": _can_read(application.store.engine, sa.text("SELECT version_num FROM alembic_version")),
        "ledger": _can_read(application.ledger.engine, sa.select(ledger_identity.c.ledger_id)),
    }


def _can_read(engine: sa.Engine, query: sa.Executable) -> bool:
    try:
        with engine.connect() as connection:
            return connection.execute(query).first() is not None
    except (sa.exc.SQLAlchemyError, BarrierError):
        return False


class CountsCollector(Collector):
    """The last night, what waits, and whether the databases answer, as they are when they are asked for."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def describe(self) -> Iterator[Metric]:
        """Say nothing beforehand, so that registering it asks no database."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Count."""
        application = self._application
        info = GaugeMetricFamily("barrier_info", "The version of the programme.", labels=["version"])
        info.add_metric([programme_version()], 1)
        yield info
        up = GaugeMetricFamily("barrier_database_up", "Whether a database answers.", labels=["database"])
        for name, does_answer in databases_answering(application).items():
            up.add_metric([name], does_answer)
        yield up
        with suppress(BarrierError):  # a store that is away is told above
            yield from _waiting(application)
        yield from _of_nights(application.nights.history(), application.settings.clock())


def _waiting(application: Application) -> Iterator[Metric]:
    store, today = application.store, day_of(application.settings.clock())
    yield _gauge("barrier_cases_waiting", "Cases that wait for a person.", count_open_cases(store))
    if oldest := oldest_open_day(store):
        yield _gauge("barrier_case_oldest_age_days", "Days since the oldest of these opened.", (today - oldest).days)
    yield _gauge("barrier_links_to_judge", "Probable links that nobody judged.", count_links_to_judge(store))


def _of_nights(history: NightHistory, now: datetime) -> Iterator[Metric]:
    last, good, published = history.last, history.last_good, history.last_published
    yield _gauge("barrier_nights_not_good", "Nights since the last good one.", len(history.not_good))
    if good:
        yield _gauge("barrier_night_good_timestamp_seconds", "When the last good night ended.", good.ended.timestamp())
        yield _gauge("barrier_night_good_age_seconds", "Seconds since then.", (now - good.ended).total_seconds())
    if last:
        kinds = GaugeMetricFamily("barrier_night_last_kind", "1 at how the last night ended.", labels=["kind"])
        for kind in NightKind:
            kinds.add_metric([str(kind)], kind == last.kind)
        yield kinds
        yield _gauge("barrier_night_last_timestamp_seconds", "When the last night ended.", last.ended.timestamp())
        yield _gauge("barrier_night_last_duration_seconds", "How long it took.", last.seconds)
        yield _gauge("barrier_night_last_exit_code", "Its exit code.", last.exit_code)
    if published:
        yield from _of_run(published)


def _of_run(report: NightReport) -> Iterator[Metric]:
    yield _gauge("barrier_flags", "Addresses flagged in the last published run.", report.flags)
    yield _gauge("barrier_flags_new", "Of these, not in the run before.", report.flags_new)
    yield _gauge("barrier_flags_lapsed", "Flagged in the run before, and no more.", report.flags_lapsed)
    yield _gauge("barrier_rules_run", "Indicators that ran.", report.rules_ran)
    yield _gauge("barrier_signals_held", "Signals held until a second night.", report.signals_held)
    yield _gauge("barrier_signals_waiting", "Signals that wait for a person.", report.signals_waiting)
    is_good = GaugeMetricFamily("barrier_register_good", "Whether a delivery was good.", labels=["register"])
    ages = GaugeMetricFamily("barrier_register_age_days", "Days since its date.", labels=["register"])
    rejected = GaugeMetricFamily("barrier_register_rows_rejected", "Rows in quarantine.", labels=["register"])
    for register in report.registers:
        is_good.add_metric([register.dataset], register.verdict == GOOD)
        rejected.add_metric([register.dataset], register.rows_quarantined)
        if register.age_days is not None:
            ages.add_metric([register.dataset], register.age_days)
    yield from (is_good, ages, rejected)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)
