"""What stands on the pages of Herkennen, as data."""
