"""`barrier serve`: the web application of the review."""
