"""Indicators at the barrier HUISVESTING: letting, lodging and the space that people are given."""
