"""What a person reads of a rule and of a hit: one renderer for the terminal, the reports and the pages."""

from screening.wording.explanation import Told, place_text, placed, record_text, tell, unavailable, unknown_sentences
from screening.wording.hit import HEADS, Part, as_lines, explain_hit, explain_lines

__all__ = [
    "HEADS",
    "Part",
    "Told",
    "as_lines",
    "explain_hit",
    "explain_lines",
    "place_text",
    "placed",
    "record_text",
    "tell",
    "unavailable",
    "unknown_sentences",
]
