"""Every error raised on purpose: what, why, what to do. They name file, row, column and code, never a value."""

from __future__ import annotations

from datetime import datetime

from screening.base.vocabulary import ExitCode


class BarrierError(Exception):
    """An error with a message for the person at the keyboard and an exit code for the scheduler.

    `may_pass`: whether waiting can help, so that a scheduler may try again.
    """

    exit_code = ExitCode.UNEXPECTED
    may_pass = False


class ConfigurationError(BarrierError):
    """The configuration cannot be used as it stands (exit code 2)."""

    exit_code = ExitCode.CONFIGURATION


class ForbiddenColumnError(ConfigurationError):
    """A source carries a column that may never be read and that the configuration does not drop (exit code 2)."""


class SourceError(BarrierError):
    """A delivery is damaged, or its form cannot be read without guessing (exit code 3): nothing of it is used."""

    exit_code = ExitCode.CONTRACT_STOP


class ReaderError(SourceError):
    """A reader of an extension failed at a delivery that it may read (exit code 3): nothing of it is used."""


class UnsettledSourceError(SourceError):
    """A delivery is still being written (exit code 3)."""

    may_pass = True


class SourceMissingError(BarrierError):
    """A configured source is not there (exit code 4)."""

    exit_code = ExitCode.STALE_OR_MISSING


class SourceAwayError(SourceMissingError):
    """The database of a configured source cannot be reached (exit code 4)."""

    may_pass = True


class SuspectDeliveryError(BarrierError):
    """A register without which no run is published came otherwise than a good delivery would (exit code 4)."""

    exit_code = ExitCode.STALE_OR_MISSING


class ContractStopError(BarrierError):
    """Too many rows were rejected, a file is not that of its manifest, or a value fills a column that may not (3)."""

    exit_code = ExitCode.CONTRACT_STOP


class ContractDefinitionError(BarrierError):
    """A contract file says something that the compiler does not understand (exit code 2)."""

    exit_code = ExitCode.CONFIGURATION


class RuleDefinitionError(BarrierError):
    """An indicator's declaration or its result breaks the rules for indicators (exit code 1)."""


class AlreadyRunningError(BarrierError):
    """Another run holds this workspace (exit code 5)."""

    exit_code = ExitCode.ALREADY_RUNNING


class StoreError(BarrierError):
    """The store cannot be trusted or used (exit code 1)."""


class StoreAwayError(StoreError):
    """The database cannot be reached, or is locked by another process (exit code 1)."""

    may_pass = True


class DamagedStoreError(BarrierError):
    """A page of a database is not what was written, and nothing of it is shown (exit code 1).

    It is no StoreError: who can go on without one thing of the store may not go on with a damaged one. `backup_of`: the
    moment of the last backup that is known; None: none is.
    """

    def __init__(self, message: str, backup_of: datetime | None) -> None:
        super().__init__(message)
        self.backup_of = backup_of


class DiskError(StoreError):
    """What a run leaves cannot be written: the disk is full, or the folder may not be written (exit code 6)."""

    exit_code = ExitCode.CANNOT_WRITE


class LedgerError(StoreError):
    """The ledger cannot be written or trusted (exit code 1): what had to be logged may not be shown or done."""
