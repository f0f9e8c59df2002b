"""The decisions about which rules may run, and the rules that may run tonight."""
