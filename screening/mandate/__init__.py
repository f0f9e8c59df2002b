"""What must be approved before the registers of a real municipality are read: mandate, keys, two signatures."""
