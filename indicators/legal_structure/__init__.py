"""Indicators of the barrier legal structure (rechtsvorm)."""
