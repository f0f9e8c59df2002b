"""The command line, a module a group of commands: options and what is printed, nothing else."""
