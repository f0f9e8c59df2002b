"""A key is made once, is its owner's alone, and lies nowhere near what it signs."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.mandate import command as mandate_command
from screening.errors import ConfigurationError
from screening.mandate import signing_keys
from tests.mandates import (
    bare_configuration,
)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return bare_configuration(tmp_path)


def test_a_key_is_made_once_and_nowhere_near_what_it_signs(bare, tmp_path_factory):
    for place in (bare.parent / "anna.key", bare.parent / "var" / "keys" / "anna.key"):
        with pytest.raises(ConfigurationError, match="does not belong"):
            signing_keys.make_key(place, password=None, forbidden=mandate_command.no_place_for_keys(bare))
        assert not place.exists()
    file = tmp_path_factory.mktemp("keys") / "new" / "anna.key"
    signing_keys.make_key(file, password="geheim")
    with pytest.raises(ConfigurationError, match="already"):
        signing_keys.make_key(file, password=None)
    assert b"ENCRYPTED" in file.read_bytes()
    for wrong in (None, "anders"):
        with pytest.raises(ConfigurationError):
            signing_keys.load_key(file, password=wrong)
    signing_keys.load_key(file, password="geheim")
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="others can read"):
        signing_keys.load_key(file, password="geheim")
