"""A public key is read from two forms, and a private one is refused loudly."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from screening.signing.public_keys import (
    PublicKeyError,
    key_fingerprint,
    public_text,
    read_public,
    ssh_fingerprint,
    ssh_text,
)
from screening.signing.signature import verify_signature

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_both_forms_are_the_same_key() -> None:
    public = KEY.public_key()
    lines = (public_text(public), ssh_text(public), f"  {ssh_text(public)} j.jansen@werkplek 12\n")
    assert {key_fingerprint(read_public(line)) for line in lines} == {key_fingerprint(public)}


def test_a_key_with_which_anybody_signs_everything_is_refused() -> None:
    """The points of small order, as RFC 8032 encodes them: with zero the trivial signature holds over any text."""
    eighth = (
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
    field = 2**255 - 19
    ys = [0, 1, field - 1, field, field + 1, *(int.from_bytes(bytes.fromhex(text), "little") for text in eighth)]
    for y in (each + sign for each in ys for sign in (0, 2**255)):
        key = Ed25519PublicKey.from_public_bytes(y.to_bytes(32, "little"))
        for line in (public_text(key), ssh_text(key)):
            with pytest.raises(PublicKeyError, match="no public Ed25519 key"):
                read_public(line)
    trivial = base64.b64encode(b"\1" + bytes(63)).decode()
    verify_signature(Ed25519PublicKey.from_public_bytes(b"\1" + bytes(31)), b"a mandate", trivial)
    for seed in range(64):
        line = public_text(Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)).public_key())
        assert public_text(read_public(line)) == line


def test_a_key_of_openssh_is_read_and_its_private_half_refused(tmp_path: Path) -> None:
    file = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "werk", "-f", str(file)], check=True)
    line = file.with_suffix(".pub").read_text()
    assert ssh_text(read_public(line)) == line.rsplit(" ", 1)[0]
    shown = subprocess.run(["ssh-keygen", "-l", "-f", str(file)], check=True, capture_output=True, text=True).stdout
    assert ssh_fingerprint(read_public(line)) == shown.split()[1]
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for private in (file.read_text(), pem, pem.replace("\n", " ")):
        with pytest.raises(PublicKeyError, match=r"This is a private key\. It was not kept") as refused:
            read_public(private)
        assert refused.value.reason == "private"
        assert "BEGIN" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ed25519:",
        "ed25519:AAAA",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7",
        public_text(KEY.public_key()) + "A",
        ssh_text(KEY.public_key()) + "\n" + ssh_text(KEY.public_key()),
        ssh_text(KEY.public_key()) + " x" * 1000,
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA==",
        "é" * 60,
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(PublicKeyError) as refused:
        read_public(text)
    assert refused.value.reason == "form"
