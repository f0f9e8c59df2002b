"""A business code is told by the longest line that fits it, in the version of the SBI that it is of."""

from __future__ import annotations

import pytest

from screening.wording.sbi import sbi_text, sbi_words


@pytest.mark.parametrize(
    ("code", "version", "words"),
    [
        ("56300", "2025", "café"),
        ("5610", "2008", "restaurant of cafetaria"),
        ("56999", None, "horeca"),
        ("96021", "2008", "kapper"),
        ("96021", "2025", "persoonlijke dienstverlening"),
        ("96210", None, "kapper"),
        ("00000", None, None),
    ],
)
def test_the_line_of_a_code(code, version, words):
    assert sbi_words(code, "nl", version) == words


def test_a_code_with_its_line():
    assert (sbi_text("78200", "en"), sbi_text("0", "nl")) == ("78200 (employment agency)", "0")
