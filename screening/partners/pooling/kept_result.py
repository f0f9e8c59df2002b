"""The last result of the processor, kept in the workspace: the overview and the papers say what it holds."""

from __future__ import annotations

from pathlib import Path

from screening.partners.pooling.counts import PoolError
from screening.partners.pooling.envelope import require_signed
from screening.partners.pooling.result import PooledResult, read_result

#: The folder in the workspace.
FOLDER = "pool"
_FILE = "result.json"


def keep_result(workspace: Path, content: bytes, signature: str, *, signer: str, processor: str) -> PooledResult:
    """Check a result and keep it in place of the last one.

    Args:
        workspace: The folder of the workspace.
        content: The result as it came.
        signature: As `ssh-keygen -Y sign -n barrier` wrote it over the content.
        signer: The public key with which the processor signs.
        processor: Its name.

    Raises:
        PoolError: it is no result, of somebody else, or older than what is kept.
    """
    require_signed(content, signature, signer, processor)
    result = read_result(content)
    kept = kept_result(workspace)
    if result.processor != processor:
        raise PoolError("This result is of another processor than the configuration names.")
    if kept is not None and result.quarter < kept.quarter:
        raise PoolError(f"The result of {kept.quarter} was read in already, and this one is older.")
    folder = workspace / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    passing = folder / f"{_FILE}.new"
    passing.write_bytes(content)
    passing.replace(folder / _FILE)
    return result


def kept_result(workspace: Path) -> PooledResult | None:
    """The result that was read in last; None before the first. PoolError: the file was changed by hand."""
    path = workspace / FOLDER / _FILE
    return read_result(path.read_bytes()) if path.is_file() else None
