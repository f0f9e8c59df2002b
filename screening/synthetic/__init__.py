"""A synthetic municipality from a seed, with planted patterns and their truth."""

from screening.synthetic.municipality import Municipality, generate
from screening.synthetic.writing import write

__all__ = ["Municipality", "generate", "write"]
