"""`[extensions]`: where those of the municipality lie, which installed packages join, and what was signed of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from flows.configuration.fields import FilePath, Must, TomlTable, key
from screening.base.extensions import NAMESPACE

_Namespace = Annotated[str, Field(pattern=rf"^{NAMESPACE}$")]
_Digest = Annotated[
    str, Field(pattern=r"^sha256:[0-9a-f]{64}$"), Must("be the hash in quotes that `barrier check` prints")
]


class ExtensionsTable(TomlTable):
    """Rules, registers and word lists of the municipality's own."""

    path: FilePath | None = key(None, "The folder with a folder for each extension, called after its namespace.")
    packages: Annotated[
        tuple[_Namespace, ...], Must('name extensions that are installed, each by its three capitals, such as ["ZOM"]')
    ] = key((), "The namespaces of installed packages that are in force here; one that is not named is not.")
    hashes: Annotated[
        Mapping[_Namespace, _Digest],
        Must('give a namespace its hash, such as ZOM = "sha256:…", as `barrier check` prints it'),
    ] = key({}, "Namespace = hash of its files. A real municipality has one for each extension.")
