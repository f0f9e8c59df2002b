"""Published runs: made visible whole or not at all, checked, kept for a term."""
