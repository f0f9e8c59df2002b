"""What a person reads of a rule and of a hit: one renderer for the terminal, the reports and the pages."""

from screening.wording.explanation import AddressExplanation, place_text, placed, record_text, explain_address, unavailable, unknown_sentences
from screening.wording.hit import HEADS, Part, as_lines, explain_hit, explain_lines

__all__ = [
    "HEADS",
    "Part",
    "AddressExplanation",
    "as_lines",
    "explain_hit",
    "explain_lines",
    "place_text",
    "placed",
    "record_text",
    "explain_address",
    "unavailable",
    "unknown_sentences",
]
