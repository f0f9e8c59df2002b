"""`[notify]`: a channel is an address in the environment or a folder; quiet hours are hours of the town."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from flows.configuration import load_configuration
from flows.configuration.notify import QuietHours
from screening.base.errors import ConfigurationError
from tests.flows.configuration.test_read import GOOD


def test_what_is_said_is_read(write, tmp_path):
    channels = '[[notify.channels]]\nurl_env = "NIGHT_MAIL"\n[[notify.channels]]\nfolder = "told"'
    table = load_configuration(write(f'{GOOD}\n[notify]\nquiet = "22:00-07:00"\n{channels}\n')).notify
    assert [(channel.url_env, channel.folder) for channel in table.channels] == [
        ("NIGHT_MAIL", None),
        (None, tmp_path / "told"),
    ]
    assert table.quiet == QuietHours(time(22), time(7))


def test_without_the_table_nobody_is_told_at_any_hour(write):
    table = load_configuration(write(GOOD)).notify
    assert (table.channels, table.quiet) == ((), None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[notify]\nquiet = "22-7"', 'notify.quiet must be two times of a day, such as "22:00-07:00".'),
        ('[notify]\nquiet = "24:00-07:00"', "notify.quiet must be two times of a day"),
        ('[notify]\nquiet = "07:00-07:00"', "notify.quiet must be two times of a day"),
        ("[notify]\nquiet = 7", "notify.quiet must be two times of a day"),
        ("[[notify.channels]]", "[notify.channels] needs either url_env, or folder."),
        ('[[notify.channels]]\nurl_env = "A"\nfolder = "b"', "[notify.channels] needs either url_env, or folder."),
        (
            '[[notify.channels]]\nurl = "json://geheim"',
            "[notify.channels] holds an unknown key 'url'. Did you mean 'url_env'?",
        ),
        ("[notify]\nchannels = 3", "notify.channels must be tables [[notify.channels]] with url_env or folder."),
    ],
)
def test_a_slip_is_named_and_no_address_is_repeated(write, text, fault):
    with pytest.raises(ConfigurationError) as refused:
        load_configuration(write(f"{GOOD}\n{text}\n"))
    assert fault in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("hours", "moment", "is_quiet"),
    [
        ((22, 7), "2026-11-02T03:00", True),  # four in the morning
        ((22, 7), "2026-11-02T05:59", True),
        ((22, 7), "2026-11-02T06:00", False),  # seven: the hours are over
        ((22, 7), "2026-11-02T20:59", False),
        ((22, 7), "2026-11-02T21:00", True),
        ((22, 7), "2026-07-02T05:00", False),  # in summer the town is two hours ahead
        ((22, 7), "2026-07-02T04:59", True),
        ((1, 6), "2026-11-02T03:00", True),
        ((1, 6), "2026-11-02T23:30", False),
    ],
)
def test_quiet_hours_are_those_of_the_town_and_may_pass_midnight(hours, moment, is_quiet):
    quiet = QuietHours(time(hours[0]), time(hours[1]))
    assert quiet.hold(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == is_quiet
