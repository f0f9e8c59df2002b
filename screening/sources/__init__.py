"""Deliveries of registers read as text, with provenance: CSV, XLSX, Parquet and SQL queries."""

from screening.sources.firewall import forbidden_category
from screening.sources.read import read_source

__all__ = ["forbidden_category", "read_source"]
