"""Keys are read as they are written, and pairs are made where any piece of a key agrees."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking.block import Blocks, cut_report
from screening.linking.encode import encode
from screening.linking.estimate import find_hot
from screening.linking.key_parts import Key, parse_key, pieces_of


def test_a_key_is_columns_and_parts() -> None:
    assert parse_key("surname") == Key(("surname",), ())
    assert parse_key("given|surname:tokens:4") == Key(("given", "surname"), ("tokens", "4"))
    assert parse_key("born:missing").is_condition
    assert [parse_key(key).is_several for key in ("a", "a:last3", "a|b", "a:tokens", "a:2:grams3")] == [
        False,
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize("key", ["a:0", "a:first", "a:last", "a:grams", "a:missing:2", "a|b:missing", "a:", "a:2x"])
def test_a_part_that_is_not_understood_is_refused_with_the_settings(key: str) -> None:
    with pytest.raises(ConfigurationError, match="is not understood"):
        e.Settings((e.Comparison("a", (e.equal(),)),), ((key, "a"),))


def test_a_rule_that_only_asks_for_what_is_missing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no key that must agree"):
        e.Settings((e.Comparison("a", (e.equal(),)),), (("a:missing",),))


@pytest.mark.parametrize(
    ("parts", "pieces"),
    [
        (("2",), [(0, "de"), (1, "éé")]),
        (("last3",), [(0, "len"), (1, "één")]),
        (("tokens",), [(0, "de"), (0, "molen"), (1, "één")]),
        (("tokens", "last2"), [(0, "de"), (0, "en"), (1, "én")]),
        (("tokens", "grams4"), [(0, "de"), (0, "mole"), (0, "olen"), (1, "één")]),
        (("year",), [(3, "1971")]),
        (("day",), [(3, "01")]),
    ],
)
def test_parts_are_taken_one_after_the_other(parts: tuple[str, ...], pieces: list[tuple[int, str]]) -> None:
    texts = ["de  molen", "één", None, *(["1971-21-01"] if parts[0] in {"year", "day"} else [])]
    assert pieces_of(pl.Series(texts), parts).rows() == pieces


def pairs_of(blocks: Blocks) -> list[tuple[int, int]]:
    pairs = [zip(left.tolist(), right.tolist(), strict=True) for left, right in blocks.chunks()]
    return [(min(pair), max(pair)) for chunk in pairs for pair in chunk]


def _grams(text: str, size: int) -> set[str]:
    return {text[start : start + size] for start in range(max(len(text) - size, 0) + 1)} - {""}


KEYS = {
    "p:last2": lambda p, q: {p[-2:]} - {""},
    "p:grams2": lambda p, q: _grams(p, 2),
    "p:tokens": lambda p, q: set(p.split()),
    "p:tokens:1": lambda p, q: {word[:1] for word in p.split()},
    "p|q": lambda p, q: {p, q} - {""},
    "p|q:tokens": lambda p, q: {*p.split(), *q.split()},
}
TEXTS = st.lists(st.sampled_from(["ab", "c", "abc", "bcd"]), max_size=3).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from("xy")), min_size=2, max_size=14),
    st.sampled_from(sorted(KEYS)),
    st.booleans(),
)
def test_pairs_are_those_that_agree_on_a_piece(rows: list[tuple[str, str, str]], key: str, is_wide: bool) -> None:
    rule = (key, "r", "p:2") if is_wide else (key, "r")
    job = e.Settings(tuple(e.Comparison(c, (e.equal(),)) for c in "pqr"), blocking=(rule,))
    schema = {"p": pl.String, "q": pl.String, "r": pl.String}
    records = encode(pl.DataFrame(rows, schema=schema, orient="row").with_row_index("id"), job)
    blocks = Blocks.make(records, rule)
    pairs = [
        tuple(sorted((int(a), int(b)))) for left, right in blocks.chunks() for a, b in zip(left, right, strict=True)
    ]
    keys = [{(piece, r, p[:2] if is_wide else "") for piece in KEYS[key](p, q) if not is_wide or p} for p, q, r in rows]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == {(a, b) for a, b in combinations(range(len(rows)), 2) if keys[a] & keys[b]}


def test_a_cut_block_of_a_word_is_named_by_it_and_a_delta_leaves_it_out() -> None:
    names = ["bakker bv", "slager bv", "bakker vof", "kapper bv"]
    records = pl.DataFrame({"id": range(4), "name": names, "place": ["x"] * 4})
    job = e.Settings(
        comparisons=(e.Comparison("name", (e.equal(),)), e.Comparison("place", (e.equal(),))),
        blocking=(("name:tokens", "place"),),
        max_block=2,
        floor=-100,
    )
    hot = find_hot(encode(records, job), job)
    assert hot == {"name:tokens + place": ("bv\x1fx",)}
    table = pl.DataFrame(schema={"column": pl.String, "value": pl.String, "count": pl.UInt32})
    chances = {"name": (0.9, 0.1), "place": (0.9, 0.1)}
    model = e.LinkModel(job, 0.1, chances, chances, table, hot)
    with pytest.warns(e.CutBlockWarning, match="blocks cut: 1, the largest of 3 records; 3 pairs"):
        linked = e.link(model, records)
    assert linked.cut.rows() == [("name:tokens + place", "bv\x1fx", 3, 3)]
    assert linked.pairs.select("left", "right").rows() == [(0, 2)]
    assert linked.notes[0].startswith("rule name:tokens + place: blocks cut: 1,")
    assert "bv" not in linked.notes[0]
    with pytest.warns(e.CutBlockWarning):
        new, _ = e.link_delta(e.prepare_records(model, records[:3]), records[3:])
    assert new.pairs.is_empty()


def test_names_in_swapped_boxes_meet_in_a_block() -> None:
    frame = pl.DataFrame({"id": [1, 2, 3], "p": ["jan", "smit", "jan"], "q": ["smit", "jan", None]})
    job = e.Settings((e.Comparison("p", (e.equal(),)), e.Comparison("q", (e.equal(),))), blocking=(("p|q",),))
    records = encode(frame, job)
    blocks = Blocks.make(records, ("p|q",))
    assert cut_report(records, blocks, np.arange(2)).select("key", "records").rows() == [("jan", 3), ("smit", 2)]
    assert sorted(pairs_of(blocks)) == [(0, 1), (0, 2), (1, 2)]
