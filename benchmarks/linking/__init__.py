"""The linking engine beside Splink on the same records: seconds, processor seconds, memory and F1."""
