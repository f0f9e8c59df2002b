"""The letters of pages, reports and documents: one font under an open licence, and how wide its letters are."""
