"""Confirmed signals on their way to the RIEC: minimise, batch, seal. Pure: content in, bytes out."""
