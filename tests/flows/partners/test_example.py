"""The recipient of the demonstration: made once, with keys that open and sign, and for made-up data alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.desk import Desk
from flows.partners.example import IDENTITY, RECIPIENT, SIGNER, SIGNERS, SIGNING_KEY, ensure_example
from screening.base.errors import ConfigurationError
from screening.partners.batch.seal import seal
from screening.partners.desk.recipients import active_key
from screening.partners.receiver.verify_batch import check_signature, decrypt, read_identity
from screening.store.access.personal_keys import key_in_force


def test_it_has_a_key_that_opens_and_one_that_signs_and_is_made_once(town: Path) -> None:
    with Desk(load_configuration(town / "screening.toml")) as desk:
        folder = ensure_example(desk)
        was = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert ensure_example(desk) == folder
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == was
        key, own = active_key(desk.store, RECIPIENT), key_in_force(desk.store, SIGNER)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert key is not None
    assert key.proposed_by != key.approved_by
    assert own is not None
    assert own.confirmed_by != SIGNER
    # the receiver opens what is sealed to it, and its ssh-keygen knows who signed
    secret, public = read_identity(folder / IDENTITY)
    assert public == key.key
    assert decrypt(seal({"a.txt": b"verzonnen"}, key.key), secret).count(b"verzonnen") == 1
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "barrier", "-f", str(folder / SIGNING_KEY)]
    signature = subprocess.run(command, input=b"lijst", capture_output=True, check=True).stdout
    check_signature(b"lijst", signature, folder / SIGNERS, "9999")


def test_a_municipality_that_exists_has_none(town: Path) -> None:
    config = town / "screening.toml"
    config.write_text(config.read_text(encoding="utf-8").replace('code = "9999"', 'code = "0457"'), encoding="utf-8")
    with Desk(load_configuration(config)) as desk, pytest.raises(ConfigurationError):
        ensure_example(desk)
    assert not (town / "voorbeeld-ontvanger").exists()
