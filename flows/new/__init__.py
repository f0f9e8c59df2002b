"""The beginning of a rule or a register of a municipality's own: a package that passes its own tests."""
