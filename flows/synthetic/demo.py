"""A synthetic municipality for a demonstration, a test or a benchmark."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from screening.errors import ConfigurationError


def make(directory: Path, *, seed: int, addresses: int, messy: bool, as_of: date) -> dict:
    """Write a municipality with its truth and configuration; refuses a folder that holds something else."""
    from screening.synthetic import generate, write

    if directory.exists() and any(directory.iterdir()):
        raise ConfigurationError(f"{directory}: not empty. Name a new folder, or empty this one.")
    directory.mkdir(parents=True, exist_ok=True)
    municipality = generate(seed, addresses, regime="messy" if messy else "clean", as_of=as_of)
    write(municipality, directory)
    return {
        "directory": str(directory),
        "config": str(directory / "screening.toml"),
        "seed": seed,
        "addresses": addresses,
        "messy": messy,
        "as_of": as_of.isoformat(),
    }
