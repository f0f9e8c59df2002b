"""`screening.toml`, checked as a whole: one model a table, every fault of every table in one list."""

from flows.configuration.read import Configuration, load_configuration, today

__all__ = ["Configuration", "load_configuration", "today"]
