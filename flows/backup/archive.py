"""The file of a backup: a tar of files and of parts of files, encrypted with age. It never lies open as a whole."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path, PurePosixPath

import pyrage

from screening.base.errors import ConfigurationError, StoreError
from screening.store.files import make_directory, remove, sync_directory, write_file

#: Name in the tar, and the file that is put there or its bytes.
Members = Generator[tuple[str, Path | bytes], None, None]


def backup_key(text: str) -> pyrage.x25519.Recipient:
    """The public key that a person gave. ConfigurationError: it is none."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise ConfigurationError(
            "This is no public key of age: it begins with age1. Make one with age-keygen."
        ) from None


def seal_archive(folder: Path, name: str, key: pyrage.x25519.Recipient, members: Members) -> Path:
    """Write the tar of these members, encrypted; on the disk when this returns."""
    make_directory(folder)
    partial = folder / f".{name}.part"
    remove(partial)
    write_file(partial, b"")
    # The tar goes through a pipe into the encryption: a store of gigabytes takes no memory.
    end_of_age, end_of_tar = os.pipe()
    try:
        with ThreadPoolExecutor(1) as pool, open(end_of_age, "rb") as plain, partial.open("wb") as sealed:
            packed = pool.submit(_pack, end_of_tar, members)
            pyrage.encrypt_io(plain, sealed, [key])
            packed.result()
            sealed.flush()
            os.fsync(sealed.fileno())
        os.replace(partial, folder / name)
        sync_directory(folder)
    finally:
        remove(partial)
    return folder / name


def open_archive(file: Path, identity: Path, into: Path) -> None:
    """Put the members of a backup into a folder, which has a `staging` folder. The caller removes it after an error.

    Raises:
        StoreError: the file cannot be opened with this key, is damaged, or holds what is no file of a workspace.
    """
    opened = into / "staging" / "opened.tar"
    write_file(opened, b"")
    try:
        _decrypt(file, identity, opened)  # as a whole first: of a file that is cut or damaged nothing is used
        _unpack(opened, file, into)
    finally:
        remove(opened)


def _pack(descriptor: int, members: Members) -> None:
    with closing(members), open(descriptor, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as tar:
        for inside, content in members:
            with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as source:
                member = tarfile.TarInfo(inside)
                member.size = source.seek(0, os.SEEK_END)
                member.mode = 0o600
                source.seek(0)
                tar.addfile(member, source)


def _decrypt(file: Path, identity: Path, opened: Path) -> None:
    try:
        lines = [line.strip() for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
        with file.open("rb") as sealed, opened.open("wb") as plain:
            pyrage.decrypt_io(sealed, plain, [pyrage.x25519.Identity.from_str(line) for line in lines])
    except (OSError, pyrage.DecryptError, pyrage.IdentityError):
        raise StoreError(f"{file}: cannot be opened with this key, or is damaged. Nothing of it was used.") from None


def _unpack(opened: Path, file: Path, into: Path) -> None:
    with tarfile.open(opened) as tar:
        for member in tar:
            inside = PurePosixPath(member.name)
            if not member.isfile() or inside.is_absolute() or ".." in inside.parts:
                raise StoreError(f"{file}: holds something that is no file of a workspace. Nothing of it was used.")
            path = into / inside
            make_directory(path.parent)
            remove(path)
            write_file(path, b"")
            with path.open("wb") as unpacked:
                shutil.copyfileobj(tar.extractfile(member) or io.BytesIO(), unpacked)
                unpacked.flush()
                os.fsync(unpacked.fileno())
