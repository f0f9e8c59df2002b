"""The case work of the town hall: cases, links to judge, visits, tips of colleagues, figures."""
