"""`barrier links` and `barrier match`: uncertain links and how the linking went."""
