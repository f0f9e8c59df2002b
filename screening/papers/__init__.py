"""The papers a municipality owes, made from its configuration and its rules."""
