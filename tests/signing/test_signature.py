"""Signatures of ssh-keygen and bare ones hold over exactly their bytes, key and namespace, and ssh-keygen agrees."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from screening.signing.public_keys import read_public, ssh_text
from screening.signing.signature import SignatureError, verify_signature

MESSAGE = b'{"what":"is signed"}\n'


@pytest.fixture(scope="module")
def key_file(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("ssh") / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    return file


def ssh_sign(key_file: Path, message: bytes, *options: str) -> str:
    """The signature that OpenSSH makes."""
    command = ["ssh-keygen", "-Y", "sign", *(options or ("-n", "barrier")), "-f", str(key_file)]
    return subprocess.run(command, input=message, capture_output=True, check=True).stdout.decode()


def why(key_file: Path, message: bytes, text: str) -> str:
    with pytest.raises(SignatureError) as refused:
        verify_signature(read_public(key_file.with_suffix(".pub").read_text()), message, text)
    return refused.value.reason


@pytest.mark.parametrize("options", [(), ("-n", "barrier", "-O", "hashalg=sha256")], ids=["sha512", "sha256"])
def test_a_signature_of_openssh_holds(key_file: Path, options: tuple[str, ...]) -> None:
    text = ssh_sign(key_file, MESSAGE, *options)
    verify_signature(read_public(key_file.with_suffix(".pub").read_text()), MESSAGE, text)
    verify_signature(read_public(key_file.with_suffix(".pub").read_text()), MESSAGE, text.replace("\n", "\r\n"))


def test_what_holds_for_us_holds_for_openssh(key_file: Path, tmp_path: Path) -> None:
    """The line of the key that a page shows is one of its file of allowed signers."""
    allowed, signature = tmp_path / "allowed", tmp_path / "sig"
    line = ssh_text(read_public(key_file.with_suffix(".pub").read_text()))
    allowed.write_text(f'j.jansen namespaces="barrier" {line}\n')
    signature.write_text(ssh_sign(key_file, MESSAGE))
    command = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "j.jansen", "-n", "barrier", "-s", signature]
    for message, is_good in ((MESSAGE, True), (MESSAGE + b" ", False)):
        assert (subprocess.run(command, input=message, check=False).returncode == 0) == is_good


def test_a_bare_signature_holds() -> None:
    key = Ed25519PrivateKey.generate()
    text = base64.b64encode(key.sign(MESSAGE)).decode()
    verify_signature(key.public_key(), MESSAGE, f"{text[:40]}\n{text[40:]}\n")
    for message, refused in ((MESSAGE + b" ", text), (MESSAGE, base64.b64encode(key.sign(b"x")).decode())):
        with pytest.raises(SignatureError, match="did not sign exactly these bytes"):
            verify_signature(key.public_key(), message, refused)


def test_another_key_namespace_or_message_is_told_apart(key_file: Path, tmp_path: Path) -> None:
    text = ssh_sign(key_file, MESSAGE)
    assert why(key_file, MESSAGE + b"\n", text) == "other"
    assert why(key_file, MESSAGE, ssh_sign(key_file, MESSAGE, "-n", "git")) == "namespace"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    assert why(key_file, MESSAGE, ssh_sign(tmp_path / "other", MESSAGE)) == "key"


def test_every_byte_of_a_blob_counts(key_file: Path) -> None:
    text = ssh_sign(key_file, MESSAGE)
    lines = text.splitlines()
    blob = base64.b64decode("".join(lines[1:-1]))

    def armoured(content: bytes) -> str:
        return "\n".join((lines[0], base64.b64encode(content).decode(), lines[-1]))

    verify_signature(read_public(key_file.with_suffix(".pub").read_text()), MESSAGE, armoured(blob))
    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 1
        assert why(key_file, MESSAGE, armoured(bytes(changed)))
    for cut in range(0, len(blob), 7):
        assert why(key_file, MESSAGE, armoured(blob[:cut])) == "form"
    assert why(key_file, MESSAGE, armoured(blob + b"\0")) == "form"


@pytest.mark.parametrize(
    "text", ["", "x", "AAAA", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----", "A" * 5000]
)
def test_what_is_no_signature_is_refused(key_file: Path, text: str) -> None:
    assert why(key_file, MESSAGE, text) == "form"


def test_a_private_key_in_the_place_of_a_signature_is_refused_loudly(key_file: Path) -> None:
    assert why(key_file, MESSAGE, key_file.read_text()) == "private"
