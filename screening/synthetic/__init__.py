"""A synthetic municipality from a seed, with planted patterns and their truth."""

from screening.synthetic.municipality import Municipality, generate
from screening.synthetic.writing import write_municipality

__all__ = ["Municipality", "generate", "write_municipality"]
