"""Indicators at the barrier VASTGOED: what the register of addresses and buildings says of a place of business."""
