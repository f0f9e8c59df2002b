"""Extensions: found by entry points and in the folder of the municipality, and admitted before they are used."""

from flows.extensions.discovery import discover, installed_packages
from flows.extensions.trust import refuse_unsigned

__all__ = ["discover", "installed_packages", "refuse_unsigned"]
