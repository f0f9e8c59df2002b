"""Parties: which mentions of people and organisations in the registers are one."""
