"""Deliveries of registers read as text, with provenance: CSV, spreadsheets, JSON, Parquet, SQL queries."""

from screening.sources.firewall import forbidden_category
from screening.sources.handover import HandedOver, SourceRequest, hand_over
from screening.sources.isolated import Reading, read_sources_isolated, reading_apart
from screening.sources.limits import ReadLimits
from screening.sources.read import read_source
from screening.sources.terms import read_word_list

__all__ = [
    "HandedOver",
    "ReadLimits",
    "Reading",
    "SourceRequest",
    "forbidden_category",
    "hand_over",
    "read_source",
    "read_sources_isolated",
    "read_word_list",
    "reading_apart",
]
