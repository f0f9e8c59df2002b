"""Tips of colleagues, and contact that a care coordinator is asked for."""
