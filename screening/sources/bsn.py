"""BSNs by value. RSIN and BSN share one check (elfproef), so that only the column and the legal form tell them apart.

Only whole values count: nine bare digits. A case number such as Z-909000001 passes the check too and is no BSN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
from stdnum.nl import bsn

from screening.base.errors import ContractStopError
from screening.base.frames import FieldSpec
from screening.sources.raw import RefusedRow

#: From this many values on, and at least half of a column, the column is one of BSNs and the file is refused.
MIN_VALUES_OF_A_COLUMN = 5
EXPECTATION = "no_bsn"
_REASON = "een waarde kan een BSN zijn"


def passing_values(values: pl.Series) -> list[str]:
    """The distinct values that are nine bare digits and pass the check."""
    nine = values.filter(values.str.len_bytes() == 9)  # few are as long, and a pattern is dear
    bare = nine.filter(nine.str.contains(r"^[0-9]{9}$")).unique()
    return [value for value in bare.to_list() if bsn.is_valid(value)]


@dataclass
class BsnColumns:
    """The BSNs in the columns of a delivery, batch after batch: how many, of how many values."""

    name: str
    hits: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)

    def find(self, frame: pl.DataFrame, fields: Mapping[str, FieldSpec]) -> list[RefusedRow]:
        """The rows of a batch that hold one. `frame`: tidy text with codes mapped, before tokens are replaced."""
        refused: list[RefusedRow] = []
        for column in frame.columns:
            spec = fields.get(column)
            if spec is None or spec.form == "free_text":
                continue
            looked_at = frame.select("row_number", value=column)
            if spec.form == "rsin" and "rechtsvorm" in frame.columns:
                # The RSIN of a sole trader would be the trader's BSN. Without a legal form it is of nobody's.
                legal_person = pl.col("rechtsvorm").is_not_null() & (pl.col("rechtsvorm") != "eenmanszaak")
                looked_at = frame.filter(~legal_person).select("row_number", value=column)
            self.filled[column] += looked_at["value"].count()
            passing = passing_values(looked_at["value"])
            if not passing:
                continue
            rows = looked_at.filter(pl.col("value").is_in(passing))["row_number"]
            self.hits[column] += len(rows)
            refused.extend(RefusedRow(row, column, EXPECTATION, _REASON) for row in rows)
        return refused

    def refuse(self) -> None:
        """Raise ContractStopError, naming file and column, where a column is one of BSNs."""
        for column, hits in self.hits.items():
            filled = self.filled[column]
            if hits >= MIN_VALUES_OF_A_COLUMN and 2 * hits >= filled:
                raise ContractStopError(
                    f"{self.name}, column {column}: {hits} of {filled} values can be BSNs. The file is refused and "
                    "nothing of it is kept. Have it delivered without BSNs, or leave the column out by `drop`."
                )


def count_texts_with_bsn(texts: pl.Series) -> int:
    """How many free texts hold a number of nine digits that passes, standing by itself."""
    numbers = (
        pl.DataFrame({"text": texts})
        .with_row_index("place")
        .select("place", pl.col("text").str.extract_all(r"\b[0-9]{9}\b"))
        .explode("text")
        .drop_nulls()
    )
    passing = passing_values(numbers["text"]) if numbers.height else []
    return numbers.filter(pl.col("text").is_in(passing))["place"].n_unique() if passing else 0
