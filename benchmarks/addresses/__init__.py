"""Addresses as people type them, made out of a BAG with their truth, and how the resolver does on them."""
