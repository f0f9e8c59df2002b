"""A synthetic municipality on disk: its deliveries, the configuration, the truth."""

from __future__ import annotations

import json
from pathlib import Path

from screening.synthetic.configuration import DeliveryFormat, screening_toml
from screening.synthetic.messy import write_messy
from screening.synthetic.municipality import Municipality, stream
from screening.synthetic.truth import INDICATORS, LATER_INDICATORS, NEW_INDICATORS


def write_municipality(municipality: Municipality, directory: Path | str) -> Path:
    """Write the municipality into a folder (made where absent) and return the path of its `screening.toml`.

    Clean: UTF-8 CSV in canonical form. Messy: every file in a form of its own, mapped in the configuration. `truth/`
    holds the truth as Parquet and `meta.json`. Its areas are files beside the deliveries.
    """
    folder = Path(directory)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    if municipality.regime == "messy":
        deliveries, lost_zeros = write_messy(municipality, folder, stream(municipality.seed, "delivery"))
        lost_zeros.write_parquet(folder / "truth" / "lost_zeros.parquet")
    else:
        deliveries = {dataset: DeliveryFormat(path=f"{dataset}.csv") for dataset in municipality.tables}
        for dataset, frame in municipality.tables.items():
            frame.write_csv(folder / deliveries[dataset].path)
    for name, frame in municipality.truth.items():
        frame.write_parquet(folder / "truth" / f"{name}.parquet")
    meta = {
        "seed": municipality.seed,
        "addresses": municipality.addresses,
        "regime": municipality.regime,
        "as_of": municipality.as_of.isoformat(),
        "cases": municipality.truth["hits"].height + municipality.truth["hard_negatives"]["planted"].sum(),
        "rows": municipality.rows,
        **({"with_new_rules": True} if municipality.with_new_rules else {}),
    }
    (folder / "truth" / "meta.json").write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    configuration = folder / "screening.toml"
    planted = INDICATORS | NEW_INDICATORS if municipality.with_new_rules else INDICATORS
    if set(municipality.truth["hits"]["indicator"]) & LATER_INDICATORS.keys():
        planted |= LATER_INDICATORS
    for area in municipality.areas:
        area.write(folder)
    configuration.write_text(
        screening_toml(deliveries, planted, municipality.as_of, municipality.areas), encoding="utf-8"
    )
    return configuration
