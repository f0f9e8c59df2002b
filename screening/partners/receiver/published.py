"""The page with which a receiver opens a batch: published per version with its sha256, and never sent in a batch.

`scripts/build_receiver_page.py` makes it of `scripts/receiver_page`: its parts, and the libraries that it takes over.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PAGE_NAME = "levering-openen.html"


@dataclass(frozen=True)
class PublishedPage:
    """The newest version, with the sha256 that a receiver compares by telephone."""

    version: str
    sha256: str
    name: str = PAGE_NAME


def page_content() -> bytes:
    """The page, byte for byte."""
    return files("screening.partners.receiver").joinpath(PAGE_NAME).read_bytes()


@cache
def published_page() -> PublishedPage:
    """The newest line of the list of versions."""
    lines = files("screening.partners.receiver").joinpath("published.txt").read_text("ascii").splitlines()
    return PublishedPage(*lines[-1].split())
