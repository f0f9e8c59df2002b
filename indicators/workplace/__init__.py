"""Indicators at the barrier WERKPLEK: permits, sex establishments and nuisance at the place of work."""
