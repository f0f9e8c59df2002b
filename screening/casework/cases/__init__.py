"""Case work: an address that is opened, read, judged, confirmed and closed."""
