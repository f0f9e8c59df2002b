"""Ranges of candidate pairs of a large municipality, scored on a Dask cluster."""
