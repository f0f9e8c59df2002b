"""Indicators at the barrier FINANCIEN: what the registers say of the means of a holder."""
