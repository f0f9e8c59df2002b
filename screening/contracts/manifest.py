"""The manifest of a delivery: what the supplier says that a file is, and whether the file is that (formats page)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, ValidationError, model_validator

from screening.base.errors import ContractStopError

#: What the name of a manifest adds to the name of the file or folder that it stands beside.
SUFFIX = ".manifest.json"
#: A manifest is a page, not a delivery.
MOST_BYTES = 1 << 20

_Text = Annotated[str, Field(min_length=1, max_length=400)]
_Count = Annotated[StrictInt, Field(ge=0)]


class Manifest(BaseModel):
    """What a supplier says of a file, or of all files of a folder together. Keys that are not known are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    version: Literal[1]
    file: _Text
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: _Count
    rows: _Count
    #: The date for which the content holds.
    as_of: date
    period_from: date | None = Field(None, alias="from")
    period_to: date | None = Field(None, alias="to")
    supplier: _Text | None = None
    made_at: AwareDatetime | None = None
    columns: tuple[_Text, ...] | None = None

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.period_from and self.period_to and self.period_from > self.period_to:
            raise ValueError("`from` is after `to`")
        return self

    def document(self) -> dict[str, object]:
        """The manifest as it is written down: only the keys that it has."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


@dataclass(frozen=True)
class DeliveredFile:
    """What came: a file, its hash, its size, how many rows it has (None: not counted yet) and the names in its header.

    `columns` is empty where the medium has no header.
    """

    name: str
    sha256: str
    bytes: int
    rows: int | None = None
    columns: tuple[str, ...] = ()


def together(folder: str, files: Mapping[str, DeliveredFile]) -> DeliveredFile:
    """All files of a folder as one: the hash is that of the lines `<sha256>  <name>`, sorted by name (as sha256sum)."""
    lines = "".join(f"{files[name].sha256}  {name}\n" for name in sorted(files))
    counts = [file.rows for file in files.values()]
    columns = {file.columns for file in files.values()}
    return DeliveredFile(
        name=folder,
        sha256=hashlib.sha256(lines.encode()).hexdigest(),
        bytes=sum(file.bytes for file in files.values()),
        rows=None if None in counts else sum(count or 0 for count in counts),
        columns=columns.pop() if len(columns) == 1 else (),
    )


def read_manifest(content: bytes, name: str) -> Manifest:
    """Read the text of a manifest.

    Raises:
        ContractStopError: it is no manifest. The message names the file and the key, and repeats no value.
    """
    try:
        document = json.loads(content.decode("utf-8-sig")) if len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ContractStopError(f"{name}: is no manifest: one JSON object in UTF-8 is expected. Have it made again.")
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        keys = sorted({".".join(map(str, fault["loc"])) or "from and to" for fault in error.errors()})
    raise ContractStopError(
        f"{name}: the manifest lacks {', '.join(keys)}, or has something else there. Have it made again: "
        "barrier intake seal FILE."
    )


def check_manifest(manifest: Manifest, delivered: DeliveredFile) -> None:
    """Hold a delivery against its manifest.

    Raises:
        ContractStopError: they differ. Nothing of the delivery is used.
    """
    differences = [
        f"{what} ({stated} in the manifest, {delivered_value} came)" if shown else what
        for what, stated, delivered_value, shown in (
            ("the name", manifest.file, delivered.name, False),
            ("bytes", manifest.bytes, delivered.bytes, True),
            ("the sha256", manifest.sha256, delivered.sha256, False),
            ("rows", manifest.rows, manifest.rows if delivered.rows is None else delivered.rows, True),
        )
        if stated != delivered_value
    ]
    if manifest.columns is not None and delivered.columns and manifest.columns != delivered.columns:
        differences.append(f"columns ({len(manifest.columns)} in the manifest, {len(delivered.columns)} came)")
    if differences:
        raise ContractStopError(
            f"{delivered.name}: is not the file of its manifest: {', '.join(differences)}. It was cut, damaged or "
            "exchanged on the way, or the manifest belongs to another delivery. Nothing of it is used. Ask for "
            "both again."
        )
