"""The manifests that stand beside the files of a register, and whether the files are those of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screening.base.errors import ContractStopError
from screening.base.frames import SourceFile
from screening.contracts.manifest import (
    MOST_BYTES,
    SUFFIX,
    DeliveredFile,
    Manifest,
    check_manifest,
    read_manifest,
    together,
)


def check_manifests(dataset: str, files: Sequence[SourceFile], policy: str) -> list[Manifest]:
    """Hold each file of a register against its manifest, or all of them against the one of their folder.

    Args:
        dataset: The register.
        files: What was read.
        policy: `[sources.x] manifest`: required, used or ignored.

    Returns:
        The manifests that decide about all the files; none where a file has none.

    Raises:
        ContractStopError: a file is not that of its manifest, or has none where it is required.
    """
    delivered = dict(_delivered(file) for file in files if file.bytes is not None)
    if policy == "ignored" or not delivered:
        return []
    manifests = [
        manifest for path, file in delivered.items() if (manifest := _checked(path.with_name(path.name + SUFFIX), file))
    ]
    if len(manifests) == len(delivered):
        return manifests
    folders = {path.parent for path in delivered}
    for folder in folders if len(folders) == 1 else ():
        whole = together(folder.name, {path.name: file for path, file in delivered.items()})
        manifest = _checked(folder.with_name(folder.name + SUFFIX), whole)
        if manifest:
            return [manifest]
    if policy == "required":
        lacking = len(delivered) - len(manifests)
        raise ContractStopError(
            f"{min(path.name for path in delivered)}: {lacking} of {len(delivered)} files of {dataset} came without "
            f"a manifest (<file>{SUFFIX}), and [sources.{dataset}] requires one. Ask the supplier for it; a colleague "
            "who trusts the file can make one: barrier intake seal FILE."
        )
    return []


def _checked(place: Path, delivered: DeliveredFile) -> Manifest | None:
    try:
        with place.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ContractStopError(f"{place.name}: the manifest cannot be opened ({error.strerror}).") from None
    manifest = read_manifest(content, place.name)
    check_manifest(manifest, delivered)
    return manifest


def _delivered(file: SourceFile) -> tuple[Path, DeliveredFile]:
    """Where a file lies, and what came. A query takes a part of a database: of that only its bytes are compared."""
    if file.database:
        place = Path(file.database[0]).absolute()
        return place, DeliveredFile(place.name, file.database[1], file.bytes or 0)
    place = Path(file.path).absolute()
    return place, DeliveredFile(place.name, file.sha256, file.bytes or 0, file.rows_read, tuple(file.header))
