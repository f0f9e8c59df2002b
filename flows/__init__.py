"""The top floor: commands and flows. Knows everything, decides nothing about the subject matter."""
