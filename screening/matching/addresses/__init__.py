"""Addresses as they are written, resolved to the objects of the BAG."""

from screening.matching.addresses.display import display_addresses, find_address
from screening.matching.addresses.index import AddressIndex
from screening.matching.addresses.mentions import address_mentions
from screening.matching.addresses.notes import note_sentence
from screening.matching.addresses.resolve import resolve

__all__ = ["AddressIndex", "address_mentions", "display_addresses", "find_address", "note_sentence", "resolve"]
