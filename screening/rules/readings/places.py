"""Where a record could stand: a missed address never makes a hit.

A rule that needs a permit, renewal or establishment to be absent at an object asks for this reading: a record whose
address was not resolved counts as present wherever it could stand. What a hit rests on stands at its object for sure.
"""

from __future__ import annotations

import polars as pl

from screening.base.vocabulary import AddressNote
from screening.rules.readings.plans import computed
from screening.rules.tables import Tables

#: Notes of an address that lies elsewhere for sure, or can be no object.
_ELSEWHERE = (AddressNote.POST_BOX, AddressNote.OTHER_POSTCODE_AREA, AddressNote.OTHER_TOWN, AddressNote.PIN_ABROAD)
#: Registers that say at which objects a company is, and by which numbers it is known.
_REGISTERS = ("handelsregister", "vergunningen", "seksinrichtingen")
_NUMBERS = ("kvk_nummer", "vestigingsnummer")
#: What the reading needs of the records themselves, beside the numbers of a company.
PLACE = ("address_id", "address_note", "candidates", "candidate_id")


def wherever_it_could_stand(t: Tables, name: str) -> pl.LazyFrame:
    """The rows of table `name`, and those without an object once for each object where they could stand.

    Adds `is_placed`: false where `address_id` is only possible. A record could stand at an object that its address may
    mean (`candidates`, `candidate_id`), or where the company of its KVK or establishment number is by the registers
    that the rule declares, unless its address lies elsewhere for sure; an address that is offered here does not. Needs
    PLACE, and of the numbers what there is.
    """
    records = t[name]
    columns = [column for column in records.collect_schema().names() if column not in ("candidates", "candidate_id")]
    is_elsewhere = pl.col("address_note").is_in(_ELSEWHERE).fill_null(False) & pl.col("candidate_id").is_null()
    lost = records.filter(pl.col("address_id").is_null(), ~is_elsewhere).drop("address_id").pipe(computed)
    meant = pl.concat_list(pl.col("candidates").fill_null([]), "candidate_id")
    parts = [lost.with_columns(address_id=meant).explode("address_id").select(columns)]
    for number in _NUMBERS:
        if number in columns:
            parts += [lost.join(places, on=number).select(columns) for places in _places_of_companies(t, number, lost)]
    possible = pl.concat(parts).filter(pl.col("address_id").is_not_null()).unique()
    return pl.concat(
        [
            records.select(columns).with_columns(is_placed=pl.col("address_id").is_not_null()),
            possible.with_columns(is_placed=pl.lit(False)),
        ]
    )


def _places_of_companies(t: Tables, number: str, lost: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Per register that the rule declares with this number: `number`, `address_id`, of the companies of `lost`."""
    needed = {number, "address_id"}
    registers = [t[name] for name in _REGISTERS if name in t and needed <= set(t[name].collect_schema().names())]
    return [
        register.select(number, "address_id").drop_nulls().join(lost, on=number, how="semi").unique()
        for register in registers
    ]
