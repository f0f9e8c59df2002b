"""Addresses as they are written, resolved to the objects of the BAG."""

from screening.matching.addresses.display import display_addresses, find
from screening.matching.addresses.index import AddressIndex
from screening.matching.addresses.notes import sentence
from screening.matching.addresses.resolve import resolve

__all__ = ["AddressIndex", "display_addresses", "find", "resolve", "sentence"]
