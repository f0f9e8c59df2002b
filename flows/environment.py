"""What the environment says and no configuration may: addresses of databases, secrets, and how libraries behave."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from screening.base.errors import ConfigurationError

#: Environment variables that name the database of the store, and that of the ledger.
STORE_URL = "BARRIER_STORE_URL"
LEDGER_URL = "BARRIER_LEDGER_URL"
#: What is said to whoever named a secret that nothing gives.
WHERE_SECRETS_STAND = (
    "A secret stands in the environment of the service, or in a file that it names (its name and _FILE, or "
    "LoadCredential of systemd), never in screening.toml."
)


def store_url() -> str | None:
    """The database of the store, where the environment names one; else it is SQLite in the workspace."""
    return secret(STORE_URL)


def ledger_url() -> str | None:
    """The database of the ledger, where the environment names one; else it is SQLite in the workspace."""
    return secret(LEDGER_URL)


def secret(name: str) -> str | None:
    """A secret, from the one place that gives it; None where none does.

    The places are the environment variable of this name, the file that `<name>_FILE` names (container engines), and
    the file of this name in the folder that systemd gives (`LoadCredential=`). In a file a newline at the end is none
    of it.

    Raises:
        ConfigurationError: several places give it; or its file is not there, empty, of several lines, or readable by
            other accounts. The message names places and never the value.
    """
    places = {
        f"the environment variable {name}": os.environ.get(name),
        f"{name}_FILE": os.environ.get(f"{name}_FILE"),
        f"the credential {name} of systemd": _credential(name),
    }
    given = {place: value for place, value in places.items() if value}
    if len(given) > 1:
        raise ConfigurationError(f"{name} is given by {' and by '.join(given)}. Leave one of them.")
    value = next(iter(given.values()), None)
    if value is None or os.environ.get(name):
        return value
    return _secret_file(name, Path(value))


def _credential(name: str) -> str | None:
    """The path of the file in which systemd hands a secret to the service, where it does."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return str(Path(folder) / name) if folder and (Path(folder) / name).exists() else None


def _secret_file(name: str, file: Path) -> str:
    """The line that a file of a secret holds."""
    try:
        with file.open("rb") as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & stat.S_IRWXO:
                raise ConfigurationError(
                    f"{file}: every account can read this secret ({name}). Take that away (chmod o= {file}), and think "
                    "of another one."
                )
            lines = opened.read().decode().splitlines()
    except OSError as error:
        raise ConfigurationError(f"{file}: the secret {name} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file}: the secret {name} is no text in UTF-8.") from None
    if len(lines) != 1 or not lines[0].strip():
        raise ConfigurationError(f"{file}: the secret {name} is one line, and there are {len(lines)}.")
    return lines[0]


def silence_telemetry() -> None:
    """Switch telemetry off for every library below, before any of them is imported."""
    os.environ.update(DO_NOT_TRACK="1", GX_ANALYTICS_ENABLED="false", PREFECT_SERVER_ANALYTICS_ENABLED="false")


def prefect_environment(home: Path, auth: str) -> None:
    """Settle Prefect's embedded server: its own home, loopback with a password, quiet, no persisted results."""
    silence_telemetry()
    os.environ.setdefault("PREFECT_API_URL", "")
    if os.environ["PREFECT_API_URL"]:
        return  # a standing server was chosen; its own settings hold
    del os.environ["PREFECT_API_URL"]
    os.environ.update(
        PREFECT_HOME=str(home),
        PREFECT_SERVER_ALLOW_EPHEMERAL_MODE="true",
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="90",
        PREFECT_SERVER_API_AUTH_STRING=auth,
        PREFECT_API_AUTH_STRING=auth,
        PREFECT_RESULTS_PERSIST_BY_DEFAULT="false",
        PREFECT_LOGGING_LEVEL="CRITICAL",
        PREFECT_SERVER_LOGGING_LEVEL="CRITICAL",
    )
