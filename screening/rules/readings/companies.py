"""Companies: lines of business, establishments, and the functions and lists by which people run or manage them."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.base.vocabulary import AddressNote
from screening.rules.readings.plans import computed

#: Beginnings of the SBI codes of companies that provide personnel, in both versions: agencies, secondment, labour pools
#: (782) and payrolling (783, SBI 2008). Placing someone in a job with an employer (781) is none of it. Source: KVK.
PERSONNEL_SBI = ("782", "783")
#: Of these temporary work alone: employment agencies and who else lends out personnel (78201 and 78202; CBS, monitor
#: uitzendbranche), and a code that does not say more. A labour pool (78203) is a project to get people to work.
TEMPORARY_WORK_SBI = ("78201", "78202")
UNDIVIDED_TEMPORARY_WORK_SBI = ("782", "7820", "78200")
#: Legal forms of which the company is a party of its own, apart from the people behind it.
LEGAL_PERSONS = ("bv", "nv", "stichting", "vereniging", "cooperatie")
#: Functions by which someone runs a company. A receiver, liquidator or proxy acts for others.
DIRECTORS = ("bestuurder", "eigenaar", "vennoot")
#: Functions by which someone owns or runs a company.
OWNERS_AND_DIRECTORS = (*DIRECTORS, "enig_aandeelhouder")
#: Roles in which a party holds a permit or a licence.
HOLDER_ROLES = ("houder", "exploitant")


def provides_personnel() -> pl.Expr:
    """Whether any SBI code of the establishment is of a company that provides personnel. Needs `sbi_codes`."""
    return _has_code(PERSONNEL_SBI)


def is_agency() -> pl.Expr:
    """Whether any SBI code of the establishment is of temporary work. Needs `sbi_codes`."""
    return _has_code(TEMPORARY_WORK_SBI, whole=UNDIVIDED_TEMPORARY_WORK_SBI)


def _has_code(beginnings: tuple[str, ...], whole: tuple[str, ...] = ()) -> pl.Expr:
    """Whether any SBI code begins so or is one of `whole`; a register may write it with dots."""
    code = pl.element().str.replace_all(".", "", literal=True)
    is_code = pl.any_horizontal(code.is_in(whole), *(code.str.starts_with(beginning) for beginning in beginnings))
    return pl.col("sbi_codes").list.eval(is_code).list.any().fill_null(False)


def ended_before(day: date) -> pl.Expr:
    """The establishment had surely ended before `day`. Needs `datum_einde_max`."""
    return (pl.col("datum_einde_max") < day).fill_null(False)


def active(as_of: date) -> pl.Expr:
    """The establishment had surely begun and not ended on `as_of`. Needs `datum_aanvang_max`, `datum_einde_min`."""
    return (pl.col("datum_aanvang_max") <= as_of).fill_null(False) & (
        pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") > as_of)
    )


def post_box() -> pl.Expr:
    """The address is a post box: it has no object, and nobody can be visited there. Needs `address_note`."""
    return (pl.col("address_note") == AddressNote.POST_BOX).fill_null(False)


def shielded() -> pl.Expr:
    """A shielded establishment places no hit at its address and is named nowhere. Needs `afgeschermd`."""
    return pl.col("afgeschermd").fill_null(False)


def continued() -> pl.Expr:
    """Another company carries on what this one did, or it went on in another legal form.

    Needs `voortgezet_door_kvk`, `reden_einde`.
    """
    goes_on = pl.col("reden_einde").is_in(["voortgezet", "omgezet"])
    return (pl.col("voortgezet_door_kvk").is_not_null() | goes_on).fill_null(False)


def in_function(as_of: date) -> pl.Expr:
    """The function had surely begun and not ended on `as_of`, its last day in.

    Needs `datum_aanvang_max`, `datum_einde_min`.
    """
    return (pl.col("datum_aanvang_max") <= as_of).fill_null(False) & (
        pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") >= as_of)
    )


def possibly_in_function(as_of: date) -> pl.Expr:
    """As `in_function`, but a partial date is given the benefit of the doubt. For what a rule rules out.

    Needs `datum_aanvang_min`, `datum_einde_max`.
    """
    return (pl.col("datum_aanvang_min") <= as_of).fill_null(True) & (
        pl.col("datum_einde_max").is_null() | (pl.col("datum_einde_max") >= as_of)
    )


def on_list(as_of: date) -> pl.Expr:
    """The person was surely on the list of the licence on `as_of`, the last day in.

    Needs `datum_van_max`, `datum_tot_min`.
    """
    return (pl.col("datum_van_max") <= as_of).fill_null(False) & (
        pl.col("datum_tot_min").is_null() | (pl.col("datum_tot_min") >= as_of)
    )


def known_persons(people: pl.LazyFrame, partijen: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of `people` (persons, from `partijen`) of whom the full birth date is known.

    It may stand in another mention of the same party, to which only a link that a person confirmed can have led.
    Whoever is not known may be anyone: not another, and not the same. Needs `party_id`, `birth_date` in both.
    """
    people = people.pipe(computed)
    undated = people.filter(pl.col("birth_date").is_null())
    dated = partijen.filter(pl.col("birth_date").is_not_null())
    elsewhere = dated.join(undated, on="party_id", how="semi").select("party_id").unique()
    return pl.concat(
        [people.filter(pl.col("birth_date").is_not_null()), undated.join(elsewhere, on="party_id", how="semi")]
    )
