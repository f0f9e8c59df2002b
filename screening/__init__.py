"""Screening of municipal registers: from records to addresses that a person should look at."""
