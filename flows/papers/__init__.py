"""`barrier papers` and the pages of documentation that are made from the rules and the configuration."""
