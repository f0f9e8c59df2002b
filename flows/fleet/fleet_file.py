"""`fleet.toml`: which municipalities are run together, how many at once, and who is told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from flows.configuration.faults import sentences
from flows.configuration.fields import FilePath, Must, Text, TomlTable, Whole, key
from flows.configuration.notify import NotifyTable
from flows.configuration.read import configuration_content, parse_toml
from screening.base.errors import ConfigurationError


class FleetTable(TomlTable):
    """What holds for all of them."""

    name: Text = Field(description="Who operates them, as the digest and the overview say it.")
    folder: FilePath = Field(description="The folder of the overview and of what waits to be told.")
    at_once: Whole = key(2, "How many nights run at the same time; each takes up to the memory of one municipality.")
    most_minutes: Whole = key(180, "Minutes after which a night is ended and counts as failed.")


class MemberTable(TomlTable):
    """One municipality. Its store, keys and review are its own."""

    configuration: FilePath = Field(description="Its screening.toml.")
    store_url_env: Text | None = key(None, "The environment variable that names its store, where that is PostgreSQL.")
    ledger_url_env: Text | None = key(None, "The environment variable that names its ledger, where it is PostgreSQL.")


class FleetTables(TomlTable):
    """All tables of the file."""

    fleet: FleetTable
    municipality: Annotated[
        tuple[MemberTable, ...], Field(min_length=1), Must("be tables [[municipality]] with their configuration")
    ]
    notify: NotifyTable = NotifyTable()


def load_fleet(file: Path) -> FleetTables:
    """Read and check the file of a fleet; what it names is found relative to it.

    Raises:
        ConfigurationError: every fault, one a line, each with the file.
    """
    try:
        tables = FleetTables.model_validate(parse_toml(file, configuration_content(file)), context=file.parent)
    except ValidationError as error:
        faults = sentences(error, FleetTables)
        raise ConfigurationError("\n".join(f"{file}: {fault}" for fault in faults)) from None
    files = [member.configuration.resolve() for member in tables.municipality]
    databases = [
        name for member in tables.municipality for name in (member.store_url_env, member.ledger_url_env) if name
    ]
    if len(set(files)) < len(files) or len(set(databases)) < len(databases):
        raise ConfigurationError(
            f"{file}: names a municipality or a database twice. Store and ledger are of one municipality each."
        )
    return tables
