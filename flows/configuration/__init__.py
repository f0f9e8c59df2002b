"""The tables of screening.toml that say nothing of a run, each checked by the part it is for."""
