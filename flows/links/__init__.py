"""`barrier links`: uncertain links and how the linking went."""
