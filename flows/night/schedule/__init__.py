"""The night and its duties as flows of Prefect: what they report to its server, and how they come to run there."""
