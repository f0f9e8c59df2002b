"""Signals to the RIEC: prepared, approved, disclosed, called back; and to whom."""
