"""Every pair that a rule should make is made, once, by the first rule; blocks that are too large are cut and told."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking.block import Blocks, cut_report, found_before
from screening.linking.encode import Records, encode
from screening.linking.keys import KeyRows, _packed_keys, key_texts, numbered


def encoded(rows: dict[str, list[object]], *rules: tuple[str, ...]) -> Records:
    columns = list(rows)
    job = e.Settings(comparisons=tuple(e.Comparison(c, (e.equal(),)) for c in columns), blocking=rules)
    return encode(pl.DataFrame(rows).with_row_index("id"), job)


VALUES = st.lists(st.tuples(st.sampled_from(["aa", "ab", "b", None]), st.sampled_from(["x", "y", None])), max_size=25)


@settings(max_examples=60, deadline=None)
@given(VALUES.filter(len), st.integers(1, 7))
def test_pairs_are_those_that_agree_on_every_key_each_once(rows: list[tuple], at_once: int) -> None:
    data = {"p": [r[0] for r in rows], "q": [r[1] for r in rows]}
    schema = {"p": pl.String, "q": pl.String}
    job = e.Settings(comparisons=(e.Comparison("p", (e.equal(),)), e.Comparison("q", (e.equal(),))), blocking=(("p",),))
    records = encode(pl.DataFrame(data, schema=schema).with_row_index("id"), job)
    earlier: list[Blocks] = []
    seen: set[tuple[int, int]] = set()
    for rule, cut in ((("p", "q"), (9, 9)), (("p:1",), (1, 0))):
        blocks = Blocks.make(records, rule)
        made = [
            (int(near[a]), int(near[b]))
            for near, left, right in blocks.parts(at_once=at_once)
            for a, b, old in zip(left, right, found_before(earlier, left, right, near), strict=True)
            if not old
        ]
        wanted = {
            (a, b)
            for a, b in combinations(range(len(rows)), 2)
            if rows[a][0]
            and rows[b][0]
            and rows[a][0][: cut[0]] == rows[b][0][: cut[0]]
            and (cut[1] == 0 or (rows[a][1] and rows[a][1] == rows[b][1]))
        } - seen
        assert len(made) == len(set(made))
        assert {tuple(sorted(pair)) for pair in made} == wanted
        seen |= wanted
        earlier.append(blocks)


def test_a_hot_block_is_cut_and_reported_with_the_pairs_it_cost() -> None:
    records = encoded({"p": ["van "] * 5 + ["smit"] * 2}, ("p",))
    blocks = Blocks.make(records, ("p",))
    hot = blocks.find_hot(4)
    report = cut_report(records, blocks, hot)
    assert report.rows() == [("p", "van ", 5, 10)]
    rest = blocks.without(hot)
    assert rest.pairs == 1
    assert [sorted((int(a), int(b))) for left, right in rest.chunks() for a, b in zip(left, right, strict=True)] == [
        [5, 6]
    ]
    # a cut block is nobody's: a later rule may make its pairs
    assert not found_before([rest], np.array([0]), np.array([1])).any()


def test_keys_too_wide_for_a_row_beside_them_are_numbered_in_their_order() -> None:
    key, bits = numbered(np.array([2**60, 0, 5, 2**60], dtype=np.uint64))
    assert (key.tolist(), bits) == ([2, 0, 1, 2], 2)
    wide = np.array([2**31, 0, 2**31, 7], dtype=np.uint32)
    keys, _ = _packed_keys([wide, wide, wide], [32, 32, 32])
    assert (keys[0] == keys[2], keys[1] == 0, len(set(keys.tolist()))) == (True, True, 3)


def test_keys_of_long_parts_make_the_same_blocks() -> None:
    names = [f"{letter}bcdefghijk" for letter in "abcabc"]
    records = encoded({"p": names, "q": names}, ("p:7", "q:7"))
    blocks = Blocks.make(records, ("p:7", "q:7"))
    pairs = {
        tuple(sorted((int(a), int(b)))) for left, right in blocks.chunks() for a, b in zip(left, right, strict=True)
    }
    assert pairs == {(0, 3), (1, 4), (2, 5)}
    assert key_texts(records, ("p:7", "q"), KeyRows(np.array([1]), {})).to_list() == ["bbcdefg\x1fbbcdefghijk"]


@pytest.mark.parametrize("key", ["p:0", "p:first", "p:year"])
def test_a_part_that_is_not_known_is_refused(key: str) -> None:
    with pytest.raises(ConfigurationError):
        Blocks.make(encoded({"p": ["a", "b"]}, ("p",)), (key,))


def test_a_share_of_the_pairs_is_about_that_share() -> None:
    blocks = Blocks.make(encoded({"p": ["a"] * 300}, ("p",)), ("p",))
    made = sum(len(left) for left, _ in blocks.chunks(share=0.1))
    assert blocks.pairs * 0.05 < made < blocks.pairs * 0.2


MANY = st.lists(
    st.tuples(st.lists(st.sampled_from(["aa", "ab", "b", ""]), max_size=3), st.sampled_from(["x", "y", None])),
    min_size=1,
    max_size=18,
)


@settings(max_examples=60, deadline=None)
@given(MANY, st.integers(1, 7), st.integers(1, 30))
def test_a_record_of_several_values_is_in_the_block_of_each_and_a_pair_is_made_once(
    rows: list[tuple], at_once: int, most: int
) -> None:
    schema = {"p": pl.List(pl.String), "q": pl.String}
    job = e.Settings(comparisons=(e.Comparison("p", (e.equal(),)), e.Comparison("q", (e.equal(),))), blocking=(("p",),))
    frame = pl.DataFrame({"p": [r[0] for r in rows], "q": [r[1] for r in rows]}, schema=schema)
    records = encode(frame.with_row_index("id"), job)
    earlier: list[Blocks] = []
    seen: set[tuple[int, int]] = set()
    for rule, letters in ((("p", "q"), 9), (("p:1",), 1)):
        keys = [{(v[:letters], r[1] if len(rule) > 1 else "") for v in r[0] if v} for r in rows]
        keys = [{key for key in own if key[1] is not None} for own in keys]
        blocks = Blocks.make(records, rule)
        hot = {key for own in keys for key in own if sum(key in other for other in keys) > most}
        blocks = blocks.without(blocks.find_hot(most))
        made = [
            (int(a), int(b))
            for left, right in blocks.chunks(at_once=at_once)
            for a, b, old in zip(left, right, found_before(earlier, left, right), strict=True)
            if not old
        ]
        every = {(a, b) for a, b in combinations(range(len(rows)), 2) if (keys[a] & keys[b]) - hot}
        assert len(made) == len(set(made))
        assert {tuple(sorted(pair)) for pair in made} == every - seen
        seen |= every
        earlier.append(blocks)
        new = np.arange(len(rows) // 2, len(rows), dtype=np.int32)
        some = [tuple(sorted(pair)) for _, *pairs in blocks.parts_with(new) for pair in np.stack(pairs, 1).tolist()]
        assert len(some) == len(set(some))
        assert set(some) == {(a, b) for a, b in every if b >= len(rows) // 2}


def test_a_cut_block_of_several_values_is_named() -> None:
    records = encode(
        pl.DataFrame({"id": [1, 2, 3], "p": [["a", "b"], ["b"], ["b", "c"]]}),
        e.Settings(comparisons=(e.Comparison("p", (e.equal(),)),), blocking=(("p",),)),
    )
    blocks = Blocks.make(records, ("p",))
    assert cut_report(records, blocks, blocks.find_hot(2)).rows() == [("p", "b", 3, 3)]


def test_a_rule_may_ask_that_one_side_lacks_a_column() -> None:
    data = {"p": ["a", "a", "a", "b", "a", None], "q": ["x", "y", None, None, None, None]}
    schema = {"p": pl.String, "q": pl.String}
    job = e.Settings(
        comparisons=(e.Comparison("p", (e.equal(),)), e.Comparison("q", (e.equal(),))), blocking=(("p", "q:missing"),)
    )
    records = encode(pl.DataFrame(data, schema=schema).with_row_index("id"), job)
    blocks = Blocks.make(records, ("p", "q:missing"))
    wanted = {(0, 2), (0, 4), (1, 2), (1, 4), (2, 4)}
    for at_once in (1, 1_000):
        made = [
            tuple(sorted((int(a), int(b))))
            for pairs in blocks.chunks(at_once=at_once)
            for a, b in zip(*pairs, strict=True)
        ]
        assert sorted(made) == sorted(wanted)
    new = {
        tuple(sorted(pair)) for _, *pairs in blocks.parts_with(np.array([0, 4])) for pair in np.stack(pairs, 1).tolist()
    }
    assert new == {p for p in wanted if {0, 4} & set(p)}
    every = np.array(list(combinations(range(6), 2)), dtype=np.int32)
    assert {tuple(pair) for pair in every[blocks.shares(every[:, 0], every[:, 1])].tolist()} == wanted
