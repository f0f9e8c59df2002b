"""The rules of the barrier model, one file an indicator, one folder a barrier."""
