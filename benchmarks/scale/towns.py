"""Towns of a size, made once and kept: every register, as CSV or as Parquet."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 11, 1)
FORMS = ("csv", "parquet")


def town(
    folder: Path, *, addresses: int, form: str = "csv", seed: int = 1, messy: bool = False, with_new_rules: bool = False
) -> Path:
    """The configuration of the town in this folder, made where it is not there or is another.

    `form`: what its deliveries are; a messy town has forms of its own. `with_new_rules`: it keeps every register.
    """
    wanted = {"seed": seed, "addresses": addresses, "regime": "messy" if messy else "clean", "as_of": AS_OF.isoformat()}
    wanted |= {"with_new_rules": True} if with_new_rules else {}
    meta = folder / "truth" / "meta.json"
    if not meta.is_file() or not wanted.items() <= json.loads(meta.read_text(encoding="utf-8")).items():
        shutil.rmtree(folder, ignore_errors=True)
        # in a process of its own: what making takes of memory is given back
        making = [sys.executable, "-m", "benchmarks.scale.towns", str(folder), json.dumps(wanted)]
        subprocess.run(making, check=True, cwd=ROOT)  # noqa: S603 - ourselves
    configuration = folder / "screening.toml"
    if form == "parquet" and not messy:
        return _as_parquet(configuration)
    return configuration


def _as_parquet(configuration: Path) -> Path:
    """A configuration beside this one whose deliveries are the same as Parquet, in columns of text."""
    content = configuration.read_text(encoding="utf-8")
    for path in configuration.parent.glob("*.csv"):
        parquet = path.with_suffix(".parquet")
        if not parquet.is_file() or parquet.stat().st_mtime < path.stat().st_mtime:
            pl.scan_csv(path, infer_schema=False).sink_parquet(parquet)
        content = content.replace(f'"{path.name}"', f'"{parquet.name}"')
    beside = configuration.with_name("screening-parquet.toml")
    beside.write_text(content.replace('workspace = "var"', 'workspace = "var-parquet"'), encoding="utf-8")
    return beside


def _make(folder: Path, wanted: dict[str, object]) -> None:
    from screening.synthetic import generate, write_municipality  # noqa: PLC0415 - not needed for a town that is there

    started = time.perf_counter()
    municipality = generate(
        int(str(wanted["seed"])),
        int(str(wanted["addresses"])),
        regime=wanted["regime"],
        as_of=AS_OF,
        with_new_rules=bool(wanted.get("with_new_rules")),
    )
    generated = time.perf_counter()
    write_municipality(municipality, folder)
    print(
        f"made in {generated - started:.1f} s, written in {time.perf_counter() - generated:.1f} s: {municipality.rows}",
        flush=True,
    )


if __name__ == "__main__":
    _make(Path(sys.argv[1]), json.loads(sys.argv[2]))
