"""`barrier check`: the configuration and the deliveries before a run."""
