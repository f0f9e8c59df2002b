"""`barrier audit`: the ledger, its signed head and the review of who read what."""
