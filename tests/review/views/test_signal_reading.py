"""A signal as its reader sees it: every value in one place, codes apart."""

from __future__ import annotations

from screening.partners.signal.preview import preview
from screening.review.views.signal_reading import reading
from tests.partners import example


def test_every_value_stands_in_it_once_and_no_code_among_what_is_read() -> None:
    rows = preview(example.signal())
    sections = reading(rows)
    heads = [entry.head for section in sections for entry in section.entries if entry.head]
    read = heads + [row for section in sections for entry in section.entries for row in entry.rows]
    keys = [row for section in sections for row in section.keys]
    assert not any(row.is_key for row in read)
    shown = {row.field for row in (*read, *keys)}
    # what a rule compared is one row: its name, its words and its value
    of_rule = {row.field.rpartition(".")[0] for row in rows if ".drempels." in row.field or ".waarden." in row.field}
    assert shown == {row.field for row in rows if row.field.rpartition(".")[0] not in of_rule} | of_rule
    assert len(read) + len(keys) == len(shown)


def test_a_fact_is_headed_by_its_sentence_and_an_organisation_without_a_name_by_its_role() -> None:
    sections = {section.group: section for section in reading(preview(example.signal()))}
    assert len(sections["feiten"].entries) == 3
    assert sections["feiten"].entries[0].head.value.startswith("De vestiging")
    assert [entry.head.value for entry in sections["organisaties"].entries] == ["Kadebar B.V.", "eerdere houder"]
