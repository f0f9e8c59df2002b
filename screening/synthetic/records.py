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

#: Type of the columns that hold no text. A leading underscore: internal, beside the registers' own. Days are offsets.
_INTEGERS = """_id _person _company _lessor _address _token _parent _branch _continued_by _sbi _legal _licence
    max_personen max_kamers aantal_werkruimten aandeel_teller aandeel_noemer _park"""
_DAYS = """_day _second datum_aanvraag datum_besluit ingangsdatum einddatum bibob_vragenlijst_datum datum datum_aanvang
    datum_einde datum_van datum_tot"""
#: `_undated`: the person's birth date is left out. `_hodn`: the holder is written "name h.o.d.n. trade name".
#: `_in_doubt`: the address is written with an addition that the BAG does not have there.
_BOOLEANS = "_planted _undated _hodn _person_only _in_doubt faillissement surseance afgeschermd belast"
_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(_INTEGERS.split(), pl.Int64()),
    **dict.fromkeys(_DAYS.split(), pl.Int32()),
    **dict.fromkeys(_BOOLEANS.split(), pl.Boolean()),
}
_DECISION = """_id status datum_aanvraag datum_besluit ingangsdatum einddatum vervalreden weigeringsgrond
    bezwaar_uitkomst _person _company _lessor _address _undated _person_only openingstijden"""
_COLUMNS = {
    "vergunningen": f"{_DECISION} zaaktype _hodn bibob_vragenlijst_datum max_personen max_kamers",
    "seksinrichtingen": f"{_DECISION} type aantal_werkruimten",
    "meldingen": "_id _day _second subcategorie status bevinding _token _parent _address",
    "handelsregister": """_company _branch _address datum_aanvang datum_einde reden_einde _continued_by faillissement
        surseance afgeschermd _sbi""",
    "functionarissen": "_company _person _legal functie datum_aanvang datum_einde _undated",
    "leidinggevenden": "_licence _person rol datum_van datum_tot _undated",
    "maatregelen": "_id type grondslag datum datum_einde status _person _company _address _undated",
    "controles": "_id datum situatie bevinding _address",
    "toegelaten_uitleners": "_company status ingangsdatum einddatum",
    "toeristische_verhuur_registraties": "_id soort status ingangsdatum einddatum _address",
    "recreatieparken": "_park _company permanente_bewoning datum_van datum_tot _address",
    "eigendom": """_id soort_gerechtigde aard_recht belast aandeel_teller aandeel_noemer rechtsvorm datum_van datum_tot
        _company _address""",
    "handelsregister_mutaties": "_company _branch soort_mutatie datum afgeschermd _address",
    "zorgaanbieders": "_id soort_locatie wet datum_van datum_tot _company _address",
}
#: Of every data set. `_year_only`, `_month_only`: the name of a date of which the register knows no more.
_OF_EVERY_ROW = ("_planted", "_year_only", "_month_only", "_in_doubt")
SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    dataset: {name: _TYPES.get(name, pl.String()) for name in (*columns.split(), *_OF_EVERY_ROW)}
    for dataset, columns in _COLUMNS.items()
}

#: Subcategory -> main category, as the reports' codes have it.
CATEGORIES: dict[str, str] = {
    **dict.fromkeys(
        (
            "woonfraude",
            "vakantieverhuur",
            "woningdelen-spookburgers",
            "onderhuur-en-adreskwaliteit",
            "leegstand",
            "wonen-ondermijning",
            "wonen-overig",
        ),
        "wonen",
    ),
    **dict.fromkeys(
        (
            "geluidsoverlast-muziek",
            "geluidsoverlast-installaties",
            "overlast-terrassen",
            "overlast-door-bezoekers-niet-op-terras",
            "stank-horecabedrijven",
            "overig-horecabedrijven",
        ),
        "overlast-bedrijven-en-horeca",
    ),
    **dict.fromkeys(
        ("overige-overlast-door-personen", "drank-en-drugsoverlast", "jongerenoverlast", "daklozen-bedelen"),
        "overlast-van-en-door-personen-of-groepen",
    ),
    "afval": "afval",
    "overig": "overig",
}


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
    duties: list[dict[str, object]] = field(default_factory=list)
    areas: dict[int, int] = field(default_factory=dict)
    #: Agencies that are not admitted, or of which a decision is planted.
    without_admission: set[int] = field(default_factory=set)

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
