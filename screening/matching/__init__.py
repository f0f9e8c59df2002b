"""Addresses to BAG objects and mentions to parties."""

from screening.matching.parties import PartyResult, link_parties

__all__ = ["PartyResult", "link_parties"]
