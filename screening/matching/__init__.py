"""Addresses to BAG objects and mentions to parties; `screening.matching.engine` links records of any kind.

`link_parties` and `PartyResult` are fetched when they are asked for: whoever imports the engine alone does not pay for
the libraries of the parties, which cost more than linking 50,000 records.
"""

from __future__ import annotations

__all__ = ["PartyResult", "link_parties"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from screening.matching import parties  # noqa: PLC0415 - that is the point

        return getattr(parties, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
