"""`barrier notify …`: send what waits in the outbox, and try the channels."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from flows.configuration import Configuration, load_configuration
from flows.notify.channels import Digest, channels_of, send
from flows.notify.night import digest_outbox, send_waiting, tell_of_dead_nights
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from screening.base.errors import ConfigurationError
from screening.base.local_formats import count_en
from screening.base.vocabulary import ExitCode

app = typer.Typer(no_args_is_help=True, help="The digest of each night: send what waits, and try the channels.")


@app.command("send")
def send_what_waits(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Send the digests that wait: for the end of the quiet hours, or for a channel that failed. For a timer.

    Tells of a night whose process was killed, too. Exit code 1: a channel did not take them.
    """
    settings = _with_channels(config)
    tell_of_dead_nights(settings)
    problems = send_waiting(settings)
    waiting = digest_outbox(settings).count()
    lines = [*problems, f"{count_en(waiting, 'message waits', 'messages wait')} now."]
    print_result({"waiting": waiting, "problems": problems}, lines, as_json=as_json)
    raise typer.Exit(ExitCode.UNEXPECTED if problems else ExitCode.OK)


@app.command("test")
def send_trial(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Send a trial message through every channel now, and tell which ones took it. Exit code 1: one did not."""
    settings = _with_channels(config)
    channels = channels_of(settings.notify)
    trial = Digest(
        f"{settings.municipality.name}: proefbericht",
        "Dit is een proefbericht van barrier. Na elke nacht komt hier een bericht met wat ervan werd.\n",
        is_good=True,
        made_at=datetime.now(UTC),
    )
    problems = send(trial, channels)
    states = {channel.name: problems.get(channel.name, "arrived") for channel in channels}
    print_result({"channels": states}, (f"{name}: {state}" for name, state in states.items()), as_json=as_json)
    raise typer.Exit(ExitCode.UNEXPECTED if problems else ExitCode.OK)


def _with_channels(config: Path) -> Configuration:
    settings = load_configuration(config)
    if not settings.notify.channels:
        raise ConfigurationError(
            f"{config}: [notify] names no channel, so nobody is told. Add a table [[notify.channels]] with url_env or "
            "folder."
        )
    return settings
