"""From the material of a case to what a template shows: pure functions, no store, no clock, no HTML but the SVG."""
