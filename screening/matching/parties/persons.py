"""Persons as settings of the linking engine: what is compared of two notations, and what may never be sure."""

from __future__ import annotations

import math

import polars as pl

from screening.linking import (
    Comparison,
    Gate,
    Settings,
    Veto,
    edits,
    equal,
    known,
    letters_shared,
    letters_within,
    swapped_date,
)
from screening.matching.parties.name_readings import READING, name_readings

#: Given names that exclude each other, by hand whatever is learned: twins share a birth date and a family name and must
#: never drift together, and yet a wrong initial happens, which a person must be able to see.
EXCLUDING_GIVEN = ("differs", "misfit", "overlap", "else")
#: Given names, or all initials of several, that say who is meant: only beside these may a family name have two slips,
#: or begin with another letter, and the link still be sure.
TELLING_GIVEN = ("name", "order", "equal_several")

#: An equal birth date, before its rarity: by hand, as nothing but the date brings pairs to learn from. 97 of 100 in two
#: registers are equal, and people are born on some 18,000 days.
BIRTH_DATE_BITS = math.log2(0.97 * 18_262)

PERSONS = Settings(
    comparisons=(
        Comparison(
            "family_name",
            (
                # the rarer kinds of slips are by hand: a register may happen not to show them
                equal("family", frequency="family").having(label="equal"),
                equal("sound").having(from_length=5, label="sound"),
                edits(1, "spelt").having(from_length=5, within=("start",), label="slip"),
                edits(1, "spelt").having(from_length=5, within=("head",), bits=7.0, label="slip_unheard"),
                edits(1, "spelt").having(from_length=3, within=("start",), bits=4.5, label="slip_short"),
                edits(1, "spelt").having(from_length=6, within=("first",), bits=7.0, label="slip_first"),
                edits(1, "spelt").having(from_length=2, bits=1.5, label="doubtful"),
                edits(2, "single").having(from_length=5, within=("start",), bits=0.5, label="two_slips"),
            ),
            column="family",
            # too rare in any register to be learned, and what tells two people apart must never be near to nothing
            otherwise=-12.0,
        ),
        Comparison(
            "given_names",
            (
                equal("first", frequency="first").having(label="name"),
                equal("full").having(bits=4.0, label="order"),
                # a slip keeps the letters that tell Bert from Berta and Marian from Marina
                edits(1, "first").having(from_length=5, within=("ends",), label="name_slip"),
                # a doubled letter makes no other name, however short; two letters exchanged do: Aron and Arno are twins
                equal("undoubled").having(bits=7.5, label="doubled"),
                known("plain_first").having(bits=-6.0, label="differs"),
                # an order that was guessed has to fit whole
                known("first").having(bits=-14.0, label="misfit"),
                equal("spelled").having(from_length=2, label="equal_several"),
                equal("spelled").having(label="equal"),
                letters_within("letters").having(label="subset"),
                letters_shared("letters").having(bits=-4.0, label="overlap"),
            ),
            column="letters",
            otherwise=-6.5,
        ),
        Comparison("reading", (known("reading").having(bits=-14.0, label="loose"),), otherwise=0.0),
        Comparison(
            "birth_date",
            (
                equal("birth_date", frequency="birth_date").having(bits=BIRTH_DATE_BITS, label="equal"),
                swapped_date("birth_date").having(bits=5.8, label="swapped"),
                known("birth_date").having(bits=-20.0, label="differs"),
                # where a birth date is missing, the business that both are named beside speaks instead
                equal("kvk_nummer").having(bits=9.0, label="business"),
            ),
            otherwise=0.0,
        ),
    ),
    readings=(READING,),
    blocking=(
        ("birth_date", "family"),
        ("birth_date", "start"),
        ("birth_date", "tail"),
        ("family", "date_key"),
        # without a birth date a name must be rare to be probable, so its initials must meet too
        ("family", "spelled:1", "birth_date:missing"),
        ("kvk_nummer", "birth_date:missing"),
    ),
    training=(("birth_date",),),
    vetoes=(Veto("given_names", EXCLUDING_GIVEN), Veto("birth_date", ("differs",))),
    gates=(
        Gate("birth_date", ("swapped", "differs", "business", "else", "missing")),
        Gate("family_name", ("else", "missing")),
        Gate("family_name", ("doubtful", "two_slips"), unless=("given_names", TELLING_GIVEN)),
        Gate("given_names", EXCLUDING_GIVEN),
        Gate("reading", ("loose",)),
    ),
    max_block=2_000,
    floor=-12.0,
    random_pairs=100_000,
    training_pairs=20_000,
)


def person_records(groups: pl.DataFrame, businesses: pl.DataFrame) -> pl.DataFrame:
    """One row a named group, as PERSONS reads it.

    Args:
        groups: `group`, `name_normalised`, `birth_date`.
        businesses: `group`, `kvk_nummer` of the businesses named beside a group.
    """
    named = groups.drop_nulls("name_normalised").sort("group")
    named = named.select("birth_date", id="group", name="name_normalised")
    day, month = pl.col("birth_date").dt.day(), pl.col("birth_date").dt.month()
    date_key = pl.concat_str(
        pl.col("birth_date").dt.year(), pl.min_horizontal(day, month), pl.max_horizontal(day, month), separator="-"
    )
    facts = named.select("id", "birth_date", date_key=pl.when(day <= 12).then(date_key)).join(
        businesses.group_by(id="group").agg("kvk_nummer"), on="id", how="left", maintain_order="left"
    )
    # every name has a reading: in one order both stand side by side, and to join so many lists is dear
    read = named.select("id", "name").join(name_readings(named["name"]), on="name", maintain_order="left")
    lists = read.group_by("id", maintain_order=True).agg(READING).drop("id")
    return facts.hstack(lists)
