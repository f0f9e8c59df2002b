"""The terms of `[export]`, with the keys of tokens and of answers, which lie in files; and how these are made."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, fields
from pathlib import Path

import pyrage

from flows.configuration.partner_tables import ContactTable, ExportTable
from flows.configuration.read import Configuration
from screening.base.errors import ConfigurationError, StoreError
from screening.casework.person_hashes import subject_key
from screening.partners.desk.policy import ContactPoint, ExportPolicy
from screening.store import Workspace
from screening.store.files import make_directory, sync_directory, write_file

#: Names of files: under which people become tokens, and what opens the answers of receivers (an identity of age).
TOKEN_KEY, ANSWER_KEY = "tokens.key", "answers.key"
_REQUIRED = ("department", "contact_function", "mailbox", "dpia", "keep_days", "keep_reason")
#: What a made-up municipality says when it says nothing, so that the whole way can be walked.
_EXAMPLE = ExportTable(
    department="Toezicht en handhaving (voorbeeld)",
    contact_function="Coördinator ondermijning",
    mailbox="riec@gemeente.example",
    contacts=(ContactTable(function="Coördinator wonen", mailbox="wonen@gemeente.example"),),
    dpia="DPIA-VOORBEELD-01",
    keep_days=365,
    keep_reason="Een jaar, zoals in dit voorbeeld is afgesproken",
)


@dataclass(frozen=True)
class ExportSettings:
    """`[export]` of a municipality, and where its keys and batches are."""

    configuration: Configuration

    @property
    def terms(self) -> ExportTable:
        """What the table states; of a made-up municipality that states nothing, an example."""
        stated = self.configuration.export
        if not self.configuration.is_synthetic:
            return stated
        return _EXAMPLE.model_copy(update=stated.model_dump(exclude_unset=True))

    @property
    def keys(self) -> Path:
        """The folder of the keys."""
        return self.configuration.export.keys or self.configuration.workspace / "keys" / "export"

    @property
    def out(self) -> Path:
        """The folder in which batches are put."""
        return self.configuration.export.out or self.configuration.workspace / "export"

    def policy(self) -> ExportPolicy:
        """The terms on which signals leave. ConfigurationError when one is missing, or when there are no keys."""
        file, terms = self.configuration.file, self.terms
        absent = [name for name in _REQUIRED if not getattr(terms, name)]
        if absent:
            raise ConfigurationError(f"{file}: [export] lacks {', '.join(absent)}. Without it no signal is made.")
        try:
            return ExportPolicy(
                **terms.model_dump(include={term.name for term in fields(ExportPolicy)} - {"out"}),
                out=self.out,
                municipality=self.configuration.municipality.name,
                code=self.configuration.municipality.code,
                more_contacts=tuple(ContactPoint(**contact.model_dump()) for contact in terms.contacts),
                token_key=self.token_key(),
                answer_identity=_key_file(self.keys / ANSWER_KEY).decode("ascii", "replace").strip(),
                subject_key=subject_key(Workspace(self.configuration.workspace)),
            )
        except StoreError as error:
            raise ConfigurationError(f"{file}: [export] {error}") from None

    @property
    def has_keys(self) -> bool:
        """Whether the keys were made."""
        return all((self.keys / name).exists() for name in (TOKEN_KEY, ANSWER_KEY))

    def token_key(self) -> bytes:
        """The key under which people become tokens. ConfigurationError when there is none, or it is damaged."""
        try:
            return bytes.fromhex(_key_file(self.keys / TOKEN_KEY).decode("ascii").strip())
        except (ValueError, UnicodeDecodeError):
            raise ConfigurationError(f"{self.keys / TOKEN_KEY}: damaged. Restore it from its own backup.") from None


def served_policy(configuration: Configuration) -> ExportPolicy | None:
    """The terms on which pages prepare signals; None where `[export]` is not filled in or no keys were made.

    For a made-up municipality the keys are made: they protect nobody.
    """
    export = ExportSettings(configuration)
    if configuration.is_synthetic:
        make_keys(export)
    elif not configuration.has_export or not export.has_keys:
        return None
    return export.policy()


def make_keys(export: ExportSettings) -> dict[str, object]:
    """Make the keys that are not there (0700 and 0600). A key that is there is never written over."""
    make_directory(export.keys)
    new_keys = {TOKEN_KEY: secrets.token_hex(32), ANSWER_KEY: str(pyrage.x25519.Identity.generate())}
    absent = [name for name in new_keys if not (export.keys / name).exists()]
    for name in absent:
        write_file(export.keys / name, f"{new_keys[name]}\n".encode())
    if absent:
        sync_directory(export.keys)
    return {"folder": str(export.keys), "made": absent}


def _key_file(file: Path) -> bytes:
    """The content of a key file. ConfigurationError when it is not there, or when others could read it."""
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise ConfigurationError(
                    f"{file}: others can read this key. Set its mode to 0600, and think of a new one."
                )
            return opened.read()
    except FileNotFoundError:
        raise ConfigurationError(f"{file}: no key there. Make the keys once: barrier export keys") from None
    except OSError as error:
        raise ConfigurationError(f"{file}: the key cannot be read ({error.strerror}).") from None
