"""Short texts that people type: refused when they say who somebody is or what is done to somebody."""
