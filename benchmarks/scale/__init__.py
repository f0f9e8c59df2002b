"""A night at the size of a town, a city and the whole country, stage by stage, beside the least that Polars needs."""
