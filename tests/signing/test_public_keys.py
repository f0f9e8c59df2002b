"""A public key is read from two forms, and a private one is refused loudly."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from screening.signing.public_keys import (
    PublicKeyError,
    key_fingerprint,
    public_text,
    read_public,
    ssh_fingerprint,
    ssh_text,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_both_forms_are_the_same_key() -> None:
    public = KEY.public_key()
    lines = (public_text(public), ssh_text(public), f"  {ssh_text(public)} j.jansen@werkplek 12\n")
    assert {key_fingerprint(read_public(line)) for line in lines} == {key_fingerprint(public)}


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
        "", "ed25519:", "ed25519:AAAA", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7",
        public_text(KEY.public_key()) + "A", ssh_text(KEY.public_key()) + "\n" + ssh_text(KEY.public_key()),
        ssh_text(KEY.public_key()) + " x" * 1000,
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA==", "é" * 60,
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(PublicKeyError) as refused:
        read_public(text)
    assert refused.value.reason == "form"
