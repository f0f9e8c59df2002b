"""The run id follows from everything that the content follows from, and from nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from screening.store.runs.identity import run_id

GIVEN = {
    "inputs": {"vergunningen": ["aa", "bb"], "meldingen": ["cc"]},
    "configuration": '{"run":{}}',
    "as_of": date(2026, 11, 1),
    "code_version": "0.1.0",
    "indicator_versions": {"LIC-04": 1, "NUI-01": 2},
    "judgements_hash": "00",
    "previous_run_id": None,
}


def test_it_is_24_hexadecimal_digits_and_always_the_same() -> None:
    # Written down: an id that changes with the code makes every night look like a new one.
    assert run_id(**GIVEN) == "0840a030cfa453ac3c84749b"
    assert len(bytes.fromhex(run_id(**GIVEN))) == 12


def test_the_order_of_a_mapping_is_nothing() -> None:
    turned = {name: dict(reversed(list(GIVEN[name].items()))) for name in ("inputs", "indicator_versions")}
    assert run_id(**(GIVEN | turned)) == run_id(**GIVEN)


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": {"vergunningen": ["bb", "aa"], "meldingen": ["cc"]}},
        {"inputs": {"vergunningen": ["aa"], "meldingen": ["bb", "cc"]}},
        {"configuration": '{"run":{"x":1}}'},
        {"as_of": date(2026, 11, 2)},
        {"code_version": "0.1.1"},
        {"indicator_versions": {"LIC-04": 2, "NUI-01": 2}},
        {"indicator_versions": {"LIC-04": 1}},
        {"judgements_hash": "01"},
        {"previous_run_id": "ab" * 12},
    ],
    ids=str,
)
def test_every_part_counts(change: dict) -> None:
    assert run_id(**(GIVEN | change)) != run_id(**GIVEN)
