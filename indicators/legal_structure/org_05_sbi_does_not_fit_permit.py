"""ORG-05: no SBI code of the holder's establishment fits the permit that it holds."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Params, Tables, columns, indicator, readings


@indicator(
    code="ORG-05",
    version=4,
    cls="C",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    purposes=("P-REG", "P-VERG"),
    powers=("voorschrift", "intrekken"),
    name_nl="SBI past niet bij vergunning",
    name_en="SBI mismatch",
    rationale_nl=(
        "De onderneming staat in het handelsregister met ander werk dan waar de vergunning voor is. Dan klopt een van "
        "de twee registers niet, of doet iemand anders het werk."
    ),
    rationale_en=(
        "The company is in the trade register with other work than the permit is for. One of the registers is wrong "
        "then, or someone else does the work."
    ),
    ruled_out_nl=(
        "Een van de andere codes van de vestiging past wel.",
        "De code komt uit een oudere versie van de SBI en past ook.",
        "De vergunning is niet geldig, zoals na een weigering.",
        "Een andere vestiging van de houder op dit adres past wel.",
        "De houder heeft hier geen vestiging.",
        "Er is geen vaste branche voor dit soort vergunning.",
        "Een passende vestiging van de houder met een onduidelijk adres kan op deze plek zijn.",
    ),
    ruled_out_en=(
        "Another code of the establishment does fit.",
        "The code is of an older version of the SBI and fits as well.",
        "The permit is not valid, as after a refusal.",
        "Another establishment of the holder at this address does fit.",
        "The holder has no establishment here.",
        "There is no fixed line of business for this type of permit.",
        "A fitting establishment of the holder whose address is not clear could be at this place.",
    ),
    innocent_nl=(
        "De onderneming doet er iets bij en gaf dat niet op.",
        "De code in het handelsregister is oud of te ruim gekozen.",
    ),
    innocent_en=(
        "The company does something on the side and did not report it.",
        "The code in the trade register is old or was chosen too broadly.",
    ),
    checked_nl=(
        "Geen andere code van de vestiging past, ook niet in een oudere versie van de SBI.",
        "De houder heeft hier geen andere vestiging die wel past.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "No other code of the establishment fits, nor in an older version of the SBI.",
        "The holder has no other establishment here that fits.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"vergunningen": ("ingangsdatum",), "handelsregister": ("datum_aanvang",)},
    inputs={
        "vergunningen": columns(
            "record key zaaktype status bezwaar_uitkomst ingangsdatum_max einddatum_min address_id kvk_nummer "
            "vestigingsnummer"
        ),
        "handelsregister": columns(
            "record kvk_nummer vestigingsnummer sbi_codes sbi_versie lines datum_aanvang_max datum_einde_min "
            "datum_einde_max afgeschermd address_id address_note candidates candidate_id"
        ),
        "branches": columns("branche sbi_2008 sbi_2025 permit_types also_fits"),
    },
    evidence_nl=(
        "Op {as_of} geldt hier een vergunning ({zaaknummers}, voor {zaaktypen:word}). De houder (KVK "
        "{kvk_nummer}) heeft hier een vestiging met SBI-code {sbi_codes:sbi}. Bij de vergunning past een "
        "code die begint met {passende_sbi:sbi_or}."
    ),
    evidence_en=(
        "On {as_of} a permit is valid here ({zaaknummers}, for {zaaktypen:word}). The holder (KVK "
        "{kvk_nummer}) has an establishment here with SBI code {sbi_codes:sbi}. A code that starts with "
        "{passende_sbi:sbi_or} fits the permit."
    ),
)
def sbi_does_not_fit_permit(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address and holder whose establishment fits none of its permits there.

    Values: zaaknummers, sbi_codes.

    Judged is the establishment that the permit names by number, and those of the same company at the licensed address;
    a head office elsewhere is another business. One that fits, or of which no code is known, is enough to be silent.
    A permit for several lines fits a business in any of them, by the codes of its version of the SBI.
    """
    fitting = (
        readings.lines_of_permit_types(t.branches)
        .select("zaaktype", branche=pl.concat_list("branche", pl.col("also_fits").fill_null([])))
        .explode("branche")
        .unique()
    )
    codes = (
        fitting.join(readings.codes_of_lines(t.branches), on="branche")
        .group_by("zaaktype")
        .agg(prefixes=pl.col("prefix").unique().sort())
    )
    permits = (
        t.vergunningen.filter(
            readings.valid_licence(as_of), pl.col("address_id").is_not_null(), pl.col("kvk_nummer").is_not_null()
        )
        .join(fitting.group_by("zaaktype").agg(fitting="branche"), on="zaaktype")
        .join(codes, on="zaaktype")
        .pipe(readings.computed)
    )
    has_codes = (pl.col("sbi_codes").list.len() > 0).fill_null(False)
    possible = readings.wherever_it_could_stand(t, "handelsregister").filter(~readings.ended_before(as_of))
    of_holders = possible.join(permits, on="kvk_nummer", how="semi")
    establishments = of_holders.select(
        "kvk_nummer",
        "sbi_versie",
        "lines",
        establishment="record",
        at="address_id",
        number="vestigingsnummer",
        sbi_codes="sbi_codes",
        is_told=readings.active(as_of) & ~readings.shielded() & pl.col("is_placed"),
        is_unknown=~has_codes,
    )
    fits = pl.col("is_unknown") | (pl.col("lines").list.set_intersection("fitting").list.len() > 0).fill_null(False)
    own = (pl.col("at") == pl.col("address_id")) | (pl.col("number") == pl.col("vestigingsnummer"))
    return (
        permits.join(establishments, on="kvk_nummer")
        .filter(own.fill_null(False))
        .with_columns(fits=fits)
        .filter(~pl.col("fits").any().over("record"), "is_told")
        .group_by("address_id", "kvk_nummer")
        .agg(
            pl.col("key").unique().sort().alias("zaaknummers"),
            pl.col("zaaktype").unique().sort().alias("zaaktypen"),
            pl.col("sbi_codes").explode().unique().sort(),
            pl.col("sbi_versie").drop_nulls().unique().sort().alias("sbi_versies"),
            pl.col("prefixes").list.explode().unique().sort().alias("passende_sbi"),
            pl.col("record").append(pl.col("establishment")).unique().sort().alias("record_ids"),
        )
        .with_columns(sbi_versies=pl.when(pl.col("sbi_versies").list.len() > 0).then("sbi_versies"))
    )
