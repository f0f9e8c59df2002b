"""Who counts as another: parties that are one, belong together or could be one share a mark, and are counted as one.

A rule that needs two parties to be different asks for this reading, so that a missed link never makes a hit. A rule
that needs them to be the same asks for one `party_id`, which only sure links give.
"""

from __future__ import annotations

import polars as pl

from screening.rules.readings.companies import HOLDER_ROLES, OWNERS_AND_DIRECTORS, known_persons
from screening.rules.readings.objects import part_of_each
from screening.rules.readings.plans import computed
from screening.rules.tables import Tables

#: What a party is on the record of a hit.
HIT_ROLES = (*HOLDER_ROLES, "onderneming", "betrokkene")


def marks_of_parties(parties: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of `parties` (`party_id`), once for each mark that the party goes by: `mark`.

    Two parties share a mark when they are one, or when they are a pair that could be one. `pairs`:
    `left_party_id`, `right_party_id` (the table `mogelijk_een_partij`).
    """
    mark = pl.concat_str(pl.lit("pair:"), "left_party_id", pl.lit("|"), "right_party_id")
    sides = [pairs.select(party_id=f"{side}_party_id", mark=mark) for side in ("left", "right")]
    parties = parties.pipe(computed)
    own = parties.with_columns(mark=pl.lit("party:") + pl.col("party_id"))
    return pl.concat([own, parties.join(pl.concat(sides), on="party_id").select(*own.collect_schema().names())])


def marks_of_companies(t: Tables, numbers: pl.LazyFrame, functions: pl.LazyFrame) -> pl.LazyFrame:
    """One row per KVK number in `numbers` (`kvk_nummer`) and mark of the company: `kvk_nummer`, `mark`.

    Companies that belong together share the mark of their group, and a company has the marks of the people who run it
    or one of its group: by these it meets the other companies, and the mentions in person, of who could be the same.

    Args:
        t: declares `groepen` (`kvk_nummer`, `related_id`), `mogelijk_een_partij` and `partijen` (`record`, `kind`,
            `party_id`).
        numbers: the companies that matter.
        functions: the functions that count, of functionarissen (`record`, `kvk_nummer`).
    """
    group = pl.coalesce("related_id", "kvk_nummer")
    grouped = (
        numbers.select("kvk_nummer")
        .drop_nulls()
        .unique()
        .join(t.groepen, on="kvk_nummer", how="left")
        .select("kvk_nummer", group=group)
        .pipe(computed)
    )
    members = grouped.join(t.groepen.select(member="kvk_nummer", group="related_id"), on="group", how="left").select(
        "kvk_nummer", member=pl.coalesce("member", "kvk_nummer")
    )
    # of few companies the people are asked: who runs another is left out before the join, which would hold them all
    of_members = (
        functions.select("record", member="kvk_nummer")
        .join(members, on="member", how="semi")
        .join(members, on="member")
        .pipe(computed)
    )
    people = t.partijen.filter(pl.col("kind") == "person").join(of_members, on="record", how="semi")
    run = of_members.join(people.select("record", "party_id"), on="record").select("kvk_nummer", "party_id").unique()
    of_people = marks_of_parties(run, t.mogelijk_een_partij).select("kvk_nummer", "mark")
    return pl.concat([grouped.select("kvk_nummer", mark=pl.lit("group:") + pl.col("group")), of_people]).unique()


def holders_of(t: Tables, files: pl.LazyFrame, roles: tuple[str, ...] = HOLDER_ROLES) -> pl.LazyFrame:
    """One row per permit, licence or other record and party or number that holds it, or has one of `roles` in it.

    Columns: `record`, `party_id`, `kvk_nummer` (either may be empty), `is_known` (by a number, or as a person with a
    full birth date: who is not known may be anyone, and is no further holder). `files`: `record`, `kvk_nummer`. Needs
    `partijen` (`record`, `role`, `kind`, `party_id`, `kvk_nummer`, `birth_date`).
    """
    files = files.select("record", "kvk_nummer").pipe(computed)
    parties = (
        t.partijen.filter(pl.col("role").is_in(roles))
        .join(files, on="record", how="semi")
        .select("record", "kind", "party_id", "kvk_nummer", "birth_date")
        .pipe(computed)
    )
    persons = known_persons(parties.filter(pl.col("kind") == "person"), t.partijen)
    dated = persons.select("record", "party_id", is_dated=pl.lit(True)).unique()
    named = parties.join(dated, on=["record", "party_id"], how="left").select(
        "record",
        "party_id",
        "kvk_nummer",
        is_known=pl.col("is_dated").fill_null(False) | pl.col("kvk_nummer").is_not_null(),
    )
    numbered = files.filter(pl.col("kvk_nummer").is_not_null()).select(
        "record", "kvk_nummer", party_id=pl.lit(None, dtype=pl.String), is_known=pl.lit(True)
    )
    return pl.concat([named, numbered.select(named.collect_schema().names())]).unique()


def marks_of_holders(t: Tables, holders: pl.LazyFrame, functions: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of `holders` (`party_id`, `kvk_nummer`), once for each mark of the party or of its company: `mark`.

    Either may be empty: a permit can name nobody but a number. Needs what `marks_of_companies` needs.
    """
    columns = [*holders.collect_schema().names(), "mark"]
    holders = holders.pipe(computed)
    of_parties = marks_of_parties(holders.filter(pl.col("party_id").is_not_null()), t.mogelijk_een_partij)
    of_companies = holders.join(marks_of_companies(t, holders, functions), on="kvk_nummer")
    return pl.concat([of_parties.select(columns), of_companies.select(columns)]).unique()


def counted_as_one(marks: pl.LazyFrame, unit: str, within: tuple[str, ...]) -> pl.LazyFrame:
    """`marks` with `one_party`: a number that all units share which marks connect within an address, a list and so on.

    Args:
        marks: one row a unit and mark: `mark`, `unit` and `within`, none of them empty.
        unit: the column of what is told apart, such as the record of a permit.
        within: the columns of what it is counted in: marks connect nothing beyond.
    """
    node, tie = (
        pl.concat_str(*within, column, separator="\x1f").rank("dense").cast(pl.Int64) for column in (unit, "mark")
    )
    part = pl.struct(node=node, tie=tie).map_batches(part_of_each, return_dtype=pl.Int64)
    return marks.with_columns(one_party=part)


def companies_as_one(t: Tables, establishments: pl.LazyFrame) -> pl.LazyFrame:
    """One row per object and KVK number: `address_id`, `kvk_nummer`, `one_party` (the same where they could be one).

    `establishments`: rows of the trade register (`address_id`, `kvk_nummer`, `record`). Needs `mogelijk_een_partij`,
    and `partijen` (`record`, `kind`, `party_id`).
    """
    own = establishments.select("address_id", "kvk_nummer", "record").pipe(computed)
    organisations = (
        t.partijen.filter(pl.col("kind") == "organisation")
        .join(own, on="record", how="semi")
        .select("record", "party_id")
    )
    names = ("address_id", "kvk_nummer", "mark")
    marks = marks_of_parties(own.join(organisations, on="record"), t.mogelijk_een_partij).select(names)
    numbers = own.with_columns(mark=pl.lit("number:") + pl.col("kvk_nummer")).select(names)
    return (
        counted_as_one(pl.concat([numbers, marks]).unique(), "kvk_nummer", ("address_id",))
        .select("address_id", "kvk_nummer", "one_party")
        .unique()
    )


def parties_of_hits(t: Tables, hits: pl.LazyFrame, objects: pl.LazyFrame, within: str) -> pl.LazyFrame:
    """`within`, `partijen`: how many sure and unrelated parties the hits at objects that belong together have.

    Parties are those in `HIT_ROLES` on the records of the hits. Objects that share one are of one party. Needs of
    functionarissen `functie`, and what `holders_of` and `marks_of_holders` need.

    Args:
        t: the tables of the rule.
        hits: `address_id`, `record_ids`.
        objects: `address_id` and `within`, the column of what the objects belong to, such as a building.
        within: its name.
    """
    of_records = (
        hits.join(objects, on="address_id", how="semi")
        .select("address_id", record="record_ids")
        .explode("record")
        .unique()
        .join(objects.select("address_id", within), on="address_id")
        .pipe(computed)
    )
    files = of_records.select("record", kvk_nummer=pl.lit(None, dtype=pl.String)).unique()
    functions = t.functionarissen.filter(pl.col("functie").is_in(OWNERS_AND_DIRECTORS))
    marks = marks_of_holders(t, holders_of(t, files, HIT_ROLES), functions)
    return (
        counted_as_one(of_records.join(marks, on="record"), "address_id", (within,))
        .filter("is_known")
        .group_by(within)
        .agg(pl.col("one_party").n_unique().alias("partijen"))
    )
