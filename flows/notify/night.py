"""Telling of a night: its digest goes through the channels of the municipality, or waits in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from flows.configuration import Configuration
from flows.notify.channels import channels_of, send
from flows.notify.digest import digest_of, digest_of_work
from flows.notify.outbox import DigestOutbox
from screening.base.errors import BarrierError
from screening.store import Workspace
from screening.store.night_reports import FOLDER, NightReport, keep_dead_nights, night_reports

#: The reports among which the last good night is looked for: two months.
_NIGHTS = 60


def digest_outbox(configuration: Configuration) -> DigestOutbox:
    """The outbox of a municipality, in its workspace."""
    return DigestOutbox(configuration.workspace / FOLDER / "outbox")


def tell(configuration: Configuration, report: NightReport, *, now: datetime | None = None) -> list[str]:
    """Send the digest of a night through every channel, or keep it until the quiet hours are over.

    Args:
        configuration: What `[notify]` says. Without channels nothing is made and nothing leaves.
        report: The night.
        now: The moment; the clock when left out.

    Returns:
        What a person must know, a line each; empty: all well. A channel that fails breaks no night: what it did not
        take is kept and goes with the next.
    """
    channels = channels_of(configuration.notify)
    if not channels:
        return []
    reports = list(night_reports(Workspace(configuration.workspace), _NIGHTS))
    digests = [(digest_of(report, reports), [channel for channel in channels if not channel.is_about_work])]
    if report.has_published and not report.is_repeated:
        digests.append((digest_of_work(report, reports), [channel for channel in channels if channel.is_about_work]))
    outbox = digest_outbox(configuration)
    problems: list[str] = []
    for digest, to in digests:
        try:
            if to:
                outbox.put(digest, to)
        except BarrierError as error:
            problems += [f"The digest of this night cannot be kept: {error}", *_lines(send(digest, to))]
    return problems or send_waiting(configuration, now=now)


def tell_of_dead_nights(configuration: Configuration) -> None:
    """Keep the reports of nights whose process died, and tell of them. Raises DiskError: a report cannot be kept."""
    for report in keep_dead_nights(Workspace(configuration.workspace), is_told=True):
        tell(configuration, report)


def send_waiting(configuration: Configuration, *, now: datetime | None = None) -> list[str]:
    """Send what waits, unless these are quiet hours. Returns what went wrong, a line each."""
    quiet = configuration.notify.quiet
    if quiet and quiet.hold(now or datetime.now(UTC)):
        return []
    try:
        return _lines(digest_outbox(configuration).deliver(channels_of(configuration.notify)))
    except BarrierError as error:
        return [f"What waits to be sent was not sent: {error}"]


def _lines(problems: Mapping[str, str]) -> list[str]:
    return [
        f"The digest did not arrive through {name}: {problem}. It goes with the next night, or now: barrier notify send"
        for name, problem in sorted(problems.items())
    ]
