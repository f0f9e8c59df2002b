"""S10: nothing but what the sender signed for this key is accepted, and the harness that says so can fail."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import tempfile
from dataclasses import replace

import pyrage
import pytest

from screening.partners.batch.container import tar
from screening.partners.batch.manifest import Recipient, manifest, signed
from screening.partners.batch.seal import checked_certificate, checked_recipient, seal_openpgp, seal_to
from screening.partners.receiver import verify_batch
from screening.partners.signal.errors import SealError
from tests.partners.conftest import NOW, Post
from tests.partners.signing import Signer


def payload(post: Post) -> bytes:
    return tar(post.signed())


def open_sealed(post: Post, sealed: bytes, identity: pyrage.x25519.Identity | None = None) -> tuple[dict, dict]:
    """The manifest and the files of a sealed batch, as a receiver of ours has them."""
    own = identity or post.identity
    tarred = verify_batch.decrypt(sealed, str(own))
    recipient = verify_batch.fingerprint(str(own.to_public()).encode())
    return verify_batch.verify_tar(tarred, recipient=recipient, signers=post.signer.allowed, seen={}, now=NOW)


def accepted_changes(post: Post, data: bytes, places: list[int], *, sealed: bool, verify=None) -> list[str]:
    """The one-byte changes and truncations of `data` at these places that the receiver accepts."""
    check = verify or (post.accepts if sealed else lambda changed: opens(post, changed))
    found = []
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << (place % 8)
        if check(bytes(flipped)):
            found.append(f"flip {place}")
        if check(data[:place]):
            found.append(f"cut {place}")
    return found


def opens(post: Post, tarred: bytes) -> bool:
    try:
        post.verify(tarred)
    except verify_batch.BatchError:
        return False
    return True


def test_what_was_sealed_is_opened_again(post: Post):
    listing, files = open_sealed(post, post.sealed)
    assert {name: files[name] for name in post.files} == post.files
    assert (listing["sequence"], listing["confidentiality"]) == (1, "vertrouwelijk")
    assert set(files) - set(post.files) == {"manifest.json", "manifest.json.sig"}


def test_ssh_keygen_itself_accepts_the_signature_with_the_receivers_file(post: Post, tmp_path):
    files = post.signed()
    (tmp_path / "manifest.json.sig").write_bytes(files["manifest.json.sig"])

    def verify(statement: bytes, who: str = "gemeente-9999", namespace: str = "barrier") -> int:
        command = ["ssh-keygen", "-Y", "verify", "-f", post.signer.allowed, "-I", who, "-n", namespace]
        command += ["-s", tmp_path / "manifest.json.sig"]
        return subprocess.run(command, input=statement, capture_output=True, check=False).returncode

    assert verify(files["manifest.json"]) == 0
    assert verify(files["manifest.json"] + b" ") != 0
    assert verify(files["manifest.json"], who="gemeente-0457") != 0
    assert verify(files["manifest.json"], namespace="file") != 0


def test_sampled_flips_and_truncations_are_refused(post: Post):
    sample = random.Random(10)
    outside = sample.sample(range(len(post.sealed)), 200)
    inside = payload(post)
    assert accepted_changes(post, post.sealed, outside, sealed=True) == []
    assert accepted_changes(post, inside, sample.sample(range(len(inside)), 200), sealed=False) == []


@pytest.mark.goal("S10", reached="every flip and every cut: 0 accepted")
@pytest.mark.long
def test_every_flip_and_every_truncation_is_refused(post: Post):
    inside = payload(post)
    assert accepted_changes(post, post.sealed, list(range(len(post.sealed))), sealed=True) == []
    assert accepted_changes(post, inside, list(range(len(inside))), sealed=False) == []


def test_the_harness_finds_a_receiver_that_does_not_check_the_signature(post: Post, monkeypatch: pytest.MonkeyPatch):
    """Q1: with the signature check taken out, a change in the manifest must be found as accepted."""

    inside = payload(post)
    start = inside.index(b'"municipality":"Voorbeeldstad"') + 16
    places = list(range(start, start + 8))
    assert accepted_changes(post, inside, places, sealed=False) == []
    monkeypatch.setattr(verify_batch, "check_signature", lambda *_: None)
    assert accepted_changes(post, inside, places, sealed=False) != []


def test_the_harness_finds_a_receiver_that_does_not_check_the_container(post: Post, monkeypatch: pytest.MonkeyPatch):
    """Q1: a tar reader that skims over times and owners would let bytes through that nobody signed."""
    inside = payload(post)
    monkeypatch.setattr(verify_batch, "unpacked", _lenient)
    assert accepted_changes(post, inside, list(range(100, 150)), sealed=False) != []


def _lenient(data: bytes) -> dict[str, bytes]:
    import io
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(data), errorlevel=0, ignore_zeros=True) as archive:
            return {one.name: archive.extractfile(one).read() for one in archive if one.isfile()}
    except (tarfile.TarError, EOFError):
        raise verify_batch.BatchError("damaged", "no") from None


def test_another_key_does_not_open_it(post: Post):
    with pytest.raises(verify_batch.BatchError) as refused:
        open_sealed(post, post.sealed, pyrage.x25519.Identity.generate())
    assert refused.value.code == "damaged"


def test_what_one_receiver_encrypts_again_for_another_is_refused_there(post: Post):
    """T9: age does not say who sealed; the signed manifest names the key it is for."""
    other = pyrage.x25519.Identity.generate()
    again = pyrage.encrypt(verify_batch.decrypt(post.sealed, str(post.identity)), [other.to_public()])
    with pytest.raises(verify_batch.BatchError) as refused:
        open_sealed(post, again, other)
    assert (refused.value.code, refused.value.exit_code) == ("other_recipient", 6)


def test_another_sender_is_refused_also_with_a_key_of_another_municipality(post: Post, tmp_path):
    other = Signer(tmp_path / "other", code="0457")
    with pytest.raises(verify_batch.BatchError, match="Nobody whom you know signed this batch"):
        open_sealed(post, post.sealed_with(signer=other))
    both = tmp_path / "both"
    both.write_text(post.signer.allowed.read_text() + other.allowed.read_text())
    known = {"recipient": post.recipient, "signers": both, "seen": {}, "now": NOW}
    assert verify_batch.verify_tar(payload(post), **known)[0]["batch_id"] == post.meta.batch_id
    # whoever signs for one municipality does not sign for another
    with pytest.raises(verify_batch.BatchError, match="Nobody whom you know signed this batch"):
        verify_batch.verify_tar(tar(post.signed(signer=other)), **known)


def test_a_manifest_of_another_batch_is_refused(post: Post):
    later = post.signed({"README.txt": b"iets anders"}, sequence=2)
    swapped = post.signed() | {name: later[name] for name in ("manifest.json", "manifest.json.sig")}
    with pytest.raises(verify_batch.BatchError) as refused:
        post.verify(tar(swapped))
    assert refused.value.code == "not_whole"


def test_what_was_signed_for_something_else_is_no_batch(post: Post):
    files = post.signed()
    files["manifest.json.sig"] = post.signer.sign(files["manifest.json"], namespace="file")
    with pytest.raises(verify_batch.BatchError) as refused:
        post.verify(tar(files))
    assert refused.value.code == "other_sender"


def test_sensitive_batches_are_counted_by_themselves(post: Post):
    sensitive = tar(post.signed(sensitive=True))
    for seen, is_accepted in (({"9999/vertrouwelijk": 7}, True), ({"9999/zeer_vertrouwelijk": 1}, False)):
        known = {"recipient": post.recipient, "signers": post.signer.allowed, "seen": seen, "now": NOW}
        if is_accepted:
            assert verify_batch.verify_tar(sensitive, **known)[0]["confidentiality"] == "zeer_vertrouwelijk"
        else:
            with pytest.raises(verify_batch.BatchError):
                verify_batch.verify_tar(sensitive, **known)


@pytest.mark.goal("S10", reached="0 replays accepted")
def test_a_batch_is_accepted_once(post: Post):
    assert post.accepts(post.sealed, last_sequence=0)
    assert not post.accepts(post.sealed, last_sequence=1)
    assert not post.accepts(post.sealed, last_sequence=7)


def test_a_batch_expires_and_does_not_come_from_the_future(post: Post):
    assert post.accepts(post.sealed, now=post.meta.expires_at - dt.timedelta(seconds=1))
    assert not post.accepts(post.sealed, now=post.meta.expires_at)
    assert post.accepts(post.sealed, now=post.meta.made_at - dt.timedelta(hours=23))
    assert not post.accepts(post.sealed, now=post.meta.made_at - dt.timedelta(hours=25))


@pytest.mark.parametrize("lost", ["berichten.json", "manifest.json", "manifest.json.sig"])
def test_a_batch_without_one_of_its_files_is_refused(post: Post, lost: str):
    files = post.signed()
    del files[lost]
    assert not opens(post, tar(files))


def test_a_batch_with_a_file_beside_its_list_is_refused(post: Post):
    assert not opens(post, tar(post.signed() | {"extra.txt": b""}))


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "a/../x", "a//x", "./x", ".hidden", "a/.git", "x\\y", "x\ny", "C:x", "a/b/c/d", "é", "", "x" * 101],
)
def test_a_name_that_points_elsewhere_is_neither_packed_nor_unpacked(post: Post, name: str):
    with pytest.raises(SealError):
        tar({name: b"x"})
    try:
        forged = verify_batch.header(name, 0)
    except (UnicodeEncodeError, ValueError):
        return
    with pytest.raises(verify_batch.BatchError):
        verify_batch.unpacked(forged[:512] + bytes(1024))


@pytest.mark.parametrize("kind", [b"1", b"2", b"5", b"L", b"x", b"g"])
def test_a_link_a_folder_or_an_extension_in_the_tar_is_refused(kind: bytes):
    block = bytearray(verify_batch.header("x", 0))
    block[156:157] = kind
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    with pytest.raises(verify_batch.BatchError):
        verify_batch.unpacked(bytes(block) + bytes(1024))


def test_files_twice_or_out_of_order_are_refused():
    one, two = verify_batch.header("a", 0), verify_batch.header("b", 0)
    assert list(verify_batch.unpacked(one + two + bytes(1024))) == ["a", "b"]
    for wrong in (one + one, two + one):
        with pytest.raises(verify_batch.BatchError):
            verify_batch.unpacked(wrong + bytes(1024))


def test_the_payload_is_the_same_for_the_same_files(post: Post):
    shuffled = dict(reversed(post.files.items()))
    assert payload(post) == tar(post.signed(shuffled))


def test_a_large_batch_is_streamed_to_the_same_payload(post: Post, tmp_path):
    files = post.files | {"groot.bin": random.Random(1).randbytes(3_000_001)}
    with (tmp_path / "batch.age").open("wb") as file:
        seal_to(file, post.signed(files), str(post.identity.to_public()))
    assert open_sealed(post, (tmp_path / "batch.age").read_bytes())[1]["groot.bin"] == files["groot.bin"]


def test_debians_age_and_tar_open_it(post: Post, key_file, tmp_path):
    (tmp_path / "batch.age").write_bytes(post.sealed)
    opened = subprocess.run(["age", "-d", "-i", key_file, tmp_path / "batch.age"], capture_output=True, check=True)
    (tmp_path / "out").mkdir()
    unpacked = subprocess.run(
        ["tar", "-x", "-C", tmp_path / "out"], input=opened.stdout, capture_output=True, check=True
    )
    assert unpacked.stderr == b""
    assert {one.name for one in (tmp_path / "out").iterdir()} >= set(post.files)
    assert (tmp_path / "out" / "berichten.json").read_bytes() == post.files["berichten.json"]


@pytest.mark.parametrize("wrong", ["", "age1", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1ABC", "# x\nAGE-SECRET-KEY-1ABC"])
def test_a_recipient_that_is_no_public_key_of_age_is_refused_without_quoting_it(wrong: str):
    with pytest.raises(SealError) as refused:
        checked_recipient(wrong)
    assert "AGE-SECRET-KEY-1ABC" not in str(refused.value)


def test_a_batch_has_a_sequence_zoned_times_and_no_file_named_as_its_manifest(post: Post):
    with pytest.raises(SealError):
        replace(post.meta, sequence=0)
    with pytest.raises(SealError):
        replace(post.meta, made_at=dt.datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(SealError):
        signed({"manifest.json": b"{}"}, manifest(post.files, post.meta), b"")


@pytest.fixture
def gnupg(monkeypatch: pytest.MonkeyPatch):
    """A ring of GnuPG's own with one key, as a receiver has it; its certificate as text."""
    with tempfile.TemporaryDirectory(prefix="gpg", dir="/tmp") as home:  # the agent's socket allows no long path
        monkeypatch.setenv("GNUPGHOME", home)
        who = ("--passphrase", "", "--quick-generate-key", "RIEC <riec@voorbeeld.example>", "future-default")
        subprocess.run(["gpg", "--batch", "--quiet", *who, "default", "never"], capture_output=True, check=True)
        shown = subprocess.run(["gpg", "--batch", "--armor", "--export"], capture_output=True, check=True)
        yield shown.stdout.decode()
        subprocess.run(["gpgconf", "--kill", "all"], check=False)


def test_gnupg_opens_an_openpgp_batch_and_the_script_accepts_it(post: Post, tmp_path, gnupg: str):
    files = post.signed(recipient=Recipient("RIEC", gnupg))
    (tmp_path / "batch.pgp").write_bytes(seal_openpgp(files, gnupg))
    (tmp_path / "certificate.asc").write_text(gnupg)
    answer = verify_batch.accept(
        tmp_path / "batch.pgp",
        certificate=tmp_path / "certificate.asc",
        signers=post.signer.allowed,
        state=tmp_path / "state.json",
        into=tmp_path / "in",
        now=NOW,
    )
    assert answer["accepted"]
    assert checked_certificate(gnupg) == gnupg.strip()
    assert (tmp_path / "in" / "berichten.json").read_bytes() == post.files["berichten.json"]


def test_an_openpgp_certificate_that_is_none_is_refused(post: Post):
    with pytest.raises(SealError, match="certificate cannot be read"):
        seal_openpgp(post.files, "x")
    for wrong in ("x", "-----BEGIN PGP PRIVATE KEY BLOCK-----"):
        with pytest.raises(SealError):
            checked_certificate(wrong)


def test_without_the_extra_an_openpgp_receiver_is_told_what_to_install(post: Post, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    for attempt in (lambda: seal_openpgp(post.files, "x"), lambda: checked_certificate("x")):
        with pytest.raises(SealError, match="not installed"):
            attempt()


def test_a_batch_has_no_file_of_the_name_of_its_manifest(post: Post):
    listing = manifest(post.files, post.meta)
    for name in ("manifest.json", "manifest.json.sig"):
        with pytest.raises(SealError, match="name of its manifest or signature"):
            signed({**post.files, name: b"{}"}, listing, b"x")


def test_a_certificate_that_went_bad_seals_nothing():
    with pytest.raises(SealError, match="certificate cannot be read"):
        seal_openpgp({"README.txt": b"x"}, "-----BEGIN PGP PUBLIC KEY BLOCK-----")
