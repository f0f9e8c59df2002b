"""The reference of the library names all that is public, and its first lines run as they stand."""

from __future__ import annotations

import polars as pl

from benchmarks.linking.dutch import generate
from flows.papers.library_page import FRAMES, SECTIONS, START, library_page
from screening import linking


def test_every_public_name_has_its_entry_and_no_other() -> None:
    named = [name for names in SECTIONS.values() for name in names]
    assert sorted(named) == sorted(linking.__all__)
    page = library_page()
    assert all(f"### `{name}`" in page for name in named)


def test_every_public_name_says_what_it_is() -> None:
    for name in linking.__all__:
        assert (getattr(linking, name).__doc__ or "").strip(), name


def test_the_first_lines_run_as_they_stand(capsys) -> None:
    records = generate(2_000, seed=3).select(
        "id", name=pl.concat_str("given", "surname", separator=" "), born=pl.col("birth_date").cast(pl.String)
    )
    names: dict[str, object] = {"records": records}
    exec(START, names)
    assert names["parties"]["cluster"].n_unique() < len(records)
    assert "Explanation(" in capsys.readouterr().out


def test_the_page_shows_calls_as_one_writes_them_and_columns_of_frames() -> None:
    page = library_page()
    assert "similar(measure: str, at_least: float, column: str | None = None" in page
    assert "equal(*columns: str, frequency: str | None = None)" in page
    assert "- `Linked.notes`: What whoever uses the pairs must know" in page
    for name, columns in FRAMES.items():
        assert f"- `{name}`: " in page
        assert columns
