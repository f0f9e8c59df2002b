"""Probable links for tests of reading them."""

from __future__ import annotations

import json

import polars as pl

from screening.store.bundle import LINKS_TO_JUDGE


def link(number: int) -> str:
    """The id of a link."""
    return f"L-{number:020x}"


def pair(number: int) -> tuple[str, str]:
    """Its two fingerprints."""
    return f"a{number}", f"b{number}"


def rows(numbers: range, sensitive: tuple[int, ...] = ()) -> pl.DataFrame:
    """LINKS_TO_JUDGE with these numbers."""
    side = {"name": "J. de Vries", "birth_year": "1970", "dataset": "vergunningen"}
    return pl.DataFrame(
        [
            {
                "link_id": link(n),
                "left_fingerprint": pair(n)[0],
                "right_fingerprint": pair(n)[1],
                "kind": "person",
                "sensitive": n in sensitive,
                "left_side": json.dumps(side | {"key": f"Z{n}"}),
                "right_side": json.dumps(side | {"key": f"Y{n}"}),
                "log_odds": 3.5,
                "comparisons": '{"family_name":{"similarity":1.0,"weight":3.5}}',
            }
            for n in numbers
        ],
        schema=LINKS_TO_JUDGE,
    )
