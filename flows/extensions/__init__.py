"""Extensions: found by entry points and in the folder of the municipality, and admitted before they are used."""

from flows.extensions.discovery import discover
from flows.extensions.trust import refuse_unsigned

__all__ = ["discover", "refuse_unsigned"]
