"""Calls on a Dask cluster: what its address must be, and who makes the calls."""
