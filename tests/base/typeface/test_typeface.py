"""The font: its letters, how wide they are, and that its files are those that were cut."""

from __future__ import annotations

import hashlib

import pytest

from screening.base.typeface.typeface import FAMILY, TYPEFACE_FOLDER, embedded_faces, has_letter, text_width


@pytest.mark.parametrize("letter", "ABCxyz0189éëïöüçñåøæşŞłŁăĂţțấếựŵŷđőžćčğıİßœ–—’‘“”„…€×·•‹›")
def test_it_has_the_letters_of_names(letter: str) -> None:
    assert has_letter(letter)


def test_its_files_are_those_of_the_list() -> None:
    rows = [row.split() for row in (TYPEFACE_FOLDER / "VERSIONS").read_text().splitlines()[1:]]
    assert {row[3] for row in rows} == {
        file.name for file in TYPEFACE_FOLDER.iterdir() if file.suffix in {".otf", ".woff2"}
    }
    for _package, _version, _licence, name, digest in rows:
        assert hashlib.sha256((TYPEFACE_FOLDER / name).read_bytes()).hexdigest() == digest
    assert (TYPEFACE_FOLDER / "LICENSE.md").exists()


def test_widths_grow_with_size_and_weight_and_an_unknown_letter_has_one() -> None:
    assert text_width("Café", 26) == 2 * text_width("Café", 13)
    assert text_width("Café", 13, is_bold=True) > text_width("Café", 13)
    assert text_width("漢", 10) == 10
    assert text_width("e\u0301", 10) == text_width("e", 10)


def test_a_page_of_one_file_carries_the_latin_letters() -> None:
    assert embedded_faces().count(FAMILY) == 2
    assert len(embedded_faces()) < 40_000
