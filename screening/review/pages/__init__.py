"""The pages: each module here has a `router = Pages()`; it is found by itself, and each of its routes has a rule."""
