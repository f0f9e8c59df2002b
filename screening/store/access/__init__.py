"""Accounts, sessions and what each keeps of its own."""
