"""`barrier backup` and `barrier restore`."""
