"""pg_dump and pg_restore: their versions, how they are told the database, and what of their words is passed on.

A password stands in no argument of a process, which every account of the machine can list: the programmes read all of
the database's address from their environment, as the libraries of PostgreSQL do. Their errors can hold a value of a
row, so that of pg_restore nothing is repeated.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

import psycopg.pq
import sqlalchemy as sa

from screening.base.errors import ConfigurationError, StoreError

#: A dump is put into the tar in parts of this size, which are in memory one at a time.
PART_BYTES = 16 << 20


def server_version(connection: sa.Connection) -> int:
    """The major version of the server."""
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def require_program(name: str, version: int) -> str:
    """Find pg_dump or pg_restore, at least of this major version: an older one does not know the server's catalogue.

    Raises:
        ConfigurationError: it is not there or too old; the message says what to install.
    """
    package = f"Install PostgreSQL's programmes of version {version} or newer (Debian: postgresql-client-{version})"
    path = shutil.which(name)
    if path is None:
        raise ConfigurationError(
            f"{name} is not there: with it a store in PostgreSQL is backed up and restored. {package}."
        )
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - PostgreSQL's
    stated = re.search(r"\b(\d+)\.?\d*", answer.stdout)
    if answer.returncode or stated is None:
        raise ConfigurationError(f"{path} does not tell its version: it cannot be started here. {package}.")
    if int(stated[1]) < version:
        raise ConfigurationError(
            f"{path} is of version {stated[1]}, and {version} is needed: not older than the server. {package}, and "
            f"put them first on PATH (Debian: /usr/lib/postgresql/{version}/bin)."
        )
    return path


def dump(engine: sa.Engine, program: str, *, schema: str, snapshot: str) -> Generator[bytes, None, None]:
    """The dump of a schema as this exported snapshot sees it, in parts. StoreError when pg_dump fails."""
    arguments = [
        program,
        "--format=custom",
        "--compress=1",
        f'--schema="{schema}"',
        f"--snapshot={snapshot}",
        "--no-owner",
        "--no-privileges",
        "--no-password",
    ]
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(  # noqa: S603 - PostgreSQL's
            arguments, stdout=subprocess.PIPE, stderr=words, env=_environment(engine)
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            while part := process.stdout.read(PART_BYTES):
                yield part
            process.wait()
        finally:
            process.kill()  # one that has ended is left alone
        if process.returncode:
            raise StoreError(f"No backup is made: pg_dump ended with {process.returncode}. {_reason(words)}".strip())


def restore_dump(engine: sa.Engine, program: str, parts: Iterable[Path], *, schema: str) -> None:
    """Bring a dump back into an empty schema, all of it or nothing.

    Raises:
        StoreError: pg_restore failed, and nothing of the dump is there.
    """
    arguments = [
        program,
        f"--dbname={engine.url.database}",
        f"--schema={schema}",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        "--no-password",
    ]
    with (
        subprocess.Popen(  # noqa: S603 - PostgreSQL's
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(engine),
        ) as process,
        suppress(BrokenPipeError),
    ):
        # one that ends early does not read on: its code says so
        assert process.stdin is not None  # noqa: S101 - it was asked for
        for part in parts:
            with part.open("rb") as content:
                shutil.copyfileobj(content, process.stdin)
    if process.returncode:
        raise StoreError(
            f"pg_restore ended with {process.returncode} and took all back that it had done in "
            f"{engine.url.render_as_string(hide_password=True)}. May this login make tables there, and is the server "
            "of the version of the backup or newer? The log of the server tells more."
        )


def _environment(engine: sa.Engine) -> dict[str, str]:
    """The environment in which PostgreSQL's programmes go to the database of this engine."""
    _, arguments = engine.dialect.create_connect_args(engine.url)
    variables = {option.keyword: option.envvar for option in psycopg.pq.Conninfo.get_defaults()}
    address = {variables.get(str(name).encode()): value for name, value in arguments.items() if value is not None}
    return os.environ | {variable.decode(): str(value) for variable, value in address.items() if variable}


def _reason(words: IO[bytes]) -> str:
    """The first error of pg_dump, which reads rows and never shows one."""
    words.seek(0)
    lines = words.read().decode(errors="replace").splitlines()
    return next((line for line in lines if line.startswith("pg_dump: error:")), "")
