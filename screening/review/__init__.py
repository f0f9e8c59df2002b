"""The review application: officers judge what was flagged, analysts judge links. It decides nothing."""

from screening.review.app import make_app
from screening.review.settings import HelpLine, OidcSettings, ReviewSettings, SessionLimits

__all__ = ["HelpLine", "OidcSettings", "ReviewSettings", "SessionLimits", "make_app"]
