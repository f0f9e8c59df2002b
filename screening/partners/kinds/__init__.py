"""The kinds of partner, as data: on what basis, about what, in what form, with which fields, and what never goes."""
