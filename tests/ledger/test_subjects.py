"""Ids of data subjects are encrypted, one by one and in blocks, and bound to the place where they stand."""

from __future__ import annotations

import pytest

from screening.base.errors import LedgerError
from screening.ledger import Subject, SubjectKind
from screening.ledger.subjects import BLOCKS, SubjectIds

PEOPLE = [f"P-{number:016x}" for number in range(700)]
ABOVE = "ab" * 8


@pytest.fixture
def ids() -> SubjectIds:
    return SubjectIds(bytes(64))


@pytest.mark.parametrize("name", ["Jan de Vries", "", "x" * 101, "é"])
def test_a_subject_is_an_id_and_no_name(ids: SubjectIds, name: str) -> None:
    with pytest.raises(LedgerError) as refused:
        Subject(SubjectKind.PARTY, name)
    assert not name or name not in str(refused.value)
    with pytest.raises(LedgerError, match="no name"):
        list(ids.blocks(ABOVE, SubjectKind.PARTY, ["P-1", name]))


def test_each_id_stands_in_its_block_once(ids: SubjectIds) -> None:
    blocks = list(ids.blocks(ABOVE, SubjectKind.PARTY, [*PEOPLE, PEOPLE[0]]))
    assert len(blocks) <= BLOCKS
    assert sorted(subject_id for block in blocks for subject_id in ids.ids_of(block)) == PEOPLE
    for block in blocks:
        assert {ids.number_of(subject_id) for subject_id in ids.ids_of(block)} == {block["number"]}
        assert block["lines"] == len(ids.ids_of(block))
    assert len({ids.span_of(ABOVE, Subject(SubjectKind.PARTY, subject_id)) for subject_id in PEOPLE}) == len(PEOPLE)


def test_a_block_shows_no_id_and_cannot_stand_elsewhere(ids: SubjectIds) -> None:
    first, *others = ids.blocks(ABOVE, SubjectKind.PARTY, PEOPLE)
    assert not any(subject_id.encode() in block["subjects"] for block in (first, *others) for subject_id in PEOPLE)
    (again, *_) = ids.blocks("cd" * 8, SubjectKind.PARTY, PEOPLE)
    assert again["subjects"] != first["subjects"], "of two nights, no two are alike"
    changes = (
        {"above": "cd" * 8},
        {"number": first["number"] + 1},
        {"kind": SubjectKind.ADDRESS.value},
        {"subjects": others[0]["subjects"]},
        {"subjects": first["subjects"][:-1]},
    )
    for changed in changes:
        with pytest.raises(LedgerError, match="changed"):
            ids.ids_of(first | changed)
    with pytest.raises(LedgerError, match="this key"):
        SubjectIds(b"\1" * 64).ids_of(first)
