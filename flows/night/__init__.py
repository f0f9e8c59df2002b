"""A night: the stages in order, the folder they work in, and what they read and leave."""
