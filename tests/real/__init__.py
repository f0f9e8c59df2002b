"""The screening on registers that others made: real addresses, real reports, real notices."""
