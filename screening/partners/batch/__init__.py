"""A batch of signals: its files, its manifest, its signature and its seal."""
