"""What an SBI code is about, in words."""

from __future__ import annotations

from screening.base.word_lists import read_translations

#: Versions of the SBI, the newest first: a code without a version is looked up in each.
_VERSIONS = ("2025", "2008")
_LINES = read_translations("screening.wording", "sbi.yaml")


def sbi_words(code: str, language: str, version: str | None = None) -> str | None:
    """The line of business of a code, or of its first digits: "kapper"; None of a code that no line fits.

    The longest line that fits is told: the code itself stands beside it.
    """
    tables = ("both", version) if version in _VERSIONS else ("both", *_VERSIONS)
    for length in range(len(code), 1, -1):
        for table in tables:
            words = _LINES[table].get(code[:length])
            if words is not None:
                return words[language == "en"]
    return None


def sbi_text(code: str, language: str, version: str | None = None) -> str:
    """The code with its line of business: "95310 (reparatie van auto's)"; the code alone where no line is known."""
    words = sbi_words(code, language, version)
    return f"{code} ({words})" if words else code
