"""What a person reads of a rule and of a hit: one renderer for the terminal, the reports and the pages."""
