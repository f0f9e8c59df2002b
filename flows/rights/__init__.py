"""`barrier retention` and `barrier subject`: retention terms, erasure and the requests of data subjects."""
