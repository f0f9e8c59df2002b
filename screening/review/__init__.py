"""The review application: officers judge what was flagged, analysts judge links. It decides nothing."""

from screening.review.app import make_app
from screening.review.settings import HelpLine, OidcSettings, PolicyEntry, ReviewSettings, SessionLimits

__all__ = ["HelpLine", "OidcSettings", "PolicyEntry", "ReviewSettings", "SessionLimits", "make_app"]
