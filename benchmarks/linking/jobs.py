"""What the engine is asked to do with each set of the benchmark; Splink's side of the same is in `splink_run`."""

from __future__ import annotations

from dataclasses import replace

from screening.linking import (
    Comparison,
    Settings,
    crossed,
    date_slip,
    edits,
    equal,
    initial,
    same_year,
    similar,
    swapped_date,
)

#: Log-odds (bits) below which neither engine keeps a pair.
FLOOR = -5.0
#: Log-odds (bits) at which both sides cluster: the first is timed (Splink's usual 0.95), the others are only judged.
CUTS = (4.25, 0.0, 8.0)
#: Keys of the Dutch set: fine ones, so that pairs grow no faster than records until well past a million.
DUTCH_BLOCKING: tuple[tuple[str, ...], ...] = (
    ("core", "birth_date"),
    ("postcode", "house_number"),
    ("birth_date", "given:2"),
    ("birth_date", "postcode:4"),
    ("core", "birth_date:year"),
    ("core", "given"),
)
#: Not the postcode: its pairs are households, and EM would learn those instead of persons.
DUTCH_TRAINING: tuple[tuple[str, ...], ...] = (("birth_date",), ("surname", "given"))


def dutch() -> Settings:
    """Persons of the Dutch set: the levels that both engines get in the run "same"."""
    return Settings(
        comparisons=(
            Comparison(
                "given",
                (
                    equal("given", frequency="given"),
                    similar("jaro_winkler", 0.92),
                    similar("jaro_winkler", 0.8),
                    initial(),
                ),
            ),
            Comparison(
                "surname",
                (
                    equal("surname", frequency="surname"),
                    equal("core", frequency="core"),
                    similar("jaro_winkler", 0.92),
                    similar("jaro_winkler", 0.8),
                ),
            ),
            Comparison(
                "birth_date", (equal("birth_date", frequency="birth_date"), swapped_date(), date_slip(), same_year())
            ),
            Comparison("address", (equal("postcode", "house_number"), equal("postcode"), equal("city"))),
        ),
        blocking=DUTCH_BLOCKING,
        training=DUTCH_TRAINING,
        floor=FLOOR,
        max_block=5_000,
    )


HOME = ("postcode", "house_number")
#: Keys of one's own: an initial is not the first two letters of a name, and who moved keeps a birth date.
OWN_BLOCKING: tuple[tuple[str, ...], ...] = (
    *DUTCH_BLOCKING,
    ("birth_date", "initial"),
    ("birth_date", "house_number"),
    ("core", "house_number", "city"),
)


def dutch_own() -> Settings:
    """Persons of the Dutch set as one would ask of the engine: surname and address are one comparison.

    At one address a shared surname is a family's; apart, the two would count as independent evidence. Its keys are
    its own too.
    """
    given, _, born, _ = dutch().comparisons
    given = Comparison(
        "given",
        (
            equal("given", frequency="given"),
            similar("jaro_winkler", 0.92),
            similar("jaro_winkler", 0.8),
            initial(frequency="initial"),
        ),
    )
    family = Comparison(
        "family",
        (
            equal("surname", *HOME),
            equal("core", *HOME),
            similar("jaro_winkler", 0.88, "surname", within=HOME),
            equal(*HOME),
            equal("surname", "city", frequency="surname"),
            equal("surname", frequency="surname"),
            equal("core", frequency="core"),
            similar("jaro_winkler", 0.92, "surname", within=("city",)),
            similar("jaro_winkler", 0.92, "surname"),
            equal("postcode"),
            similar("jaro_winkler", 0.8, "surname"),
            equal("city"),
        ),
        column="surname",
    )
    return replace(dutch(), comparisons=(given, born, family), blocking=OWN_BLOCKING)


MESSY_BLOCKING: tuple[tuple[str, ...], ...] = (("customer",), *DUTCH_BLOCKING)
_CUSTOMER = Comparison("customer", (equal(frequency="customer"), edits(1)))


def messy() -> Settings:
    """Persons of the messy set, with the levels that both engines get."""
    return replace(dutch(), comparisons=(*dutch().comparisons, _CUSTOMER), blocking=MESSY_BLOCKING)


def messy_own() -> Settings:
    """Persons of the messy set as one would ask of the engine."""
    given, born, family = dutch_own().comparisons
    given = replace(given, levels=(given.levels[0], crossed("given", "core"), *given.levels[1:]))
    family = replace(family, levels=(crossed("core", "given"), *family.levels))
    return replace(dutch(), comparisons=(given, born, family, _CUSTOMER), blocking=(("customer",), *OWN_BLOCKING))


def febrl() -> Settings:
    """FEBRL 3 (find duplicates): persons of the Australian generator, all texts."""
    names = tuple(
        Comparison(column, (equal(frequency=column), similar("jaro_winkler", 0.92), similar("jaro_winkler", 0.8)))
        for column in ("given_name", "surname")
    )
    return Settings(
        comparisons=(
            *names,
            Comparison("date_of_birth", (equal(), edits(1), edits(2))),
            Comparison("soc_sec_id", (equal(), edits(1), edits(2))),
            Comparison("address", (equal(), similar("jaro_winkler", 0.9)), column="address_1"),
            Comparison("postcode", (equal(),)),
        ),
        blocking=(
            ("soc_sec_id",),
            ("given_name", "surname"),
            ("date_of_birth",),
            ("surname", "postcode"),
            ("given_name", "postcode"),
            ("address_1",),
        ),
        training=(("date_of_birth",), ("given_name", "surname")),
        floor=FLOOR,
    )


def febrl_link() -> Settings:
    """FEBRL 4 (link two files)."""
    return replace(febrl(), source="source")


JOBS = {
    "dutch-same": dutch,
    "dutch-own": dutch_own,
    "messy-same": messy,
    "messy-own": messy_own,
    "febrl3": febrl,
    "febrl4": febrl_link,
}
