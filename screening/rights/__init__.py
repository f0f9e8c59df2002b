"""Terms and rights: what is past its term goes, and what people ask of their data."""
