"""Whether what was found is what two people signed for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from screening.base.errors import ConfigurationError
from screening.base.extensions import Extension


def refuse_unsigned(
    file: Path, extensions: Iterable[Extension], hashes: Mapping[str, str], *, is_synthetic: bool
) -> None:
    """Refuse an extension that is not the one of `[extensions.hashes]`, before anything of it is used.

    Args:
        file: The configuration, for the message.
        extensions: What was found.
        hashes: Namespace -> hash, as it was signed.
        is_synthetic: Whether the data are made up: then a hash may be left out.

    Raises:
        ConfigurationError: In a real municipality an extension has no hash; anywhere it has another one, or a hash is
            of no extension.
    """
    faults: list[str] = []
    present = {extension.namespace: extension for extension in extensions}
    for namespace, extension in present.items():
        signed = hashes.get(namespace)
        says = f'[extensions.hashes] {namespace} = "{extension.digest}"'
        if signed is None and not is_synthetic:
            faults.append(
                f"the extension {extension} has no hash, and nothing of it may run. Look at its files in "
                f"{extension.origin}; write {says}, and let two people sign."
            )
        elif signed is not None and signed != extension.digest:
            faults.append(
                f"the extension {extension} is another one than was signed: its files in {extension.origin} changed. "
                f"Look at them; write {says}, and let two people sign."
            )
    faults += [
        f"[extensions.hashes] {namespace} is of no extension that was found. Install it, or remove the line."
        for namespace in sorted(set(hashes) - set(present))
    ]
    if faults:
        raise ConfigurationError("\n".join(f"{file}: {fault}" for fault in faults))
