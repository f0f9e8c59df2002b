"""Visits: walking lists from confirmed cases, and what was found."""
