"""Code from outside: read as a tree before any of it runs, and run where nothing but what it is handed is in reach."""
