"""`[extensions]`: where rules and registers of the municipality's own lie, and what was signed of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from flows.configuration.fields import FilePath, Must, TomlTable, key
from screening.extensions import NAMESPACE

_Namespace = Annotated[str, Field(pattern=rf"^{NAMESPACE}$")]
_Digest = Annotated[
    str, Field(pattern=r"^sha256:[0-9a-f]{64}$"), Must("be the hash in quotes that `barrier check` prints")
]


class ExtensionsTable(TomlTable):
    """Rules, registers and word lists of the municipality's own."""

    path: FilePath | None = key(None, "The folder with a folder for each extension, called after its namespace.")
    hashes: Annotated[
        Mapping[_Namespace, _Digest],
        Must('give a namespace its hash, such as ZOM = "sha256:…", as `barrier check` prints it'),
    ] = key({}, "Namespace = hash of its files. A real municipality has one for each extension.")
