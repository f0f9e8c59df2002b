"""What is pasted is read back as it was meant."""

from __future__ import annotations

import tomllib

import pytest

from screening.sources.profile.toml_lines import listed, quoted, table_key


@pytest.mark.parametrize("text", ["plain", 'with "marks"', "back\\slash", "a\tb\n", "é ☂", "\x7f\x01", "", "a.b", "#x"])
def test_a_string_a_list_and_a_key_are_read_back(text):
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}
    assert tomllib.loads(f"a = {listed([text, text])}") == {"a": [text, text]}
    assert tomllib.loads(f"{table_key(text)} = 1") == {text: 1}
