"""What a person reads of a rule and of a hit: one renderer for the terminal, the reports and the pages."""

from screening.wording.explanation import (
    AddressExplanation,
    explain_address,
    place_text,
    placed,
    record_text,
    set_by_configuration,
    unavailable,
)
from screening.wording.hit import HEADS, Part, as_lines, explain_hit

__all__ = [
    "HEADS",
    "AddressExplanation",
    "Part",
    "as_lines",
    "explain_address",
    "explain_hit",
    "place_text",
    "placed",
    "record_text",
    "set_by_configuration",
    "unavailable",
]
