"""Who let which rule run, and which may run tonight."""
