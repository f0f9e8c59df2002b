"""Addresses to BAG objects and mentions to parties."""
