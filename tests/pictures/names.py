"""Names as registers have them, and as somebody who means harm would write them."""

from __future__ import annotations

from hypothesis import strategies as st

from screening.pictures.picture import PartialDate

REAL = [
    "Café Karmijnveld B.V.",
    "V.O.F. Eetcafé De Gouden Lantaarn",
    "Nguyễn Thị Thế",
    "Şahin",
    "Wiśniewska, K.A.",
    "Łukasz Ţăranu-van den Oudenhoven",
    "Ŵyn",
    "Latifa el Idrissi",
    "Vastgoed Goudbron B.V.",
    "A.",
]
HOSTILE = [
    "<script>alert(1)</script>",
    '"/><image href="x"/>',
    "a & b &amp; c",
    "]]>",
    "\x00\x07",
    "\u202egnirts",
    "{{ 7*7 }}",
    "W" * 90,
    "漢字" * 20,
    "'--",
    "https://voorbeeld.example/" + "x" * 40,
]
NAMES = st.sampled_from(REAL + HOSTILE)
DAYS = st.builds(PartialDate, st.integers(1990, 2031), st.integers(1, 12), st.one_of(st.none(), st.integers(1, 28)))
