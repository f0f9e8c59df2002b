"""A document is set the same by a kept compiler as by a new one, and a failure leaves nothing behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from screening.base.typeset import TypesetError, pdf

TEMPLATE = """#let data = json("/data.json")
#set document(title: data.title, date: none)
#set text(lang: "nl")
= #data.title
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.typ"
    path.write_text(TEMPLATE)
    return path


def test_the_same_data_give_the_same_bytes_whatever_was_set_before(template: Path) -> None:
    first = pdf(template, {"title": "Kade 1"})
    assert pdf(template, {"title": "Kade 2"}) != first
    assert pdf(template, {"title": "Kade 1"}) == first


def test_many_at_once_get_their_own_document(template: Path) -> None:
    titles = [f"Kade {number}" for number in range(12)]
    alone = [pdf(template, {"title": title}) for title in titles]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda title: pdf(template, {"title": title}), titles)) == alone
    assert len(set(alone)) == len(titles)


def test_a_template_that_was_changed_is_read_anew(template: Path) -> None:
    before = pdf(template, {"title": "Kade 1"})
    template.write_text(TEMPLATE + "Nog een zin.\n")
    assert pdf(template, {"title": "Kade 1"}) != before


def test_a_failure_tells_no_value_and_the_next_document_is_set(template: Path) -> None:
    with pytest.raises(TypesetError, match=r"page\.typ") as refused:
        pdf(template, {"titel": "Kade 1"})
    assert "Kade" not in str(refused.value)
    assert pdf(template, {"title": "Kade 1"}).startswith(b"%PDF")
