"""Measurements of the whole tool; no part of the product and of no wheel."""
