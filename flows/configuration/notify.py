"""`[notify]`: through which channels the digest of a night goes, and in which hours it waits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from flows.configuration.fields import FilePath, Must, Text, TomlTable, key, reason
from screening.base.civil_time import TOWN

_SHAPE = 'be two times of a day, such as "22:00-07:00"'
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class QuietHours:
    """Hours of the town hall in which no message leaves; they may pass midnight. The last minute is not one of them."""

    begin: time
    end: time

    def hold(self, now: datetime) -> bool:
        """Whether a message waits at this moment."""
        clock = now.astimezone(TOWN).time()
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


def _quiet_hours(value: object) -> QuietHours:
    hours = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if hours is None or hours[0][:5] == hours[0][6:]:
        raise reason(f"must {_SHAPE}.")
    first, minute, last, last_minute = map(int, hours.groups())
    return QuietHours(time(first, minute), time(last, last_minute))


class ChannelTable(TomlTable):
    """A way by which the digest of a night reaches people: an address of apprise, or a folder."""

    url_env: Text | None = key(
        None, "The environment variable that holds the address of mail, a webhook or Teams, as apprise writes it."
    )
    folder: FilePath | None = key(None, "A folder in which each message becomes a file.")
    about: Annotated[Literal["night", "work"], Must('be "night" or "work"')] = key(
        "night", "What is sent: what became of each night, or (work) how many cases wait, for officers and their lead."
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.url_env is None) == (self.folder is None):
            raise reason("needs either url_env, or folder.")
        return self


class NotifyTable(TomlTable):
    """Who is told what became of a night."""

    channels: Annotated[tuple[ChannelTable, ...], Must("be tables [[notify.channels]] with url_env or folder")] = key(
        (), "The ways by which the digest of each night goes; none: nobody is told."
    )
    quiet: Annotated[
        QuietHours | None, BeforeValidator(_quiet_hours, json_schema_input_type=str), Field(), Must(_SHAPE)
    ] = key(None, "Hours of the town in which messages wait, such as 22:00-07:00; the night itself does not.")
