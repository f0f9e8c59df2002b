"""Many municipalities on one machine, each with its own store, keys and review. Who operates them sees counts."""
