"""Keys, a small batch and what a receiver has: made once, since nothing changes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyrage
import pytest

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.partners.batch.batch import make_batch
from screening.partners.batch.manifest import BatchMeta, Recipient, manifest, signed
from screening.partners.batch.notices import withdrawal
from screening.partners.batch.seal import seal
from screening.partners.receiver import verify_batch
from screening.partners.receiver.verify_batch import recipient_of
from tests.partners import example
from tests.partners.desk.disclosed import ANSWER_IDENTITY
from tests.partners.signing import Signer

NOW = dt.datetime(2026, 11, 25, 4, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Post:
    """Sender and receiver: who signs, who opens, and one small sealed batch between them."""

    signer: Signer
    identity: pyrage.x25519.Identity
    files: dict[str, bytes]
    meta: BatchMeta
    sealed: bytes

    def signed(self, files: dict[str, bytes] | None = None, signer: Signer | None = None, **changed: object) -> dict:
        """Files with the manifest that belongs to them and its signature."""
        files, meta = self.files if files is None else files, replace(self.meta, **changed)
        listing = manifest(files, meta)
        return signed(files, listing, (signer or self.signer).sign(listing))

    def sealed_with(self, **changed: object) -> bytes:
        """The batch with another description, sealed to its recipient."""
        return seal(self.signed(**changed), str(self.identity.to_public()))

    @property
    def recipient(self) -> str:
        return self.meta.recipient.fingerprint

    def accepts(self, sealed: bytes, *, now: dt.datetime = NOW, last_sequence: int = 0) -> bool:
        """Whether the receiver accepts it; any answer but BatchError is an error of the test."""
        try:
            tar = verify_batch.decrypt(sealed, str(self.identity))
            self.verify(tar, now=now, last_sequence=last_sequence)
        except verify_batch.BatchError:
            return False
        return True

    def verify(self, tar: bytes, *, now: dt.datetime = NOW, last_sequence: int = 0) -> dict:
        return verify_batch.verify_tar(
            tar,
            recipient=self.recipient,
            signers=self.signer.allowed,
            seen={"9999/vertrouwelijk": last_sequence},
            now=now,
        )[0]


def meta_for(identity: pyrage.x25519.Identity, kind: BatchKind = BatchKind.SIGNALS, sequence: int = 1) -> BatchMeta:
    return BatchMeta(
        "L-00000000000000aa",
        sequence,
        kind,
        "Voorbeeldstad",
        "9999",
        Recipient("RIEC Voorbeeld", str(identity.to_public())),
        NOW - dt.timedelta(hours=1),
        NOW + dt.timedelta(days=30),
        recipient_of(ANSWER_IDENTITY),
    )


@pytest.fixture(scope="session")
def post(tmp_path_factory: pytest.TempPathFactory) -> Post:
    """A withdrawal: the smallest whole batch, so that every byte of it can be tried."""
    signer, identity = Signer(tmp_path_factory.mktemp("signer")), pyrage.x25519.Identity.generate()
    meta = meta_for(identity, BatchKind.WITHDRAWAL)
    notice = withdrawal(
        f"S-{1:032x}",
        version=1,
        batches=["L-00000000000000a0"],
        reason=NoticeReason.ONJUISTE_KOPPELING,
        on="2026-11-25",
    )
    files = make_batch([], meta, notices=[notice])
    unsealed = Post(signer, identity, files, meta, b"")
    return replace(unsealed, sealed=unsealed.sealed_with())


@pytest.fixture(scope="session")
def batch() -> dict[str, bytes]:
    """The files of a batch of three signals."""
    identity = pyrage.x25519.Identity.generate()
    return make_batch([example.signal(number) for number in (3, 1, 2)], meta_for(identity))


@pytest.fixture
def key_file(post: Post, tmp_path: Path) -> Path:
    """The receiver's key as age-keygen writes it."""
    path = tmp_path / "key.txt"
    path.write_text(f"# created: 2026-11-25\n# public key: {post.identity.to_public()}\n{post.identity}\n")
    return path


@pytest.fixture
def unpack(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    """Writes files into a folder, for tools that open files."""

    def write(files: dict[str, bytes]) -> Path:
        verify_batch.write_files(files, tmp_path / "batch")
        return tmp_path / "batch"

    return write
