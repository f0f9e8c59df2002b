"""The book in which background and planted cases write their records, before names, addresses and dates are spelled.

A record refers to a person, company or address by index, to a day by its distance from `as_of` (negative = past), and
to a licence by a running number. `finish` of the municipality turns all that into what a register would hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from screening.synthetic.people import Companies, People
from screening.synthetic.town import Town

#: Internal columns (leading underscore) beside the registers' own. Days are Int32 offsets.
_PARTY = {"_person": pl.Int64(), "_company": pl.Int64(), "_lessor": pl.Int64(), "_address": pl.Int64()}
_DECISION = {
    "status": pl.String(),
    "datum_aanvraag": pl.Int32(),
    "datum_besluit": pl.Int32(),
    "ingangsdatum": pl.Int32(),
    "einddatum": pl.Int32(),
    "vervalreden": pl.String(),
    "weigeringsgrond": pl.String(),
    "bezwaar_uitkomst": pl.String(),
}
#: `_undated`: the person's birth date is left out. `_hodn`: the holder is written "name h.o.d.n. trade name".
_COMMON = {"_planted": pl.Boolean()}
SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "vergunningen": {
        "_id": pl.Int64(), "zaaktype": pl.String(), **_DECISION, **_PARTY, **_COMMON,
        "_undated": pl.Boolean(), "_hodn": pl.Boolean(), "_person_only": pl.Boolean(),
        "bibob_vragenlijst_datum": pl.Int32(), "max_personen": pl.Int64(), "max_kamers": pl.Int64(),
        "openingstijden": pl.String(),
    },
    "seksinrichtingen": {
        "_id": pl.Int64(), "type": pl.String(), **_DECISION, **_PARTY, **_COMMON,
        "_undated": pl.Boolean(), "_person_only": pl.Boolean(),
        "aantal_werkruimten": pl.Int64(), "openingstijden": pl.String(),
    },
    "meldingen": {
        "_id": pl.Int64(), "_day": pl.Int32(), "_second": pl.Int32(), "subcategorie": pl.String(),
        "status": pl.String(), "bevinding": pl.String(), "_token": pl.Int64(), "_parent": pl.Int64(),
        "_address": pl.Int64(), **_COMMON,
    },
    "handelsregister": {
        "_company": pl.Int64(), "_branch": pl.Int64(), "_address": pl.Int64(), "datum_aanvang": pl.Int32(),
        "datum_einde": pl.Int32(), "reden_einde": pl.String(), "_continued_by": pl.Int64(),
        "faillissement": pl.Boolean(), "surseance": pl.Boolean(), "afgeschermd": pl.Boolean(), "_sbi": pl.Int64(),
        **_COMMON,
    },
    "functionarissen": {
        "_company": pl.Int64(), "_person": pl.Int64(), "_legal": pl.Int64(), "functie": pl.String(),
        "datum_aanvang": pl.Int32(), "datum_einde": pl.Int32(), "_undated": pl.Boolean(), **_COMMON,
    },
    "leidinggevenden": {
        "_licence": pl.Int64(), "_person": pl.Int64(), "rol": pl.String(), "datum_van": pl.Int32(),
        "datum_tot": pl.Int32(), "_undated": pl.Boolean(), **_COMMON,
    },
    "maatregelen": {
        "_id": pl.Int64(), "type": pl.String(), "grondslag": pl.String(), "datum": pl.Int32(),
        "datum_einde": pl.Int32(), "status": pl.String(), "_person": pl.Int64(), "_company": pl.Int64(),
        "_address": pl.Int64(), "_undated": pl.Boolean(), **_COMMON,
    },
    "controles": {
        "_id": pl.Int64(), "datum": pl.Int32(), "situatie": pl.String(), "bevinding": pl.String(),
        "_address": pl.Int64(), **_COMMON,
    },
}  # fmt: skip

#: Subcategory -> main category, as the reports' codes have it.
CATEGORIES: dict[str, str] = {
    **dict.fromkeys(
        ("woonfraude", "vakantieverhuur", "woningdelen-spookburgers", "onderhuur-en-adreskwaliteit", "leegstand",
         "wonen-ondermijning", "wonen-overig"), "wonen"),
    **dict.fromkeys(
        ("geluidsoverlast-muziek", "geluidsoverlast-installaties", "overlast-terrassen",
         "overlast-door-bezoekers-niet-op-terras", "stank-horecabedrijven", "overig-horecabedrijven"),
        "overlast-bedrijven-en-horeca"),
    **dict.fromkeys(
        ("overige-overlast-door-personen", "drank-en-drugsoverlast", "jongerenoverlast", "daklozen-bedelen"),
        "overlast-van-en-door-personen-of-groepen"),
    "afval": "afval",
    "overig": "overig",
}  # fmt: skip


@dataclass
class SyntheticRecords:
    """Records of every data set, the people and companies in them, and the planted truth."""

    town: Town
    people: People = field(default_factory=People)
    companies: Companies = field(default_factory=Companies)
    frames: dict[str, list[pl.DataFrame]] = field(default_factory=lambda: {d: [] for d in SCHEMAS})
    rows: dict[str, list[dict[str, object]]] = field(default_factory=lambda: {d: [] for d in SCHEMAS})
    ids: dict[str, int] = field(default_factory=dict)
    hits: list[dict[str, object]] = field(default_factory=list)
    innocents: list[dict[str, object]] = field(default_factory=list)
    tolerated: list[dict[str, object]] = field(default_factory=list)
    areas: dict[int, int] = field(default_factory=dict)

    def reserve(self, kind: str, number: int = 1) -> np.ndarray:
        """So many running numbers of this kind (licence, report, token, measure, inspection)."""
        start = self.ids.get(kind, 0)
        self.ids[kind] = start + number
        return np.arange(start, start + number)

    def extend(self, dataset: str, **columns: object) -> None:
        """Background rows of a data set: arrays of one length, or one value for all; what is not named is null."""
        schema = SCHEMAS[dataset]
        unknown = set(columns) - set(schema)
        if unknown:
            raise ValueError(f"{dataset} has no column {sorted(unknown)}")
        length = max(len(v) for v in columns.values() if isinstance(v, np.ndarray | pl.Series | list))
        frame = pl.DataFrame({"_row": np.arange(length)})
        for name, value in columns.items():
            if isinstance(value, np.ndarray | pl.Series | list):
                values = value.tolist() if isinstance(value, np.ndarray) and value.dtype == object else value
                series = pl.Series(name, values, strict=False)
                frame = frame.with_columns(series.fill_nan(None) if series.dtype.is_float() else series)
            else:
                frame = frame.with_columns(pl.lit(value).alias(name))
        self.frames[dataset].append(
            frame.select(
                (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
                for name, dtype in schema.items()
            ).with_columns(_planted=pl.lit(False))
        )

    def add(self, dataset: str, **values: object) -> None:
        """One planted row."""
        self.rows[dataset].append({**values, "_planted": True})

    def frame(self, dataset: str) -> pl.DataFrame:
        """All rows of a data set so far, background first."""
        planted = pl.DataFrame(self.rows[dataset], schema=SCHEMAS[dataset], strict=False)
        return pl.concat([*self.frames[dataset], planted])
