"""What follows the judgement of a case: acts, what stops them, how far it is, and the hand-over to the case system."""
