"""ORG-09: several employment agencies began and ended at one address, one after the other, in a short time.

Sources: the Arbeidsinspectie on agencies that stop and start again (yearly reports; nlarbeidsinspectie.nl), the CCV
barrier model of labour exploitation (barrieremodellen.nl), RIEC on agencies in series, and the duty to be admitted as a
lender of personnel (Waadi art. 12c, Wtta).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="ORG-09",
    version=2,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    purposes=("P-WON",),
    powers=("toezicht", "omgevingsplan"),
    name_nl="Uitzendbureaus die komen en gaan",
    name_en="Agencies that come and go",
    rationale_nl="Op dit adres begonnen en stopten in korte tijd steeds andere uitzendbureaus, na elkaar. Zo kan een "
    "bureau verdwijnen voor iemand het controleert. Er kan ook een gewone reden zijn.",
    rationale_en="At this address other employment agencies began and stopped again and again in a short time. So an "
    "agency may be gone before anyone inspects it. The reason may also be ordinary.",
    ruled_out_nl=(
        "Het zijn minder bureaus.",
        "Twee bureaus kunnen hetzelfde bureau zijn, dubbel ingeschreven of anders geschreven.",
        "De bureaus waren er tegelijk en niet na elkaar.",
        "Een bureau ging verder in een ander bedrijf of een andere rechtsvorm.",
        "De bureaus kwamen en gingen over veel jaren.",
        "Een bureau is er nog.",
        "Het is een groot kantoor, zoals een gebouw met veel bedrijven.",
        "Op het adres zaten veel bedrijven, zoals bij een verzameladres.",
        "De bedrijven doen ander werk.",
        "Het zijn eenmanszaken of vennoten.",
        "Een bureau is afgeschermd.",
    ),
    ruled_out_en=(
        "There are fewer agencies.",
        "Two agencies could be the same one, entered twice or spelled differently.",
        "The agencies were there at the same time and not one after the other.",
        "An agency went on in another company or another legal form.",
        "The agencies came and went over many years.",
        "An agency is still there.",
        "It is a large office, such as a building with many businesses.",
        "Many businesses were at the address, as in a business centre.",
        "The businesses do other work.",
        "They are sole traders or partnerships.",
        "An agency is shielded.",
    ),
    innocent_nl=(
        "Een eigenaar verhuurt een klein kantoor steeds voor een korte tijd.",
        "De bureaus begonnen klein en gingen naar een groter kantoor.",
        "Het is een groep die zijn bedrijven anders indeelt.",
    ),
    innocent_en=(
        "An owner lets a small office for short times.",
        "The agencies began small and moved to a larger office.",
        "It is a group that arranges its companies in another way.",
    ),
    checked_nl=(
        "De {bureaus} bureaus waren er na elkaar, en niet tegelijk.",
        "Bureaus die dezelfde kunnen zijn, zijn als één geteld.",
        "Het adres is geen groot kantoor en geen verzameladres.",
    ),
    checked_en=(
        "The {bureaus} agencies were there one after the other, and not at the same time.",
        "Agencies that could be the same were counted as one.",
        "The address is no large office and no business centre.",
    ),
    decisive={"handelsregister": ("datum_aanvang", "datum_einde")},
    limits_nl=("Er is geen lijst van verzameladressen. De regel telt de bedrijven op het adres.",),
    limits_en=("There is no list of business centres. The rule counts the businesses at the address.",),
    inputs={
        "handelsregister": (
            *readings.PLACE,
            *columns("record kvk_nummer rechtsvorm sbi_codes datum_aanvang_min datum_aanvang_max datum_einde_min"),
            *columns("datum_einde_max reden_einde voortgezet_door_kvk afgeschermd"),
        ),
        "partijen": columns("record kind party_id"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "bag_adressen": columns("adresseerbaar_object_id gebruiksdoelen oppervlakte"),
    },
    params={
        "window_days": Param(
            1096,
            "days",
            "three years: an agency that stays is there longer",
            floor=365,
            ceiling=1461,
            label_nl="Dagen waarbinnen zij begonnen en stopten",
            label_en="Days within which they began and ended",
            reason_nl="drie jaar: een bureau dat blijft, zit er langer",
        ),
        "min_agencies": Param(
            3,
            "agencies",
            "two can be chance",
            floor=3,
            label_nl="Bureaus na elkaar, minstens",
            label_en="Agencies one after the other, at least",
            reason_nl="twee kan toeval zijn",
        ),
        "max_companies": Param(
            12,
            "companies",
            "more companies in so few years share an address and have nothing to do with each other",
            ceiling=25,
            label_nl="Bedrijven op het adres, hoogstens",
            label_en="Companies at the address, at most",
            reason_nl="meer bedrijven in zo'n tijd delen alleen een adres",
        ),
        "max_office_m2": readings.MAX_OFFICE_M2,
    },
    evidence_nl=(
        "Op dit adres begonnen en stopten {bureaus} uitzendbureaus na elkaar, tussen {window_start} en {window_end}. "
        "Zij zijn verschillend. Het eerste begon op {eerste_begin} en het laatste stopte op {laatste_einde}."
    ),
    evidence_en=(
        "At this address {bureaus} employment agencies began and ended between {window_start} and {window_end}, one "
        "after the other. They differ. The first began on {eerste_begin} and the last ended on {laatste_einde}."
    ),
)
def agencies_that_come_and_go(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per object. Values: bureaus (count), eerste_begin, laatste_einde (first and last day that are possible).

    An agency is what could be one, with all its time at the object; it follows when it surely began after all earlier
    ones had ended. Who is or could be still there, was there before the window or was carried on has not come and gone.
    """
    start = readings.window_start(as_of, p.window_days)
    agencies = t.handelsregister.filter(
        readings.is_agency(),
        pl.col("rechtsvorm").is_in(readings.LEGAL_PERSONS),
        ~readings.shielded(),
        pl.col("address_id").is_not_null(),
    )
    everywhere = readings.wherever_it_could_stand(t, "handelsregister").pipe(readings.computed)
    busy = (
        agencies.filter(pl.col("datum_einde_max").is_not_null())
        .group_by("address_id")
        .agg(pl.col("kvk_nummer").n_unique())
        .filter(pl.col("kvk_nummer") >= p.min_agencies)
    )
    places = (
        busy.select("address_id")
        .join(_crowded(everywhere, busy, start, float(p.max_companies)), on="address_id", how="anti")
        .join(readings.large_offices(t.bag_adressen, busy, float(p.max_office_m2)), on="address_id", how="anti")
    )
    has_ended = pl.col("datum_einde_max").is_not_null() & ~readings.continued()
    could_be_there = everywhere.filter(~pl.col("is_placed"), ~has_ended).select(
        "address_id", "kvk_nummer", could_be_there=pl.lit(True)
    )
    there = (
        agencies.join(places, on="address_id", how="semi")
        .join(could_be_there.unique(), on=["address_id", "kvk_nummer"], how="left")
        .pipe(readings.computed)
    )
    has_gone = has_ended & pl.col("could_be_there").is_null()
    stays = (
        there.join(readings.companies_as_one(t, there), on=["address_id", "kvk_nummer"])
        .group_by("address_id", "one_party")
        .agg(
            begun=pl.col("datum_aanvang_min").min(),
            begun_is_known=pl.col("datum_aanvang_min").is_not_null().all(),
            gone=pl.col("datum_einde_max").max(),
            has_gone=has_gone.all(),
            records=pl.col("record").unique().sort(),
        )
        .filter("has_gone", "begun_is_known", pl.col("begun") >= start, pl.col("gone") < as_of)
    )
    earlier_ones = pl.col("gone").cum_max().shift(1).over("address_id", order_by=["begun", "gone", "one_party"])
    return (
        stays.sort("address_id", "begun", "gone", "one_party")
        .with_columns(follows=(pl.col("begun") >= earlier_ones).fill_null(True))
        .group_by("address_id", maintain_order=True)
        .agg(
            bureaus=pl.col("follows").sum().cast(pl.Int64),
            eerste_begin=pl.col("begun").min(),
            laatste_einde=pl.col("gone").max(),
            record_ids=pl.col("records").explode().sort(),
        )
        .filter(pl.col("bureaus") >= p.min_agencies)
        .with_columns(window_start=pl.lit(start), window_end=pl.lit(as_of))
    )


def _crowded(everywhere: pl.LazyFrame, places: pl.LazyFrame, start: date, max_companies: float) -> pl.LazyFrame:
    """`address_id` of those of `places` with more companies since the window began, of whatever line: many share it.

    `everywhere`: the register, those whose address is not clear wherever they could stand.
    """
    return (
        everywhere.join(places, on="address_id", how="semi")
        .filter(pl.col("datum_einde_max").is_null() | (pl.col("datum_einde_max") >= start))
        .group_by("address_id")
        .agg(pl.col("kvk_nummer").n_unique())
        .filter(pl.col("kvk_nummer") > max_companies)
        .select("address_id")
    )
