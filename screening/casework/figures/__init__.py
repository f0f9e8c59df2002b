"""What the team lead sees: counts that tell of a group and never of one."""
