"""Deliveries of registers read as text, with provenance: CSV, spreadsheets, JSON, Parquet, SQL queries."""

from screening.sources.areas import read_area
from screening.sources.firewall import forbidden_category
from screening.sources.foreign_reader import UnreadableError
from screening.sources.handover import HandedOver, SourceRequest, hand_over
from screening.sources.isolated import Reading, read_sources_isolated, reading_apart
from screening.sources.limits import ReadLimits
from screening.sources.read import read_source
from screening.sources.terms import forbidden_subject, read_word_list

__all__ = [
    "HandedOver",
    "ReadLimits",
    "Reading",
    "SourceRequest",
    "UnreadableError",
    "forbidden_category",
    "forbidden_subject",
    "hand_over",
    "read_area",
    "read_source",
    "read_sources_isolated",
    "read_word_list",
    "reading_apart",
]
