"""The approvals needed before the registers of a real municipality are read: mandate, keys, two signatures."""
